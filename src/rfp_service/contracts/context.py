"""What contracts offer the roof."""

from rfp_service.contracts.api.bulk import MANY_CONTRACTS
from rfp_service.contracts.api.contracts import router
from rfp_service.contracts.api.feed import router as feed_router
from rfp_service.contracts.api.feed_addresses import open_router
from rfp_service.contracts.api.feed_addresses import router as addresses_router
from rfp_service.contracts.api.readiness import CONTRACTS_READINESS
from rfp_service.contracts.api.registers import CONTRACT_REGISTER_FORM
from rfp_service.contracts.api.reports import router as reports_router
from rfp_service.contracts.api.rounds import router as rounds_router
from rfp_service.contracts.api.savings import router as savings_router
from rfp_service.contracts.api.waiting import CONTRACTS_WAITING, ROUNDS_WAITING
from rfp_service.contracts.deadlines import DEADLINES
from rfp_service.contracts.domain.contract import Contract
from rfp_service.contracts.domain.rounds import ReviewRound
from rfp_service.contracts.reactions import NOTIFY_RENEWAL_TIER, SET_CONTRACT_CLOCKS, TELL_OF_RENEWALS
from rfp_service.contracts.views.register import CONTRACT_REGISTER
from rfp_service.contracts.views.rounds import REVIEW_ROUNDS
from shared.web.bulk.routes import batch_routes, bulk_routes
from shared.web.context import Context, NotificationSubject
from shared.web.registers.routes import register_routes

CONTRACTS = Context(
    views=(CONTRACT_REGISTER, REVIEW_ROUNDS),
    reactions=(SET_CONTRACT_CLOCKS, NOTIFY_RENEWAL_TIER, TELL_OF_RENEWALS),
    operations=MANY_CONTRACTS.operations(),
    routers=(
        router,
        reports_router,
        savings_router,
        feed_router,
        addresses_router,
        open_router,
        rounds_router,
        bulk_routes(MANY_CONTRACTS),
        batch_routes(MANY_CONTRACTS),
        register_routes(CONTRACT_REGISTER_FORM),
    ),
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
    waiting=(CONTRACTS_WAITING, ROUNDS_WAITING),
    readiness=(CONTRACTS_READINESS,),
)
