"""Retention: a line for each kind of record, and disposal when its time has come, once."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.governance.retention.commands import DisposeOfRecord, ScheduleRetention, due_at, due_since
from shared.governance.retention.domain import (
    Disposal,
    DisposalNotDueYet,
    DisposedAlready,
    Line,
    NoSuchRecord,
    NotScheduled,
    RecordDisposed,
    RetentionSchedule,
    RetentionScheduled,
)
from tests.support.specs import given

RFP = UUID("0f0f0f0f-0000-4000-8000-000000000001")
SIX_YEARS = Line(years=6, ground="Limitation Act 1980, section 5")
SCHEDULED = RetentionScheduled(record_kind="rfp", line=SIX_YEARS)
DISPOSE = DisposeOfRecord(record_id=RFP, reason="Yearly round.")
LAST = datetime(2020, 3, 2, 10, 0, tzinfo=UTC)  # six years to the second before NOW
DISPOSED = RecordDisposed(
    record_id=RFP, record_kind="rfp", last_decision_at=LAST, line=SIX_YEARS, reason="Yearly round."
)


def record(last: datetime = LAST, line: Line | None = SIX_YEARS) -> dict[str, Any]:
    return {
        "kind": "rfp",
        "last_decision_at": last.isoformat(),
        "line": None if line is None else line.model_dump(),
    }


def test_the_council_fixes_how_long_a_kind_of_record_is_kept_whole() -> None:
    schedule = ScheduleRetention(record_kind="rfp", years=6, ground="Limitation Act 1980, section 5")
    given(RetentionSchedule()).when(schedule, by="ada").then(SCHEDULED)
    given(RetentionSchedule(), SCHEDULED).when(schedule.model_copy(update={"years": 7}), by="ada").leads_to(
        lines={"rfp": Line(years=7, ground=SIX_YEARS.ground)}
    )


def test_a_record_is_disposed_of_when_it_is_due_and_not_a_moment_before() -> None:
    given(Disposal()).when(DISPOSE, by="ada", record=record()).then(DISPOSED)
    later = LAST.replace(second=1)
    given(Disposal()).when(DISPOSE, by="ada", record=record(later)).refused(DisposalNotDueYet)


def test_a_record_without_a_line_in_the_schedule_is_kept() -> None:
    given(Disposal()).when(DISPOSE, by="ada", record=record(line=None)).refused(NotScheduled)


def test_there_must_be_such_a_record() -> None:
    given(Disposal()).when(DISPOSE, by="ada").refused(NoSuchRecord)


def test_a_record_is_disposed_of_once() -> None:
    given(Disposal(), DISPOSED).when(DISPOSE, by="ada", record=record()).refused(DisposedAlready)


@pytest.mark.parametrize(
    ("last", "years", "due"),
    [
        (datetime(2020, 2, 29, tzinfo=UTC), 4, datetime(2024, 2, 29, tzinfo=UTC)),
        (datetime(2020, 2, 29, tzinfo=UTC), 6, datetime(2026, 3, 1, tzinfo=UTC)),
        (datetime(2020, 2, 29, 17, 30, tzinfo=UTC), 6, datetime(2026, 3, 1, tzinfo=UTC)),
        (datetime(2020, 6, 1, tzinfo=UTC), 0, datetime(2020, 6, 1, tzinfo=UTC)),
    ],
)
def test_years_are_counted_by_the_calendar(last: datetime, years: int, due: datetime) -> None:
    assert due_at(last, years) == due


@pytest.mark.parametrize("years", [0, 1, 4, 6])
@pytest.mark.parametrize("year", [2027, 2028])
def test_what_is_listed_as_due_may_be_disposed_of_then_and_nothing_else_may(year: int, years: int) -> None:
    then = datetime(year - years, 2, 28, 9, tzinfo=UTC)
    for hours in range(0, 72, 3):
        now = datetime(year, 2, 27, 21, tzinfo=UTC) + timedelta(hours=hours)
        for last in (then + timedelta(hours=n) for n in range(0, 48, 3)):
            assert (last <= due_since(now, years)) == (due_at(last, years) <= now), (last, now)
