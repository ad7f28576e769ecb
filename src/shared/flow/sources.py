"""Where a log comes from: live cases as far as a position, or one import in its own time.

Each process keeps what it has worked out, and goes on from there.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg

from shared.flow.addends import Manner, addends
from shared.flow.columns import KeptColumns, fetched, mapped
from shared.flow.live import CORRECTIONS, NEWER, Corrected, LiveLog
from shared.flow.live_log_files import LiveLogFiles
from shared.flow.log import Correction, FlowLog
from shared.flow.tally import Tally
from shared.kernel.calendar import WorkingTime
from shared.record.database import Connection

LIVE = "rfp"
SOURCES_LIMIT = 8  # so many imports are kept open at once
BLOCK = 2_000  # so many new steps are fetched at a time
# A view that has stopped holds no reading up, but what it has not come to yet is not to be passed over.
REACHED = "SELECT coalesce(min(position), 0) FROM views WHERE name IN ('flow_steps', 'flow_corrections')"


@dataclass
class ImportedLog:
    """An import's columns, and what its waits add up to: worked out once, as it never changes."""

    log: FlowLog
    working: WorkingTime
    tallies: dict[Manner, Tally] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find the latest instant there is."""
        self.horizon = self.log.horizon

    def tally(self, manner: Manner) -> Tally:
        """Return what all waits add up to, as of the latest instant there is."""
        if manner not in self.tallies:
            self.tallies[manner] = Tally().add(addends(self.log, manner, self.horizon or 0, self.working))
        return self.tallies[manner]


class FlowLogs:
    """The logs that figures come from."""

    def __init__(self, pool: asyncpg.Pool, folder: Path) -> None:
        """Read the journals; keep the columns of imports in a folder."""
        self._pool = pool
        self._kept = KeptColumns(folder)
        self._live_files = LiveLogFiles(folder.with_name(f"{folder.name}-live"))
        self._imported: OrderedDict[str, ImportedLog] = OrderedDict()
        self._live: LiveLog | None = None
        self.turn = asyncio.Lock()  # of who reads or moves what is kept here
        self._making = asyncio.Lock()

    async def imported(self, source: str, position: int) -> ImportedLog:
        """Return an import, whole, which the views show as of a position."""
        if source not in self._imported:
            async with self._making:
                folder = await self.prepare(source, position)
                log = await asyncio.to_thread(mapped, folder)
            self._imported[source] = ImportedLog(log, working_time(frozenset()))
            while len(self._imported) > SOURCES_LIMIT:
                self._imported.popitem(last=False)
        self._imported.move_to_end(source)
        return self._imported[source]

    async def prepare(self, source: str, position: int) -> Path:
        """Make the columns of an import, where they are not there yet."""
        return await self._kept.make(self._pool, source, position)

    async def live(self, position: int, closed_days: frozenset[date]) -> LiveLog:
        """Return live cases at least as far as a position, or as far as the journals have come before it.

        Only its holder of `turn` may ask.
        """
        working = working_time(closed_days)
        if self._live is None or position > self._live.position:
            position = min(position, await self._pool.fetchval(REACHED))
        if self._live is None:
            self._live = await self._fetched(position, working)
        self._live.recount(working)
        if position > self._live.position:
            await self._catch_up(self._live, position)
        await self._keep(self._live)
        return self._live

    async def live_log(
        self, position: int, closed_days: frozenset[date]
    ) -> tuple[FlowLog, WorkingTime, int] | None:
        """Return the log of live cases as of a position, its calendar, and that position.

        Nothing, while the journals have not come so far: what is said once and for all is not of an old log.
        """
        async with self.turn:
            live = await self.live(position, closed_days)
            if live.position < position:
                return None
            return await asyncio.to_thread(live.as_of, position), live.working, position

    async def _keep(self, live: LiveLog) -> None:
        """Keep live cases for the next start, where there is enough that is new."""
        if not self._live_files.is_worth_keeping(live.length):
            return
        leaf = await self._live_files.leaf(self._pool, live.position)
        if leaf is not None:
            columns = await asyncio.to_thread(live.whole)
            await asyncio.to_thread(self._live_files.keep, columns, live.position, leaf)

    async def _fetched(self, position: int, working: WorkingTime) -> LiveLog:
        """Return live cases as recorded by a position, or by an earlier one where those are kept."""
        if (kept := await self._live_files.find(self._pool, position)) is not None:
            columns, position = kept
        else:
            with TemporaryDirectory(prefix="rfp-flow-") as folder:
                columns = await fetched(self._pool, LIVE, position, Path(folder))
        async with self._pool.acquire() as connection:
            corrections = await _corrections(connection, 0, position)
        live = await asyncio.to_thread(LiveLog, columns, position, working)
        live.correct(corrections)
        return live

    async def _catch_up(self, live: LiveLog, position: int) -> None:
        """Take in what is new, a block at a time, and what was corrected after the last of it."""
        async with self._pool.acquire() as connection:
            corrections = await _corrections(connection, live.position, position)
            while live.position < position:
                newer = await connection.fetch(NEWER, LIVE, live.position, position, BLOCK)
                by_then = position if len(newer) < BLOCK else newer[-1]["position"]
                due = [corrected for corrected in corrections if live.position < corrected[0] <= by_then]
                await asyncio.to_thread(live.take, [tuple(row) for row in newer], by_then, due)


async def _corrections(connection: Connection, after: int, position: int) -> list[Corrected]:
    """Return what was corrected after a position and by another, in the order of the record."""
    rows = await connection.fetch(CORRECTIONS, LIVE, after, position)
    return [(at, Correction(*row)) for at, *row in rows]


@lru_cache(maxsize=8)
def working_time(closed_days: frozenset[date]) -> WorkingTime:
    """Return the working time with these closed days; making one costs more than keeping it."""
    return WorkingTime(closed_days)
