"""What hand-overs offer the roof."""

from rfp_service.handover.api import router
from rfp_service.handover.domain import EVENTS
from shared.context import Context

HAND_OVERS = Context(events=EVENTS, routers=(router,))
