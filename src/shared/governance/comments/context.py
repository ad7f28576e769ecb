"""What comments offer the roof."""

from shared.governance.comments.api import COMMENTS_VIEW, NOTIFY_MENTIONED
from shared.web.context import Context

COMMENTS = Context(
    views=(COMMENTS_VIEW,), reactions=(NOTIFY_MENTIONED,), routes=("shared.governance.comments.api:router",)
)
