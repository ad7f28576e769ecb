"""Which long works are being carried out, as every process sees it: advisory locks on one connection."""

import asyncio
from uuid import UUID

import asyncpg
from asyncpg.pool import PoolConnectionProxy


class Locks:
    """The works that this process carries out; when it dies, the database lets go of them by itself."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        """Hold all locks on one of this pool's connections, taken while there is any."""
        self._pool = pool
        self._held: set[UUID] = set()
        self._line: PoolConnectionProxy | None = None
        self._one_at_a_time = asyncio.Lock()

    async def take(self, work: UUID) -> bool:
        """Take a work on; say no where somebody carries it out already."""
        async with self._one_at_a_time:
            if work in self._held:
                return False
            line = await self._connection()
            taken = bool(await line.fetchval("SELECT pg_try_advisory_lock($1)", _number(work)))
            if taken:
                self._held.add(work)
            await self._hang_up_if_idle()
            return taken

    async def give_back(self, work: UUID) -> None:
        """Say that a work is no longer carried out."""
        async with self._one_at_a_time:
            self._held.discard(work)
            if self._line is not None and not self._line.is_closed():
                await self._line.execute("SELECT pg_advisory_unlock($1)", _number(work))
            await self._hang_up_if_idle()

    async def _connection(self) -> PoolConnectionProxy:
        """Return the line that holds the locks; one that died has lost them, and is replaced."""
        if self._line is None or self._line.is_closed():
            await self._hang_up()
            self._line = await self._pool.acquire()
        return self._line

    async def _hang_up_if_idle(self) -> None:
        if not self._held:
            await self._hang_up()

    async def _hang_up(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            await self._pool.release(line)


def _number(work: UUID) -> int:
    """Return the number of a work's lock."""
    return int.from_bytes(work.bytes[:8], "big", signed=True)
