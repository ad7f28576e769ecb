"""What an RFP's events set off: the tier whose turn it is is told, once."""

from collections.abc import Iterable

from rfp_service.rfps.domain.events import ApprovalGranted, ApprovalRequested
from rfp_service.rfps.domain.rfp import Stage
from shared.messages import Recorded
from shared.projecting.reacting import Reaction
from shared.projecting.views import Row


def notify_next_tier(recorded: Recorded) -> Iterable[Row]:
    """Return the notice to the tier that an approval waits for now."""
    match recorded.event:
        case ApprovalRequested(tiers=tiers):
            told = tiers[0]
        case ApprovalGranted(stage=Stage.APPROVAL, next_tier=tier):
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


NOTIFY_NEXT_TIER = Reaction("notify_next_tier", "notices", notify_next_tier)
