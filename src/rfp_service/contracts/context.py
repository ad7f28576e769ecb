"""What contracts offer the roof."""

from rfp_service.contracts.api.contracts import router
from rfp_service.contracts.api.feed import router as feed_router
from rfp_service.contracts.api.reports import router as reports_router
from rfp_service.contracts.api.rounds import router as rounds_router
from rfp_service.contracts.api.waiting import CONTRACTS_WAITING, ROUNDS_WAITING
from rfp_service.contracts.deadlines import DEADLINES
from rfp_service.contracts.reactions import NOTIFY_RENEWAL_TIER, SET_CONTRACT_CLOCKS
from rfp_service.contracts.views.register import CONTRACT_REGISTER
from rfp_service.contracts.views.rounds import REVIEW_ROUNDS
from shared.web.context import Context

CONTRACTS = Context(
    views=(CONTRACT_REGISTER, REVIEW_ROUNDS),
    reactions=(SET_CONTRACT_CLOCKS, NOTIFY_RENEWAL_TIER),
    routers=(router, reports_router, feed_router, rounds_router),
    deadlines=DEADLINES,
    waiting=(CONTRACTS_WAITING, ROUNDS_WAITING),
)
