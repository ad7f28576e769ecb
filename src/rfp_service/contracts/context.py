"""What contracts offer the roof."""

from rfp_service.contracts.api.contracts import router
from rfp_service.contracts.api.feed import router as feed_router
from rfp_service.contracts.api.reports import router as reports_router
from rfp_service.contracts.api.rounds import router as rounds_router
from rfp_service.contracts.deadlines import DEADLINES
from rfp_service.contracts.domain.contract import Contract
from rfp_service.contracts.domain.rounds import ReviewRound
from rfp_service.contracts.reactions import NOTIFY_RENEWAL_TIER, SET_CONTRACT_CLOCKS, TELL_OF_RENEWALS
from rfp_service.contracts.views.register import CONTRACT_REGISTER
from rfp_service.contracts.views.rounds import REVIEW_ROUNDS
from shared.web.context import Context, NotificationSubject

CONTRACTS = Context(
    views=(CONTRACT_REGISTER, REVIEW_ROUNDS),
    reactions=(SET_CONTRACT_CLOCKS, NOTIFY_RENEWAL_TIER, TELL_OF_RENEWALS),
    routers=(router, reports_router, feed_router, rounds_router),
    deadlines=DEADLINES,
    subjects=(
        NotificationSubject(
            Contract.kind,
            "/v1/contracts",
            Contract(),
            lambda contract: contract.about.service_area,
            lambda contract: contract.about.owner,
        ),
        NotificationSubject(ReviewRound.kind, "/v1/renewal-rounds", ReviewRound(), lambda _: ""),
    ),
)
