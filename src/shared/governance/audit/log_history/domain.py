"""What operators did that scrutiny must see: a log that succeeds another, rehearsals, a changed secret."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.kernel.errors import Refused
from shared.kernel.messages import Command, Event, Stamp
from shared.ledger.successions import Succession

HISTORY_ID = UUID("c4f0a5d3-6f0e-4b47-8f5e-2a6b1d9e7c30")
Reason = Annotated[str, Field(min_length=1, max_length=2_000)]


class NothingWasLost(Refused):
    """The record holds everything that the old log's checkpoint covers: continue with its key."""


class SameLogName(Refused):
    """A log that succeeds another needs its own name: make a new key under another name."""


class SucceededAlready(Refused):
    """Another log has already succeeded that one."""


class RewrappedAlready(Refused):
    """The record already says that every key is wrapped under this secret."""


@dataclass(frozen=True)
class LogHistory:
    """Which logs were succeeded, how often a restore was rehearsed, and under which secret keys are."""

    kind: ClassVar[str] = "log-history"

    succeeded: tuple[str, ...] = ()
    rehearsals: int = 0
    secret_name: str = ""


class LogSucceeded(Event[LogHistory]):
    """After a restore a new log goes on where the backup ended; what came after it in the old one is lost."""

    kind: ClassVar[str] = "log-history"

    old_origin: str
    old_size: int
    old_root: str
    old_checkpoint: str
    kept: int
    new_origin: str
    statement: str
    reason: str

    def apply(self, history: LogHistory) -> LogHistory:
        """Return the history with one more log that ended."""
        return replace(history, succeeded=(*history.succeeded, self.old_origin))

    def succession(self) -> Succession:
        """Return what verifiers take of it."""
        return Succession(self.old_origin, self.old_size, self.old_root, self.kept, self.new_origin)


class RestoreRehearsed(Event[LogHistory]):
    """A backup was restored elsewhere and checked whole: this is the signed receipt."""

    kind: ClassVar[str] = "log-history"

    size: int
    root: str
    findings: int
    backup_taken_at: datetime
    rehearsed_at: datetime
    receipt: str

    def apply(self, history: LogHistory) -> LogHistory:
        """Return the history with one more rehearsal."""
        return replace(history, rehearsals=history.rehearsals + 1)


class KeysRewrapped(Event[LogHistory]):
    """Every key of personal texts, and every endpoint's secret, lies under another secret than before.

    `secret_name` tells that secret from others, and says nothing of it.
    """

    kind: ClassVar[str] = "log-history"

    secret_name: str
    personal_keys: int
    endpoint_secrets: int

    def apply(self, history: LogHistory) -> LogHistory:
        """Return the history with the secret that counts now."""
        return replace(history, secret_name=self.secret_name)


class SucceedLog(Command[LogHistory]):
    """Go on under another name after a restore; an operator does, who holds the old log's last checkpoint."""

    old_origin: str
    old_size: int
    old_root: str
    old_checkpoint: str
    kept: int
    new_origin: str
    statement: str
    reason: Reason

    def decide(self, history: LogHistory, stamp: Stamp) -> LogSucceeded:
        """Name what was lost; refuse where nothing was, or the name is the old one."""
        if self.new_origin == self.old_origin:
            raise SameLogName(name=self.old_origin)
        if self.kept >= self.old_size:
            raise NothingWasLost(size=self.old_size)
        if self.old_origin in history.succeeded:
            raise SucceededAlready(name=self.old_origin)
        return LogSucceeded.model_validate(self.model_dump())


class RecordRehearsal(Command[LogHistory]):
    """Put the receipt of a rehearsed restore on the record; an operator does."""

    size: int
    root: str
    findings: int
    backup_taken_at: datetime
    rehearsed_at: datetime
    receipt: str

    def decide(self, history: LogHistory, stamp: Stamp) -> RestoreRehearsed:
        """Record it, good or bad."""
        return RestoreRehearsed.model_validate(self.model_dump())


class RecordRewrapping(Command[LogHistory]):
    """Put on the record that every key lies under another secret; an operator does."""

    secret_name: str
    personal_keys: int
    endpoint_secrets: int

    def decide(self, history: LogHistory, stamp: Stamp) -> KeysRewrapped:
        """Record it once for each secret."""
        if self.secret_name == history.secret_name:
            raise RewrappedAlready
        return KeysRewrapped.model_validate(self.model_dump())


EVENTS = (LogSucceeded, RestoreRehearsed, KeysRewrapped)
