"""Starting, finishing and withdrawing an import."""

from collections.abc import Sequence
from typing import Literal

from shared.flow.imports.domain import (
    Import,
    ImportEvent,
    ImportFailed,
    ImportFinished,
    ImportNotDone,
    ImportNotRunning,
    ImportReport,
    ImportResumed,
    ImportStarted,
    ImportStatus,
    ImportWithdrawn,
)
from shared.kernel.errors import Refused
from shared.kernel.fields import Reason, ShortText
from shared.kernel.messages import Command, Stamp


class WasWithdrawn(Refused):
    """This log was imported before and withdrawn."""


class StartImport(Command[Import]):
    """Take in a historic log; the same content continues where it stopped, or adds nothing."""

    name: ShortText
    log_kind: str
    identity: str
    timestamps: str
    options: str

    def decide(self, state: Import, stamp: Stamp) -> Sequence[ImportEvent]:
        """Start once; resume after a failure; otherwise there is nothing to do."""
        match state.status:
            case ImportStatus.ABSENT:
                return [ImportStarted(**self.model_dump())]
            case ImportStatus.FAILED:
                return [ImportResumed()]
            case ImportStatus.WITHDRAWN:
                raise WasWithdrawn(reason=state.reason)
            case _:
                return []


class FinishImport(Command[Import]):
    """Say what became of every row."""

    report: ImportReport

    @classmethod
    def guard(cls, state: Import, stamp: Stamp) -> None:
        if state.status is not ImportStatus.RUNNING:
            raise ImportNotRunning(stands=state.status)

    def decide(self, state: Import, stamp: Stamp) -> ImportFinished:
        """Finish a running import."""
        return ImportFinished(report=self.report)


class FailImport(Command[Import]):
    """Say why an import stopped."""

    reason: str
    report: ImportReport = ImportReport()

    @classmethod
    def guard(cls, state: Import, stamp: Stamp) -> None:
        if state.status is not ImportStatus.RUNNING:
            raise ImportNotRunning(stands=state.status)

    def decide(self, state: Import, stamp: Stamp) -> ImportFailed:
        """Fail a running import."""
        return ImportFailed(reason=self.reason, report=self.report)


class WithdrawImport(Command[Import]):
    """Hide an import; its events stay in the record."""

    decision: Literal["withdraw"] = "withdraw"
    reason: Reason

    @classmethod
    def guard(cls, state: Import, stamp: Stamp) -> None:
        if state.status not in (ImportStatus.DONE, ImportStatus.FAILED):
            raise ImportNotDone(stands=state.status)

    def decide(self, state: Import, stamp: Stamp) -> ImportWithdrawn:
        """Withdraw an import that is done or failed."""
        return ImportWithdrawn(reason=self.reason)
