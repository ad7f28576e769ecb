"""Approval: requested by the requester, decided tier by tier as the scheme says."""

from typing import Any, Literal

from pydantic import Field

from rfp_service.rfps.commands.approvers import Approving, must_be_of_the_tier, must_have_granted_no_tier
from rfp_service.rfps.commands.rules import (
    Entered,
    entering,
    going_on,
    must_be_in,
    must_be_independent,
    must_be_requester,
    must_be_under_the_law,
    rules_of,
    staying,
)
from rfp_service.rfps.commands.turns import NO_CLOCK, in_turn, notice_clock
from rfp_service.rfps.domain.approval_events import ApprovalGranted, ApprovalRefused, ApprovalRequested
from rfp_service.rfps.domain.refusals import Incomplete, WaiverNeeded
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import AFTER_APPROVAL, Route
from rfp_service.rfps.domain.stages import Stage
from shared.governance.scheme.tiers import elected_among, tiers_for
from shared.kernel.fields import Code, LongText, PersonId, Reason, says_none
from shared.kernel.messages import Command, Stamp
from shared.kernel.named_people import must_be_known
from shared.kernel.personal import openly, text_about

CONFLICTED_LIMIT = 50


class BusinessCase(Command[Rfp]):
    """What a requester puts forward with a business case."""

    by_the_rules = True

    budget_code: Code = Field(examples=["IT-2026-014"])
    options_considered: LongText
    conflicts: LongText = Field(
        description="Conflicts of interest; say 'None' where there are none. "
        "Kept as a personal text about whoever has one, or else whoever declares."
    )
    conflicted: list[PersonId] = Field(
        [],
        max_length=CONFLICTED_LIMIT,
        description="Whoever has declared a conflict: they can't decide on this RFP.",
    )

    def declaration(self, stamp: Stamp) -> dict[str, Any]:
        """Return the conflicts as the record keeps them: that there is none, openly, and else sealed."""
        must_be_known(stamp, self.conflicted)
        if says_none(self.conflicts) and not self.conflicted:
            declared = openly(self.conflicts)
        else:
            declared = text_about(self.conflicted or [stamp.by], self.conflicts)
        return {"conflicts": declared, "conflicted": tuple(self.conflicted)}


class RequestApproval(BusinessCase):
    """Ask for approval of the estimate, with the options considered and any conflict declared."""

    decision: Literal["request-approval"] = "request-approval"

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.BUSINESS_CASE)
        must_be_requester(rfp, stamp)
        must_be_under_the_law(rfp, stamp)
        if rfp.route is Route.DIRECT_AWARD:
            raise WaiverNeeded
        if rfp.need.estimate_pence is None:
            raise Incomplete(missing=["estimate_pence"])
        tiers_for(rfp.need.estimate_pence, stamp.known)

    def decide(self, rfp: Rfp, stamp: Stamp) -> ApprovalRequested:
        """Name the tiers that the value needs by the scheme in force, lowest first."""
        value = rfp.need.estimate_pence
        assert value is not None, "what is put forward has an estimate"
        tiers = tiers_for(value, stamp.known)
        requested = ApprovalRequested(
            budget_code=self.budget_code,
            options_considered=self.options_considered,
            value_pence=value,
            tiers=tiers,
            scheme_version=stamp.known.scheme_version,
            elected_posts=elected_among(tiers, stamp.known),
            **self.declaration(stamp),
            **entering(Stage.APPROVAL),
        )
        return in_turn(requested, rfp, stamp)


class Approve(Approving):
    """Approve for your tier."""

    decision: Literal["approve"] = "approve"
    reason: Reason = Field(examples=["In budget."])

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        _may_decide(rfp, stamp)
        must_have_granted_no_tier(rfp.approval, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> ApprovalGranted:
        """Grant the tier whose turn it is; the last one opens the route's next stage, or a key decision."""
        following = rfp.approval.tiers[rfp.approval.granted + 1 :]
        entered, onward = (staying(rfp), Stage.ABSENT) if following else _after(rfp, stamp)
        key = entered["stage"] is Stage.KEY_DECISION
        granted = ApprovalGranted(
            tier=rfp.approval.waiting_for,
            next_tier=following[0] if following else "",
            reason=self.reason,
            scheme_version=stamp.known.scheme_version,
            decided_by=stamp.by,
            acting_for=stamp.acting_for,
            onward=onward,
            **entered,
            **(notice_clock(rfp, rfp.key, stamp) if key else NO_CLOCK),
        )
        return in_turn(granted, rfp, stamp)


class Refuse(Approving):
    """Refuse for your tier."""

    decision: Literal["refuse"] = "refuse"
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        _may_decide(rfp, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> ApprovalRefused:
        """End the RFP."""
        return ApprovalRefused(
            tier=rfp.approval.waiting_for,
            reason=self.reason,
            scheme_version=stamp.known.scheme_version,
            **entering(Stage.REJECTED),
        )


def _may_decide(rfp: Rfp, stamp: Stamp) -> None:
    """Refuse all but whoever is independent, and of the tier whose turn it is."""
    must_be_in(rfp, Stage.APPROVAL)
    must_be_independent(rfp, stamp)
    must_be_of_the_tier(rfp.approval, stamp)


def _after(rfp: Rfp, stamp: Stamp) -> tuple[Entered, Stage]:
    """Return where the last tier's yes leads, and what follows a key decision where that is one."""
    assert rfp.route is not None, "an approval is requested on a route"
    onward = AFTER_APPROVAL[rfp.route]
    if rfp.key_declared or rules_of(stamp).is_key_decision(rfp.approval.value_pence):
        return entering(Stage.KEY_DECISION), onward
    return going_on(onward), Stage.ABSENT
