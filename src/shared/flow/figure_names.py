"""A figure's name: what it counted, of what, in which period; lists of cases are asked for by it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.flow.addends import ALL_TIME, Window
from shared.flow.requests import instant_at
from shared.kernel.calendar import microseconds
from shared.web.reads.readings import UnreadableInstant

FIGURE_LIMIT = 2_000
NAME = "[A-Za-z0-9_]{1,60}"
WHOLE = (
    *("came", "closed", "completed", "open", "waits", "kept", "broken", "beyond"),
    *("returned", "repeated", "handed", "in-one-hand"),
)
OF_ONE = ("entered", "reached", "left", "after", "waited", "skipped", "again")
OF_TWO = ("step", "event-step")
OF_MANY = ("way", "on-path")
INSTANT = r"[0-9]{8}T[0-9]{6}(?:\.[0-9]{6})?Z"
FIGURE_PATTERN = (
    rf"^(?:(?:{'|'.join(WHOLE)})|(?:{'|'.join(OF_ONE)})\.{NAME}|(?:{'|'.join(OF_TWO)})\.{NAME}\.{NAME}"
    rf"|(?:{'|'.join(OF_MANY)})(?:\.{NAME}){{1,50}})(?:@(?:{INSTANT})?--(?:{INSTANT})?)?$"
)
_NAME = re.compile(NAME, re.ASCII)


@dataclass(frozen=True)
class NamedFigure:
    """What a figure counted."""

    kind: str
    of: tuple[str, ...] = ()
    window: Window = ALL_TIME

    def __str__(self) -> str:
        """Return the name by which lists are asked for it."""
        named = ".".join((self.kind, *self.of))
        if self.window.everything:
            return named
        return f"{named}@{_written(self.window.start)}--{_written(self.window.end)}"

    @property
    def has_name(self) -> bool:
        """Say whether it can be asked for: what it is of has a plain name."""
        return all(_NAME.fullmatch(name) for name in self.of)


def read_figure(text: str) -> NamedFigure:
    """Return the figure of a name, which is of `FIGURE_PATTERN`; refuse what no calendar has."""
    named, _, period = text.partition("@")
    kind, *of = named.split(".")
    start, _, end = period.partition("--")
    return NamedFigure(kind, tuple(of), Window(_read(start), _read(end)))


def _written(us: int | None) -> str:
    if us is None:
        return ""
    at = instant_at(us)
    return at.strftime("%Y%m%dT%H%M%S.%fZ" if at.microsecond else "%Y%m%dT%H%M%SZ")


def _read(text: str) -> int | None:
    if not text:
        return None
    try:
        return microseconds(datetime.fromisoformat(text).astimezone(UTC))
    except (ValueError, OverflowError):
        raise UnreadableInstant from None
