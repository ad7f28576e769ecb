"""A step whose tier nobody of can act in: it goes to the next tier, so that nothing waits for nobody."""

from collections.abc import Sequence

from rfp_service.rfps.commands.rules import staying
from rfp_service.rfps.commands.turns import in_turn
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Stage
from rfp_service.rfps.domain.unreachable_events import TierPassedUp
from shared.governance.scheme.passing_up import StepDeadline, tiers_without_the_next
from shared.governance.scheme.tiers import elected_among, step_pence
from shared.kernel.messages import Known, Stamp

ONE_TIER_EACH = (Stage.APPROVAL, Stage.AWARD_APPROVAL)


class PassTierUp(StepDeadline[Rfp]):
    """Let the next tier take a step that nobody of its own tier can take; look again while it waits."""

    def decide(self, rfp: Rfp, stamp: Stamp) -> Sequence[TierPassedUp]:
        """Pass it up, by the scheme in force; nothing while somebody can act, or the case is on hold."""
        if rfp.on_hold or (days := self.days_waited(stamp)) is None:
            return ()
        approval = rfp.open_approval
        tiers = tiers_without_the_next(approval.tiers, approval.granted, approval.value_pence, stamp.known)
        if not tiers:
            return ()
        passed = TierPassedUp(
            tier=approval.waiting_for,
            next_tier=tiers[approval.granted],
            after_working_days=days,
            tiers=tiers,
            scheme_version=stamp.known.scheme_version,
            elected_posts=elected_among(tiers, stamp.known),
            **staying(rfp),
        )
        return [in_turn(passed, rfp, stamp)]


def kept_out_of(rfp: Rfp) -> list[str]:
    """Return whoever may not take the step that an RFP waits for, by any of their parts in it."""
    granted = rfp.open_approval.granted_by if rfp.stage in ONE_TIER_EACH else ()
    return sorted({*(person for _, person in rfp.parts), *rfp.conflicted, *granted})


def step_of(rfp: Rfp) -> tuple[Stage, str, int]:
    """Return what tells one step that waits for a tier from the next; its tier is blank where none waits."""
    approval = rfp.open_approval
    stage = rfp.taken_over.stage if rfp.is_to_be_confirmed else rfp.stage  # it waits on through stages
    return stage, approval.waiting_for, approval.granted


def amount_of(rfp: Rfp, known: Known) -> int:
    """Return the amount that a stand-in must have been delegated for the step."""
    approval = rfp.open_approval
    return step_pence(approval.waiting_for, approval.value_pence, known)
