"""Cursors: where a page ended, of which list, asked how, as of which position and day."""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from shared.kernel.calendar import microseconds
from shared.kernel.errors import Unacceptable

CURSOR_LIMIT = 4_000
CURSOR_PATTERN = "^[A-Za-z0-9_-]{4,4000}$"
MARK_BYTES = 12
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class UnreadableCursor(Unacceptable):
    """`cursor` must be the `next` of a page, unchanged."""


class CursorOfAnotherList(Unacceptable):
    """A cursor continues only its own list, with the same filters, text, order and time."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the values its last row is sorted by, and what the list was read as of."""

    mark: str
    position: int
    as_of: datetime
    forgiving: int
    keys: tuple[Any, ...]

    def __str__(self) -> str:
        """Return what a page says of where the next one begins."""
        said = [self.mark, self.position, microseconds(self.as_of), self.forgiving, *self.keys]
        return base64.urlsafe_b64encode(orjson.dumps(said, default=str)).decode().rstrip("=")


def mark_of(*asked: object) -> str:
    """Return the mark of a list that is asked for in one way."""
    whole = hashlib.sha256(orjson.dumps(asked, default=str)).digest()
    return base64.urlsafe_b64encode(whole[:MARK_BYTES]).decode()


def read_cursor(text: str, mark: str) -> Cursor:
    """Return what a cursor says; refuse what is none, or goes on with another list."""
    try:
        said = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        found, position, at, forgiving, *keys = said
        as_of = EPOCH + timedelta(microseconds=at)
    except (ValueError, TypeError, OverflowError, binascii.Error):
        raise UnreadableCursor from None
    if not (isinstance(found, str) and _is_position(position) and forgiving in (0, 1, 2) and keys):
        raise UnreadableCursor
    if found != mark:
        raise CursorOfAnotherList
    return Cursor(mark, position, as_of, int(forgiving), tuple(keys))


def _is_position(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
