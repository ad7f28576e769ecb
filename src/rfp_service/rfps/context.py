"""What the RFP room offers the roof."""

from rfp_service.rfps.api.approvals import router as approvals
from rfp_service.rfps.api.bulk import MANY_RFPS
from rfp_service.rfps.api.comparison import router as comparison
from rfp_service.rfps.api.copies import router as copies
from rfp_service.rfps.api.holds import router as holds
from rfp_service.rfps.api.invitations import router as invitations
from rfp_service.rfps.api.near_duplicates import router as near_duplicates
from rfp_service.rfps.api.prerequisites import AWAITED
from rfp_service.rfps.api.readiness import RFPS_READINESS
from rfp_service.rfps.api.registers import RFP_REGISTER
from rfp_service.rfps.api.rfps import router as rfps
from rfp_service.rfps.api.waiting import RFPS_WAITING
from rfp_service.rfps.deadlines import DEADLINES
from rfp_service.rfps.demand import DEMAND
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.reactions import NOTIFY_NEXT_TIER, NOTIFY_PARTIES, SET_DEADLINES, TELL_OF_APPROVALS
from rfp_service.rfps.views import BOARD
from shared.web.bulk.routes import batch_routes, bulk_routes
from shared.web.context import Context, NotificationSubject
from shared.web.registers.routes import register_routes

RFPS = Context(
    prerequisites=AWAITED,
    views=(BOARD, DEMAND),
    reactions=(NOTIFY_NEXT_TIER, NOTIFY_PARTIES, TELL_OF_APPROVALS, SET_DEADLINES),
    routers=(
        near_duplicates,
        comparison,
        approvals,
        copies,
        holds,
        invitations,
        bulk_routes(MANY_RFPS),
        batch_routes(MANY_RFPS),
        register_routes(RFP_REGISTER),
        rfps,
    ),
    operations=MANY_RFPS.operations(),
    deadlines=DEADLINES,
    subjects=(
        NotificationSubject(
            Rfp.kind,
            "/v1/rfps",
            Rfp(),
            lambda rfp: rfp.need.service_area,
            lambda rfp: rfp.raised_by,
            lambda rfp: (rfp.raised_by, *rfp.conflicted, *rfp.approval.granted_by),
        ),
    ),
    waiting=(RFPS_WAITING,),
    readiness=(RFPS_READINESS,),
)
