"""What an RFP's events set off: the tier whose turn it is is told, once, and clocks are set."""

from collections.abc import Iterable

from rfp_service.rfps.deadlines import STARTED_BY
from rfp_service.rfps.domain.approval_events import (
    ApprovalGranted,
    ApprovalRequested,
    WaiverGranted,
)
from rfp_service.rfps.domain.award_events import AwardApproved, AwardRecommended
from rfp_service.rfps.domain.stages import Stage
from shared.deadlines.table import deadline_row
from shared.messages import Recorded
from shared.projecting.reacting import Reaction
from shared.projecting.views import Row


def notify_next_tier(recorded: Recorded) -> Iterable[Row]:
    """Return the notice to the tier that an approval waits for now."""
    match recorded.event:
        case ApprovalRequested(tiers=tiers) | WaiverGranted(tiers=tiers):
            told = tiers[0]
        case AwardRecommended(tiers=tiers):
            told = tiers[0]
        case ApprovalGranted(stage=Stage.APPROVAL, next_tier=tier):
            told = tier
        case AwardApproved(stage=Stage.AWARD_APPROVAL, next_tier=tier):
            told = tier
        case _:
            return ()
    return (
        {
            "position": recorded.position,
            "told": told,
            "about": "approval-requested",
            "case_id": recorded.stream_id,
            "happened_at": recorded.happened_at,
        },
    )


def set_deadlines(recorded: Recorded) -> Iterable[Row]:
    """Return the deadline that an event sets: each clock of an RFP has its own number."""
    kind = STARTED_BY.get(type(recorded.event))
    ends_at = getattr(recorded.event, "ends_at", None)
    if kind is None or ends_at is None:
        return ()
    number: int = getattr(recorded.event, "clock")  # noqa: B009  # every event above starts one
    return (deadline_row(recorded.stream_id, kind, number, ends_at),)


NOTIFY_NEXT_TIER = Reaction("notify_next_tier", "notices", notify_next_tier)
SET_DEADLINES = Reaction("set_deadlines", "deadlines", set_deadlines)
