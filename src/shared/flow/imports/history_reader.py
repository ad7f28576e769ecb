"""Reading a log into blocks for the record: a large one in a process of its own, which hinders nobody.

The process ends with its log. It reads no further ahead than one block, so that memory stays flat.
"""

import asyncio
import pickle
import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from shared.flow.imports.domain import ImportReport
from shared.flow.imports.historic_log import Log
from shared.flow.imports.histories import Histories, HistoryBlock
from shared.flow.imports.loader import LogFiles
from shared.kernel.child_processes import end_child
from shared.kernel.errors import Refused

LARGE_BYTES = 2 * 1024 * 1024  # from there on, a process of its own is worth its start
SIZE_BYTES = 4
PIPE_BYTES = 1024 * 1024
# Python, seeing no more of this process than its libraries: no variables, so no secrets.
PROGRAM = (
    sys.executable,
    "-I",
    "-X",
    "utf8",
    "-c",
    "from shared.flow.imports import history_reader; history_reader.main()",
)


class LogNotReadToEnd(Refused):
    """Reading this log was stopped before its end: hand it in again, and it continues."""


class LogOutcome(NamedTuple):
    """What became of every row of a log, and whether nothing of it could be taken."""

    report: ImportReport
    is_empty: bool


class _Refusal(NamedTuple):
    """Which rule refuses a log: a refusal does not itself go from process to process."""

    rule: type[Refused]
    facts: dict[str, object]


@dataclass(frozen=True, slots=True)
class HistoryReader:
    """Reads one log for one import, handed in by somebody."""

    files: LogFiles
    log_id: UUID
    by: str

    async def blocks(self) -> AsyncGenerator[HistoryBlock | LogOutcome]:
        """Yield blocks, the next one read while the last is worked on, and at the end the outcome."""
        large = await asyncio.to_thread(self.files.plain_bytes) >= LARGE_BYTES
        found = self._from_process() if large else self._from_thread()
        async with aclosing(found):
            following = asyncio.ensure_future(anext(found))
            try:
                while not isinstance(one := await following, LogOutcome):
                    following = asyncio.ensure_future(anext(found))
                    yield one
                yield one
            finally:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)

    def read(self) -> Iterator[HistoryBlock | LogOutcome]:
        """Yield blocks, and at the end the outcome.

        None comes before some event could be taken: all of them may be unreadable.
        """
        log, histories, held = self.files.read(), Histories(self.log_id, self.by), list[Log]()
        for part in log.parts():
            held.append(part)
            while held and not (log.total.is_empty and log.total.event_rows):
                yield from histories.blocks(held.pop(0))
        yield LogOutcome(log.total.report(), log.total.is_empty)

    async def _from_thread(self) -> AsyncGenerator[HistoryBlock | LogOutcome]:
        found = self.read()
        while (one := await asyncio.to_thread(next, found, None)) is not None:
            yield one

    async def _from_process(self) -> AsyncGenerator[HistoryBlock | LogOutcome]:
        process = await asyncio.create_subprocess_exec(
            *PROGRAM, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, env={}, limit=PIPE_BYTES
        )
        assert process.stdin is not None, "it was asked for"
        assert process.stdout is not None, "the same"
        try:
            process.stdin.write(pickle.dumps(self))
            process.stdin.close()
            while True:
                one = await _received(process.stdout)
                if isinstance(one, _Refusal):
                    raise one.rule(**one.facts)
                yield one
        finally:
            await end_child(process)


async def _received(pipe: asyncio.StreamReader) -> HistoryBlock | LogOutcome | _Refusal:
    try:
        size = int.from_bytes(await pipe.readexactly(SIZE_BYTES))
        message = await pipe.readexactly(size)
    except asyncio.IncompleteReadError:
        raise LogNotReadToEnd from None
    # Our own process wrote it; a stranger's file has been no nearer to it than its texts.
    one: HistoryBlock | LogOutcome | _Refusal = await asyncio.to_thread(pickle.loads, message)
    return one


def main() -> None:
    """Read the log that is named on standard input, and write what it holds to standard output."""
    reader: HistoryReader = pickle.load(sys.stdin.buffer)  # noqa: S301  # from the process that began this one
    try:
        for one in reader.read():
            _send(one)
    except Refused as refusal:
        _send(_Refusal(type(refusal), dict(refusal.facts)))


def _send(one: HistoryBlock | LogOutcome | _Refusal) -> None:
    message = pickle.dumps(one, pickle.HIGHEST_PROTOCOL)
    sys.stdout.buffer.write(len(message).to_bytes(SIZE_BYTES))
    sys.stdout.buffer.write(message)
    sys.stdout.buffer.flush()
