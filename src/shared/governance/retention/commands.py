"""Fixing the retention schedule, and disposing of a record that is due."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter

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
from shared.kernel.calendar import day_in_london
from shared.kernel.fields import WHOLE, Code, Reason, ShortText
from shared.kernel.messages import Command, Stamp

YEARS_LIMIT = 100

MOMENT = timedelta(microseconds=1)
_INSTANT = TypeAdapter(datetime)


class ScheduleRetention(Command[RetentionSchedule]):
    """Fix how long a kind of record is kept whole, counted from the last decision on it."""

    decision: Literal["schedule"] = "schedule"
    record_kind: Code = Field(examples=["rfp"])
    years: Annotated[int, Field(ge=0, le=YEARS_LIMIT), WHOLE] = Field(examples=[6])
    ground: ShortText = Field(examples=["Limitation Act 1980, section 5"])

    def decide(self, schedule: RetentionSchedule, stamp: Stamp) -> RetentionScheduled:
        """Set the line, or change it."""
        line = Line(years=self.years, ground=self.ground)
        return RetentionScheduled(record_kind=self.record_kind, line=line)


class DisposeOfRecord(Command[Disposal]):
    """Destroy what is personal in a record whose time has come."""

    record_id: UUID
    reason: Reason = Field(examples=["Reviewed in the yearly round; nothing is pending."])

    @classmethod
    def guard(cls, disposal: Disposal, stamp: Stamp) -> None:
        if disposal.record_id is not None:
            raise DisposedAlready(record_id=disposal.record_id)

    def decide(self, disposal: Disposal, stamp: Stamp) -> RecordDisposed:
        """Dispose of it, once, and not before the schedule says."""
        record = stamp.known.facts.get("record")
        if not isinstance(record, dict):
            raise NoSuchRecord
        kind, last = str(record["kind"]), _INSTANT.validate_python(record["last_decision_at"])
        if not isinstance(record["line"], dict):
            raise NotScheduled(kind=kind)
        line = Line.model_validate(record["line"])
        if stamp.at < (due := due_at(last, line.years)):
            raise DisposalNotDueYet(due_on=day_in_london(due))
        return RecordDisposed(
            record_id=self.record_id, record_kind=kind, last_decision_at=last, line=line, reason=self.reason
        )


def due_at(last: datetime, years: int) -> datetime:
    """Return when a record is due: the same day, so many years on; for 29 February as 1 March begins."""
    try:
        return last.replace(year=last.year + years)
    except ValueError:
        return _march(last.year + years)


def due_since(now: datetime, years: int) -> datetime:
    """Return the latest moment on which a record was last decided on that is due now."""
    try:
        return now.replace(year=now.year - years)
    except ValueError:  # it is 29 February, and what is of 1 March is not due
        return _march(now.year - years) - MOMENT


def _march(year: int) -> datetime:
    """Return the moment at which March begins: London's clocks are at UTC then."""
    return datetime(year, 3, 1, tzinfo=UTC)
