"""Batches too large for one answer: jobs that go on by themselves, also after their process has died."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import asyncpg
import structlog
from fastapi import Response
from pydantic import BaseModel, ValidationError

from shared.kernel.errors import Refused, StillRunning
from shared.record.database import AWAY, being_cancelled, of_a_file
from shared.record.locks import Locks
from shared.web.bulk.batch_runs import BatchRun, BatchRuns, headers_of
from shared.web.bulk.items import JSON, items
from shared.web.bulk.job_orders import JobOrder, words_of_asked
from shared.web.bulk.outcomes import lines, told
from shared.web.jobs.table import Jobs, JobStatus, KeptWork
from shared.web.sandbox.children import Sandbox

ATTEMPTS_LIMIT = 20  # so often a job goes on after it has stopped

log = structlog.get_logger(__name__)


class JobStarted(BaseModel):
    """A job was started: watch it."""

    job: UUID
    watch: str


class GivenUp(Refused):
    """This job has stopped too often: send its request again with the same key."""


class BatchJobs:
    """Begins jobs, and goes on with those that nobody works on any more."""

    def __init__(self, runs: BatchRuns, jobs: Jobs, locks: Locks, sandbox: Sandbox) -> None:
        """Have batches carried out; the database says who works on what."""
        self._runs = runs
        self._jobs = jobs
        self._locks = locks
        self._sandbox = sandbox
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(
        self,
        work: BatchRun,
        media_type: str,
        body: Iterable[bytes],
        folder: "TemporaryDirectory[str] | None" = None,
    ) -> Response:
        """Answer with a job that goes on by itself, also after the process that began it has died."""
        kept = JobOrder(
            operation=work.operation.name,
            said=dict(work.said),
            media_type=media_type,
            request_hash=work.request_hash,
            undoes=work.undoes,
            **words_of_asked(work.asked),
        )
        job = KeptWork(
            work.batch, work.asked.stamp.by, work.operation.name, work.total, kept.model_dump(mode="json")
        )
        if not await self._locks.take(work.batch):
            raise StillRunning
        try:
            await self._runs.begin(work)
            await self._jobs.begin(job, body)
        except StillRunning:  # another answer carries it out, and marked it
            if folder is not None:
                folder.cleanup()
            await self._locks.give_back(work.batch)
            raise
        except BaseException:
            await self._let_go(work.batch, folder)
            raise
        self._start(work, folder)
        started = JobStarted(job=work.batch, watch=f"/v1/jobs/{work.batch}")
        headers = {**headers_of(work), "Location": started.watch}
        return Response(started.model_dump_json(), 202, headers, media_type=JSON)

    async def resume(self) -> int:
        """Go on with the jobs whose process has died; say 0, for they go on by themselves."""
        for job in await self._jobs.unfinished():
            if job not in self._runs.running and await self._locks.take(job):
                await self._take_up(job)
        return 0

    async def _take_up(self, job: UUID) -> None:
        """Do what is kept of a job again: what it has decided already is found, and not doubled."""
        folder = None
        try:
            folder = TemporaryDirectory(prefix="rfp-batch-")
            taken = await self._jobs.take_up(job)
            if taken is None or taken[1] > ATTEMPTS_LIMIT:
                if taken is not None:
                    await self._jobs.end(job, JobStatus.FAILED, told(GivenUp()))
                await self._let_go(job, folder)
                return
            work = await self._again(taken[0], Path(folder.name, "body"))
            await self._runs.begin(work)
        except (Refused, ValidationError, KeyError) as error:  # kept by another release, perhaps
            log.warning("job can't go on", job=str(job), error=type(error).__name__)
            await self._jobs.end(job, JobStatus.FAILED, told(GivenUp()))
            await self._let_go(job, folder)
            return
        except BaseException as error:
            await self._broken_off(job, folder, error)
            raise
        log.info("job goes on", job=str(job), attempt=taken[1])
        self._start(work, folder)

    async def _again(self, job: KeptWork, path: Path) -> BatchRun:
        """Return what a job was to do, with its body on disk."""
        kept = JobOrder.model_validate(job.work)
        with path.open("wb") as file:
            async for piece in self._jobs.body(job.job):
                file.write(piece)
        operation = await self._runs.operation(kept.operation, kept.stamp, kept.said)
        found, _ = await items(path, kept.media_type, operation.item, self._sandbox, operation.beside)
        return BatchRun(
            job.job, operation, kept.asked, kept.request_hash, found, job.total, kept.said, kept.undoes
        )

    async def _broken_off(
        self, job: UUID, folder: "TemporaryDirectory[str] | None", error: BaseException
    ) -> None:
        """Let go of a job that could not begin; where the disk is full, that is no fault of its own."""
        try:
            if folder is not None and of_a_file(error):
                await self._jobs.not_tried(job)
        finally:
            await self._let_go(job, folder)

    async def _let_go(self, job: UUID, folder: "TemporaryDirectory[str] | None") -> None:
        self._runs.running.discard(job)
        try:
            if folder is not None:
                folder.cleanup()
        finally:  # also where the folder can't be removed
            await self._locks.give_back(job)

    def _start(self, work: BatchRun, folder: "TemporaryDirectory[str] | None") -> None:
        task = asyncio.create_task(self._work(work, folder))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, work: BatchRun, folder: "TemporaryDirectory[str] | None") -> None:
        piece = done = 0
        try:
            async for outcomes, counts in self._runs.carried_out(work):
                done += len(outcomes)
                await self._jobs.add(work.batch, piece, lines(outcomes), done, counts.model_dump())
                piece += 1
            await self._jobs.end(work.batch, JobStatus.DONE)
        except Refused as refusal:
            await self._jobs.end(work.batch, JobStatus.FAILED, told(refusal))
        except (asyncpg.PostgresError, *AWAY) as error:
            if being_cancelled():
                raise
            log.warning("job broken", job=str(work.batch), error=type(error).__name__)
        except Exception:  # whatever it was, it is tried again, and must not be silent
            log.exception("job broken", job=str(work.batch))
        finally:
            await self._let_go(work.batch, folder)

    async def close(self) -> None:
        """Stop the jobs that are still running; whoever works next goes on with them."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
