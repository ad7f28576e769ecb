"""What contracts offer the roof."""

from rfp_service.contracts.api.bulk import MANY_CONTRACTS
from rfp_service.contracts.api.prerequisites import PREREQUISITES
from rfp_service.contracts.api.readiness import CONTRACTS_READINESS
from rfp_service.contracts.api.report_cases import REPORT_CASES
from rfp_service.contracts.api.tagged_things import TAGGED
from rfp_service.contracts.api.waiting_things import CONTRACTS_WAITING, PIPELINE_WAITING, ROUNDS_WAITING
from rfp_service.contracts.commands.reviews import ApproveRenewal, RefuseRenewal
from rfp_service.contracts.deadlines import DEADLINES
from rfp_service.contracts.domain.contract import Contract
from rfp_service.contracts.domain.pipeline import PipelineYear
from rfp_service.contracts.domain.rounds import ReviewRound, RoundStage
from rfp_service.contracts.reactions import (
    NOTIFY_RENEWAL_TIER,
    SET_CONTRACT_CLOCKS,
    SET_PIPELINE_CLOCKS,
    TELL_OF_RENEWALS,
    amount_of_renewal,
    kept_out_of_renewal,
    still_waits,
)
from rfp_service.contracts.views.calendar_feeds import CONTRACT_FEEDS
from rfp_service.contracts.views.pipeline import PIPELINE_YEARS
from rfp_service.contracts.views.register import CONTRACT_REGISTER
from rfp_service.contracts.views.rounds import REVIEW_ROUNDS
from shared.governance.delegations.facts import principal_facts
from shared.web.context import Context, NotificationSubject

CONTRACTS = Context(
    facts=dict.fromkeys((ApproveRenewal, RefuseRenewal), principal_facts),
    tagged=TAGGED,
    prerequisites=PREREQUISITES,
    report_cases=REPORT_CASES,
    views=(CONTRACT_REGISTER, REVIEW_ROUNDS, PIPELINE_YEARS, CONTRACT_FEEDS),
    reactions=(SET_CONTRACT_CLOCKS, SET_PIPELINE_CLOCKS, NOTIFY_RENEWAL_TIER, TELL_OF_RENEWALS),
    routes=(
        "rfp_service.contracts.api.contracts:router",
        "rfp_service.contracts.api.reports:router",
        "rfp_service.contracts.api.savings:router",
        "rfp_service.contracts.api.feed:router",
        "rfp_service.contracts.api.feed_addresses:router",
        "rfp_service.contracts.api.feed_addresses:open_router",
        "rfp_service.contracts.api.rounds:router",
        "rfp_service.contracts.api.pipeline:router",
        MANY_CONTRACTS,
    ),
    deadlines=DEADLINES,
    subjects=(
        NotificationSubject(
            Contract.kind,
            "/v1/contracts",
            Contract(),
            lambda contract: contract.about.service_area,
            lambda contract: contract.about.owner,
            kept_out_of_renewal,
            waits=still_waits,
            page="/console/contracts/{id}",
            amount=amount_of_renewal,
        ),
        NotificationSubject(
            ReviewRound.kind,
            "/v1/renewal-rounds",
            ReviewRound(),
            lambda _: "",
            waits=lambda review, _, __: review.stage is RoundStage.OPEN,
            page="/console/renewal-rounds/{id}",
        ),
        NotificationSubject(
            PipelineYear.kind,
            "/v1/pipeline-notices",
            PipelineYear(),
            lambda _: "",
            waits=lambda pipeline, _, __: pipeline.is_to_be_published,
        ),
    ),
    waiting=(CONTRACTS_WAITING, ROUNDS_WAITING, PIPELINE_WAITING),
    readiness=(CONTRACTS_READINESS,),
    tags={
        "contracts": "Contracts, their dates and duties, and what becomes of them.",
        "renewal-rounds": "The months in which contracts are decided on.",
    },
    seen_with=dict.fromkeys(("contract", "review-round", "pipeline-year"), "read-contracts"),
    never_told=("contract-feed",),
)
