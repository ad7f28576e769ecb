"""What stands around the part of the record that a bundle is of, and shows that nothing of it is left out."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import asyncpg

from shared.governance.audit.bundle.index_claims import IndexedPart, claimed, subject_of
from shared.governance.audit.record_index.domain import INDEX_ID
from shared.governance.audit.record_index.index_reader import CommittedRoot, IndexReader
from shared.ledger.entries import Entry
from shared.ledger.log_reader import LogReader, Signed
from shared.record.database import Connection
from shared.record.eventstore.encoding import EnvelopeMapper, Topics

BORDER_BLOCK = 256
BORDER_BLOCKS = 40  # so far from a period an entry is looked for that shows when it was recorded

# Which of some entries may not be shown, and why.
FindWithheld = Callable[[Sequence[Entry]], Awaitable[Mapping[int, str]]]

AT = "SELECT position_at($1)"
AROUND_WORK = (
    "SELECT notification_id FROM stored_events"
    " WHERE notification_id > $1 AND notification_id <= $2 AND topic = ANY ($3) ORDER BY notification_id"
)


class Borders(NamedTuple):
    """Entries around a period: what shows when it was recorded, or what an index counts as well."""

    before: Sequence[int] = ()
    after: Sequence[int] = ()
    unproven: Sequence[int] = ()  # withheld, and nothing shows on which side they stand: told as inside
    indexes: Sequence[int] = ()

    def around(self, inside: Sequence[int]) -> list[int]:
        """Return all of them with what they stand around, in order."""
        return sorted([*self.before, *inside, *self.unproven, *self.after, *self.indexes])


def topics_of_work(topics: Topics, body: str) -> list[str]:
    """Return the stored names of the events of a body of work, as the index counts them."""
    return [event.__name__ for event in topics if event.body_of_work == body]


async def period_borders(
    log: LogReader, positions: Sequence[int], signed: Signed, until: int | None, find_withheld: FindWithheld
) -> Borders:
    """Return the entries that prove where a period begins and ends; none at either end of the record."""
    first, last = positions[0], positions[-1]
    before = range(first - 1, 0, -1)
    after = range(last + 1, last + 1 if last == until else signed.size + 1)
    return Borders(
        before=(await _up_to_an_open_one(log, before, find_withheld))[::-1],
        after=await _up_to_an_open_one(log, after, find_withheld),
    )


async def _up_to_an_open_one(
    log: LogReader, positions: Sequence[int], find_withheld: FindWithheld
) -> list[int]:
    """Return positions up to the first whose entry may be shown; none if there is no such entry near."""
    for start in range(0, min(len(positions), BORDER_BLOCKS * BORDER_BLOCK), BORDER_BLOCK):
        block = positions[start : start + BORDER_BLOCK]
        entries = await log.entries(sorted(block))
        closed = await find_withheld(entries)
        for count, position in enumerate(block, start=start + 1):
            if position not in closed:
                return list(positions[:count])
    return []


async def indexed_part(
    connection: Connection | asyncpg.Pool,
    mapper: EnvelopeMapper,
    filters: Mapping[str, str],
    signed: Signed,
    until: int | None,
) -> IndexedPart:
    """Return what indexes under a checkpoint say of a case, or of a body of work around a period."""
    subject = subject_of(filters)
    if not subject or filters.get("case") == str(INDEX_ID):
        return IndexedPart()
    reader = IndexReader(connection, mapper.topics)
    limit = signed.size if until is None else until
    there = [one for one in await reader.committed() if one.position <= signed.size and one.size <= limit]
    if "case" in filters:
        return await claimed(reader, subject, None, there[-1] if there else None)
    start, end = (datetime.fromisoformat(filters[name]) for name in ("from", "to"))
    last = await connection.fetchval(AT, end)
    return await claimed(reader, subject, _newest_by(there, start), _covering(there, last))


def _newest_by(committed: Sequence[CommittedRoot], start: datetime) -> CommittedRoot | None:
    return next((one for one in reversed(committed) if one.recorded_at <= start), None)


def _covering(committed: Sequence[CommittedRoot], position: int) -> CommittedRoot | None:
    """Return the first index with that position in it, or the newest where none has come so far."""
    newest = committed[-1] if committed else None
    return next((one for one in committed if one.size >= position), newest)


async def work_borders(
    connection: Connection | asyncpg.Pool,
    mapper: EnvelopeMapper,
    filters: Mapping[str, str],
    inside: Sequence[int],
    part: IndexedPart,
    find_withheld: FindWithheld,
) -> Borders:
    """Return what two indexes count to a body of work before a period and after it.

    What is withheld is put outside the period only where an entry that is shown proves that it is.
    """
    topics = topics_of_work(mapper.topics, filters["body_of_work"])
    rows = await connection.fetch(AROUND_WORK, part.since, part.until, topics)
    around = [row[0] for row in rows if not inside[0] <= row[0] <= inside[-1]]
    log = LogReader(connection)
    entries = await log.entries(sorted({*around, *inside, *part.positions}))
    closed = await find_withheld(entries)
    start, end = (datetime.fromisoformat(filters[name]) for name in ("from", "to"))
    shown = [entry for entry in entries if entry.position not in closed]
    begun = max((e.position for e in shown if e.recorded_at <= start), default=0)
    ended = min((e.position for e in shown if e.recorded_at > end), default=part.until + 1)
    before = [p for p in around if p < inside[0] and (p not in closed or p < begun)]
    after = [p for p in around if p > inside[-1] and (p not in closed or p > ended)]
    return Borders(before, after, sorted({*around} - {*before, *after}), part.positions)
