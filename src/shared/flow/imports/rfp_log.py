"""A historic RFP log: events and cases as CSV, read whole, every odd or bad row reported."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

from shared.flow.imports.executions import TRANSITIONS
from shared.flow.imports.files import BadRow, FileColumns, rows
from shared.flow.imports.historic_log import FINDINGS_LIMIT, Case, Log, LogStep, RefusedRow
from shared.flow.imports.import_warnings import settle
from shared.flow.imports.instants import BadInstant, LogInstants, sentences
from shared.flow.imports.options import (
    CASES_MAY_HAVE,
    CASES_NEED,
    DATES,
    DELIMITERS,
    EVENTS_MAY_HAVE,
    EVENTS_NEED,
    Options,
)
from shared.flow.imports.repeated_hours import RepeatedHours
from shared.flow.imports.row_order import from_the_oldest
from shared.kernel.errors import Unacceptable
from shared.kernel.messages import CLOCKS_APART

FINDINGS_TRIED_LIMIT = 20_000  # so many does a trial list
ROWS_LIMIT = 2_000_000
TEXT_LIMIT = 500


class LogTooLong(Unacceptable):
    """The log has more rows than one import may have."""

    problem_type: ClassVar[str] = "too-many-rows"


class _Bad(Exception):
    """This row can't be taken in."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


Rows = Iterator[tuple[int, dict[str, str] | BadRow]]


def case_rows(path: Path, options: Options) -> Rows:
    """Yield the rows of a cases file."""
    return _rows(path, "cases", options, CASES_NEED, CASES_MAY_HAVE, EVENTS_MAY_HAVE)


def event_rows(path: Path, options: Options) -> Rows:
    """Yield the rows of an events file."""
    return _rows(path, "events", options, EVENTS_NEED, EVENTS_MAY_HAVE, CASES_MAY_HAVE)


def _rows(
    path: Path,
    name: str,
    options: Options,
    needed: tuple[str, ...],
    known: tuple[str, ...],
    elsewhere: tuple[str, ...],
) -> Rows:
    only_here = tuple(column for column in known if column not in elsewhere)
    columns = FileColumns(needed, known, options.mapping, only_here)
    return _limited(rows(path, name, columns, DELIMITERS[options.delimiter]))


def _limited(found: Rows) -> Rows:
    for number, row in found:
        if number > ROWS_LIMIT:
            raise LogTooLong(limit=ROWS_LIMIT)
        yield number, row


