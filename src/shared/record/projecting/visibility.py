"""How far the views have come, as every process that reads them knows it."""

import asyncio
from contextlib import suppress

import asyncpg

from shared.record.backoff import Backoff, keep_at
from shared.record.database import Connection, hang_up
from shared.record.projecting.positions import MOVED

WAIT_SECONDS = 2.0
POLL_SECONDS = 5.0

VISIBLE = "SELECT coalesce(min(position), 0) FROM views WHERE stopped IS NULL"


class Visibility:
    """Hears how far the views have come, and lets requests wait for a position."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        """Know nothing yet: position 0."""
        self._pool = pool
        self._moved = asyncio.Condition()
        self._backoff = Backoff("visibility", gives_up=False)
        self.position = 0

    async def follow(self) -> None:
        """Listen for as long as the service runs; poll too, and connect again when the line dies."""
        await keep_at(self._follow_one_connection, self._backoff)

    async def _follow_one_connection(self) -> None:
        died = asyncio.Event()
        async with self._pool.acquire() as connection:
            try:
                await connection.add_listener(MOVED, self._heard)
                connection.add_termination_listener(lambda _: died.set())
                while True:
                    await self.look(connection)  # which fails at once where the line has died
                    self._backoff.went_well()
                    with suppress(TimeoutError):
                        async with asyncio.timeout(POLL_SECONDS):
                            await died.wait()
            finally:
                hang_up(connection)  # its listening goes with it

    async def look(self, connection: Connection | asyncpg.Pool) -> None:
        """Ask the database how far the views have come."""
        await self._come_to(await connection.fetchval(VISIBLE))

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        # The new position counts at once; those who wait for it are woken in a moment.
        task = asyncio.get_running_loop().create_task(self._come_to(int(str(payload))))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def _come_to(self, position: int) -> None:
        async with self._moved:
            self.position = position
            self._moved.notify_all()

    async def reaches(self, position: int, seconds: float = WAIT_SECONDS) -> bool:
        """Wait until the views have come to a position; say whether they did in time."""
        try:
            async with asyncio.timeout(seconds), self._moved:
                await self._moved.wait_for(lambda: self.position >= position)
        except TimeoutError:
            return False
        return True
