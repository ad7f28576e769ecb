"""Noting data that were promised, chasing them, and saying that they came."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from typing_extensions import TypeAliasType

from outcomes.commands.rules import must_be_past, programme_must_be_there, today
from outcomes.domain.promised_data import DataChased, DataPromised, PromisedData, PromisedDataArrived
from outcomes.domain.refusals import DataHaveArrived, TooManyOfAMilestone
from shared.kernel.fields import Day, Reason, ShortText
from shared.kernel.messages import Command, Stamp

CHASES_LIMIT = 100


class PromiseData(Command[PromisedData]):
    """Note what somebody promised to hand over, and by when."""

    programme: UUID
    what: ShortText = Field(examples=["What each licence costs"])
    promised_by: ShortText = Field(examples=["Fictional Outsourcing Ltd"])
    due: Day

    def decide(self, data: PromisedData, stamp: Stamp) -> DataPromised:
        """Note it for a programme that is there."""
        programme_must_be_there(stamp)
        return DataPromised(
            programme=self.programme, what=self.what, promised_by=self.promised_by, due=self.due
        )


class ChaseData(Command[PromisedData]):
    """Note that promised data were asked for again, and the day promised now, if one was."""

    decision: Literal["chase"] = "chase"
    note: Reason
    new_day: Day | None = Field(None, description="The first day promised still counts.")

    @classmethod
    def guard(cls, data: PromisedData, stamp: Stamp) -> None:
        if data.arrived_on is not None:
            raise DataHaveArrived(arrived_on=data.arrived_on)
        if len(data.chases) >= CHASES_LIMIT:
            raise TooManyOfAMilestone(limit=CHASES_LIMIT)

    def decide(self, data: PromisedData, stamp: Stamp) -> DataChased:
        """Chase what has not arrived."""
        return DataChased(on=today(stamp), note=self.note, new_day=self.new_day)


class RecordDataArrived(Command[PromisedData]):
    """Say that promised data came, whole, and on which day."""

    decision: Literal["record-arrived"] = "record-arrived"
    arrived_on: Day
    note: Reason | None = None

    @classmethod
    def guard(cls, data: PromisedData, stamp: Stamp) -> None:
        if data.arrived_on is not None:
            raise DataHaveArrived(arrived_on=data.arrived_on)

    def decide(self, data: PromisedData, stamp: Stamp) -> PromisedDataArrived:
        """Record it once."""
        must_be_past(self.arrived_on, stamp)
        return PromisedDataArrived(arrived_on=self.arrived_on, note=self.note or "")


PromisedDataDecision = TypeAliasType(
    "PromisedDataDecision", Annotated[ChaseData | RecordDataArrived, Field(discriminator="decision")]
)
