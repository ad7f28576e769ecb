"""Confirming what was awarded before an RFP came in flight: without it, nothing is published or signed."""

from typing import Literal

from rfp_service.rfps.commands.approvers import Approving, must_be_of_the_tier
from rfp_service.rfps.commands.rules import must_be_at, must_be_independent, staying
from rfp_service.rfps.commands.turns import in_turn
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import AWARDED_ELSEWHERE
from rfp_service.rfps.domain.takeover_events import NothingToConfirm, TakeoverConfirmed
from shared.kernel.fields import Reason
from shared.kernel.messages import Stamp


class ConfirmTakeover(Approving):
    """Confirm, for the tier of its value, what was awarded before the RFP was taken over in flight."""

    decision: Literal["confirm-takeover"] = "confirm-takeover"
    reason: Reason

    @classmethod
    def guard(cls, rfp: Rfp, stamp: Stamp) -> None:
        must_be_at(rfp, *AWARDED_ELSEWHERE)
        if not rfp.is_to_be_confirmed:
            raise NothingToConfirm
        must_be_independent(rfp, stamp)
        must_be_of_the_tier(rfp.open_approval, stamp)

    def decide(self, rfp: Rfp, stamp: Stamp) -> TakeoverConfirmed:
        """Let it go on here as it was awarded."""
        confirmed = TakeoverConfirmed(
            tier=rfp.taken_over.to_confirm,
            reason=self.reason,
            scheme_version=stamp.known.scheme_version,
            decided_by=stamp.by,
            acting_for=stamp.acting_for,
            **staying(rfp),
        )
        return in_turn(confirmed, rfp, stamp)
