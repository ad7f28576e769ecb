"""What the indexer puts on the record: an index of it now and then, and heartbeats in quiet times.

Neither says anything of anybody, so both may be shown to whoever may see any part of the record.
"""

from dataclasses import dataclass, replace
from typing import ClassVar
from uuid import UUID

from shared.kernel.errors import Refused
from shared.kernel.messages import Command, Event, Stamp
from shared.ledger.checkpoints import hash_text
from shared.ledger.committed_index import IndexRoot

INDEX_ID = UUID("5b0c2b7e-3f5d-4d1a-9a64-7d0f6a2c9e11")


class IndexGoesBack(Refused):
    """An index must cover more of the record than the one before it."""


@dataclass(frozen=True)
class IndexedRecord:
    """How far the record is indexed."""

    kind: ClassVar[str] = "record-index"

    size: int = 0
    heartbeats: int = 0


class IndexCommitted(Event[IndexedRecord]):
    """The first entries of the record are indexed: the root of so many lines, as base64 (RFC 6962)."""

    kind: ClassVar[str] = "record-index"
    body_of_work: ClassVar[str] = ""

    size: int
    lines: int
    root: str

    def apply(self, indexed: IndexedRecord) -> IndexedRecord:
        """Return how far it goes now."""
        return replace(indexed, size=self.size)


class HeartbeatRecorded(Event[IndexedRecord]):
    """Nothing happened for a while: this shows when, and holds nothing else."""

    kind: ClassVar[str] = "record-index"
    body_of_work: ClassVar[str] = ""

    def apply(self, indexed: IndexedRecord) -> IndexedRecord:
        """Return the same, alive again."""
        return replace(indexed, heartbeats=indexed.heartbeats + 1)


class CommitIndex(Command[IndexedRecord]):
    """Put the root of an index on the record; only the indexer does."""

    size: int
    lines: int
    root: str

    @classmethod
    def of(cls, index: IndexRoot) -> "CommitIndex":
        """Return the command for an index."""
        return cls(size=index.size, lines=index.lines, root=hash_text(index.root))

    def decide(self, indexed: IndexedRecord, stamp: Stamp) -> IndexCommitted:
        """Commit it; refuse one that goes no further than the last."""
        if self.size <= indexed.size:
            raise IndexGoesBack(size=indexed.size)
        return IndexCommitted(size=self.size, lines=self.lines, root=self.root)


class RecordHeartbeat(Command[IndexedRecord]):
    """Show on the record that time passed; only the indexer does."""

    def decide(self, indexed: IndexedRecord, stamp: Stamp) -> HeartbeatRecorded:
        """Record it."""
        return HeartbeatRecorded()


EVENTS = (IndexCommitted, HeartbeatRecorded)
