"""What the RFP room offers the roof."""

from rfp_service.rfps.api.bulk import MANY_RFPS
from rfp_service.rfps.api.fact_finders import FACTS
from rfp_service.rfps.api.prerequisites import PREREQUISITES
from rfp_service.rfps.api.readiness import RFPS_READINESS
from rfp_service.rfps.api.report_decisions import REPORT_DECISIONS
from rfp_service.rfps.api.tagged_things import TAGGED
from rfp_service.rfps.api.waiting_things import ASKED_WAITING, RFPS_WAITING
from rfp_service.rfps.commands.unreachable_tiers import amount_of, kept_out_of
from rfp_service.rfps.deadlines import DEADLINES
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.reactions import (
    NOTIFY_NEXT_TIER,
    NOTIFY_PARTIES,
    SET_DEADLINES,
    TELL_OF_APPROVALS,
    TELL_OF_PARTIES,
    people_of_party,
    roles_of_party,
    still_waits,
)
from rfp_service.rfps.views.board import BOARD
from rfp_service.rfps.views.clarifications import CLARIFICATIONS
from rfp_service.rfps.views.demand import DEMAND
from shared.web.context import Context, NotificationSubject

RFPS = Context(
    facts=FACTS,
    prerequisites=PREREQUISITES,
    tagged=TAGGED,
    views=(BOARD, CLARIFICATIONS, DEMAND),
    reactions=(NOTIFY_NEXT_TIER, NOTIFY_PARTIES, TELL_OF_APPROVALS, TELL_OF_PARTIES, SET_DEADLINES),
    routes=(
        "rfp_service.rfps.api.near_duplicates:router",
        "rfp_service.rfps.api.comparison:router",
        "rfp_service.rfps.api.approvals:router",
        "rfp_service.rfps.api.clarifications:router",
        "rfp_service.rfps.api.copies:router",
        "rfp_service.rfps.api.holds:router",
        "rfp_service.rfps.api.invitations:router",
        MANY_RFPS,
        "rfp_service.rfps.api.rfps:router",
    ),
    deadlines=DEADLINES,
    subjects=(
        NotificationSubject(
            Rfp.kind,
            "/v1/rfps",
            Rfp(),
            lambda rfp: rfp.need.service_area,
            lambda rfp: rfp.raised_by,
            kept_out_of,
            people_of_party,
            still_waits,
            "/console/rfps/{id}",
            roles_of_party,
            amount_of,
        ),
    ),
    waiting=(RFPS_WAITING, ASKED_WAITING),
    readiness=(RFPS_READINESS,),
    report_decisions=REPORT_DECISIONS,
    tags={"rfps": "Requests for proposal, from a need to an approval."},
    seen_with={"rfp": "read-rfps"},
)
