"""Procurement's decisions: accept, return, reject, choose the route; and everybody's holds."""

from typing import Annotated, Literal

from pydantic import Field

from rfp_service.rfps.commands.rules import (
    entering,
    must_be_in,
    must_be_independent,
    must_be_of_the_tier,
    must_be_requester,
    must_have_a_part,
)
from rfp_service.rfps.domain.events import (
    RfpAccepted,
    RfpHoldEnded,
    RfpHoldStarted,
    RfpRejected,
    RfpReturnedForRework,
    RfpWithdrawn,
    RouteSelected,
)
from rfp_service.rfps.domain.refusals import LeadIsRequester, NotOnHold, WaitsOnNobody, WrongStage
from rfp_service.rfps.domain.rfp import ENDS, WAITS_ON, Party, Regime, Rfp, Route, Stage
from shared.fields import WHOLE, Code, PersonId, Reason
from shared.messages import Command, Stamp

LOTS_LIMIT = 200


class AcceptRfp(Command[Rfp]):
    """Take a submitted RFP on."""

    decision: Literal["accept"] = "accept"

    def decide(self, rfp: Rfp, stamp: Stamp) -> RfpAccepted:
        """Begin triage."""
        must_be_in(rfp, Stage.SUBMITTED)
        must_be_independent(rfp, stamp)
        return RfpAccepted(**entering(Stage.TRIAGE))


class ReturnForRework(Command[Rfp]):
    """Send an RFP back for what is missing: procurement to the draft, an approver to the business case."""

    decision: Literal["return-for-rework"] = "return-for-rework"
    reason_code: Code = Field(examples=["estimate-unclear"])
    reason: Reason

    def decide(self, rfp: Rfp, stamp: Stamp) -> RfpReturnedForRework:
        """Count the loop and go back one step; only the tier whose turn it is returns an approval."""
        must_be_in(rfp, Stage.SUBMITTED, Stage.APPROVAL)
        must_be_independent(rfp, stamp)
        submitted = rfp.stage is Stage.SUBMITTED
        if not submitted:
            must_be_of_the_tier(rfp, stamp)
        elif "procurement_officer" not in stamp.known.roles:
            raise WrongStage(stage=rfp.stage, allowed_in=[Stage.APPROVAL])
        return RfpReturnedForRework(
            reason_code=self.reason_code,
            reason=self.reason,
            loop=rfp.rework_loops + 1,
            **entering(Stage.DRAFT if submitted else Stage.BUSINESS_CASE),
        )


class RejectRfp(Command[Rfp]):
    """Decline to take a submitted RFP on."""

    decision: Literal["reject"] = "reject"
    reason: Reason

    def decide(self, rfp: Rfp, stamp: Stamp) -> RfpRejected:
        """End the RFP."""
        must_be_in(rfp, Stage.SUBMITTED)
        must_be_independent(rfp, stamp)
        return RfpRejected(reason=self.reason, **entering(Stage.REJECTED))


class SelectRoute(Command[Rfp]):
    """Fix the regime, the route, the number of lots and who leads."""

    decision: Literal["select-route"] = "select-route"
    regime: Regime
    route: Route
    lots: Annotated[int, Field(ge=1, le=LOTS_LIMIT), WHOLE] = 1
    lead: PersonId = Field(examples=["priya-procurement"])

    def decide(self, rfp: Rfp, stamp: Stamp) -> RouteSelected:
        """Go on to the business case; the requester chooses no route and leads nothing of theirs."""
        must_be_in(rfp, Stage.TRIAGE)
        must_be_independent(rfp, stamp)
        if stamp.known.same_person(self.lead, rfp.raised_by):
            raise LeadIsRequester(lead=self.lead)
        return RouteSelected(
            regime=self.regime,
            route=self.route,
            lots=self.lots,
            lead=self.lead,
            **entering(Stage.BUSINESS_CASE),
        )


class WithdrawRfp(Command[Rfp]):
    """Stop asking."""

    decision: Literal["withdraw"] = "withdraw"
    reason: Reason

    def decide(self, rfp: Rfp, stamp: Stamp) -> RfpWithdrawn:
        """End the RFP, on hold or not, at any time before it is out to the market."""
        if rfp.stage in ENDS:
            raise WrongStage(stage=rfp.stage, allowed_in=[s for s in WAITS_ON if s not in ENDS])
        must_be_requester(rfp, stamp)
        return RfpWithdrawn(reason=self.reason, **entering(Stage.WITHDRAWN))


class StartHold(Command[Rfp]):
    """Record that the RFP waits on somebody else for a time."""

    decision: Literal["hold"] = "hold"
    waiting_on: Party
    reason: Reason

    def decide(self, rfp: Rfp, stamp: Stamp) -> RfpHoldStarted:
        """Charge the wait to that party until the hold ends."""
        must_be_in(rfp, *(stage for stage in WAITS_ON if stage not in ENDS))
        must_have_a_part(rfp, stamp)
        if self.waiting_on is Party.NOBODY:
            raise WaitsOnNobody
        return RfpHoldStarted(stage=rfp.stage, waiting_on=self.waiting_on, reason=self.reason)


class EndHold(Command[Rfp]):
    """Record that the wait is over."""

    decision: Literal["end-hold"] = "end-hold"

    def decide(self, rfp: Rfp, stamp: Stamp) -> RfpHoldEnded:
        """Charge the stage's own party again."""
        if not rfp.on_hold:
            raise NotOnHold(stage=rfp.stage)
        must_have_a_part(rfp, stamp)
        return RfpHoldEnded(**entering(rfp.stage))
