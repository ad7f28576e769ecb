"""A historic log as read: its cases with their steps, and what was found wrong or odd on the way."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from shared.flow.imports.domain import ImportFinding, ImportReport

FINDINGS_LIMIT = 100  # so many are kept with an import; all are counted


@dataclass(slots=True)
class LogStep:
    """One row of the events file, or two: where an activity began, and where it was completed."""

    row: int
    seq: int
    entered_at: datetime
    activity: str
    stage: str
    party: str
    actor: str
    role: str
    transition: str = ""
    completed_at: datetime | None = None
    bridged: bool = False


class RefusedRow(NamedTuple):
    """A row of a case that was left out, and why; when it was, where it says so."""

    row: int
    at: datetime | None
    reason: str


@dataclass(slots=True)
class Case:
    """One row of the cases file, with its steps."""

    row: int
    opened_at: datetime | None
    closed_at: datetime | None
    deadline: datetime | None
    steps: list[LogStep] = field(default_factory=list)
    last: datetime | None = None
    refused: list[RefusedRow] = field(default_factory=list)
    is_numbered: bool = True  # each of its rows says its `seq`


@dataclass(slots=True)
class Log:
    """A log as read, and what was found wrong or odd on the way."""

    cases: dict[str, Case] = field(default_factory=dict)
    bad: list[ImportFinding] = field(default_factory=list)
    odd: list[ImportFinding] = field(default_factory=list)
    bad_rows: int = 0
    warnings: int = 0
    events: int = 0
    event_rows: int = 0
    ties: int = 0
    duplicates: int = 0
    before_open: int = 0
    date_only: int = 0
    clock_change: int = 0
    bridges: int = 0
    case_count: int = 0
    last_at: datetime | None = None
    findings_limit: int = FINDINGS_LIMIT

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was taken: no case, or none of the events that there were."""
        return self.case_count == 0 or (self.event_rows > 0 and self.events == 0)

    def absorb(self, part: "Log") -> None:
        """Add up what was found in a part; its cases stay its own."""
        for name in ADDED_UP:
            setattr(self, name, getattr(self, name) + getattr(part, name))
        self.case_count += len(part.cases)
        instants = [s.completed_at or s.entered_at for c in part.cases.values() for s in c.steps]
        instants += [at for c in part.cases.values() for at in (c.opened_at, c.closed_at) if at]
        self.last_at = max([*instants, *filter(None, [self.last_at])], default=None)
        self.bad = _first([*self.bad, *part.bad], self.findings_limit)
        self.odd = _first([*self.odd, *part.odd], self.findings_limit)

    def note(self, file: str, row: int, column: str, reason: str) -> None:
        """Report something odd that is kept."""
        self.warnings += 1
        self.odd.append(ImportFinding(file=file, row=row, column=column, reason=reason))
        if len(self.odd) > 2 * self.findings_limit:
            self.odd = _first(self.odd, self.findings_limit)

    def refuse(self, file: str, row: int, column: str, reason: str) -> None:
        """Report a row that is left out."""
        self.bad_rows += 1
        if len(self.bad) < self.findings_limit:
            self.bad.append(ImportFinding(file=file, row=row, column=column, reason=reason))

    def report(self) -> ImportReport:
        """Return the report of this log, whose last instant is the latest of events, opens and closes."""
        return ImportReport(
            cases=self.case_count,
            events=self.events,
            bad_rows=self.bad_rows,
            warnings=self.warnings,
            last_at=self.last_at,
            ties=self.ties,
            duplicates=self.duplicates,
            date_only_stamps=self.date_only,
            clock_change_stamps=self.clock_change,
            before_open=self.before_open,
            bad=tuple(self.bad),
            odd=tuple(_first(self.odd, self.findings_limit)),
        )


ADDED_UP = ("bad_rows", "warnings", "events", "event_rows", "ties", "duplicates", "before_open", "bridges")


def _first(findings: list[ImportFinding], limit: int) -> list[ImportFinding]:
    """Return the first findings of a file, as its rows are."""
    return sorted(findings, key=lambda finding: (finding.file, finding.row, finding.reason))[:limit]
