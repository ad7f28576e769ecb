"""The retention schedule, and the disposal of a record: what is personal goes, decisions stay provable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.kernel.errors import Refused
from shared.kernel.messages import Event
from shared.kernel.states import replace

SCHEDULE_ID = UUID("4e7e1700-0000-4000-8000-000000000001")  # there is one schedule
DISPOSALS = UUID("4e7e1700-0000-4000-8000-000000000002")  # a disposal's id follows from its record's


class Line(BaseModel):
    """One line of the schedule: so many years after the last decision on a record of a kind."""

    model_config = ConfigDict(frozen=True)

    years: int
    ground: str


@dataclass(frozen=True)
class RetentionSchedule:
    """How long each kind of record is kept whole."""

    kind: ClassVar[str] = "retention-schedule"

    lines: Mapping[str, Line] = field(default_factory=dict)


@dataclass(frozen=True)
class Disposal:
    """The disposal of one record, once it has been decided on."""

    kind: ClassVar[str] = "disposal"

    record_id: UUID | None = None
    record_kind: str = ""
    ground: str = ""


class RetentionScheduled(Event[RetentionSchedule]):
    """The council fixed how long a kind of record is kept whole."""

    kind: ClassVar[str] = "retention-schedule"

    record_kind: str
    line: Line

    def apply(self, schedule: RetentionSchedule) -> RetentionSchedule:
        """Return the schedule with this line."""
        return replace(schedule, lines={**schedule.lines, self.record_kind: self.line})


class RecordDisposed(Event[Disposal]):
    """What is personal in a record was destroyed; who decided what and when stays, and stays provable."""

    kind: ClassVar[str] = "disposal"

    record_id: UUID
    record_kind: str
    last_decision_at: datetime
    line: Line
    reason: str

    def apply(self, disposal: Disposal) -> Disposal:
        return Disposal(self.record_id, self.record_kind, self.line.ground)


class NoSuchRecord(Refused):
    """There is no such record."""


class NotScheduled(Refused):
    """The retention schedule has no line for this kind of record."""


class DisposalNotDueYet(Refused):
    """This record must be kept whole for longer: the schedule counts from the last decision on it."""

    problem_type: ClassVar[str] = "not-due-yet"


class DisposedAlready(Refused):
    """This record has already been disposed of."""


EVENTS = (RetentionScheduled, RecordDisposed)
