"""What can be decided on many contracts at once: owners, notice periods, confirmations, recommendations."""

from rfp_service.contracts.api.registers import CONTRACT_REGISTER_FORM
from rfp_service.contracts.commands.bulk_decisions import (
    NameContractOwner,
    PutRecommendation,
    SetNoticePeriod,
)
from rfp_service.contracts.commands.confirmations import ConfirmDate
from rfp_service.contracts.commands.restatement import UndoContractBatch
from rfp_service.contracts.domain.date_events import ContractDateConfirmed
from rfp_service.contracts.domain.events import ContractAmended, ContractTermsCorrected
from rfp_service.contracts.domain.renewal_events import RenewalRecommended
from rfp_service.contracts.domain.restatement import ContractRestated, snapshot
from rfp_service.contracts.views.register import ContractRow
from shared.web.bulk.bulk_decisions import BulkDecision, BulkUndo, Things, item_of

OWNERS = BulkDecision(
    path="owners",
    route="name_contract_owners",
    summary="Name the owners of many contracts",
    description="Name who looks after each.",
    item=item_of(NameContractOwner, "OwnerItem", "A contract and who looks after it."),
    command=NameContractOwner,
    event=ContractAmended,
    example={"reference": "C-2024-017", "owner": "olga", "reason": "She runs the service."},
)
NOTICE_PERIODS = BulkDecision(
    path="notice-periods",
    route="set_notice_periods",
    summary="Set the notice periods of many contracts",
    description="Say how long before its end notice of each must be given.",
    item=item_of(SetNoticePeriod, "NoticePeriodItem", "A contract and its period of notice."),
    command=SetNoticePeriod,
    event=ContractTermsCorrected,
    example={"reference": "C-2024-017", "notice_count": 3, "notice_unit": "months", "reason": "Clause 12."},
)
CONFIRMATIONS = BulkDecision(
    path="confirmations",
    route="confirm_dates",
    summary="Confirm a date of many contracts",
    description="Confirm one date of each from its document.",
    item=item_of(ConfirmDate, "ConfirmationItem", "A contract and one of its dates, as a document has it."),
    command=ConfirmDate,
    event=ContractDateConfirmed,
    example={
        "reference": "C-2024-017",
        "name": "initial_end",
        "day": "2027-03-31",
        "document": "0" * 64,
        "clause": "12.3",
        "page": 4,
    },
)
RECOMMENDATIONS = BulkDecision(
    path="recommendations",
    route="recommend_renewals",
    summary="Recommend what to do with many contracts",
    description="Recommend what to do with each; the recommendation goes through the scheme's tiers.",
    item=item_of(PutRecommendation, "RecommendationItem", "A contract and what is to become of it."),
    command=PutRecommendation,
    event=RenewalRecommended,
    example={"reference": "C-2024-017", "outcome": "let_lapse", "value_pence": 0, "reason": "Not used."},
)
MANY_CONTRACTS = Things(
    of=CONTRACT_REGISTER_FORM,
    row=ContractRow,
    decisions=(OWNERS, NOTICE_PERIODS, CONFIRMATIONS, RECOMMENDATIONS),
    undo=BulkUndo(
        command=UndoContractBatch,
        events=(ContractRestated,),
        snapshot=snapshot,
        says="What a register put here is taken off; a corrected register can put it here again.",
    ),
)
