"""The index as it follows from the record, entry by entry: what the indexer commits, and others compare."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
import orjson

from shared.governance.audit.record_index.domain import INDEX_ID, IndexCommitted
from shared.ledger.checkpoints import hash_text
from shared.ledger.committed_index import CommittedIndex, IndexedEntry
from shared.record.database import Connection
from shared.record.eventstore.encoding import Topics

ENTRIES_A_BLOCK = 20_000

ENTRIES = (
    "SELECT notification_id, originator_id, leaf_hash, topic FROM stored_events"
    " WHERE notification_id > $1 AND notification_id <= $2 ORDER BY notification_id"
)
COMMITTED = (
    "SELECT notification_id, recorded_at, state FROM stored_events"
    " WHERE originator_id = $1 AND topic = $2 ORDER BY originator_version"
)


class UnknownTopic(Exception):
    """An entry is of a later release: which body of work it belongs to can't be told here."""


class CommittedRoot(NamedTuple):
    """An index as it stands on the record: where, since when, of how many entries, with which root."""

    position: int
    recorded_at: datetime
    size: int
    lines: int
    root: str


class IndexReader:
    """Computes the index of the record at any size; the furthest one is held, to go on from."""

    def __init__(self, connection: Connection | asyncpg.Pool, topics: Topics) -> None:
        """Read through this connection; these events belong to bodies of work."""
        self._connection = connection
        self._works = {event.__name__: event.body_of_work for event in topics}
        self._held = CommittedIndex()
        self._turn = asyncio.Lock()

    async def at(self, size: int) -> CommittedIndex:
        """Return the index of the first so many entries; whoever asks for more changes it."""
        async with self._turn:
            index = self._held if self._held.size <= size else CommittedIndex()
            while index.size < size:
                until = min(size, index.size + ENTRIES_A_BLOCK)
                rows = await self._connection.fetch(ENTRIES, index.size, until)
                if not rows:
                    raise UnknownTopic(f"There is no entry {index.size + 1}.")
                await asyncio.to_thread(index.add, self._indexed(rows))
            if index.size > self._held.size:
                self._held = index
            return index

    async def committed(self) -> list[CommittedRoot]:
        """Return every index on the record, in order."""
        rows = await self._connection.fetch(COMMITTED, INDEX_ID, IndexCommitted.__name__)
        return [CommittedRoot(row[0], row[1], *_said(row[2])) for row in rows]

    def _indexed(self, rows: Iterable[asyncpg.Record]) -> list[IndexedEntry]:
        found = []
        for position, stream_id, leaf, topic in rows:
            if topic not in self._works:
                raise UnknownTopic(f"Entry {position} is a {topic}, unknown here.")
            found.append(IndexedEntry(position, UUID(bytes=stream_id.bytes), leaf, self._works[topic]))
        return found


def _said(state: bytes) -> tuple[int, int, str]:
    said = IndexCommitted.model_validate(orjson.loads(state)["data"])
    return said.size, said.lines, said.root


async def index_differences(reader: IndexReader) -> list[str]:
    """Return a sentence for each index on the record that does not follow from its entries."""
    found = []
    for committed in await reader.committed():
        if not 0 < committed.size < committed.position:
            found.append(f"The index at entry {committed.position} speaks of {committed.size} entries")
            continue
        computed = (await reader.at(committed.size)).root()
        if (committed.lines, committed.root) != (computed.lines, hash_text(computed.root)):
            found.append(
                f"The index at entry {committed.position} is not that of the first {committed.size} entries"
            )
    return found
