"""What the RFP room offers the roof."""

from rfp_service.rfps.api import router
from rfp_service.rfps.domain.events import EVENTS
from rfp_service.rfps.reactions import NOTIFY_NEXT_TIER
from rfp_service.rfps.views import BOARD
from shared.context import Context

RFPS = Context(events=EVENTS, views=(BOARD,), reactions=(NOTIFY_NEXT_TIER,), routers=(router,))
