"""Issuing the committee's paper in time, or late with a reason."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, TypeAdapter

from outcomes.commands.rules import programme_must_be_there, today
from outcomes.domain.paper import IssuedDocument, Paper, PaperIssued
from outcomes.domain.refusals import LateWithoutReason, MeetingIsOver
from shared.kernel.fields import WHOLE, Day, Instant, Reason, ShortText
from shared.kernel.messages import Command, Stamp

CLEAR_DAYS_LIMIT = 60

ClearDays = Annotated[int, Field(ge=0, le=CLEAR_DAYS_LIMIT), WHOLE]


class PaperMade(BaseModel):
    """What the service made of the paper before the decision, and the day it must be out by."""

    publish_by: date
    as_of: datetime
    since: datetime | None
    position: int
    since_position: int
    release: str
    documents: tuple[IssuedDocument, ...]


MADE = TypeAdapter(PaperMade)


class IssuePaper(Command[Paper]):
    """Issue the paper for a meeting, as of a reading; its bytes are made now and kept for ever."""

    programme: UUID
    meeting: ShortText = Field(examples=["Internal Scrutiny Committee"])
    meeting_on: Day
    as_of: Instant | None = Field(None, description="Now, unless you say an earlier time.")
    since: Instant | None = Field(None, description="The time of the last paper.")
    clear_days: ClearDays | None = Field(
        None, description="Clear working days before the meeting, where they are more than the scheme's."
    )
    late_because: Reason | None = Field(None, description="Needed where the day is over.")

    def decide(self, paper: Paper, stamp: Stamp) -> PaperIssued:
        """Issue what was made; late, only with a reason."""
        programme_must_be_there(stamp)
        made = MADE.validate_python(stamp.known.facts["paper"])
        if self.meeting_on < today(stamp):
            raise MeetingIsOver(meeting_on=self.meeting_on)
        late = today(stamp) > made.publish_by
        if late and self.late_because is None:
            raise LateWithoutReason(publish_by=made.publish_by, today=today(stamp))
        return PaperIssued(
            programme=self.programme,
            meeting=self.meeting,
            meeting_on=self.meeting_on,
            issued_on=today(stamp),
            late_because=self.late_because if late else None,
            **dict(made),
        )
