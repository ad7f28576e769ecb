"""A step whose tier nobody of can act in: it goes to the next tier, so that nothing waits for nobody."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from rfp_service.rfps.commands.rules import staying
from rfp_service.rfps.commands.turns import in_turn
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Stage
from rfp_service.rfps.domain.unreachable_events import TierPassedUp
from shared.governance.scheme.domain import LAST_RESORT
from shared.governance.scheme.tiers import elected_among, step_pence, tier_above
from shared.kernel.messages import Known, Stamp
from shared.record.deadlines.deadline import DeadlineCommand

LOOKS_AGAIN_AFTER = timedelta(days=1)
ONE_TIER_EACH = (Stage.APPROVAL, Stage.AWARD_APPROVAL)


class PassTierUp(DeadlineCommand[Rfp]):
    """Let the next tier take a step that nobody of its own tier can take; look again while it waits."""

    def decide(self, rfp: Rfp, stamp: Stamp) -> Sequence[TierPassedUp]:
        """Pass it up, by the scheme in force; nothing while somebody can act, or the case is on hold."""
        days = stamp.known.rules.unreachable_after_working_days if stamp.known.rules else None
        if days is None or rfp.on_hold or not self._still_waits(stamp) or stamp.known.facts["can_act"]:
            return ()
        tier = rfp.open_approval.waiting_for
        tiers = _without(tier, rfp, stamp.known)
        if not tiers:
            return ()
        passed = TierPassedUp(
            tier=tier,
            next_tier=tiers[rfp.open_approval.granted],
            after_working_days=days,
            tiers=tiers,
            scheme_version=stamp.known.scheme_version,
            elected_posts=elected_among(tiers, stamp.known),
            **staying(rfp),
        )
        return [in_turn(passed, rfp, stamp)]

    def again(self, rfp: Rfp, stamp: Stamp) -> datetime | None:
        """Look again in a day, while the step waits: whoever can act today may be gone tomorrow."""
        return stamp.at + LOOKS_AGAIN_AFTER if self._still_waits(stamp) else None

    def _still_waits(self, stamp: Stamp) -> bool:
        return stamp.known.facts["step"] == self.number


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


def _without(tier: str, rfp: Rfp, known: Known) -> tuple[str, ...]:
    """Return the tiers that decide once one of them can't: those after it, or the one above it."""
    approval = rfp.open_approval
    before, following = approval.tiers[: approval.granted], approval.tiers[approval.granted + 1 :]
    if following:
        return (*before, *following)
    above = "" if tier == LAST_RESORT else tier_above(tier, approval.value_pence, known)
    if not above and tier != LAST_RESORT and known.facts["has_last_resort"]:
        above = LAST_RESORT
    return (*before, above) if above else ()
