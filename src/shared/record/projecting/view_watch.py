"""The running comparison: range by range, round after round, while the service works.

What differs is said in the log at once, and stays with the view until a whole round finds nothing or the
view is rebuilt, so that readiness and metrics can tell.
"""

import asyncio
from collections.abc import Sequence

import asyncpg
import structlog

from shared.record.backoff import Backoff, keep_at
from shared.record.database import Connection, hang_up
from shared.record.eventstore.reader import Reader
from shared.record.projecting.comparing import DifferingRow, differences, out_of_place, prepare
from shared.record.projecting.views import View

RANGE_AT_A_TIME = 1_000
LOOKED_EVERY_SECONDS = 10.0
CAME_TO = "SELECT coalesce(min(compared), 0) FROM views WHERE name = ANY ($1)"
COME_TO = "UPDATE views SET compared = $2 WHERE name = ANY ($1) AND compared <> $2"
DIFFERS = "UPDATE views SET differs = $2 WHERE name = $1 AND differs IS DISTINCT FROM $2"
AS_IT_MUST_BE = "UPDATE views SET differs = NULL WHERE name <> ALL ($1) AND differs IS NOT NULL"

log = structlog.get_logger(__name__)


class ViewWatch:
    """Compares the views with the record, a range at a time."""

    def __init__(self, pool: asyncpg.Pool, reader: Reader, views: Sequence[View]) -> None:
        """Watch these views of the record that this reader reads."""
        self._pool = pool
        self._reader = reader
        self._views = views
        self._names = [view.name for view in views]
        self._differing: set[str] = set()  # in this round
        self._whole_round = False
        self._backoff = Backoff("comparison of the views", gives_up=False)

    async def follow(self) -> None:
        """Compare until cancelled; a database that is away is waited for."""
        await keep_at(self._on_one_connection, self._backoff)

    async def _on_one_connection(self) -> None:
        await asyncio.sleep(LOOKED_EVERY_SECONDS)  # first: a worker has more urgent things to do as it starts
        async with self._pool.acquire() as connection:
            try:
                await prepare(connection, self._views)
                while True:
                    await self.look(connection)
                    self._backoff.went_well()
                    await asyncio.sleep(LOOKED_EVERY_SECONDS)
            finally:
                hang_up(connection)  # its temporary tables go with it

    async def look(self, connection: Connection) -> int:
        """Compare the next range; return the position that this round has come to, 0 where it is over."""
        reader = self._reader.on(connection)
        after, head = await connection.fetchval(CAME_TO, self._names), await reader.head()
        if after == 0:
            self._begin_a_round()
            await self._say(connection, await out_of_place(connection, self._views))
        last = min(after + RANGE_AT_A_TIME, head)
        await self._say(
            connection, await differences(connection, reader, self._views, after=after, last=last)
        )
        if last >= head:
            if self._whole_round:
                await connection.execute(AS_IT_MUST_BE, list(self._differing))
            last = 0
        await connection.execute(COME_TO, self._names, last)
        return int(last)

    def _begin_a_round(self) -> None:
        self._whole_round = True
        self._differing.clear()

    async def _say(self, connection: Connection, found: Sequence[DifferingRow]) -> None:
        for difference in found:
            log.critical(
                "a view is not what the record gives",
                view=difference.view,
                row=difference.key,
                what=difference.what,
            )
            if difference.view not in self._differing:
                self._differing.add(difference.view)
                await connection.execute(DIFFERS, difference.view, str(difference))
