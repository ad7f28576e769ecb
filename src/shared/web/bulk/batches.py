"""A batch: one request that decided on many things, what became of its items, and whether it was undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict

from shared.kernel.errors import KeyUsedOtherwise, NotFound, Refused
from shared.kernel.fields import Reason
from shared.kernel.messages import Command, Event, Stamp
from shared.kernel.states import replace

BATCHES = UUID("8d0f2c53-64f4-4f0e-9c64-1c5f1d7d0b21")


class Mode(StrEnum):
    """Whether each item stands for itself, or one that is refused refuses all."""

    EACH = "each"
    ALL_OR_NOTHING = "all-or-nothing"


class Counts(BaseModel):
    """What became of a batch's items."""

    model_config = ConfigDict(frozen=True)

    done: int = 0
    repeated: int = 0
    refused: int = 0

    def plus(self, other: "Counts") -> "Counts":
        """Return both together."""
        return Counts(
            done=self.done + other.done,
            repeated=self.repeated + other.repeated,
            refused=self.refused + other.refused,
        )


class BatchStatus(StrEnum):
    """How a batch stands."""

    ABSENT = "absent"
    STARTED = "started"
    FINISHED = "finished"
    UNDONE = "undone"


@dataclass(frozen=True)
class Batch:
    """One batch, from its request to its undoing."""

    kind: ClassVar[str] = "batch"

    status: BatchStatus = BatchStatus.ABSENT
    operation: str = ""
    mode: str = ""
    request_hash: str = ""
    items: int = 0
    counts: Counts = Counts()
    undoes: UUID | None = None
    undone_by: UUID | None = None


class BatchEvent(Event[Batch]):
    """Something that happened to a batch."""

    kind: ClassVar[str] = "batch"


class BatchStarted(BatchEvent):
    """A request for many decisions was taken on."""

    operation: str
    mode: str
    request_hash: str
    items: int
    undoes: UUID | None = None

    def apply(self, batch: Batch) -> Batch:
        """Return the batch as it was asked for."""
        return Batch(
            BatchStatus.STARTED, self.operation, self.mode, self.request_hash, self.items, undoes=self.undoes
        )


class BatchFinished(BatchEvent):
    """Every item of the batch has its outcome."""

    counts: Counts

    def apply(self, batch: Batch) -> Batch:
        """Return the batch with its counts, and as many items: before, their lines stood for them."""
        counts = self.counts
        items = counts.done + counts.repeated + counts.refused
        return replace(batch, status=BatchStatus.FINISHED, counts=counts, items=items)


class BatchUndone(BatchEvent):
    """What the batch decided was taken back by another batch, wherever it still stood."""

    by_batch: UUID
    reason: str

    def apply(self, batch: Batch) -> Batch:
        """Return the batch as undone."""
        return replace(batch, status=BatchStatus.UNDONE, undone_by=self.by_batch)


class BatchStillRunning(Refused):
    """This batch has not finished yet: repeat its request with the same key, then undo it."""


class BatchUndoneAlready(Refused):
    """This batch has already been undone."""


class StartBatch(Command[Batch]):
    """Take a request on; the same one again goes on where it stopped."""

    operation: str
    mode: str
    request_hash: str
    items: int
    undoes: UUID | None = None

    def decide(self, batch: Batch, stamp: Stamp) -> Sequence[BatchStarted]:
        """Start once; refuse another request under the same key."""
        if batch.status is BatchStatus.ABSENT:
            return [BatchStarted(**self.model_dump())]
        if (batch.operation, batch.request_hash) != (self.operation, self.request_hash):
            raise KeyUsedOtherwise
        return []


class FinishBatch(Command[Batch]):
    """Say what became of all items."""

    counts: Counts

    def decide(self, batch: Batch, stamp: Stamp) -> Sequence[BatchFinished]:
        """Finish once; of a repeat, what was done the first time counts as repeated."""
        finished = batch.status in (BatchStatus.FINISHED, BatchStatus.UNDONE)
        if finished and not self.counts.done:
            return []
        return [BatchFinished(counts=self.counts)]


class MarkBatchUndone(Command[Batch]):
    """Take back what a batch decided, wherever it still stands."""

    decision: Literal["undo"] = "undo"
    reason: Reason

    def decide(self, batch: Batch, stamp: Stamp) -> BatchUndone:
        """Undo a finished batch once."""
        must_be_undoable(batch)
        return BatchUndone(by_batch=batch_id(stamp.causation), reason=self.reason)


def must_be_undoable(batch: Batch) -> None:
    """Refuse a batch that is not there, not finished, or undone."""
    if batch.status is BatchStatus.ABSENT:
        raise NotFound
    if batch.status is BatchStatus.STARTED:
        raise BatchStillRunning
    if batch.status is BatchStatus.UNDONE:
        raise BatchUndoneAlready(undone_by=str(batch.undone_by))


CAUSE = "batch:"


def cause_of(batch: UUID) -> str:
    """Return what the stamps of a batch's decisions name as their cause."""
    return f"{CAUSE}{batch}"


def batch_id(cause: str) -> UUID:
    """Return the batch that a cause names."""
    return UUID(cause.removeprefix(CAUSE))


def batch_of_key(caller: str, key: str) -> UUID:
    """Return the id of the batch of somebody's key: a repeat of the request is the same batch."""
    return uuid5(BATCHES, f"{caller}\n{key}")


EVENTS = (BatchStarted, BatchFinished, BatchUndone)
