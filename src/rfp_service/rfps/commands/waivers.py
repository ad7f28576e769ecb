"""Waivers: going to one supplier without asking the market, where the tier of its value allows it."""

from typing import Annotated, Literal

from pydantic import Field

from rfp_service.rfps.commands.approvals import BusinessCase
from rfp_service.rfps.commands.approvers import Approving, must_be_of_the_tier
from rfp_service.rfps.commands.rules import (
    entering,
    must_be_in,
    must_be_independent,
    must_be_requester,
    must_be_under_the_law,
)
from rfp_service.rfps.commands.turns import in_turn
from rfp_service.rfps.domain.approval import WaiverGround
from rfp_service.rfps.domain.approval_events import WaiverGranted, WaiverRefused, WaiverRequested
from rfp_service.rfps.domain.refusals import NothingToWaive
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.routes import Route
from rfp_service.rfps.domain.stages import Stage
from shared.governance.scheme.tiers import elected_among, must_be_delegated, tiers_for
from shared.kernel.fields import WHOLE, LongText, Pence, Reason
from shared.kernel.messages import Stamp

DURATION_MONTHS_LIMIT = 120
NO_COMPETITION = frozenset({Route.IN_HOUSE, Route.DIRECT_CALL_OFF})


class RequestWaiver(BusinessCase):
    """Ask to go to one supplier: say on which ground, for how much, how long, and at what risk."""

    decision: Literal["request-waiver"] = "request-waiver"
    ground: WaiverGround
    value_pence: Pence = Field(description="Without VAT, in pence.", examples=[1_800_000])
    duration_months: Annotated[int, Field(ge=1, le=DURATION_MONTHS_LIMIT), WHOLE] = Field(examples=[12])
    risk: LongText

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_in(rfp, Stage.BUSINESS_CASE)
        must_be_requester(rfp, stamp)
        must_be_under_the_law(rfp, stamp)
        if rfp.route in NO_COMPETITION:
            raise NothingToWaive(route=rfp.route)
        tiers_for(rfp.need.estimate_pence or 0, stamp.known)

    def decide(self, rfp: Rfp, stamp: Stamp) -> WaiverRequested:
        """Put the waiver before the tier of its value, or of the estimate where that is larger."""
        said = self.model_dump(exclude={"decision"}) | self.declaration(stamp)
        larger = max(self.value_pence, rfp.need.estimate_pence or 0)
        tier = tiers_for(larger, stamp.known)[-1]
        requested = WaiverRequested(
            **said,
            tier=tier,
            larger_pence=larger,
            elected_posts=elected_among([tier], stamp.known),
            **entering(Stage.WAIVER),
        )
        return in_turn(requested, rfp, stamp)


class GrantWaiver(Approving):
    """Waive competition; the value goes before the tiers all the same."""

    decision: Literal["grant-waiver"] = "grant-waiver"
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        _may_decide(rfp, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> WaiverGranted:
        """Open the approval of a direct award."""
        value = rfp.waiver.value_pence
        tiers = tiers_for(max(value, rfp.waiver.larger_pence), stamp.known)
        granted = WaiverGranted(
            reason=self.reason,
            value_pence=value,
            tiers=tiers,
            scheme_version=stamp.known.scheme_version,
            decided_by=stamp.by,
            acting_for=stamp.acting_for,
            elected_posts=elected_among(tiers, stamp.known),
            **entering(Stage.APPROVAL),
        )
        return in_turn(granted, rfp, stamp)


class RefuseWaiver(Approving):
    """Refuse to waive competition: procurement chooses another route."""

    decision: Literal["refuse-waiver"] = "refuse-waiver"
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        _may_decide(rfp, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> WaiverRefused:
        """Send the RFP back to triage."""
        return WaiverRefused(reason=self.reason, **entering(Stage.TRIAGE))


def _may_decide(rfp: Rfp, stamp: Stamp) -> None:
    """Refuse unless a waiver is asked for, of somebody independent of the tier that its value needs."""
    must_be_in(rfp, Stage.WAIVER)
    must_be_independent(rfp, stamp)
    if rfp.waiver.tier:
        must_be_of_the_tier(rfp.open_approval, stamp)
    elif stamp.acting_for:  # it was asked for when any approver could grant it
        must_be_delegated(rfp.waiver.value_pence, stamp)
