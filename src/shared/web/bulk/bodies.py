"""A bulk request as it arrives: its body kept on disk, its key and hash, how it is to be carried out."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Depends, Query, Request

from shared.kernel.errors import TooLarge, ViewsBehind, WrongMediaType
from shared.kernel.fields import PRINTABLE, REASON_LIMIT, Flag
from shared.record.eventstore.reader import Reader
from shared.record.projecting.visibility import Visibility
from shared.web.bulk.batches import Mode, batch_of_key
from shared.web.bulk.items import SENT_AS
from shared.web.decisions.commands import Caller
from shared.web.decisions.conditions import IdempotencyKeyHeader, key_named
from shared.web.reads.readings import POSITION_DIGITS

BODY_BYTES_LIMIT = 256 * 1024 * 1024
WHOLE_BYTES_LIMIT = 64 * 1024 * 1024  # of what is read as one piece: JSON, spreadsheets

ALIASES = {"application/ndjson": "application/x-ndjson", "application/jsonl": "application/x-ndjson"}


class ReadWhole(TooLarge):
    """What is read as one piece may not be so large: send NDJSON or CSV."""


@dataclass(slots=True)
class Received:
    """A body that has arrived: where it is, what it is, how many lines of items it has, and what names it.

    Whoever needs it beyond its request says so, and clears it away.
    """

    folder: "TemporaryDirectory[str]"
    media_type: str
    lines: int
    request_hash: str
    batch: UUID
    needed_longer: bool = False

    @property
    def path(self) -> Path:
        """Return where the body is."""
        return Path(self.folder.name, "body")


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """How a batch is to be carried out."""

    dry_run: bool
    mode: Mode
    known_position: int | None
    reason: str | None


async def options(
    dry_run: Annotated[Flag, Query(description="Say what would happen; write nothing.")] = False,  # noqa: FBT002  # a query parameter
    mode: Annotated[Mode, Query(description="Each for itself, or all or nothing.")] = Mode.EACH,
    known_position: Annotated[
        int | None,
        Query(
            ge=0,
            lt=10**POSITION_DIGITS,
            description="The position you have seen: what changed since is refused (412), item by item.",
        ),
    ] = None,
    reason: Annotated[
        str | None,
        Query(
            max_length=REASON_LIMIT,
            pattern=PRINTABLE,
            description="The reason of every item that has none of its own.",
        ),
    ] = None,
) -> BatchOptions:
    """Read how a batch is to be carried out."""
    return BatchOptions(dry_run, mode, known_position, reason)


async def received(
    request: Request, person: Caller, idempotency_key: IdempotencyKeyHeader = None
) -> AsyncIterator[Received]:
    """Keep a body on disk while it arrives, and hash it; it is gone when nobody needs it any more."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    media_type = ALIASES.get(given, given)
    if media_type not in SENT_AS:
        raise WrongMediaType(needed=list(SENT_AS))
    key = None if idempotency_key is None else key_named(idempotency_key)
    batch = uuid4() if key is None else batch_of_key(person.id, key)
    body = Received(TemporaryDirectory(prefix="rfp-batch-"), media_type, 0, "", batch)
    try:
        body.lines, body.request_hash = await _kept(request, body.path, media_type)
        yield body
    finally:
        if not body.needed_longer:
            body.folder.cleanup()


async def _kept(request: Request, path: Path, media_type: str) -> tuple[int, str]:
    """Write a body to disk; return how many lines of items it has, and what tells it from another request."""
    digest = hashlib.sha256()
    for part in (request.method, request.url.path, request.url.query, media_type):
        digest.update(part.encode() + b"\n")
    lines = size = 0
    last = b"\n"
    whole = media_type not in ("application/x-ndjson", "text/csv")
    with path.open("wb") as file:
        async for chunk in request.stream():
            size += len(chunk)
            if whole and size > WHOLE_BYTES_LIMIT:
                raise ReadWhole(limit_bytes=WHOLE_BYTES_LIMIT)
            lines += chunk.count(b"\n")
            last = chunk[-1:] or last
            digest.update(chunk)
            file.write(chunk)
    ended, heading = last == b"\n", media_type == "text/csv"
    return max(0, lines + (not ended) - heading), digest.hexdigest()


Body = Annotated[Received, Depends(received)]
AsWished = Annotated[BatchOptions, Depends(options)]


async def views_have_come(record: Reader, visibility: Visibility) -> None:
    """Wait until the views show all that has been decided, or ask to come again."""
    head = await record.head()
    if not await visibility.reaches(head):
        raise ViewsBehind(position=head, visible=visibility.position)
