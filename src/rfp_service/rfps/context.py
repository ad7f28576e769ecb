"""What the RFP room offers the roof."""

from rfp_service.rfps.api.approvals import router as approvals
from rfp_service.rfps.api.comparison import router as comparison
from rfp_service.rfps.api.copies import router as copies
from rfp_service.rfps.api.deflection import router as deflection
from rfp_service.rfps.api.holds import router as holds
from rfp_service.rfps.api.near_duplicates import router as near_duplicates
from rfp_service.rfps.api.prerequisites import AWAITED
from rfp_service.rfps.api.rfps import router as rfps
from rfp_service.rfps.api.waiting import RFPS_WAITING
from rfp_service.rfps.deadlines import DEADLINES
from rfp_service.rfps.demand import DEMAND
from rfp_service.rfps.reactions import NOTIFY_NEXT_TIER, NOTIFY_PARTIES, SET_DEADLINES
from rfp_service.rfps.views import BOARD
from shared.web.context import Context

RFPS = Context(
    prerequisites=AWAITED,
    views=(BOARD, DEMAND),
    reactions=(NOTIFY_NEXT_TIER, NOTIFY_PARTIES, SET_DEADLINES),
    routers=(near_duplicates, deflection, comparison, approvals, copies, holds, rfps),
    deadlines=DEADLINES,
    waiting=(RFPS_WAITING,),
)
