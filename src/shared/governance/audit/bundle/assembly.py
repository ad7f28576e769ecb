"""Making a bundle: the entries that were asked for, a proof for each, and what is needed to check them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import asyncpg

from shared.governance.audit.bundle.borders import (
    Borders,
    FindWithheld,
    indexed_part,
    period_borders,
    topics_of_work,
    work_borders,
)
from shared.governance.audit.bundle.bundle_request import BundleRequest
from shared.governance.audit.bundle.contents import (
    CHECKPOINT,
    CONSISTENCY,
    FORMAT,
    INDEX,
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
from shared.governance.audit.bundle.earlier_log import kept_size, led_from, shown
from shared.governance.audit.bundle.index_claims import IndexClaims, IndexedPart
from shared.governance.audit.bundle.pages import story_page
from shared.governance.audit.bundle.read_me import read_me
from shared.governance.disclosure.field_redaction import UNREAD
from shared.kernel.errors import NotFound, Refused, Unacceptable
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
LOOKS, LOOK_SECONDS = 40, 0.05

OF_CASE = "SELECT notification_id FROM stored_events WHERE originator_id = $1 ORDER BY originator_version"
OF_PERIOD = (
    "SELECT notification_id FROM stored_events"
    " WHERE notification_id > position_at($1) AND notification_id <= position_at($2)"
    " ORDER BY notification_id LIMIT $3"
)
OF_WORK = (
    "SELECT notification_id FROM stored_events"
    " WHERE notification_id > position_at($1) AND notification_id <= position_at($2) AND topic = ANY ($4)"
    " ORDER BY notification_id LIMIT $3"
)


class TooMuchForOneBundle(Unacceptable):
    """That is more than one bundle can hold: ask for a shorter period, or have an operator make it."""


class NothingToBundle(NotFound):
    """Nothing of that is recorded, or nothing is signed yet."""


class LastBundleLonger(Refused):
    """Your last bundle is longer than this record: entries that were signed are gone. Tell internal audit."""


async def nothing_withheld(_: Sequence[Entry]) -> Mapping[int, str]:
    """Hide nothing."""
    return {}


async def made(
    connection: Connection | asyncpg.Pool,
    mapper: EnvelopeMapper,
    wanted: BundleRequest,
    program: str,
    limit: int = ENTRIES_LIMIT,
    find_withheld: FindWithheld = nothing_withheld,
) -> Files:
    """Return a bundle, sealed by the newest checkpoint that covers it and has most signatures."""
    log = LogReader(connection)
    inside = await _positions(connection, mapper, wanted, limit)
    led = await led_from(connection, wanted.last_origin, await log.origin())
    signed = await _seal(log, inside, kept_size(wanted.last_size, led))
    # The checkpoint may cover what was recorded meanwhile, of which nothing inside may be left out.
    inside = await _positions(connection, mapper, replace(wanted, until=wanted.until or signed.size), limit)
    part = await indexed_part(connection, mapper, wanted.filters(), signed, wanted.until)
    borders = await _borders(connection, mapper, wanted, inside, signed, part, find_withheld)
    entries = await log.entries(borders.around(inside))
    last = await _last(log, kept_size(wanted.last_size, led), signed)
    policy = await log.policy()
    events = [_any(mapper, entry) for entry in entries]
    cant_read = {event.position: UNREAD for event in events if unread(event)}
    withheld = {**cant_read, **await find_withheld(entries)}
    files = {
        CHECKPOINT: signed.note.encode(),
        KEYS: policy.text().encode(),
        **dict(_content(entry, entry.position in withheld) for entry in entries),
        **await _proofs(connection, [entry.position for entry in entries], signed),
        **await _consistency(connection, last, signed),
        **_index(part),
        **await shown(connection, led, signed),
        **await _reads(connection),
    }
    manifest = _manifest(wanted, signed, events, last, program, withheld, borders)
    events = [event for event in events if event.position not in withheld]
    vouched = opened(signed.note, replace(policy, quorum=0))  # whoever checks asks for the quorum
    files[STORY] = story_page(manifest, events, vouched).encode()
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


async def _positions(
    connection: Connection | asyncpg.Pool, mapper: EnvelopeMapper, wanted: BundleRequest, limit: int
) -> list[int]:
    if wanted.case is not None:
        rows = await connection.fetch(OF_CASE, wanted.case)
    elif wanted.body_of_work:
        topics = topics_of_work(mapper.topics, wanted.body_of_work)
        rows = await connection.fetch(OF_WORK, wanted.start, wanted.end, limit + 1, topics)
    else:
        rows = await connection.fetch(OF_PERIOD, wanted.start, wanted.end, limit + 1)
    inside = [row[0] for row in rows if wanted.until is None or row[0] <= wanted.until]
    if len(inside) > limit:
        raise TooMuchForOneBundle(limit=limit)
    return inside


async def _borders(
    connection: Connection | asyncpg.Pool,
    mapper: EnvelopeMapper,
    wanted: BundleRequest,
    inside: Sequence[int],
    signed: Signed,
    part: IndexedPart,
    find_withheld: FindWithheld,
) -> Borders:
    if wanted.case is not None:
        return Borders(indexes=part.positions)
    if wanted.body_of_work:
        return await work_borders(connection, mapper, wanted.filters(), inside, part, find_withheld)
    return await period_borders(LogReader(connection), inside, signed, wanted.until, find_withheld)


async def _seal(log: LogReader, positions: Sequence[int], last_size: int | None) -> Signed:
    """Return the newest checkpoint over these entries, one that a witness signed where there is one.

    What was recorded just now is signed in a moment.
    """
    if not positions:
        raise NothingToBundle
    newest = await log.latest()
    if last_size is not None and newest is not None and last_size > newest.size:
        raise LastBundleLonger(last_size=last_size, size=newest.size)
    needed = max(positions[-1], last_size or 0)
    for _ in range(LOOKS):
        signed = await log.witnessed(needed) or await log.latest()
        if signed is not None and signed.size >= needed:
            return signed
        await asyncio.sleep(LOOK_SECONDS)
    raise NothingToBundle


async def _last(log: LogReader, last_size: int | None, signed: Signed) -> Signed | None:
    if last_size is None:
        return None
    last = await log.at(last_size)
    if last is None or last.size > signed.size:
        raise NothingToBundle(last_size=last_size)
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


def _index(part: IndexedPart) -> dict[str, bytes]:
    if not part.claims:
        return {}
    return {INDEX: json_text(IndexClaims(claims=list(part.claims)).model_dump())}


async def _reads(connection: Connection | asyncpg.Pool) -> dict[str, bytes]:
    reads = await newest_of_reads(connection)
    return {READS_CHECKPOINT: reads.encode()} if reads else {}


def _manifest(
    wanted: BundleRequest,
    signed: Signed,
    events: Sequence[Recorded],
    last: Signed | None,
    program: str,
    withheld: Mapping[int, str],
    borders: Borders,
) -> Manifest:
    held = [event.position for event in events if event.position not in borders.indexes]
    return Manifest(
        format=FORMAT,
        program=program,
        origin=signed.note.partition("\n")[0],
        size=signed.size,
        filters=wanted.filters(),
        first_position=held[0],
        last_position=held[-1],
        entries=len(held),
        cases=cases_inside(
            [
                place_of(event)
                for event in events
                if event.position not in {*withheld, *borders.before, *borders.after, *borders.indexes}
            ]
        ),
        withheld=[
            WithheldInside(position=event.position, why=withheld[event.position])
            for event in events
            if event.position in withheld
        ],
        before=list(borders.before),
        after=list(borders.after),
        indexes=list(borders.indexes),
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
