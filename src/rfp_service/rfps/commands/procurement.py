"""Procurement's decisions: accept, return, reject, choose the route; and giving an RFP up."""

from typing import Annotated, Literal

from pydantic import Field

from rfp_service.rfps.commands.approvers import Approving, must_be_of_the_tier
from rfp_service.rfps.commands.participants import must_be_fit_to_lead
from rfp_service.rfps.commands.rules import (
    Entered,
    entering,
    measuring_again,
    must_be_at,
    must_be_in,
    must_be_independent,
    must_be_requester,
    must_be_under_the_law,
    must_not_be_requester,
)
from rfp_service.rfps.commands.split_need import split_found
from rfp_service.rfps.commands.turns import in_turn
from rfp_service.rfps.domain.award_events import ProcurementTerminated, TerminationReason
from rfp_service.rfps.domain.events import (
    RfpAccepted,
    RfpRejected,
    RfpReturnedForRework,
    RfpWithdrawn,
    RouteSelected,
)
from rfp_service.rfps.domain.reasons import ReworkReason
from rfp_service.rfps.domain.refusals import (
    LotsNotOffered,
    NotOutToMarket,
    NotTheirsToRework,
    OutToMarket,
    WrongStage,
)
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import Regime, Route
from rfp_service.rfps.domain.stages import ABOUT_A_DECISION, AFTER_OPEN, BEFORE_OPEN, LIVE, Party, Stage
from shared.kernel.fields import WHOLE, PersonId, Reason, ShortText
from shared.kernel.messages import Command, Stamp
from shared.kernel.named_people import must_be_known
from shared.kernel.rules import ContractKind, Rules
from shared.kernel.states import replace

LOTS_LIMIT = 200
MAY_REWORK = {
    Stage.DRAFT: (Party.REQUESTER,),
    Stage.BUSINESS_CASE: (Party.REQUESTER, Party.PROCUREMENT),
    Stage.EVALUATION: (Party.PROCUREMENT, Party.EVALUATORS),
    Stage.AWARD_APPROVAL: (Party.PROCUREMENT,),
}