class LogReading:
    """The reading of one log, in one part or several; `total` adds up what was found in all of them."""

    def __init__(self, options: Options, now: datetime, findings_limit: int = FINDINGS_LIMIT) -> None:
        """Read as of now, by some options."""
        self.options = options
        self.now = now
        zone = None if options.time_zone is None else ZoneInfo(options.time_zone)
        self.stamps = LogInstants(zone, DATES[options.dates])
        self.log = self.total = Log(findings_limit=findings_limit)
        self._repeated = RepeatedHours(self.stamps)

    def read(self, cases: Rows, events: Rows, progress: Callable[[int], None] = lambda _: None) -> Log:
        """Read some cases with all of their events."""
        self.log = Log(findings_limit=self.total.findings_limit)
        for number, row in cases:
            self.take("cases", number, row, self.case)
        for number, row in events:
            self.take("events", number, row, self.step)
            progress(number - 1)
        self._repeated.settle_steps(self.log.cases)
        from_the_oldest([case.steps for case in self.log.cases.values()], self.stamps)
        self._open_with_events()
        self._repeated.settle_closes()
        settle(self.log)
        self.total.absorb(self.log)
        return self.log

    def close(self) -> None:
        """Say of all parts what is odd about them."""
        self.total.date_only, self.total.clock_change = self.stamps.date_only, self.stamps.clock_change
        for (file, row, column), reason in sentences(self.stamps):
            self.total.note(file, row, column, reason)
        if bridges := self.total.bridges:
            reason = f"waits that lie across a refused row, and are counted as one: {bridges}"
            self.total.note("events", 0, "", reason)

    def take(
        self,
        file: str,
        number: int,
        row: dict[str, str] | BadRow,
        read: Callable[[int, dict[str, str]], None],
    ) -> None:
        """Read one row, or report why it can't be."""
        self.log.event_rows += file == "events"
        if isinstance(row, BadRow):
            self.log.refuse(file, number, "", row.reason)
            return
        cells = {name: value.strip() for name, value in row.items()}
        try:
            read(number, cells)
        except _Bad as bad:
            self.log.refuse(file, number, bad.column, bad.reason)
            if file == "events":
                self._leave_gap(number, cells, bad.reason)

    def case(self, number: int, row: dict[str, str]) -> None:
        """Read a row of the cases file."""
        case_id = _needed(row, "case_id")
        if case_id in self.log.cases:
            raise _Bad("case_id", "this case has a row already")
        waits = row.get("opens_with_event") and not row.get("open_at")  # as a trace of XES does
        opened = None if waits else self._instant("cases", number, row, "open_at")
        before = self.stamps.twice
        closed = self._instant("cases", number, row, "close_at", opened) if row.get("close_at") else None
        is_twice = self.stamps.twice > before
        case = self.log.cases[case_id] = Case(
            number,
            opened,
            closed,
            self._instant("cases", number, row, "deadline", ahead=True) if row.get("deadline") else None,
        )
        if is_twice:
            self._repeated.closes(case)

    def _open_with_events(self) -> None:
        """Open a case that does not say when with its first event; refuse it if that can't be told."""
        for case_id, case in list(self.log.cases.items()):
            if case.opened_at is not None or not case.row:
                continue
            stamps = [step.entered_at for step in case.steps]
            stamps += [row.at for row in case.refused if row.at and not self._is_ahead(row.at)]
            if stamps:
                case.opened_at = min(stamps)
            else:
                del self.log.cases[case_id]
                why = case.refused[0].reason if case.refused else "is missing"
                self.log.refuse("cases", case.row, "open_at", why)

    def step(self, number: int, row: dict[str, str]) -> None:
        """Read a row of the events file."""
        case_id = _needed(row, "case_id")
        activity = _needed(row, "activity")
        known = self.log.cases.get(case_id)
        before = None if known is None else known.last or known.opened_at
        repeated = self.stamps.twice
        step = LogStep(
            row=number,
            seq=_whole(row, "seq") if row.get("seq") else number,
            entered_at=self._instant("events", number, row, "entered_at", before),
            activity=activity,
            stage=self._stage(row, activity),
            party=_text(row, "party"),
            actor=_text(row, "actor"),
            role=_text(row, "role"),
            transition=_transition(row),
        )
        case = self.log.cases.setdefault(case_id, Case(0, None, None, None))
        case.steps.append(step)
        case.last = step.entered_at
        case.is_numbered &= bool(row.get("seq"))
        if self.stamps.twice > repeated:
            self._repeated.enters(case_id, step)
        self.log.events += 1

    def _leave_gap(self, number: int, row: dict[str, str], reason: str) -> None:
        """Remember where in its case a row was that is left out, as far as it says so."""
        try:
            at = LogInstants(self.stamps.zone, self.stamps.order).read(
                row.get("entered_at", ""), ("events", number, "entered_at")
            )
        except BadInstant:
            at = None
        if (case := self.log.cases.get(row.get("case_id", ""))) is not None:
            case.refused.append(RefusedRow(number, at, reason))

    def _stage(self, row: dict[str, str], activity: str) -> str:
        stage = _text(row, "stage") or self.options.activity_map.get(activity, "")
        if not self.options.activity_map:  # an XES log has activities, and hardly ever stages
            stage = stage or _text(row, "stage_if_unmapped")
        if not stage:
            raise _Bad("stage", "is missing")
        if self.options.strict and stage not in self.options.activity_map.values():
            raise _Bad("stage", "is not a stage of the activity map")
        return stage

    def _instant(
        self,
        file: str,
        number: int,
        row: dict[str, str],
        column: str,
        before: datetime | None = None,
        *,
        ahead: bool = False,
    ) -> datetime:
        """Return an instant, in UTC; only a deadline may lie ahead."""
        try:
            instant = self.stamps.read(_needed(row, column), (file, number, column), before)
        except BadInstant as bad:
            raise _Bad(column, str(bad)) from None
        if not ahead and self._is_ahead(instant):
            raise _Bad(column, "is in the future")
        return instant

    def _is_ahead(self, instant: datetime) -> bool:
        return instant > self.now + CLOCKS_APART


def _transition(row: dict[str, str]) -> str:
    """Return whether a row is where an activity starts or completes; blank if it does not say."""
    said = (row.get("lifecycle") or row.get("lifecycle:transition") or "").lower()
    if said and said not in TRANSITIONS:
        raise _Bad("lifecycle", "is neither start nor complete")
    return said


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
