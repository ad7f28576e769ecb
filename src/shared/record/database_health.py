"""Whether the database answers, and takes anything in: no request should find that out by waiting."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import uuid4

import asyncpg
import structlog

from shared.record.database import (
    AWAY,
    CANT_WRITE,
    CONNECT_SECONDS,
    NO_ANSWER,
    TO_WRITE,
    Connection,
    Pool,
    stop,
)
from shared.record.eventstore.appender import APPEND
from shared.record.heartbeats import SERVED, beat

BEAT_SECONDS = 0.5
LOOK_SECONDS, LOOKS = 0.5, 5  # counted in looks: a process that was busy itself has not waited
PROBED_EVERY_SECONDS = 2.0
BUSY_AFTER = "SET LOCAL lock_timeout = '1s'"

READ_ONLY = "The database only reads: it is a standby, or is set so."
NO_ROOM = "The database has no connection left for the service."
CANT_WRITE_NOW = "The database takes nothing in: "

log = structlog.get_logger(__name__)


class DatabaseReadsOnly(Exception):
    """The database has turned into one that only reads."""


class DatabaseWatch:
    """Asks the database twice a second whether it is there and takes writes, on a connection of its own."""

    def __init__(self, url: str, pool: Pool) -> None:
        """Let those who wait for this pool go once there is no answer."""
        self._url = url
        self._pool = pool
        self._connection: asyncpg.Connection | None = None

    async def follow(self) -> None:
        """Ask for as long as the service runs."""
        try:
            while True:
                self._tell(await self._fault())
                await asyncio.sleep(BEAT_SECONDS)
        finally:
            self._hang_up()

    def _tell(self, fault: str) -> None:
        if fault != self._pool.fault:
            log.warning("database does not answer" if fault else "database answers again", fault=fault)
        if fault:
            self._pool.give_up(fault)
        else:
            self._pool.go_on()

    async def _fault(self) -> str:
        """Return why nobody should ask; blank after an answer, or a refusal, in time."""
        asking = asyncio.create_task(self._ask())
        try:
            for _ in range(LOOKS):
                done, _ = await asyncio.wait([asking], timeout=LOOK_SECONDS)
                if done:
                    if asking.exception() is not None:
                        self._hang_up()
                    return self._fault_of(asking.exception())
            return NO_ANSWER
        finally:
            if not asking.done():
                self._hang_up()
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)

    def _fault_of(self, error: BaseException | None) -> str:
        match error:
            case DatabaseReadsOnly() | asyncpg.TargetServerAttributeNotMatched():
                return READ_ONLY
            case asyncpg.TooManyConnectionsError() if self._pool.get_size() == 0:
                return NO_ROOM  # nobody has one that could come back
            case TimeoutError():
                return NO_ANSWER
            case _:
                return ""

    async def _ask(self) -> None:
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._url, timeout=CONNECT_SECONDS, **TO_WRITE)
        if await self._connection.fetchval("SHOW transaction_read_only") == "on":
            raise DatabaseReadsOnly

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
        self._connection = None


@asynccontextmanager
async def watched(url: str, pool: Pool) -> AsyncIterator[None]:
    """Watch over a database while a pool of connections to it is used."""
    following = asyncio.create_task(DatabaseWatch(url, pool).follow())
    try:
        yield
    finally:
        await stop(following)


class WriteProbe:
    """Whether the record can be appended to: an append that is taken back tells, and a small commit."""

    def __init__(self, pool: Pool) -> None:
        """Try it on this pool."""
        self._pool = pool
        self._fault = ""
        self._known_until = 0.0
        self._trying = asyncio.Lock()

    async def fault(self) -> str:
        """Return what keeps the record from being appended to; blank if nothing does."""
        async with self._trying:
            if time.monotonic() >= self._known_until:
                self._fault = await self._found()
                self._known_until = time.monotonic() + PROBED_EVERY_SECONDS
            return self._fault

    async def _found(self) -> str:
        try:
            async with self._pool.acquire() as connection:
                await _append_and_take_back(connection)
                await beat(connection, SERVED)  # only a commit tells that the log of writes has room
        except asyncpg.LockNotAvailableError:
            return ""  # somebody else is writing
        except CANT_WRITE as error:
            return f"{CANT_WRITE_NOW}{type(error).__name__}."
        except AWAY:
            return self._pool.fault or NO_ANSWER
        return ""


async def _append_and_take_back(connection: Connection) -> None:
    attempt = connection.transaction()
    await attempt.start()
    try:
        await connection.execute(BUSY_AFTER)
        await connection.fetch(APPEND, [0], [uuid4()], [1], ["Attempt"], [b"{}"], [], [], [], [])
    finally:
        with suppress(asyncpg.InterfaceError):  # the connection has died
            await attempt.rollback()
