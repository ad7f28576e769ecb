"""The notices to those whom comments mention."""

from collections.abc import Iterable

from shared.governance.comments.domain import CommentMade
from shared.kernel.messages import Recorded
from shared.record.projecting.reactions import Reaction
from shared.record.projecting.views import Row

MENTIONED = "mentioned"


def notify_mentioned(recorded: Recorded) -> Iterable[Row]:
    """Return the notices to those whom a comment mentions."""
    made = recorded.event
    if not isinstance(made, CommentMade):
        return ()
    return [
        {
            "position": recorded.position,
            "told": f"person:{person}",
            "about": MENTIONED,
            "case_id": made.case_id,
            "happened_at": recorded.happened_at,
        }
        for person in made.mentions
    ]


NOTIFY_MENTIONED = Reaction("notify_mentioned", "notices", notify_mentioned)
