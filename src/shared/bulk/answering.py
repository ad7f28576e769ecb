"""Answering a batch: a list, a stream of lines as blocks are committed, or a job for what is larger."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from shared.bulk.asking import Asked, Operation
from shared.bulk.batches import (
    Batch,
    Counts,
    FinishBatch,
    Mode,
    StartBatch,
)
from shared.bulk.desk import Received
from shared.bulk.items import CSV, JSON, NDJSON, Item, items
from shared.bulk.outcomes import (
    ItemOutcome,
    Outcome,
    counted,
    csv_heading,
    csv_rows,
    lines,
    told,
)
from shared.bulk.running import Runner
from shared.database import AWAY, being_cancelled
from shared.errors import DatabaseAway, Refused, StillRunning
from shared.eventstore.store import EventStore
from shared.http.pages import json_of
from shared.jobs.keeping import Jobs, JobStatus

WHOLE_ITEMS_LIMIT = 5_000
STREAMED_ITEMS_LIMIT = 100_000

log = structlog.get_logger(__name__)

Items = Iterator[Item[Any] | Outcome]


class BatchAnswer(BaseModel):
    """What became of a batch, item by item."""

    batch: UUID
    operation: str
    mode: Mode
    dry_run: bool
    counts: Counts
    items: list[ItemOutcome]


class JobStarted(BaseModel):
    """A job was started: watch it."""

    job: UUID
    watch: str


@dataclass(frozen=True)
class Undertaking:
    """One batch to carry out: which, what, how, on how many items; and what it undoes, if it does."""

    batch: UUID
    operation: Operation[Any, Any]
    asked: Asked
    request_hash: str
    items: Items
    total: int
    undoes: UUID | None = None
    then: Callable[[], Awaitable[object]] | None = None


Told = tuple[bytes, int, Counts]
Form = Callable[[Sequence[Outcome]], bytes]


class Batches:
    """Carries batches out, and answers them."""

    def __init__(self, store: EventStore, jobs: Jobs) -> None:
        """Decide on things in this record."""
        self._store = store
        self._road = store.bulk_road()
        self._jobs = jobs
        self._running: set[UUID] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def answer(
        self, request: Request, operation: Operation[Any, Any], asked: Asked, body: Received
    ) -> Response:
        """Carry a received body out: at once where it is small or a stream, as a job where it is large."""
        found: Items = items(body.path, body.media_type, operation.item)
        total, streamed = body.lines, body.media_type in (NDJSON, CSV)
        if streamed:
            found = begun(found)
        else:
            whole = await asyncio.to_thread(list, found)
            found, total = iter(whole), len(whole)
        work = Undertaking(body.batch, operation, asked, body.request_hash, found, total)
        large = total > (STREAMED_ITEMS_LIMIT + 1 if streamed else WHOLE_ITEMS_LIMIT)
        if large:
            body.needed_longer = True
            return await self.as_job(work, body)
        await self.begin(work)
        if streamed:
            return self._streamed(request, work, body.media_type)
        return await self.at_once(work)

    async def begin(self, work: Undertaking) -> None:
        """Put a batch on record, unless it is only tried; refuse it while it is being carried out here."""
        if work.batch in self._running:
            raise StillRunning
        self._running.add(work.batch)
        if work.asked.dry_run:
            return
        command = StartBatch(
            operation=work.operation.name, mode=work.asked.mode.value, items=work.total,
            request_hash=work.request_hash, undoes=work.undoes,
        )  # fmt: skip
        try:
            await self._store.handle(
                work.batch, command, work.asked.stamp, blank=Batch(), absent=True
            )
        except BaseException:
            self._running.discard(work.batch)
            raise

    async def at_once(self, work: Undertaking) -> Response:
        """Answer with one list, when everything has its outcome."""
        everything: list[Outcome] = []
        counts = Counts()
        async for outcomes, so_far in self.carried_out(work):
            everything += outcomes
            counts = so_far
        answer = {
            "batch": work.batch, "operation": work.operation.name, "mode": work.asked.mode,
            "dry_run": work.asked.dry_run, "counts": counts.model_dump(),
            "items": [outcome.shown() for outcome in everything],
        }  # fmt: skip
        return Response(json_of(answer), 207, _headers(work), media_type=JSON)

    def _streamed(self, request: Request, work: Undertaking, media_type: str) -> Response:
        accepted = request.headers.get("accept", "")
        form = next((t for t in (NDJSON, CSV) if t in accepted), media_type)
        return StreamingResponse(self._lines(work, form), 207, _headers(work), media_type=form)

    async def _lines(self, work: Undertaking, media_type: str) -> AsyncIterator[bytes]:
        """Yield outcomes as they are committed; a stream that breaks says so in its last line."""
        form = csv_rows if media_type == CSV else lines
        if media_type == CSV:
            yield csv_heading()
        item = 0
        try:
            async for outcomes, _ in self.carried_out(work):
                item = outcomes[-1].item
                yield form(outcomes)
        except Refused as refusal:
            yield form([_broken(item, refusal)])
        except (asyncpg.PostgresError, *AWAY) as error:
            if being_cancelled():
                raise
            log.warning("batch broken", batch=str(work.batch), error=type(error).__name__)
            yield form([_broken(item, DatabaseAway())])

    async def as_job(self, work: Undertaking, body: Received | None) -> Response:
        """Answer with a job that goes on by itself."""
        await self.begin(work)
        await self._jobs.begin(work.batch, work.asked.stamp.by, work.operation.name, work.total)
        task = asyncio.create_task(self._work(work, body))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        started = JobStarted(job=work.batch, watch=f"/v1/jobs/{work.batch}")
        headers = {**_headers(work), "Location": started.watch}
        return Response(started.model_dump_json(), 202, headers, media_type=JSON)

    async def _work(self, work: Undertaking, body: Received | None) -> None:
        piece = done = 0
        try:
            async for outcomes, counts in self.carried_out(work):
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
        finally:
            if body is not None:
                body.folder.cleanup()

    async def carried_out(self, work: Undertaking) -> AsyncIterator[tuple[list[Outcome], Counts]]:
        """Yield outcomes with the counts so far; at the end, put the counts on record."""
        counts = Counts()
        runner = Runner(self._road, work.operation, work.asked)
        try:
            async for outcomes in runner.outcomes(work.items):
                counts = counts.plus(counted(outcomes))
                yield outcomes, counts
            if not work.asked.dry_run:
                command, stamp = FinishBatch(counts=counts), work.asked.stamp
                await self._store.handle(work.batch, command, stamp, blank=Batch())
                if work.then is not None:
                    await work.then()
        finally:
            self._running.discard(work.batch)

    async def status(self, batch: UUID) -> Batch:
        """Return how a batch stands."""
        return (await self._store.load(batch, Batch())).state

    async def close(self) -> None:
        """Stop the jobs that are still running; a repeat of their request goes on with them."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def begun(found: Items) -> Items:
    """Return items whose first has been read: what is wrong with all of a body is said before any answer."""
    first = list(islice(found, 1))
    return chain(first, found)


def _headers(work: Undertaking) -> dict[str, str]:
    """Name the batch, so that it can be looked at and undone."""
    return {} if work.asked.dry_run else {"Batch": str(work.batch)}


def _broken(item: int, refusal: Refused) -> Outcome:
    return Outcome(item + 1, "broken", problem=told(refusal))
