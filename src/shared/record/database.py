"""The way to PostgreSQL: one pool a process, quick to give back, clear about being away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Connection = asyncpg.Connection | PoolConnectionProxy

POOL_SIZE = 8
CONNECT_SECONDS = 10
COMMAND_SECONDS = 60
CANCEL_AGAIN_SECONDS = 1
QUERIES_A_CONNECTION = 50_000
IDLE_SECONDS = 300.0

AWAY = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that died in the middle of something
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    asyncio.TimeoutError,
)

# How it says that nothing can be written: no room, no memory, a broken disk, or it is a standby.
CANT_WRITE = (
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError,
)


class NoAnswer(ConnectionError):
    """The database is there, and does not answer."""


class Pool(asyncpg.Pool):
    """A pool that makes nobody wait for a database that has stopped answering."""

    def __init__(self, *given: Any, **how: Any) -> None:  # noqa: ANN401  # asyncpg's own arguments
        """Take what asyncpg's own pool takes."""
        super().__init__(*given, **how)
        self.answers = True
        self._waiting: set[asyncio.Timeout] = set()

    async def _acquire(self, timeout: float | None) -> PoolConnectionProxy:  # noqa: ASYNC109  # asyncpg's own
        if not self.answers:
            raise NoAnswer
        async with asyncio.timeout(None) as limit:
            self._waiting.add(limit)
            try:
                held: PoolConnectionProxy = await super()._acquire(timeout)  # type: ignore[misc]  # its stubs lack it
                return held
            finally:
                self._waiting.discard(limit)

    def give_up(self) -> None:
        """Let everybody go who waits for a connection, or for an answer on one."""
        self.answers = False
        now = asyncio.get_running_loop().time()
        for limit in [limit for limit in self._waiting if not limit.expired()]:
            limit.reschedule(now)
        for holder in self._holders:  # type: ignore[attr-defined]  # the same
            holder.terminate()

    def go_on(self) -> None:
        """Ask the database again."""
        self.answers = True


def being_cancelled() -> bool:
    """Say whether the present task was asked to stop, though a dying connection spoke louder."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def stop(task: "asyncio.Task[None]") -> None:
    """Cancel a task until it ends: in Python 3.11, `wait_for` swallows a cancellation now and then."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=CANCEL_AGAIN_SECONDS)


async def _keep(_: asyncpg.Connection) -> None:
    """Skip the reset on release: nothing here changes a session, and it would cost a round trip."""


@asynccontextmanager
async def connected(url: str, size: int = POOL_SIZE) -> AsyncIterator[Pool]:
    """Open a pool of connections to a database, and close it again."""
    pool = await Pool(
        url,
        connection_class=asyncpg.Connection,
        record_class=asyncpg.Record,
        connect=None,
        setup=None,
        init=None,
        loop=None,
        init_size=1,
        min_size=1,
        max_size=size,
        max_queries=QUERIES_A_CONNECTION,
        max_inactive_connection_lifetime=IDLE_SECONDS,
        reset=_keep,
        timeout=CONNECT_SECONDS,
        command_timeout=COMMAND_SECONDS,
        server_settings={"application_name": "rfp-service", "timezone": "UTC"},
    )
    try:
        yield pool
    finally:
        try:
            await asyncio.wait_for(pool.close(), CONNECT_SECONDS)
        except (TimeoutError, *AWAY):
            pool.terminate()
