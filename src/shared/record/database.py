"""The way to PostgreSQL: one pool a process, quick to give back, clear about being away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Connection = asyncpg.Connection | PoolConnectionProxy

POOL_SIZE = 8
CONNECT_SECONDS = 10
COMMAND_SECONDS = 60
CANCEL_AGAIN_SECONDS = 1

AWAY = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that died in the middle of something
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    asyncio.TimeoutError,
)


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
async def connected(url: str, size: int = POOL_SIZE) -> AsyncIterator[asyncpg.Pool]:
    """Open a pool of connections to a database, and close it again."""
    pool = await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size,
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
