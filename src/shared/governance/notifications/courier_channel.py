"""The worker's end of the channel to its courier, which is begun again whenever it has ended."""

import asyncio
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from email import policy
from email.message import EmailMessage
from functools import partial
from itertools import count
from pathlib import Path

from shared.governance.notifications.courier_letters import (
    LINE_BYTES_LIMIT,
    READY,
    Letter,
    NotALetter,
    letter_bytes,
    next_answer,
)
from shared.governance.notifications.outside import CourierAway, Outside, direct
from shared.governance.notifications.transport import ReceiverAnswer
from shared.kernel.child_processes import end_child
from shared.settings import Settings

PROGRAM = (sys.executable, "-I", "-X", "utf8", "-m", "shared.governance.notifications.courier")
START_SECONDS = 60.0
GRACE_SECONDS = 5.0  # beyond the courier's own total time: less than a lease leaves


class CourierLine:
    """A connection to one courier, for as long as that lives."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, process: Process | None = None
    ) -> None:
        """Listen to it."""
        self._reader = reader
        self._writer = writer
        self._process = process
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[ReceiverAnswer]] = {}
        self._listening = asyncio.create_task(self._listen())

    @property
    def is_over(self) -> bool:
        """Say whether nothing more comes of it."""
        return self._listening.done()

    @property
    def pid(self) -> int | None:
        """Return the process that was begun for it."""
        return None if self._process is None else self._process.pid

    async def carried(
        self, content: bytes, url: str = "", headers: Mapping[str, str] | None = None
    ) -> ReceiverAnswer:
        """Hand a letter over, and wait for what comes of it."""
        if self.is_over:
            raise CourierAway
        letter = Letter(next(self._numbers), content, url, headers or {})
        answer: asyncio.Future[ReceiverAnswer] = asyncio.get_running_loop().create_future()
        self._waiting[letter.number] = answer
        try:
            self._writer.write(letter_bytes(letter))
            await self._writer.drain()
            return await answer
        except OSError:
            raise CourierAway from None
        finally:
            self._waiting.pop(letter.number, None)

    async def end(self) -> None:
        """End it, and a courier that was begun for it."""
        self._listening.cancel()
        self._writer.close()
        try:
            await asyncio.gather(self._listening, return_exceptions=True)
        finally:
            if self._process is not None:
                await end_child(self._process)

    async def _listen(self) -> None:
        try:
            while (said := await next_answer(self._reader)) is not None:
                number, answer = said
                waiting = self._waiting.get(number)
                if waiting is not None and not waiting.done():
                    waiting.set_result(answer)
        except NotALetter:
            pass
        finally:
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(CourierAway())


class CourierChannel:
    """Hands letters to a courier; one that has ended, or no longer answers, is begun again for the next."""

    def __init__(self, begin: Callable[[], Awaitable[CourierLine]], seconds: float) -> None:
        """Wait so long for what comes of a letter."""
        self._begin = begin
        self._seconds = seconds
        self._line: CourierLine | None = None
        self._beginning = asyncio.Lock()

    async def must_be_there(self) -> None:
        """Begin a courier where there is none; raise `CourierAway` where that does not go well."""
        await self._there()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> ReceiverAnswer:
        """Have a body posted."""
        return await self._carried(body, url, headers)

    async def mail(self, message: EmailMessage) -> ReceiverAnswer:
        """Have a mail handed in."""
        return await self._carried(message.as_bytes(policy=policy.SMTPUTF8))

    async def close(self) -> None:
        """End what was begun."""
        if self._line is not None:
            await self._line.end()

    async def _there(self) -> CourierLine:
        async with self._beginning:
            if self._line is None or self._line.is_over:
                await self.close()
                self._line = None
                try:
                    self._line = await self._begin()
                except OSError as error:
                    raise CourierAway(type(error).__name__) from None
            return self._line

    async def _carried(
        self, content: bytes, url: str = "", headers: Mapping[str, str] | None = None
    ) -> ReceiverAnswer:
        line = await self._there()
        try:
            async with asyncio.timeout(self._seconds):
                return await line.carried(content, url, headers)
        except TimeoutError:  # it gives up by itself before: it hangs
            await line.end()
            raise CourierAway from None


@asynccontextmanager
async def way_out(settings: Settings) -> AsyncIterator[Outside]:
    """Lend the way out by these settings: a courier at a path, or a child; none if nobody is reached."""
    if settings.webhook_courier is None and not settings.reaches_somebody:
        async with direct(settings) as nowhere:
            yield nowhere
        return
    begin = (
        partial(begun_as_child, settings)
        if settings.webhook_courier is None
        else partial(connected_to, settings.webhook_courier)
    )
    channel = CourierChannel(begin, settings.webhook_seconds + GRACE_SECONDS)
    try:
        yield channel
    finally:
        await channel.close()


async def connected_to(path: Path) -> CourierLine:
    """Return a line to a courier that listens at a path."""
    async with asyncio.timeout(START_SECONDS):
        reader, writer = await asyncio.open_unix_connection(path, limit=LINE_BYTES_LIMIT)
        return await _welcomed(reader, writer)


async def begun_as_child(settings: Settings) -> CourierLine:
    """Return a line to a new child, which inherits its end of it, and no variable but its own."""
    ours, theirs = socket.socketpair()
    try:
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *PROGRAM,
                str(theirs.fileno()),
                stdin=DEVNULL,
                stdout=DEVNULL,
                env=settings.for_courier(),
                pass_fds=(theirs.fileno(),),
            )
    except BaseException:
        ours.close()
        raise
    try:
        async with asyncio.timeout(START_SECONDS):
            reader, writer = await asyncio.open_unix_connection(sock=ours, limit=LINE_BYTES_LIMIT)
            return await _welcomed(reader, writer, process)
    except BaseException:
        await end_child(process)
        raise


async def _welcomed(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, process: Process | None = None
) -> CourierLine:
    welcomed = False
    try:
        welcomed = await reader.readline() == READY
    finally:
        if not welcomed:  # also where nobody waits for it any more
            writer.close()
    if not welcomed:
        raise ConnectionError
    return CourierLine(reader, writer, process)
