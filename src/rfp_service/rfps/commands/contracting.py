"""How an RFP ends well: a contract is signed, or the council's own people have done it."""

from typing import Literal

from pydantic import Field

from rfp_service.rfps.commands.rules import entering, must_be_in, must_not_be_requester
from rfp_service.rfps.commands.standstill import must_have_an_award
from rfp_service.rfps.domain.award_events import ContractConcluded, FulfilledInHouse
from rfp_service.rfps.domain.refusals import (
    DoneInHouse,
    EndsBeforeItStarts,
    SignedInTheFuture,
    StandstillRunning,
)
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import Route
from rfp_service.rfps.domain.stages import Stage
from shared.calendar import day_in_london
from shared.fields import Code, Day, Reason
from shared.messages import Command, Stamp


class ConcludeContract(Command[Rfp]):
    """Record that the contract with the awarded supplier was signed."""

    decision: Literal["conclude-contract"] = "conclude-contract"
    reference: Code = Field(examples=["C-2026-041"])
    signed_on: Day
    starts_on: Day
    ends_on: Day

    def decide(self, rfp: Rfp, stamp: Stamp) -> ContractConcluded:
        """End the RFP with what a register of contracts needs."""
        must_be_in(rfp, Stage.CONTRACTING)
        must_not_be_requester(rfp, stamp)
        must_have_an_award(rfp)
        ends = rfp.award.standstill_ends
        if ends is not None and stamp.at < ends:
            raise StandstillRunning(ends_at=ends)
        if self.signed_on > day_in_london(stamp.at):
            raise SignedInTheFuture(signed_on=self.signed_on)
        if self.ends_on < self.starts_on:
            raise EndsBeforeItStarts(starts_on=self.starts_on, ends_on=self.ends_on)
        return ContractConcluded(
            reference=self.reference,
            supplier=rfp.award.supplier,
            value_pence=rfp.award.value_pence,
            signed_on=self.signed_on,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            **entering(Stage.CONTRACTED),
        )


class FulfilInHouse(Command[Rfp]):
    """Record that the council's own people have done it."""

    decision: Literal["fulfil-in-house"] = "fulfil-in-house"
    reason: Reason

    def decide(self, rfp: Rfp, stamp: Stamp) -> FulfilledInHouse:
        """End an RFP that went in house."""
        must_be_in(rfp, Stage.CONTRACTING)
        must_not_be_requester(rfp, stamp)
        if rfp.route is not Route.IN_HOUSE:
            raise DoneInHouse(route=rfp.route)
        return FulfilledInHouse(reason=self.reason, **entering(Stage.FULFILLED))
