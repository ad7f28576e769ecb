"""What could choose the winner: procurement's until the first score is given, an approver's from then on.

Whoever knows a score could otherwise choose by removing or adding a judge, by setting a bid aside or
letting it compete again, or by what they say was agreed where scores differed.
"""

from typing import TypedDict

from pydantic import Field

from rfp_service.rfps.commands.approvers import Approving, must_be_of_the_tier
from rfp_service.rfps.commands.rules import must_be_at, must_be_independent, must_not_be_requester
from rfp_service.rfps.domain.approval import Approval
from rfp_service.rfps.domain.evaluation_refusals import EvaluatorsSettled, HighestBidMissing, NotSettledYet
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import LIVE
from shared.governance.scheme.tiers import must_be_of_a_tier_for, tiers_for
from shared.kernel.fields import Pence
from shared.kernel.messages import Stamp

HANDS_OVER = "administrator"  # on whose authority work is handed over, and nobody chosen otherwise


class Chosen(TypedDict):
    """By whom it was decided once there was a score: what the event says of it."""

    tier: str
    decided_by: str
    acting_for: str
    highest_bid_pence: int


# What the event says of a decision of procurement's, before there was a score.
NOT_SETTLED = Chosen(tier="", decided_by="", acting_for="", highest_bid_pence=0)


class SettlingTheWinner(Approving):
    """What could choose the winner; once the first score is given, for an approver to decide."""

    highest_bid_pence: Pence | None = Field(
        None,
        description="The highest bid that still competes, without VAT: needed once the first score is given.",
        examples=[2_400_000],
    )

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, *LIVE)
        if not rfp.tender.scores:
            _must_be_procurement(rfp, stamp)
            return
        if "approver" not in stamp.known.roles:
            raise EvaluatorsSettled
        must_be_independent(rfp, stamp)
        must_be_of_a_tier_for(_least(rfp), stamp)

    def chosen(self, rfp: Rfp, stamp: Stamp) -> Chosen | None:
        """Refuse an approver of another tier than the highest bid's; return what the event says of it."""
        if not rfp.tender.scores:
            return None
        if self.highest_bid_pence is None:
            raise HighestBidMissing
        value = max(self.highest_bid_pence, _least(rfp))
        tier = tiers_for(value, stamp.known)[-1]
        return Chosen(
            tier=must_be_of_the_tier(Approval(value, (tier,)), stamp),
            decided_by=stamp.by,
            acting_for=stamp.acting_for,
            highest_bid_pence=self.highest_bid_pence,
        )


def _least(rfp: Rfp) -> int:
    """Return what evaluators are chosen by at least, whatever the bids come to."""
    return max(rfp.need.estimate_pence or 0, rfp.approval.value_pence, rfp.award.value_pence)


def _must_be_procurement(rfp: Rfp, stamp: Stamp) -> None:
    if "procurement_officer" not in stamp.known.roles and stamp.authority != HANDS_OVER:
        raise NotSettledYet
    must_not_be_requester(rfp, stamp)
