"""A historic RFP log: events and cases as CSV, read whole, every odd or bad row reported."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

from shared.flow.imports.domain import ImportFinding, ImportReport
from shared.flow.imports.files import BadRow, rows
from shared.flow.imports.options import Options
from shared.kernel.errors import Unacceptable

EVENTS_NEED = ("case_id", "activity", "entered_at")
EVENTS_MAY_HAVE = (*EVENTS_NEED, "seq", "stage", "party", "actor", "role")
CASES_NEED = ("case_id", "open_at", "close_at")
CASES_MAY_HAVE = (*CASES_NEED, "deadline")
FINDINGS_LIMIT = 100  # so many are kept with an import; all are counted
FINDINGS_TRIED_LIMIT = 20_000  # so many does a trial list
ROWS_LIMIT = 2_000_000
TEXT_LIMIT = 500


class LogTooLong(Unacceptable):
    """The log has more rows than one import may."""

    problem_type: ClassVar[str] = "too-many-rows"


@dataclass(frozen=True, slots=True)
class LogStep:
    """One row of the events file."""

    seq: int
    entered_at: datetime
    activity: str
    stage: str
    party: str
    actor: str
    role: str


@dataclass(slots=True)
class Case:
    """One row of the cases file, with its steps."""

    row: int
    opened_at: datetime | None
    closed_at: datetime | None
    deadline: datetime | None
    steps: list[LogStep] = field(default_factory=list)


@dataclass(slots=True)
class Log:
    """A log as read, and what was found wrong or odd on the way."""

    cases: dict[str, Case] = field(default_factory=dict)
    bad: list[ImportFinding] = field(default_factory=list)
    odd: list[ImportFinding] = field(default_factory=list)
    bad_rows: int = 0
    warnings: int = 0

    def report(self) -> ImportReport:
        """Return the report of this log."""
        instants = [s.entered_at for c in self.cases.values() for s in c.steps]
        instants += [c.closed_at for c in self.cases.values() if c.closed_at]
        return ImportReport(
            cases=len(self.cases),
            events=sum(len(case.steps) for case in self.cases.values()),
            bad_rows=self.bad_rows,
            warnings=self.warnings,
            last_at=max(instants, default=None),
            bad=tuple(self.bad),
            odd=tuple(self.odd),
        )


class _Bad(Exception):
    """This row can't be taken in."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


def read_log(
    events: Path,
    cases: Path,
    options: Options,
    now: datetime,
    progress: Callable[[int], None] = lambda _: None,
    findings_limit: int = FINDINGS_LIMIT,
) -> Log:
    """Read a log whole. Bad rows are left out and reported; odd cases are kept and reported.

    All are counted; so many of either are listed.
    """
    reading = _Reading(options, now, Log(), findings_limit)
    for number, row in rows(cases, "cases", CASES_NEED, CASES_MAY_HAVE):
        if number > ROWS_LIMIT:
            raise LogTooLong(limit=ROWS_LIMIT)
        reading.take("cases", number, row, reading.case)
    for number, row in rows(events, "events", EVENTS_NEED, EVENTS_MAY_HAVE):
        if number > ROWS_LIMIT:
            raise LogTooLong(limit=ROWS_LIMIT)
        reading.take("events", number, row, reading.step)
        progress(number - 1)
    reading.look_for_oddities()
    return reading.log


