"""What the notices offer the roof."""

from shared.web.context import Context

NOTICES = Context(routes=("shared.governance.notices.api:router",), tags={"notices": "Who was told what."})