class AcceptRfp(Command[Rfp]):
    """Take on a submitted RFP."""

    decision: Literal["accept"] = "accept"

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.SUBMITTED)
        must_not_be_requester(rfp, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> RfpAccepted:
        """Begin triage."""
        return RfpAccepted(**entering(Stage.TRIAGE))


class ReturnForRework(Approving):
    """Send an RFP back: procurement to the draft, an approver to the business case or the evaluation."""

    decision: Literal["return-for-rework"] = "return-for-rework"
    reason_code: ReworkReason = Field(examples=["estimate_unclear"])
    reason: Reason
    waits_on: Party | None = Field(
        None,
        description="Who is to rework it; unless said, the requester, and what was measured procurement.",
    )

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.SUBMITTED, Stage.APPROVAL, Stage.AWARD_APPROVAL)
        if rfp.stage is Stage.SUBMITTED:
            must_not_be_requester(rfp, stamp)
            if "procurement_officer" not in stamp.known.roles:
                raise WrongStage(stage=rfp.stage, allowed_in=[Stage.APPROVAL, Stage.AWARD_APPROVAL])
        else:
            if "approver" not in stamp.known.roles:
                raise WrongStage(stage=rfp.stage, allowed_in=[Stage.SUBMITTED])
            must_be_independent(rfp, stamp)
            must_be_of_the_tier(rfp.open_approval, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> RfpReturnedForRework:
        """Count the loop and go back one step; only the tier whose turn it is returns an approval."""
        back = _back(rfp)
        if self.waits_on not in (None, *MAY_REWORK[back["stage"]]):
            raise NotTheirsToRework(may_rework=list(MAY_REWORK[back["stage"]]))
        returned = RfpReturnedForRework(
            reason_code=self.reason_code.value,
            reason=self.reason,
            loop=rfp.rework_loops + 1,
            named=self.waits_on or Party.NOBODY,
            asked_tier=rfp.open_approval.waiting_for,
            **back,
        )
        return in_turn(returned, rfp, stamp)


def _back(rfp: Rfp) -> Entered:
    match rfp.stage:
        case Stage.SUBMITTED:
            return entering(Stage.DRAFT)
        case Stage.APPROVAL:
            return entering(Stage.BUSINESS_CASE)
        case _:
            return measuring_again(rfp)


class RejectRfp(Command[Rfp]):
    """Decline to take on a submitted RFP."""

    decision: Literal["reject"] = "reject"
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.SUBMITTED)
        must_not_be_requester(rfp, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> RfpRejected:
        """End the RFP."""
        return RfpRejected(reason=self.reason, **entering(Stage.REJECTED))


class SelectRoute(Command[Rfp]):
    """Fix the regime, the route, the kind of contract, the number of lots and who leads."""

    by_the_rules = True

    decision: Literal["select-route"] = "select-route"
    regime: Regime
    route: Route
    contract_kind: ContractKind | None = Field(
        None,
        description="It says which threshold the estimate with VAT is held against: services', unless said.",
    )
    lots: Annotated[int, Field(ge=1, le=LOTS_LIMIT), WHOLE] = 1
    lead: PersonId = Field(examples=["priya-procurement"])
    category: ShortText | None = Field(
        None,
        description="What it is of; need of one category and service area is added up. The kind of"
        " contract, unless said.",
        examples=["End-user devices"],
    )
    likely_supplier: ShortText | None = Field(
        None, description="Who will likely supply it; need of other suppliers is not added up."
    )

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.TRIAGE)
        must_not_be_requester(rfp, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> RouteSelected:
        """Go on to the business case; the requester chooses no route and leads none of their own RFPs."""
        if self.lots > 1:
            raise LotsNotOffered(lots=self.lots)
        must_be_known(stamp, [self.lead])
        must_be_fit_to_lead(rfp, self.lead, stamp)
        kind = self.kind_by(stamp.known.rules)
        split = split_found(stamp)
        routed = replace(rfp, regime=self.regime, route=self.route, contract_kind=kind)
        return RouteSelected(
            regime=self.regime,
            route=self.route,
            contract_kind=kind,
            threshold_pence=must_be_under_the_law(routed, stamp),
            lots=self.lots,
            lead=self.lead,
            category=self.category or "",
            likely_supplier=self.likely_supplier or "",
            split_with=split.with_rfps,
            split_passes=split.passes,
            **entering(Stage.BUSINESS_CASE),
        )

    def kind_by(self, rules: Rules | None) -> ContractKind | None:
        """Return the kind of contract; where the scheme laid down no thresholds, they are not told apart."""
        usual = ContractKind.SERVICES if rules is not None and rules.thresholds else None
        return self.contract_kind or usual


class WithdrawRfp(Command[Rfp]):
    """Stop asking."""

    decision: Literal["withdraw"] = "withdraw"
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, *LIVE)
        must_be_requester(rfp, stamp)
        if is_out(rfp):
            raise OutToMarket(stage=rfp.stage)

    def decide(self, rfp: Rfp, stamp: Stamp) -> RfpWithdrawn:
        """End the RFP, on hold or not, at any time before it is out to the market."""
        asked = rfp.open_approval.waiting_for
        return RfpWithdrawn(reason=self.reason, asked_tier=asked, **entering(Stage.WITHDRAWN))


class TerminateProcurement(Command[Rfp]):
    """Give up a procurement that has begun, with a reason code."""

    decision: Literal["terminate"] = "terminate"
    reason_code: TerminationReason
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, *LIVE)
        must_not_be_requester(rfp, stamp)
        if not is_out(rfp):
            raise NotOutToMarket(stage=rfp.stage, allowed_in=list(AFTER_OPEN))

    def decide(self, rfp: Rfp, stamp: Stamp) -> ProcurementTerminated:
        """End the RFP, on hold or not, once the market has been asked."""
        return ProcurementTerminated(
            reason_code=self.reason_code,
            reason=self.reason,
            asked_tier=rfp.open_approval.waiting_for,
            **entering(Stage.TERMINATED),
        )


def is_out(rfp: Rfp) -> bool:
    """Say whether the market, or one supplier, has been asked; a key decision may be before or after."""
    if rfp.stage in ABOUT_A_DECISION:
        return rfp.key.of_the_award
    return rfp.stage not in BEFORE_OPEN
