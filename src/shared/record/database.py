"""The way to PostgreSQL: one pool a process, quick to give back, clear about being away."""

import asyncio
import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Connection = asyncpg.Connection | PoolConnectionProxy

POOL_SIZE = 8
CONNECT_SECONDS = 10
COMMAND_SECONDS = 60
CANCEL_AGAIN_SECONDS = 5  # long enough for what a task does at its end, which this would break off
QUERIES_A_CONNECTION = 50_000
IDLE_SECONDS = 300.0
TURN_SECONDS = 5.0  # how long somebody waits where the server has no connection left
TURN_LOOK_SECONDS = 0.1

TO_WRITE: dict[str, Any] = {"target_session_attrs": "read-write"}

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

# What only a file can be at fault for; and what a socket can be too, where no file is named.
OF_A_FILE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE}
OF_A_NAMED_FILE = {errno.ENOENT, errno.EACCES}

NO_ANSWER = "The database does not answer."


class NoAnswer(ConnectionError):
    """The database is there, and does not answer, or only reads."""


class Pool(asyncpg.Pool):
    """A pool that makes nobody wait for a database that has stopped answering."""

    def __init__(self, *given: Any, **how: Any) -> None:  # noqa: ANN401  # asyncpg's own arguments
        """Take what asyncpg's own pool takes."""
        super().__init__(*given, **how)
        self.fault = ""  # why nobody is let through to the database; blank if everybody is
        self._waiting: set[asyncio.Timeout] = set()

    async def _acquire(self, timeout: float | None) -> PoolConnectionProxy:  # noqa: ASYNC109  # asyncpg's own
        if self.fault:
            raise NoAnswer(self.fault)
        async with asyncio.timeout(None) as limit:
            self._waiting.add(limit)
            try:
                return await self._in_turn(timeout)
            finally:
                self._waiting.discard(limit)

    async def _in_turn(self, timeout: float | None) -> PoolConnectionProxy:  # noqa: ASYNC109  # asyncpg's own
        """Take a connection; where the server has none left to give, wait for one that comes back."""
        last = asyncio.get_running_loop().time() + TURN_SECONDS
        while True:
            try:
                held: PoolConnectionProxy = await super()._acquire(timeout)  # type: ignore[misc]  # its stubs lack it
            except asyncpg.TooManyConnectionsError:
                if asyncio.get_running_loop().time() >= last:
                    raise
                await asyncio.sleep(TURN_LOOK_SECONDS)
            else:
                return held

    @property
    def waiting(self) -> int:
        """Return how many wait for a connection just now."""
        return len(self._waiting)

    def give_up(self, fault: str) -> None:
        """Let everybody go who waits for a connection, or for an answer on one."""
        self.fault = fault
        now = asyncio.get_running_loop().time()
        for limit in [limit for limit in self._waiting if not limit.expired()]:
            limit.reschedule(now)
        for holder in self._holders:  # type: ignore[attr-defined]  # the same
            holder.terminate()

    def go_on(self) -> None:
        """Ask the database again."""
        self.fault = ""


def of_a_file(error: BaseException) -> bool:
    """Say whether a file could not be written or read: no sign that the database is away."""
    if not isinstance(error, OSError) or isinstance(error, ConnectionError | TimeoutError):
        return False
    named = error.filename is not None  # the database's own socket, where it is missing, is not
    return error.errno in OF_A_FILE or (named and error.errno in OF_A_NAMED_FILE)


def is_away(error: BaseException) -> bool:
    """Say whether this is how a database that is away shows itself."""
    return isinstance(error, AWAY) and not of_a_file(error)


def has_ended(connection: Connection) -> bool:
    """Say whether a connection has ended: the pool has taken back one that died, and it can't be asked."""
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:
        return True


def hang_up(connection: Connection) -> None:
    """End a connection, and with it what it has locked, listens to and keeps; the pool opens another."""
    if not has_ended(connection):
        connection.terminate()


def being_cancelled() -> bool:
    """Say whether the present task was asked to stop, though a dying connection spoke louder."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def stop(task: "asyncio.Task[None]") -> None:
    """Cancel a task until it ends: in Python 3.11, a library's `wait_for` loses a cancellation at times."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=CANCEL_AGAIN_SECONDS)


async def _keep(_: asyncpg.Connection) -> None:
    """Skip the reset on release: nothing here changes a session, and it would cost a round trip."""


@asynccontextmanager
async def connected(
    url: str, size: int = POOL_SIZE, *, writes: bool = False, held: bool = False
) -> AsyncIterator[Pool]:
    """Open a pool of connections to a database, and close it again.

    One that writes goes to the host that takes writes, of all that the address names, and to no standby.
    One that is held has all its connections from the start, and gives none back.
    """
    pool = await Pool(
        url,
        connection_class=asyncpg.Connection,
        record_class=asyncpg.Record,
        connect=None,
        setup=None,
        init=None,
        loop=None,
        init_size=size if held else 1,
        min_size=1,
        max_size=size,
        max_queries=QUERIES_A_CONNECTION,
        max_inactive_connection_lifetime=0 if held else IDLE_SECONDS,
        reset=_keep,
        timeout=CONNECT_SECONDS,
        command_timeout=COMMAND_SECONDS,
        server_settings={"application_name": "rfp-service", "timezone": "UTC"},
        **(TO_WRITE if writes else {}),
    )
    try:
        yield pool
    finally:
        try:
            await asyncio.wait_for(pool.close(), CONNECT_SECONDS)
        except (TimeoutError, *AWAY):
            pool.terminate()
