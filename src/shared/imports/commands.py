"""Starting, finishing and withdrawing an import."""

from collections.abc import Sequence
from typing import Literal

from shared.errors import Refused
from shared.fields import Reason, ShortText
from shared.imports.domain import (
    Import,
    ImportEvent,
    ImportFailed,
    ImportFinished,
    ImportNotDone,
    ImportNotRunning,
    ImportResumed,
    ImportStarted,
    ImportWithdrawn,
    Report,
    Status,
)
from shared.messages import Command, Stamp


class WasWithdrawn(Refused):
    """This log was imported before and withdrawn."""


class StartImport(Command[Import]):
    """Take in a historic log; the same content again goes on where it stopped, or adds nothing."""

    name: ShortText
    log_kind: str
    identity: str
    timestamps: str
    options: str

    def decide(self, state: Import, stamp: Stamp) -> Sequence[ImportEvent]:
        """Start once; resume after a failure; otherwise there is nothing to do."""
        match state.status:
            case Status.ABSENT:
                return [ImportStarted(**self.model_dump())]
            case Status.FAILED:
                return [ImportResumed()]
            case Status.WITHDRAWN:
                raise WasWithdrawn(reason=state.reason)
            case _:
                return []


class FinishImport(Command[Import]):
    """Say what became of every row."""

    report: Report

    def decide(self, state: Import, stamp: Stamp) -> ImportFinished:
        """Finish a running import."""
        if state.status is not Status.RUNNING:
            raise ImportNotRunning(stands=state.status)
        return ImportFinished(report=self.report)


class FailImport(Command[Import]):
    """Say why an import stopped."""

    reason: str

    def decide(self, state: Import, stamp: Stamp) -> ImportFailed:
        """Fail a running import."""
        if state.status is not Status.RUNNING:
            raise ImportNotRunning(stands=state.status)
        return ImportFailed(reason=self.reason)


class WithdrawImport(Command[Import]):
    """Hide an import; its events stay in the record."""

    decision: Literal["withdraw"] = "withdraw"
    reason: Reason

    def decide(self, state: Import, stamp: Stamp) -> ImportWithdrawn:
        """Withdraw an import that is done or failed."""
        if state.status not in (Status.DONE, Status.FAILED):
            raise ImportNotDone(stands=state.status)
        return ImportWithdrawn(reason=self.reason)
