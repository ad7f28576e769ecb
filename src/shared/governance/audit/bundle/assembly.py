"""Making a bundle: the entries that were asked for, a proof for each, and what is needed to check them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg

from shared.governance.audit.bundle.contents import (
    CHECKPOINT,
    CONSISTENCY,
    FORMAT,
    KEYS,
    LAST_CHECKPOINT,
    MANIFEST,
    READ_ME,
    READS_CHECKPOINT,
    STORY,
    EntryPlace,
    Files,
    Manifest,
    WithheldInside,
    cases_inside,
    entry_name,
    json_text,
    leaf_name,
    proof_name,
    sha256,
)
from shared.governance.audit.bundle.pages import story_page
from shared.governance.audit.bundle.read_me import read_me
from shared.governance.disclosure.withheld import UNREAD
from shared.kernel.errors import NotFound, Unacceptable
from shared.kernel.messages import Recorded
from shared.ledger.checkpoints import hash_text, opened, proof_text
from shared.ledger.entries import Entry
from shared.ledger.log_reader import LogReader, Signed
from shared.ledger.read_checkpoints import newest_of_reads
from shared.ledger.tiles import Tiles
from shared.record.database import Connection
from shared.record.eventstore.encoding import EnvelopeMapper
from shared.record.eventstore.unread import kind_of, unread

ENTRIES_LIMIT = 2_000

# Which of some entries may not be shown, and why.
Hidden = Callable[[Sequence[Entry]], Awaitable[Mapping[int, str]]]

OF_CASE = "SELECT notification_id FROM stored_events WHERE originator_id = $1 ORDER BY originator_version"
OF_PERIOD = (
    "SELECT notification_id FROM stored_events"
    " WHERE notification_id > position_at($1) AND notification_id <= position_at($2)"
    " ORDER BY notification_id LIMIT $3"
)
OF_WORK = (
    "SELECT position FROM decisions WHERE position > position_at($1) AND position <= position_at($2)"
    " AND body_of_work = $4 ORDER BY position LIMIT $3"
)

BORDER_LIMIT = 256  # so far from a period an entry is looked for that shows when it was recorded


class TooMuchForOneBundle(Unacceptable):
    """That is more than one bundle holds: ask for a shorter period, or let an operator make it."""


class NothingToBundle(NotFound):
    """Nothing was recorded of that, or nothing is signed yet."""


async def nothing_hidden(_: Sequence[Entry]) -> Mapping[int, str]:
    """Hide nothing."""
    return {}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a bundle is to hold: one case, or what was recorded in a period, perhaps of one body of work."""

    case: UUID | None = None
    start: datetime | None = None
    end: datetime | None = None
    body_of_work: str = ""
    last_size: int | None = None
    until: int | None = None

    def filters(self) -> dict[str, str]:
        """Return it as the manifest says it."""
        known = {} if self.until is None else {"until_entry": str(self.until)}
        if self.case is not None:
            return {"case": str(self.case), **known}
        assert self.start is not None, "a period has a beginning"
        assert self.end is not None, "a period has an end"
        filters = {"from": _text(self.start), "to": _text(self.end), **known}
        return {**filters, "body_of_work": self.body_of_work} if self.body_of_work else filters


async def made(
    connection: Connection | asyncpg.Pool,
    mapper: EnvelopeMapper,
    wanted: Wanted,
    program: str,
    limit: int = ENTRIES_LIMIT,
    hidden: Hidden = nothing_hidden,
) -> Files:
    """Return a bundle, sealed by the newest checkpoint that covers it and has most signatures."""
    log = LogReader(connection)
    positions = await _positions(connection, wanted, limit)
    if len(positions) > limit:
        raise TooMuchForOneBundle(limit=limit)
    signed = await _seal(log, positions)
    borders = await _borders(log, wanted, positions, signed, hidden)
    positions = [*borders.before, *positions, *borders.after]
    entries = await log.entries(positions)
    last = await _last(log, wanted, signed)
    policy = await log.policy()
    events = [_any(mapper, entry) for entry in entries]
    cant_read = {event.position: UNREAD for event in events if unread(event)}
    withheld = {**cant_read, **await hidden(entries)}
    files = {
        CHECKPOINT: signed.note.encode(),
        KEYS: policy.text().encode(),
        **dict(_content(entry, entry.position in withheld) for entry in entries),
        **await _proofs(connection, positions, signed),
        **await _consistency(connection, last, signed),
    }
    if reads := await newest_of_reads(connection):
        files[READS_CHECKPOINT] = reads.encode()
    manifest = _manifest(wanted, signed, events, last, program, withheld, borders)
    events = [event for event in events if event.position not in withheld]
    files[STORY] = story_page(manifest, events, opened(signed.note, policy)).encode()
    files[READ_ME] = read_me(manifest, policy).encode()
    named = manifest.model_copy(update={"files": {n: sha256(c) for n, c in files.items()}})
    files[MANIFEST] = json_text(named.model_dump(mode="json"))
    first = (READ_ME, STORY, MANIFEST, CHECKPOINT, KEYS)
    return Files({name: files[name] for name in (*first, *(n for n in files if n not in first))})


def recorded_of(mapper: EnvelopeMapper, entry: Entry) -> Recorded:
    """Return an entry as the event that it is."""
    if entry.topic not in mapper.topics:
        raise ValueError(f"Entry {entry.position} is a {entry.topic}, unknown here.")
    return mapper.recorded(_row(entry))


