"""Approval: requested by the requester, decided tier by tier as the scheme says."""

from typing import Literal

from pydantic import Field

from rfp_service.rfps.commands.rules import (
    entering,
    must_be_in,
    must_be_independent,
    must_be_of_the_tier,
    must_be_requester,
    staying,
)
from rfp_service.rfps.domain.events import ApprovalGranted, ApprovalRefused, ApprovalRequested
from rfp_service.rfps.domain.refusals import AboveEveryTier, Incomplete, NoScheme
from rfp_service.rfps.domain.rfp import AFTER_APPROVAL, Rfp, Stage
from shared.fields import Code, LongText, Reason
from shared.messages import Command, Known, Stamp


class RequestApproval(Command[Rfp]):
    """Ask for approval of the estimate, with the options considered and any conflict declared."""

    decision: Literal["request-approval"] = "request-approval"
    budget_code: Code = Field(examples=["IT-2026-014"])
    options_considered: LongText
    conflicts: LongText = Field(
        description="Conflicts of interest; say 'None' where there are none."
    )

    def decide(self, rfp: Rfp, stamp: Stamp) -> ApprovalRequested:
        """Name the tiers that the value needs by the scheme in force, lowest first."""
        must_be_in(rfp, Stage.BUSINESS_CASE)
        must_be_requester(rfp, stamp)
        value = rfp.need.estimate_pence
        if value is None:
            raise Incomplete(missing=["estimate_pence"])
        return ApprovalRequested(
            budget_code=self.budget_code,
            options_considered=self.options_considered,
            conflicts=self.conflicts,
            value_pence=value,
            tiers=_tiers_for(value, stamp.known),
            scheme_version=stamp.known.scheme_version,
            **entering(Stage.APPROVAL),
        )


class Approve(Command[Rfp]):
    """Approve for your tier."""

    decision: Literal["approve"] = "approve"
    reason: Reason = Field(examples=["In budget."])

    def decide(self, rfp: Rfp, stamp: Stamp) -> ApprovalGranted:
        """Grant the tier whose turn it is; the last one opens the route's next stage."""
        tier = _may_decide(rfp, stamp)
        following = rfp.approval.tiers[rfp.approval.granted + 1 :]
        assert rfp.route is not None, "an approval is requested on a route"
        return ApprovalGranted(
            tier=tier,
            next_tier=following[0] if following else "",
            reason=self.reason,
            scheme_version=stamp.known.scheme_version,
            **(staying(rfp) if following else entering(AFTER_APPROVAL[rfp.route])),
        )


class Refuse(Command[Rfp]):
    """Refuse for your tier."""

    decision: Literal["refuse"] = "refuse"
    reason: Reason

    def decide(self, rfp: Rfp, stamp: Stamp) -> ApprovalRefused:
        """End the RFP."""
        tier = _may_decide(rfp, stamp)
        return ApprovalRefused(
            tier=tier,
            reason=self.reason,
            scheme_version=stamp.known.scheme_version,
            **entering(Stage.REJECTED),
        )


def _may_decide(rfp: Rfp, stamp: Stamp) -> str:
    """Return the tier whose turn it is, once whoever decides is independent and of that tier."""
    must_be_in(rfp, Stage.APPROVAL)
    must_be_independent(rfp, stamp)
    must_be_of_the_tier(rfp, stamp)
    return rfp.approval.waiting_for


def _tiers_for(value_pence: int, known: Known) -> tuple[str, ...]:
    """Return the tiers up to and including the first whose limit covers the value: they add up."""
    if not known.tiers:
        raise NoScheme
    for number, tier in enumerate(known.tiers, start=1):
        if value_pence <= tier.up_to_pence:
            return tuple(tier.name for tier in known.tiers[:number])
    raise AboveEveryTier(value_pence=value_pence, limit_pence=known.tiers[-1].up_to_pence)
