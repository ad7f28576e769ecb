"""Carrying an import out: in the background of one process, and seen from every other."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import asyncpg
import structlog
from prometheus_client import Counter, Gauge

from shared.flow.imports.commands import FailImport, FinishImport, StartImport
from shared.flow.imports.domain import Import, ImportReport, ImportStatus
from shared.flow.imports.histories import HistoryBlock
from shared.flow.imports.history_reader import HistoryReader, LogNotReadToEnd
from shared.flow.imports.loader import LogFiles, import_id
from shared.flow.sources import FlowLogs
from shared.kernel.errors import NotReady, OutOfDate, Refused
from shared.kernel.messages import Receipt, Stamp, Stream
from shared.kernel.system_actors import IMPORTER, stamp_of
from shared.record.database import AWAY, being_cancelled
from shared.record.eventstore.store import EventStore
from shared.record.locks import Locks
from shared.record.projecting.visibility import Visibility
from shared.web.access.names import PeopleNames
from shared.web.sandbox.children import Sandbox

LOOKS, LOOK_SECONDS = 100, 0.02
SURE = 10  # looks in a row; a worker that looks whether it is abandoned holds it for a moment
STALLS_LIMIT = 3  # so often in a row may the views not have moved, two seconds apart
FOLDER = "rfp-import-tables-"
ABANDONED = "The service could not go on with it. Hand the same files in again: it goes on where it stopped."
AT_ONCE = 2  # the rest wait in order
RUNNING = Gauge("rfp_imports_running", "Historic logs that this process takes in, or is about to.")
ENDED = Counter(
    "rfp_imports", "Historic logs that this process saw the end of, by how they ended.", ["outcome"]
)
EVENTS = Counter("rfp_imported_events", "Events of historic logs that this process took in.")

log = structlog.get_logger(__name__)


class ImportBeginning(NotReady):
    """The same log is being handed in just now: ask again in a moment."""


class Importer:
    """Starts imports and carries them out, a few at once."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        store: EventStore,
        names: PeopleNames,
        visibility: Visibility,
        flow: FlowLogs,
        sandbox: Sandbox,
    ) -> None:
        """Take logs into this record, and make them ready to be asked for figures."""
        self._store = store
        self._names = names
        self._visibility = visibility
        self._flow = flow
        self._sandbox = sandbox
        self._locks = Locks(pool)
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    async def try_out(self, files: LogFiles) -> tuple[UUID, ImportReport]:
        """Read a log and say what would become of it; nothing is written."""
        identity = await asyncio.to_thread(files.identity)
        with TemporaryDirectory(prefix=FOLDER) as folder:
            tables = await files.as_tables(Path(folder), self._sandbox)
            read = await asyncio.to_thread(tables.tried)
        return import_id(identity), await asyncio.to_thread(read.report)

    async def start(
        self, files: LogFiles, folder: "TemporaryDirectory[str]", name: str, stamp: Stamp
    ) -> tuple[Receipt, bool]:
        """Start an import in the background, or find that there is nothing to do; say which."""
        try:
            receipt, wanted = await self._begin(files, name, stamp)
        except BaseException:
            folder.cleanup()
            raise
        if not wanted:
            folder.cleanup()
            return receipt, False
        task = asyncio.create_task(self._run_and_clean_up(files, folder, receipt.id, stamp))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return receipt, True

    async def run(
        self, files: LogFiles, name: str, stamp: Stamp, progress: Callable[[int], None]
    ) -> tuple[UUID, Import]:
        """Carry an import out to its end; return how it stands."""
        receipt, wanted = await self._begin(files, name, stamp)
        if wanted:
            await self._run(files, receipt.id, stamp, progress)
        return receipt.id, (await self._load(receipt.id)).state

    async def _begin(self, files: LogFiles, name: str, stamp: Stamp) -> tuple[Receipt, bool]:
        """Take an import on where nobody has; say whether it is ours to carry out."""
        identity = await asyncio.to_thread(files.identity)
        stream_id = import_id(identity)
        command = StartImport(
            name=name,
            log_kind="rfp-log",
            identity=identity,
            timestamps=files.options.timestamps,
            options=files.options_text(),
        )
        if (elsewhere := await self._taken_or_running(stream_id)) is not None:
            return elsewhere, False
        wanted = False
        try:
            receipt, wanted = await self._start_or_resume(stream_id, command, stamp)
        finally:
            if not wanted:
                await self._locks.give_back(stream_id)
        return receipt, wanted

    async def _start_or_resume(
        self, stream_id: UUID, command: StartImport, stamp: Stamp
    ) -> tuple[Receipt, bool]:
        """Start what is new, resume what has failed; what says it runs while we hold its lock has died."""
        before = await self._load(stream_id)
        if before.state.status is ImportStatus.RUNNING:
            await self._decide(stream_id, FailImport(reason=ABANDONED), stamp)
        receipt = await self._store.handle(stream_id, command, stamp, blank=Import(), absent=True)
        return receipt, receipt.version > before.version

    async def _taken_or_running(self, stream_id: UUID) -> Receipt | None:
        """Take an import on, or return how it stands that somebody else carries out just now.

        Who has not begun it yet is about to, and who has failed is about to let go: both are waited for.
        """
        for look in range(1, LOOKS + 1):
            if await self._locks.take(stream_id):
                return None
            stream = await self._load(stream_id)
            running = stream.state.status is ImportStatus.RUNNING
            if (
                stream.version
                and stream.state.status is not ImportStatus.FAILED
                and (not running or look >= SURE)
            ):
                return Receipt(id=stream_id, version=stream.version, position=stream.position)
            await asyncio.sleep(LOOK_SECONDS)
        raise ImportBeginning

    async def _run_and_clean_up(
        self, files: LogFiles, folder: "TemporaryDirectory[str]", stream_id: UUID, stamp: Stamp
    ) -> None:
        with folder:
            try:
                await self._run(files, stream_id, stamp, lambda _: None)
            except Exception:  # whatever it was, it must not be silent; a worker sees that it is abandoned
                if being_cancelled():
                    raise
                log.exception("import broken off", import_id=str(stream_id))

    async def is_free(self, stream_id: UUID) -> bool:
        """Say whether nobody carries an import out just now."""
        if not await self._locks.take(stream_id):
            return False
        await self._locks.give_back(stream_id)
        return True

    async def end_if_abandoned(self, stream_id: UUID) -> None:
        """Say that an import has failed which says that it runs, where nobody carries it out."""
        if not await self._locks.take(stream_id):
            return
        try:
            stream = await self._load(stream_id)
            if stream.state.status is ImportStatus.RUNNING:
                stamp = stamp_of(IMPORTER, datetime.now(UTC), "import")
                failed = FailImport(reason=ABANDONED)
                with suppress(OutOfDate):  # somebody has gone on with it all the same
                    await self._store.handle(
                        stream_id, failed, stamp, blank=Import(), expected=stream.version
                    )
                    ENDED.labels("failed").inc()
        finally:
            await self._locks.give_back(stream_id)

    async def _run(
        self, files: LogFiles, stream_id: UUID, stamp: Stamp, progress: Callable[[int], None]
    ) -> None:
        """Read and append when our turn comes, and say how it ended."""
        RUNNING.inc()
        try:
            async with self._turn:
                with TemporaryDirectory(prefix=FOLDER) as folder:
                    tables = await files.as_tables(Path(folder), self._sandbox)
                    report = await self._append(tables, stream_id, stamp, progress)
            if report is None:
                return
            await self._make_ready(stream_id)
            await self._decide(stream_id, FinishImport(report=report), stamp)
        except Refused as refusal:
            await self._decide(stream_id, FailImport(reason=_why(refusal)), stamp)
        finally:
            RUNNING.dec()
            await self._locks.give_back(stream_id)

    async def _append(
        self, files: LogFiles, stream_id: UUID, stamp: Stamp, progress: Callable[[int], None]
    ) -> ImportReport | None:
        """Append a log block by block; return its report, unless nothing could be taken: then it failed."""
        done, appender = 0, self._store.bulk_appender()
        async with aclosing(HistoryReader(files, stream_id, stamp.by).blocks()) as blocks:
            async for one in blocks:
                if isinstance(one, HistoryBlock):
                    await self._names.remember(one.people, str(stream_id))
                    await appender.append(one.streams)
                    done += one.events
                    EVENTS.inc(one.events)
                    progress(done)
                elif one.is_empty:
                    reason = _nothing(one.report)
                    await self._decide(stream_id, FailImport(reason=reason, report=one.report), stamp)
                    return None
                else:
                    return one.report
        raise LogNotReadToEnd

    async def _make_ready(self, stream_id: UUID) -> None:
        """Have the views show the whole log, and its columns made, before it counts as done.

        Where nobody brings the views along, or the columns can't be kept, whoever asks first has them made.
        """
        head, before, stalls = await self._store.reader.head(), -1, 0
        while not await self._visibility.reaches(head):
            stalls = stalls + 1 if self._visibility.position == before else 0
            if stalls == STALLS_LIMIT:
                return
            before = self._visibility.position
        with suppress(*AWAY, OSError):
            await self._flow.prepare(str(stream_id), head)

    async def _decide(self, stream_id: UUID, command: FinishImport | FailImport, stamp: Stamp) -> None:
        now = stamp.model_copy(update={"at": datetime.now(UTC)})
        await self._store.handle(stream_id, command, now, blank=Import())
        ENDED.labels("done" if isinstance(command, FinishImport) else "failed").inc()

    async def _load(self, stream_id: UUID) -> Stream[Import]:
        return await self._store.load(stream_id, Import())

    async def close(self) -> None:
        """Stop what is still running: a worker says that it has failed, and the same content continues it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _nothing(report: ImportReport) -> str:
    """Return why an import of which nothing could be taken failed, the first bad row for all."""
    if not report.bad:
        return "There is nothing in these files to take in."
    first = report.bad[0]
    column = f"{first.column} " if first.column else "it "
    many = (
        "1 row was refused,"
        if report.bad_rows == 1
        else f"{report.bad_rows} rows were refused, the first of them"
    )
    return f"Nothing could be taken in: {many} row {first.row} of {first.file}: {column}{first.reason}."


def _why(refusal: Refused) -> str:
    """Return why an import failed: the rule, and which file and columns it is about."""
    said = [refusal.sentence()]
    for name, fact in refusal.facts.items():
        said.append(f"{name}: {', '.join(fact) if isinstance(fact, list) else fact}.")
    return " ".join(said)
