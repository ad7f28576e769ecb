"""An import of a historic log: started once for one content, finished with a report, or withdrawn."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from shared.kernel.errors import Refused
from shared.kernel.messages import Event
from shared.kernel.states import replace


class ImportStatus(StrEnum):
    """How an import stands."""

    ABSENT = "absent"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class ImportFinding(BaseModel):
    """Something about one row: `row` as a spreadsheet counts, the heading being row 1."""

    model_config = ConfigDict(frozen=True)

    file: str
    row: int
    column: str
    reason: str


class ImportReport(BaseModel):
    """What became of the rows. At most `FINDINGS_LIMIT` findings of a sort are kept; all are counted."""

    model_config = ConfigDict(frozen=True)

    cases: int = 0
    events: int = 0
    bad_rows: int = 0
    warnings: int = 0
    last_at: datetime | None = None
    ties: int = 0
    duplicates: int = 0
    date_only_stamps: int = 0
    clock_change_stamps: int = 0
    before_open: int = 0
    bad: tuple[ImportFinding, ...] = ()
    odd: tuple[ImportFinding, ...] = ()


@dataclass(frozen=True)
class Import:
    """A historic log that is taken in: how it was read, how it stands, its report."""

    kind: ClassVar[str] = "import"

    status: ImportStatus = ImportStatus.ABSENT
    name: str = ""
    log_kind: str = ""
    timestamps: str = ""
    report: ImportReport = ImportReport()
    reason: str = ""

    @property
    def quality(self) -> dict[str, int]:
        """Return how good the log is, in numbers."""
        kept = ("ties", "duplicates", "date_only_stamps", "clock_change_stamps", "before_open")
        return {"rows_refused": self.report.bad_rows, **{name: getattr(self.report, name) for name in kept}}


class ImportEvent(Event[Import]):
    """Something that happened to an import."""

    kind: ClassVar[str] = "import"


class ImportStarted(ImportEvent):
    """A historic log arrived; its id follows from its content and options."""

    name: str
    log_kind: str
    identity: str
    timestamps: str
    options: str

    def apply(self, state: Import) -> Import:
        """Return the import, running."""
        return Import(ImportStatus.RUNNING, self.name, self.log_kind, self.timestamps)


class ImportFinished(ImportEvent):
    """Every row that could be taken in has been."""

    report: ImportReport

    def apply(self, state: Import) -> Import:
        """Return the import, done."""
        return replace(state, status=ImportStatus.DONE, report=self.report)


class ImportFailed(ImportEvent):
    """The import stopped before its end; the same content continues it."""

    reason: str
    report: ImportReport = ImportReport()

    def apply(self, state: Import) -> Import:
        """Return the import, failed."""
        return replace(state, status=ImportStatus.FAILED, reason=self.reason, report=self.report)


class ImportResumed(ImportEvent):
    """The same content came again after a failure."""

    def apply(self, state: Import) -> Import:
        """Return the import, running again."""
        return replace(state, status=ImportStatus.RUNNING, reason="")


class ImportWithdrawn(ImportEvent):
    """The import is hidden; its events stay in the record."""

    reason: str

    def apply(self, state: Import) -> Import:
        """Return the import, withdrawn."""
        return replace(state, status=ImportStatus.WITHDRAWN, reason=self.reason)


class ImportNotDone(Refused):
    """This import has not been finished: look at its report."""


class ImportNotRunning(Refused):
    """This import is not running."""


EVENTS = (ImportStarted, ImportFinished, ImportFailed, ImportResumed, ImportWithdrawn)
