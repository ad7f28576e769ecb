"""The indexer: now and then it puts an index of the record on the record, and a heartbeat in quiet times.

It holds no key and signs nothing: whoever signs the record does not write its index.
"""

import time
from datetime import UTC, datetime, timedelta

import asyncpg
import structlog

from shared.governance.audit.record_index.domain import (
    INDEX_ID,
    CommitIndex,
    IndexedRecord,
    IndexGoesBack,
    RecordHeartbeat,
)
from shared.governance.audit.record_index.index_reader import IndexReader, UnknownTopic
from shared.kernel.errors import OutOfDate
from shared.kernel.messages import Stamp
from shared.kernel.system_actors import INDEXER, stamp_of
from shared.record.eventstore.store import EventStore

LOOKED_EVERY_SECONDS = 10.0
ENTRIES_WITHOUT_INDEX = 1_000
UNINDEXED_FOR = timedelta(hours=1)
QUIET_FOR = timedelta(days=1)

# Of what follows the newest index: how much there is, since when, and since when nothing followed.
WAITING = """
SELECT h.position - $1 AS entries,
       (SELECT e.recorded_at FROM stored_events e WHERE e.notification_id = $1 + 1) AS since,
       h.recorded_at AS newest, clock_timestamp() AS now
FROM event_head h
"""
# The stream's own last entry: an index alone is nothing to index again.
LAST_OWN = "SELECT max(notification_id) FROM stored_events WHERE originator_id = $1"

log = structlog.get_logger(__name__)


class Indexer:
    """Indexes one record; of two that do, one is told that the other was faster."""

    def __init__(self, pool: asyncpg.Pool, store: EventStore) -> None:
        """Append through this store, and read through this pool."""
        self._pool = pool
        self._store = store
        self._reader = IndexReader(pool, store.mapper.topics)
        self._not_before = time.monotonic() + LOOKED_EVERY_SECONDS

    async def work_when_due(self) -> int:
        """Do what is due, at most every few seconds; there is nothing left to do after it."""
        if time.monotonic() >= self._not_before:
            self._not_before = time.monotonic() + LOOKED_EVERY_SECONDS
            await self.look()
        return 0

    async def look(self) -> None:
        """Commit an index where enough waits, or waits for long; show that time passed where nothing came."""
        indexed = (await self._store.load(INDEX_ID, IndexedRecord())).state
        [waiting] = await self._pool.fetch(WAITING, indexed.size)
        if not waiting["entries"]:
            return
        own = await self._pool.fetchval(LAST_OWN, INDEX_ID) or 0
        alone = waiting["entries"] == 1 and own == indexed.size + 1
        enough = waiting["entries"] >= ENTRIES_WITHOUT_INDEX
        if enough or (not alone and _long_ago(waiting["since"], waiting["now"], UNINDEXED_FOR)):
            await self.commit()
        elif _long_ago(waiting["newest"], waiting["now"], QUIET_FOR):
            await self._append(RecordHeartbeat())

    async def commit(self) -> None:
        """Put an index of the whole record on the record, as far as it has come."""
        try:
            index = await self._reader.at(await self._store.reader.head())
            if index.size:
                await self._append(CommitIndex.of(index.root()))
        except UnknownTopic as error:
            log.warning("the record is not indexed", error=str(error))
        except (IndexGoesBack, OutOfDate):
            log.info("another indexer was faster", size=index.size)

    async def _append(self, command: CommitIndex | RecordHeartbeat) -> None:
        await self._store.handle(INDEX_ID, command, _stamp(), blank=IndexedRecord(), absent=True)


def _long_ago(instant: datetime | None, now: datetime, how_long: timedelta) -> bool:
    return instant is not None and now - instant >= how_long


def _stamp() -> Stamp:
    return stamp_of(INDEXER, datetime.now(UTC), "index")
