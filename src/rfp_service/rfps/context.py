"""What the RFP room offers the roof."""

from rfp_service.rfps.api.approvals import router as approvals
from rfp_service.rfps.api.awaited import AWAITED
from rfp_service.rfps.api.comparison import router as comparison
from rfp_service.rfps.api.copies import router as copies
from rfp_service.rfps.api.deflection import router as deflection
from rfp_service.rfps.api.near_duplicates import router as near_duplicates
from rfp_service.rfps.api.rfps import router as rfps
from rfp_service.rfps.deadlines import DEADLINES
from rfp_service.rfps.demand import DEMAND
from rfp_service.rfps.domain.approval_events import APPROVAL_EVENTS
from rfp_service.rfps.domain.award_events import AWARD_EVENTS
from rfp_service.rfps.domain.events import EVENTS
from rfp_service.rfps.domain.key_decision_events import KEY_DECISION_EVENTS
from rfp_service.rfps.domain.people_events import PEOPLE_EVENTS
from rfp_service.rfps.domain.tender_events import TENDER_EVENTS
from rfp_service.rfps.reactions import NOTIFY_NEXT_TIER, SET_DEADLINES
from rfp_service.rfps.views import BOARD
from shared.context import Context

RFPS = Context(
    awaited=AWAITED,
    events=(
        *EVENTS, *APPROVAL_EVENTS, *KEY_DECISION_EVENTS, *TENDER_EVENTS, *AWARD_EVENTS,
        *PEOPLE_EVENTS,
    ),
    views=(BOARD, DEMAND),
    reactions=(NOTIFY_NEXT_TIER, SET_DEADLINES),
    routers=(near_duplicates, deflection, comparison, approvals, copies, rfps),
    deadlines=DEADLINES,
)  # fmt: skip
