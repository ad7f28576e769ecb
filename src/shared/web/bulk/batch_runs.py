"""Carrying a batch out: its beginning and its end on record, its outcomes and counts as they come."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from shared.kernel.errors import StillRunning
from shared.kernel.messages import Stamp
from shared.record.eventstore.store import EventStore
from shared.web.bulk.batches import Batch, BatchStatus, Counts, FinishBatch, MarkBatchUndone, StartBatch
from shared.web.bulk.items import Items
from shared.web.bulk.outcomes import Outcome, counted
from shared.web.bulk.requests import BatchRequest, Operation, Operations, Words
from shared.web.bulk.runner import Runner
from shared.web.security.security_log import SecurityEvent, SecurityLog


@dataclass(frozen=True)
class BatchRun:
    """One batch to carry out: which, what, how, on how many items; and what it undoes, if it does.

    `said` is what the request said of all items; an operation is made of it again where a job goes on.
    """

    batch: UUID
    operation: Operation[Any, Any]
    asked: BatchRequest
    request_hash: str
    items: Items[Any]
    total: int
    said: Words = field(default_factory=dict)
    undoes: UUID | None = None


class BatchRuns:
    """Carries batches out, each once at a time in this process."""

    def __init__(self, store: EventStore, operations: Operations, security: SecurityLog) -> None:
        """Decide on things in this record, by these operations; note which items nobody may decide on."""
        self._security = security
        self._store = store
        self._appender = store.bulk_appender()
        self._operations = operations
        self.running: set[UUID] = set()

    async def operation(self, name: str, stamp: Stamp, said: Words) -> Operation[Any, Any]:
        """Return what a batch does, by the name it is kept under."""
        return await self._operations[name](self._store, stamp, said)

    async def begin(self, work: BatchRun) -> None:
        """Put a batch on record, unless it is only tried; refuse it while it is being carried out here."""
        if work.batch in self.running:
            raise StillRunning
        self.running.add(work.batch)
        if work.asked.dry_run:
            return
        command = StartBatch(
            operation=work.operation.name,
            mode=work.asked.mode.value,
            items=work.total,
            request_hash=work.request_hash,
            undoes=work.undoes,
        )
        try:
            await self._store.handle(work.batch, command, work.asked.stamp, blank=Batch(), absent=True)
        except BaseException:
            self.running.discard(work.batch)
            raise

    async def carried_out(self, work: BatchRun) -> AsyncIterator[tuple[list[Outcome], Counts]]:
        """Yield outcomes with the counts so far; at the end, put the counts on record."""
        counts = Counts()
        try:
            async for outcomes in self._noted(work, work.asked):
                counts = counts.plus(counted(outcomes))
                yield outcomes, counts
            if not work.asked.dry_run:
                command, stamp = FinishBatch(counts=counts), work.asked.stamp
                await self._store.handle(work.batch, command, stamp, blank=Batch())
                if counts.done or counts.repeated or not counts.refused:
                    await self._mark_undone(work)
        finally:
            self.running.discard(work.batch)

    async def tried(self, work: BatchRun) -> AsyncIterator[tuple[list[Outcome], Counts]]:
        """Yield what would become of items, with the counts so far; nothing is put on record."""
        counts = Counts()
        async for outcomes in self._noted(work, replace(work.asked, dry_run=True)):
            counts = counts.plus(counted(outcomes))
            yield outcomes, counts

    async def _noted(self, work: BatchRun, asked: BatchRequest) -> AsyncIterator[list[Outcome]]:
        """Yield outcomes; at the end, or where it breaks off, note what was refused for who asked."""
        runner, refused = Runner(self._appender, work.operation, asked), Counter[SecurityEvent]()
        try:
            async for outcomes in runner.outcomes(work.items):
                refused.update(outcome.noted for outcome in outcomes if outcome.noted is not None)
                yield outcomes
        finally:
            self._security.note_items(asked.stamp.by, work.operation.name, str(work.batch), refused)

    def left(self, work: BatchRun) -> None:
        """Let a batch be carried out again that nobody listens to any more."""
        self.running.discard(work.batch)

    async def _mark_undone(self, work: BatchRun) -> None:
        """Say of the batch that was undone that it was, unless a job that goes on has said so already.

        Where nothing of it could be taken back it is not undone, and can be asked for again later.
        """
        if work.undoes is None:
            return
        if (await self.status(work.undoes)).status is BatchStatus.UNDONE:
            return
        command = MarkBatchUndone(reason=str(work.said["reason"]))
        await self._store.handle(work.undoes, command, work.asked.stamp, blank=Batch())

    async def status(self, batch: UUID) -> Batch:
        """Return how a batch stands."""
        return (await self._store.load(batch, Batch())).state


def headers_of(work: BatchRun) -> dict[str, str]:
    """Name the batch, so that it can be looked at and undone."""
    return {} if work.asked.dry_run else {"Batch": str(work.batch)}
