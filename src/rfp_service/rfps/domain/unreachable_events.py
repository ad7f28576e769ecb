"""What can have happened to a step that nobody of its tier could take: it went to another tier."""

from rfp_service.rfps.domain.approval import Approval
from rfp_service.rfps.domain.events import Aside, RfpEvent
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Stage
from shared.kernel.states import replace


class TierPassedUp(Aside):
    """Nobody of the tier whose turn it was could take the step: the next one's grant counts for both."""

    tier: str
    next_tier: str
    after_working_days: int
    tiers: tuple[str, ...]  # that must decide from now on
    scheme_version: int
    elected_posts: tuple[str, ...] = ()

    def apply(self, rfp: Rfp) -> Rfp:
        """Return the RFP whose step waits for the other tier."""
        passed = replace(Aside.apply(self, rfp), elected_posts=self.elected_posts)
        if rfp.is_to_be_confirmed:
            return replace(passed, taken_over=replace(rfp.taken_over, to_confirm=self.next_tier))
        if rfp.stage is Stage.WAIVER:
            return replace(passed, waiver=replace(rfp.waiver, tier=self.next_tier))
        of_the_award = rfp.stage is Stage.KEY_DECISION and rfp.key.of_the_award
        if rfp.stage is Stage.AWARD_APPROVAL or of_the_award:
            return replace(passed, award=replace(rfp.award, approval=self._of(rfp.award.approval)))
        return replace(passed, approval=self._of(rfp.approval))

    def _of(self, approval: Approval) -> Approval:
        return replace(approval, tiers=self.tiers)


UNREACHABLE_EVENTS: tuple[type[RfpEvent], ...] = (TierPassedUp,)
