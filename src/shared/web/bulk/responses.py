"""Answering a batch: a list, a stream of lines as blocks are committed, or a job for what is larger."""

from collections.abc import AsyncIterator, Callable
from uuid import UUID

import asyncpg
import structlog
from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.types import Receive, Scope, Send

from shared.kernel.errors import DatabaseAway, Refused
from shared.record.database import AWAY, being_cancelled
from shared.web.bulk.batch_jobs import BatchJobs
from shared.web.bulk.batch_runs import BatchRun, BatchRuns, headers_of
from shared.web.bulk.batches import Counts, Mode
from shared.web.bulk.bodies import Received
from shared.web.bulk.items import CSV, JSON, NDJSON, items
from shared.web.bulk.job_orders import pieces
from shared.web.bulk.outcomes import ItemOutcome, Outcome, csv_heading, csv_rows, lines, told
from shared.web.bulk.requests import BatchRequest, Words
from shared.web.reads.pages import json_of
from shared.web.sandbox.children import Sandbox

WHOLE_ITEMS_LIMIT = 5_000
STREAMED_ITEMS_LIMIT = 100_000

log = structlog.get_logger(__name__)


class BatchAnswer(BaseModel):
    """What became of a batch, item by item."""

    batch: UUID
    operation: str
    mode: Mode
    dry_run: bool
    counts: Counts
    items: list[ItemOutcome]


class Batches:
    """Has batches carried out, at once or as jobs, and answers them."""

    def __init__(self, runs: BatchRuns, jobs: BatchJobs, sandbox: Sandbox) -> None:
        """Answer what these carry out; a table is read in the sandbox."""
        self.runs = runs
        self.jobs = jobs
        self._sandbox = sandbox

    async def answer(
        self, request: Request, name: str, asked: BatchRequest, body: Received, said: Words
    ) -> Response:
        """Carry a received body out: at once where it is small or a stream, as a job where it is large."""
        operation = await self.runs.operation(name, asked.stamp, said)
        found, total = await items(
            body.path, body.media_type, operation.item, self._sandbox, operation.beside, body.lines
        )
        streamed = total is None
        total = body.lines if total is None else total
        work = BatchRun(body.batch, operation, asked, body.request_hash, found, total, said)
        if total > (STREAMED_ITEMS_LIMIT if streamed else WHOLE_ITEMS_LIMIT):
            body.needed_longer = True
            return await self.jobs.begin(work, body.media_type, pieces(body.path), body.folder)
        await self.runs.begin(work)
        if streamed:
            return self._streamed(request, work, body.media_type)
        return await self.at_once(work)

    async def at_once(self, work: BatchRun) -> Response:
        """Answer with one list, when everything has its outcome."""
        everything: list[Outcome] = []
        counts = Counts()
        async for outcomes, so_far in self.runs.carried_out(work):
            everything += outcomes
            counts = so_far
        answer = {
            "batch": work.batch,
            "operation": work.operation.name,
            "mode": work.asked.mode,
            "dry_run": work.asked.dry_run,
            "counts": counts.model_dump(),
            "items": [outcome.shown() for outcome in everything],
        }
        return Response(json_of(answer), 207, headers_of(work), media_type=JSON)

    def _streamed(self, request: Request, work: BatchRun, media_type: str) -> Response:
        accepted = request.headers.get("accept", "")
        form = next((t for t in (NDJSON, CSV) if t in accepted), media_type)
        lines_of_it = self._lines(work, form)
        return _Stream(lines_of_it, 207, headers_of(work), form, lambda: self.runs.left(work))

    async def _lines(self, work: BatchRun, media_type: str) -> AsyncIterator[bytes]:
        """Yield outcomes as they are committed; a stream that breaks says so in its last line."""
        form = csv_rows if media_type == CSV else lines
        if media_type == CSV:
            yield csv_heading()
        item = 0
        try:
            async for outcomes, _ in self.runs.carried_out(work):
                item = outcomes[-1].item
                yield form(outcomes)
        except Refused as refusal:
            yield form([_broken(item, refusal)])
        except (asyncpg.PostgresError, *AWAY) as error:
            if being_cancelled():
                raise
            log.warning("batch broken", batch=str(work.batch), error=type(error).__name__)
            yield form([_broken(item, DatabaseAway())])


class _Stream(StreamingResponse):
    """A stream that tells when it has ended: also where the caller left before it began."""

    def __init__(
        self,
        content: AsyncIterator[bytes],
        status: int,
        headers: dict[str, str],
        media_type: str,
        ended: Callable[[], None],
    ) -> None:
        super().__init__(content, status, headers, media_type)
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._ended()


def _broken(item: int, refusal: Refused) -> Outcome:
    return Outcome(item + 1, "broken", problem=told(refusal))