@dataclass(slots=True)
class _Reading:
    """The reading of one log."""

    options: Options
    now: datetime
    log: Log
    findings_limit: int

    def take(
        self,
        file: str,
        number: int,
        row: dict[str, str] | BadRow,
        read: Callable[[int, dict[str, str]], None],
    ) -> None:
        """Read one row, or report why it can't be."""
        if isinstance(row, BadRow):
            self._bad(file, number, "", row.reason)
            return
        try:
            read(number, {name: value.strip() for name, value in row.items()})
        except _Bad as bad:
            self._bad(file, number, bad.column, bad.reason)

    def case(self, number: int, row: dict[str, str]) -> None:
        """Read a row of the cases file."""
        case_id = _needed(row, "case_id")
        if case_id in self.log.cases:
            raise _Bad("case_id", "this case has a row already")
        self.log.cases[case_id] = Case(
            number,
            self._instant(row, "open_at"),
            self._instant(row, "close_at") if row.get("close_at") else None,
            self._instant(row, "deadline", ahead=True) if row.get("deadline") else None,
        )

    def step(self, number: int, row: dict[str, str]) -> None:
        """Read a row of the events file."""
        case_id = _needed(row, "case_id")
        activity = _needed(row, "activity")
        step = LogStep(
            seq=_whole(row, "seq") if row.get("seq") else number,
            entered_at=self._instant(row, "entered_at"),
            activity=activity,
            stage=self._stage(row, activity),
            party=_text(row, "party"),
            actor=_text(row, "actor"),
            role=_text(row, "role"),
        )
        self.log.cases.setdefault(case_id, Case(0, None, None, None)).steps.append(step)

    def look_for_oddities(self) -> None:
        """Report what is odd and kept: cases without a row, and those that close too early."""
        for case_id, case in self.log.cases.items():
            first = min((step.entered_at for step in case.steps), default=None)
            last = max((step.entered_at for step in case.steps), default=None)
            if case.opened_at is None:
                case.opened_at = first
                self._odd(case.row, "case_id", f"case {case_id} has events but no row of its own")
            elif case.closed_at and case.closed_at < case.opened_at:
                self._odd(case.row, "close_at", "closes before it opens")
            elif case.closed_at and last and case.closed_at < last:
                self._odd(case.row, "close_at", "closes before some of its events")

    def _bad(self, file: str, row: int, column: str, reason: str) -> None:
        self.log.bad_rows += 1
        if len(self.log.bad) < self.findings_limit:
            self.log.bad.append(ImportFinding(file=file, row=row, column=column, reason=reason))

    def _odd(self, row: int, column: str, reason: str) -> None:
        self.log.warnings += 1
        if len(self.log.odd) < self.findings_limit:
            self.log.odd.append(ImportFinding(file="cases", row=row, column=column, reason=reason))

    def _stage(self, row: dict[str, str], activity: str) -> str:
        stage = _text(row, "stage") or self.options.activity_map.get(activity, "")
        if not stage:
            raise _Bad("stage", "is missing")
        if self.options.strict and stage not in self.options.activity_map.values():
            raise _Bad("stage", "is not a stage of the activity map")
        return stage

    def _instant(self, row: dict[str, str], column: str, *, ahead: bool = False) -> datetime:
        """Return an instant, in UTC; only a deadline may lie ahead."""
        try:
            instant = datetime.fromisoformat(_needed(row, column))
        except ValueError:
            raise _Bad(column, "is not an ISO 8601 time") from None
        if instant.tzinfo is None:
            if self.options.time_zone is None:
                raise _Bad(column, "has no offset, and no time zone was given")
            instant = instant.replace(tzinfo=ZoneInfo(self.options.time_zone))
        try:
            instant = instant.astimezone(UTC)
        except OverflowError:
            raise _Bad(column, "is not a time we can keep") from None
        if instant > self.now and not ahead:
            raise _Bad(column, "is in the future")
        return instant


def _text(row: dict[str, str], column: str) -> str:
    text = row.get(column, "")
    if len(text) > TEXT_LIMIT:
        raise _Bad(column, f"is longer than {TEXT_LIMIT} characters")
    if "\x00" in text:
        raise _Bad(column, "holds what is no text")
    return text


def _needed(row: dict[str, str], column: str) -> str:
    text = _text(row, column)
    if not text:
        raise _Bad(column, "is missing")
    return text


def _whole(row: dict[str, str], column: str) -> int:
    text = row[column]
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise _Bad(column, "is not a whole number")
    return int(text)
