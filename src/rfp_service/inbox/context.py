"""What the inbox offers the roof."""

from rfp_service.inbox.api import router
from shared.web.context import Context

INBOX = Context(routers=(router,))
