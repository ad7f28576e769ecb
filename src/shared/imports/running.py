"""Carrying an import out: in the background of one process, and seen from every other."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from tempfile import TemporaryDirectory
from uuid import UUID

import asyncpg

from shared.errors import Refused
from shared.eventstore.store import EventStore
from shared.imports.commands import FailImport, FinishImport, StartImport
from shared.imports.domain import Import, Report, Status
from shared.imports.loading import LogFiles, append_log, import_id
from shared.messages import Receipt, Stamp


@dataclass
class Importer:
    """Starts imports and keeps them running; one lock in the database says that somebody does."""

    pool: asyncpg.Pool
    store: EventStore
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    async def try_out(self, files: LogFiles) -> tuple[UUID, Report]:
        """Read a log and say what would become of it; nothing is written."""
        identity = await asyncio.to_thread(files.identity)
        read = await asyncio.to_thread(files.read)
        return import_id(identity), read.report()

    async def start(
        self, files: LogFiles, folder: "TemporaryDirectory[str]", name: str, stamp: Stamp
    ) -> tuple[Receipt, bool]:
        """Start an import in the background, or find that there is nothing to do; say which."""
        receipt, stream_id, wanted = await self._begin(files, name, stamp)
        if not wanted:
            folder.cleanup()
            return receipt, False
        task = asyncio.create_task(self._run_and_clean_up(files, folder, stream_id, stamp))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return receipt, True

    async def run(
        self, files: LogFiles, name: str, stamp: Stamp, progress: Callable[[int], None]
    ) -> tuple[UUID, Import]:
        """Carry an import out to its end; return how it stands."""
        _, stream_id, wanted = await self._begin(files, name, stamp)
        if wanted:
            await self._run(files, stream_id, stamp, progress)
        return stream_id, (await self.store.load(stream_id, Import())).state

    async def _begin(self, files: LogFiles, name: str, stamp: Stamp) -> tuple[Receipt, UUID, bool]:
        identity = await asyncio.to_thread(files.identity)
        stream_id = import_id(identity)
        await self._give_up_if_abandoned(stream_id, stamp)
        command = StartImport(
            name=name, log_kind="rfp-log", identity=identity,
            timestamps=files.options.timestamps, options=files.options_text(),
        )  # fmt: skip
        before = (await self.store.load(stream_id, Import())).version
        receipt = await self.store.handle(stream_id, command, stamp, blank=Import(), absent=True)
        return receipt, stream_id, receipt.version > before

    async def _run_and_clean_up(
        self, files: LogFiles, folder: "TemporaryDirectory[str]", stream_id: UUID, stamp: Stamp
    ) -> None:
        with folder:
            await self._run(files, stream_id, stamp, lambda _: None)

    async def _run(
        self, files: LogFiles, stream_id: UUID, stamp: Stamp, progress: Callable[[int], None]
    ) -> None:
        """Read and append, under the lock that says this import is being carried out."""
        async with self.pool.acquire() as connection:
            await connection.execute("SELECT pg_advisory_lock($1)", _lock_of(stream_id))
            try:
                read = await asyncio.to_thread(files.read)
                await append_log(self.pool, self.store, read, stream_id, stamp.by, progress)
                await self._decide(stream_id, FinishImport(report=read.report()), stamp)
            except Refused as refusal:
                await self._decide(stream_id, FailImport(reason=refusal.sentence()), stamp)
            finally:
                if not connection.is_closed():
                    await connection.execute("SELECT pg_advisory_unlock($1)", _lock_of(stream_id))

    async def _give_up_if_abandoned(self, stream_id: UUID, stamp: Stamp) -> None:
        """Fail an import that says it runs but that nobody is carrying out: its process has died."""
        state = (await self.store.load(stream_id, Import())).state
        if state.status is not Status.RUNNING:
            return
        async with self.pool.acquire() as connection:
            if await connection.fetchval("SELECT pg_try_advisory_lock($1)", _lock_of(stream_id)):
                await connection.execute("SELECT pg_advisory_unlock($1)", _lock_of(stream_id))
                await self._decide(stream_id, FailImport(reason="The service stopped."), stamp)

    async def _decide(
        self, stream_id: UUID, command: FinishImport | FailImport, stamp: Stamp
    ) -> None:
        now = stamp.model_copy(update={"at": datetime.now(UTC)})
        await self.store.handle(stream_id, command, now, blank=Import())

    async def close(self) -> None:
        """Stop what is still running; the same content again goes on with it."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)


def _lock_of(stream_id: UUID) -> int:
    """Return the number of an import's advisory lock."""
    return int.from_bytes(stream_id.bytes[:8], "big", signed=True)
