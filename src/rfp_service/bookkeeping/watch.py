"""The running comparison of what stands beside the views: range by range, round after round.

What differs is said in the log at once, and stays in readiness and metrics until a whole round finds nothing
more in its table.
"""

import asyncio

import asyncpg
import structlog

from rfp_service.bookkeeping.comparison import beside_the_outboxes
from rfp_service.bookkeeping.difference import TableDifference
from rfp_service.bookkeeping.outboxes import OutboxComparison
from shared.record.backoff import Backoff, keep_at
from shared.record.database import Connection
from shared.record.eventstore.reader import Reader

RANGE_AT_A_TIME = 1_000
LOOKED_EVERY_SECONDS = 10.0
DIFFERS = "INSERT INTO differing_tables AS d VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET said = $2"
AS_IT_MUST_BE = "DELETE FROM differing_tables WHERE name <> ALL ($1)"

log = structlog.get_logger(__name__)


class BookkeepingWatch:
    """Compares the tables beside the views with the record, a range at a time."""

    def __init__(self, pool: asyncpg.Pool, reader: Reader) -> None:
        """Watch the tables of the record that this reader reads."""
        self._pool = pool
        self._reader = reader
        self._outboxes = OutboxComparison()
        self._come_to = 0
        self._differing: set[str] = set()  # in this round
        self._backoff = Backoff("comparison of the tables", gives_up=False)

    async def follow(self) -> None:
        """Compare until cancelled; a database that is away is waited for."""
        await keep_at(self._look_once, self._backoff)

    async def _look_once(self) -> None:
        await asyncio.sleep(LOOKED_EVERY_SECONDS)
        async with self._pool.acquire() as connection:
            await self.look(connection)
        self._backoff.went_well()

    async def look(self, connection: Connection) -> int:
        """Compare the next range; return how far this round has come, 0 where it is over."""
        if self._come_to == 0:
            self._differing.clear()
            await self._say(connection, await self._outboxes.begin(connection))
        reader = self._reader.on(connection)
        head = await reader.head()
        last = min(self._come_to + RANGE_AT_A_TIME, head)
        await self._say(connection, await self._outboxes.look(connection, reader, self._come_to, last))
        self._come_to = last
        if last >= head:
            await self._say(connection, await self._outboxes.end(connection))
            await self._say(connection, [f async for f in beside_the_outboxes(connection, reader)])
            await connection.execute(AS_IT_MUST_BE, list(self._differing))
            self._come_to = 0
        return self._come_to

    async def _say(self, connection: Connection, found: list[TableDifference]) -> None:
        for table, said in found:
            log.critical("a table is not what the record gives", table=table, what=said)
            if table not in self._differing:
                self._differing.add(table)
                await connection.execute(DIFFERS, table, said)
