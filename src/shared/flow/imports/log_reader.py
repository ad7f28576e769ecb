"""Reading a log into blocks for the record: a large one in a process of its own, which hinders nobody.

The process ends with its log. It reads no further ahead than one block, so that memory stays flat.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import NamedTuple
from uuid import UUID

from shared.flow.imports.domain import ImportReport
from shared.flow.imports.historic_log import Log
from shared.flow.imports.histories import Block, Histories
from shared.flow.imports.loader import LogFiles
from shared.kernel.errors import Refused

LARGE_BYTES = 2 * 1024 * 1024  # from there on, a process of its own is worth its start
END_SECONDS = 5.0


class LogNotReadToEnd(Refused):
    """What read this log was stopped before the log's end: hand it in again, and it goes on."""


class Outcome(NamedTuple):
    """What became of every row of a log, and whether nothing of it could be taken."""

    report: ImportReport
    is_empty: bool


class _Refusal(NamedTuple):
    """Which rule refuses a log: a refusal does not itself go from process to process."""

    rule: type[Refused]
    facts: dict[str, object]


@dataclass(frozen=True, slots=True)
class LogReader:
    """Reads one log for one import, handed in by somebody."""

    files: LogFiles
    log_id: UUID
    by: str

    async def blocks(self) -> AsyncIterator[Block | Outcome]:
        """Yield blocks, the next one read while the last is worked on, and at the end the outcome."""
        large = await asyncio.to_thread(self.files.plain_bytes) >= LARGE_BYTES
        found = self._from_process() if large else self._from_thread()
        async with aclosing(found):
            following = asyncio.ensure_future(anext(found))
            try:
                while not isinstance(one := await following, Outcome):
                    following = asyncio.ensure_future(anext(found))
                    yield one
                yield one
            finally:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)

    def read(self) -> Iterator[Block | Outcome]:
        """Yield blocks, and at the end the outcome.

        None comes before some event could be taken: all of them may be unreadable.
        """
        log, histories, held = self.files.read(), Histories(self.log_id, self.by), list[Log]()
        for part in log.parts():
            held.append(part)
            while held and not (log.total.is_empty and log.total.event_rows):
                yield from histories.blocks(held.pop(0))
        yield Outcome(log.total.report(), log.total.is_empty)

    async def _from_thread(self) -> AsyncIterator[Block | Outcome]:
        found = self.read()
        while (one := await asyncio.to_thread(next, found, None)) is not None:
            yield one

    async def _from_process(self) -> AsyncIterator[Block | Outcome]:
        context = get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_send, args=(self, theirs), daemon=True)
        await asyncio.to_thread(process.start)
        theirs.close()
        try:
            while True:
                one = await asyncio.to_thread(_received, ours)
                if isinstance(one, _Refusal):
                    raise one.rule(**one.facts)
                yield one
        finally:
            process.terminate()
            await asyncio.to_thread(process.join, END_SECONDS)


def _received(connection: Connection) -> Block | Outcome | _Refusal:
    try:
        one: Block | Outcome | _Refusal = connection.recv()
    except EOFError:
        raise LogNotReadToEnd from None
    return one


def _send(reader: LogReader, connection: Connection) -> None:
    """Read a log, and send what it holds."""
    try:
        for one in reader.read():
            connection.send(one)
    except Refused as refusal:
        connection.send(_Refusal(type(refusal), dict(refusal.facts)))