def _any(mapper: EnvelopeMapper, entry: Entry) -> Recorded:
    """Return an entry as an event, or as what stands for one that can't be read."""
    return mapper.recorded_or_unread(_row(entry))


def _row(entry: Entry) -> tuple[object, ...]:
    return (entry.position, entry.stream_id, entry.version, entry.topic, entry.state, entry.recorded_at)


async def _positions(connection: Connection | asyncpg.Pool, wanted: Wanted, limit: int) -> list[int]:
    if wanted.case is not None:
        rows = await connection.fetch(OF_CASE, wanted.case)
    elif wanted.body_of_work:
        rows = await connection.fetch(OF_WORK, wanted.start, wanted.end, limit + 1, wanted.body_of_work)
    else:
        rows = await connection.fetch(OF_PERIOD, wanted.start, wanted.end, limit + 1)
    return [row[0] for row in rows if wanted.until is None or row[0] <= wanted.until]


class Borders(NamedTuple):
    """Entries around a period, up to one on each side that shows when it was recorded."""

    before: Sequence[int] = ()
    after: Sequence[int] = ()


async def _borders(
    log: LogReader, wanted: Wanted, positions: Sequence[int], signed: Signed, hidden: Hidden
) -> Borders:
    """Return the entries that prove where a period begins and ends; none at either end of the record."""
    if wanted.case is not None or wanted.body_of_work:
        return Borders()
    first, last = positions[0], positions[-1]
    before = list(range(first - 1, max(0, first - 1 - BORDER_LIMIT), -1))
    cut = last == wanted.until
    after = [] if cut else list(range(last + 1, min(signed.size, last + BORDER_LIMIT) + 1))
    return Borders(
        before=(await _up_to_an_open_one(log, before, hidden))[::-1],
        after=await _up_to_an_open_one(log, after, hidden),
    )


async def _up_to_an_open_one(log: LogReader, positions: Sequence[int], hidden: Hidden) -> list[int]:
    """Return positions up to the first whose entry may be shown; none where there is no such entry."""
    entries = {entry.position: entry for entry in await log.entries(sorted(positions))}
    closed = await hidden(list(entries.values()))
    for count, position in enumerate(positions, start=1):
        if position not in closed:
            return list(positions[:count])
    return []


async def _seal(log: LogReader, positions: Sequence[int]) -> Signed:
    """Return the newest checkpoint over these entries, one that a witness signed where there is one."""
    if not positions:
        raise NothingToBundle
    signed = await log.witnessed(positions[-1]) or await log.latest()
    if signed is None or signed.size < positions[-1]:
        raise NothingToBundle
    return signed


async def _last(log: LogReader, wanted: Wanted, signed: Signed) -> Signed | None:
    if wanted.last_size is None:
        return None
    last = await log.at(wanted.last_size)
    if last is None or last.size > signed.size:
        raise NothingToBundle(last_size=wanted.last_size)
    return last


async def _proofs(
    connection: Connection | asyncpg.Pool, positions: Sequence[int], signed: Signed
) -> dict[str, bytes]:
    indices = [position - 1 for position in positions]
    proofs = await Tiles(connection).inclusions(indices, signed.size)
    return {
        proof_name(index + 1): proof_text(index, proof, signed.note).encode()
        for index, proof in zip(indices, proofs, strict=True)
    }


async def _consistency(
    connection: Connection | asyncpg.Pool, last: Signed | None, signed: Signed
) -> dict[str, bytes]:
    if last is None:
        return {}
    proof = await Tiles(connection).consistency(last.size, signed.size)
    lines = "".join(f"{hash_text(hashed)}\n" for hashed in proof)
    return {LAST_CHECKPOINT: last.note.encode(), CONSISTENCY: lines.encode()}


def _manifest(
    wanted: Wanted,
    signed: Signed,
    events: Sequence[Recorded],
    last: Signed | None,
    program: str,
    withheld: Mapping[int, str],
    borders: Borders,
) -> Manifest:
    return Manifest(
        format=FORMAT,
        made_at=datetime.now(UTC),
        program=program,
        origin=signed.note.partition("\n")[0],
        size=signed.size,
        filters=wanted.filters(),
        first_position=min(event.position for event in events),
        last_position=max(event.position for event in events),
        entries=len(events),
        cases=cases_inside(
            [
                place_of(event)
                for event in events
                if event.position not in {*withheld, *borders.before, *borders.after}
            ]
        ),
        withheld=[
            WithheldInside(position=event.position, why=withheld[event.position])
            for event in events
            if event.position in withheld
        ],
        before=list(borders.before),
        after=list(borders.after),
        last_size=last.size if last else None,
        files={},
    )


def _content(entry: Entry, withheld: bool) -> tuple[str, bytes]:  # noqa: FBT001  # one of two kinds of file
    """Return the file that an entry is: its bytes, or its leaf alone."""
    if withheld:
        return leaf_name(entry.position), f"{hash_text(entry.leaf)}\n".encode()
    return entry_name(entry.position), entry.raw()


def place_of(event: Recorded) -> EntryPlace:
    """Return where an event stands."""
    kind = kind_of(event)
    return EntryPlace(event.position, str(event.stream_id), event.version, kind)


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
