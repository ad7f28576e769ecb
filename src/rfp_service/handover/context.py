"""What hand-overs offer the roof."""

from rfp_service.handover.api import router
from shared.web.context import Context

HAND_OVERS = Context(routers=(router,))
