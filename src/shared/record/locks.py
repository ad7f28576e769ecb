"""Which long works are being carried out, as every process sees it: advisory locks on one connection."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import asyncpg
import structlog
from asyncpg.pool import PoolConnectionProxy

from shared.record.backoff import RETRY_SECONDS
from shared.record.database import AWAY, hang_up, has_ended

LOCK = "SELECT pg_try_advisory_lock($1)"

log = structlog.get_logger(__name__)


class Locks:
    """The works that this process carries out; when it dies, the database lets go of them by itself."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        """Hold all locks on one of this pool's connections, taken while there is any."""
        self._pool = pool
        self._held: set[UUID] = set()
        self._in_doubt: set[UUID] = set()  # a question about them was broken off: they may be locked
        self._line: PoolConnectionProxy | None = None
        self._one_at_a_time = asyncio.Lock()
        self._unlocked: set[UUID] = set()  # of what is held: the line that locked it has died
        self._locking_again: asyncio.Task[None] | None = None

    async def take(self, work: UUID) -> bool:
        """Take a work on; say no where somebody carries it out already."""
        async with self._one_at_a_time:
            if work in self._held:
                return False
            with self._heard_out(work):
                line = await self._connection()
                await self._unlock_what_is_in_doubt(line)
                taken = bool(await line.fetchval(LOCK, _number(work)))
            if taken:
                self._held.add(work)
            await self._hang_up_if_idle()
            return taken

    async def give_back(self, work: UUID) -> None:
        """Say that a work is no longer carried out."""
        async with self._one_at_a_time:
            self._held.discard(work)
            self._in_doubt.add(work)
            with self._heard_out(work):
                if self._line is not None and not has_ended(self._line):
                    await self._unlock_what_is_in_doubt(self._line)
            await self._hang_up_if_idle()

    @contextmanager
    def _heard_out(self, work: UUID) -> Iterator[None]:
        """Where an answer is not waited for, the server may have locked all the same: leave no such lock.

        It goes with the line, or is unlocked before the next question where the line holds other works.
        """
        try:
            yield
        except BaseException:
            self._in_doubt.add(work)
            if not self._held:
                self._cut_off()
            raise

    async def _unlock_what_is_in_doubt(self, line: PoolConnectionProxy) -> None:
        for work in list(self._in_doubt):
            await line.execute("SELECT pg_advisory_unlock($1)", _number(work))
            self._in_doubt.discard(work)

    async def _connection(self) -> PoolConnectionProxy:
        """Return the line that holds the locks; one that died has lost them, and is replaced."""
        if self._line is None or has_ended(self._line):
            self._cut_off()
            line = await self._pool.acquire()
            line.add_termination_listener(self._line_has_ended)
            self._line = line
            self._unlocked = set(self._held)
        return self._line

    def _line_has_ended(self, _: object) -> None:
        """Lock what is held again, on another line, as soon as there is one."""
        if self._held and self._locking_again is None:
            self._locking_again = asyncio.get_running_loop().create_task(self._lock_again())

    async def _lock_again(self) -> None:
        """Try until all that is held is locked: somebody may look just now whether it is."""
        try:
            while self._held:
                try:
                    async with self._one_at_a_time:
                        await self._lock_what_is_not()
                except (asyncpg.PostgresError, *AWAY) as error:
                    log.warning("works held are not locked now", error=type(error).__name__)
                else:
                    if not self._unlocked:
                        return
                await asyncio.sleep(RETRY_SECONDS)
        finally:
            self._locking_again = None

    async def _lock_what_is_not(self) -> None:
        if not self._held:
            return
        line = await self._connection()
        for work in list(self._unlocked):
            if work not in self._held or await line.fetchval(LOCK, _number(work)):
                self._unlocked.discard(work)

    async def _hang_up_if_idle(self) -> None:
        if self._held:
            return
        line, self._line = self._line, None
        self._in_doubt.clear()
        if line is not None and not has_ended(line):
            line.remove_termination_listener(self._line_has_ended)
            await self._pool.release(line)

    def _cut_off(self) -> None:
        """End the line, and with it whatever it has locked."""
        line, self._line = self._line, None
        self._in_doubt.clear()
        if line is not None:
            hang_up(line)


def _number(work: UUID) -> int:
    """Return the number of a work's lock."""
    return int.from_bytes(work.bytes[:8], "big", signed=True)
