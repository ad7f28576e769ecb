"""What can be decided on many contracts at once: owners, notice periods, confirmations, recommendations."""

from typing import Annotated

from pydantic import Field

from rfp_service.contracts.api.registers import CONTRACT_REGISTER_FORM
from rfp_service.contracts.commands.bulk_decisions import (
    NameContractOwner,
    PutRecommendation,
    SetNoticePeriod,
)
from rfp_service.contracts.commands.confirmations import PAGE_LIMIT, ConfirmDate, Sha256
from rfp_service.contracts.commands.restatement import UndoContractBatch
from rfp_service.contracts.commands.terms import MONTHS_LIMIT, NOTICE_LIMIT, SERVICE_LIMIT
from rfp_service.contracts.domain.contract import Contract, LedgerDate, contract_id
from rfp_service.contracts.domain.events import ContractAmended, ContractDateConfirmed, ContractTermsCorrected
from rfp_service.contracts.domain.renewal import RenewalOutcome
from rfp_service.contracts.domain.renewal_events import RenewalRecommended
from rfp_service.contracts.domain.restatement import ContractRestated, snapshot
from rfp_service.contracts.domain.terms import NoticeUnit
from rfp_service.contracts.views.register import ContractRow, contracts
from shared.kernel.fields import WHOLE, Day, Pence, PersonId, ShortText
from shared.web.bulk.bulk_decisions import BulkDecision, BulkUndo, Things
from shared.web.bulk.references import ThingItem


class OwnerItem(ThingItem):
    """A contract and who looks after it."""

    owner: PersonId


class NoticePeriodItem(ThingItem):
    """A contract and its period of notice."""

    notice_count: Annotated[int, Field(ge=1, le=NOTICE_LIMIT), WHOLE]
    notice_unit: NoticeUnit = NoticeUnit.MONTHS
    service_working_days: Annotated[int, Field(ge=0, le=SERVICE_LIMIT), WHOLE] | None = None


class ConfirmationItem(ThingItem):
    """A contract and one of its dates, as a clause of a document has it."""

    name: LedgerDate
    day: Day
    document: Sha256
    clause: ShortText
    page: Annotated[int, Field(ge=1, le=PAGE_LIMIT), WHOLE]


class RecommendationItem(ThingItem):
    """A contract and what is to become of it."""

    outcome: RenewalOutcome
    value_pence: Pence
    months: Annotated[int, Field(ge=0, le=MONTHS_LIMIT), WHOLE] = 0


OWNERS = BulkDecision(
    name="contract-owners",
    path="owners",
    route="name_contract_owners",
    summary="Name the owners of many contracts",
    description="""Name who looks after up to a million contracts: JSON, NDJSON, CSV, XLSX or ODS.

Each item names a contract by id or reference, is decided as a single decision would be, and has its own
outcome, in the order sent. `dry_run` only tries. The same key again goes on where a broken request stopped,
and does nothing twice.""",
    item=OwnerItem,
    command=NameContractOwner,
    event=ContractAmended,
    example={"reference": "C-2024-017", "owner": "olga", "reason": "She runs the service."},
)
NOTICE_PERIODS = BulkDecision(
    name="contract-notice-periods",
    path="notice-periods",
    route="set_notice_periods",
    summary="Set the notice periods of many contracts",
    description="Say how long before its end notice of each must be given; as with owners.",
    item=NoticePeriodItem,
    command=SetNoticePeriod,
    event=ContractTermsCorrected,
    example={"reference": "C-2024-017", "notice_count": 3, "notice_unit": "months", "reason": "Clause 12."},
)
CONFIRMATIONS = BulkDecision(
    name="contract-confirmations",
    path="confirmations",
    route="confirm_dates",
    summary="Confirm a date of many contracts",
    description="Confirm one date of each from its document; as with owners.",
    item=ConfirmationItem,
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
    name="contract-recommendations",
    path="recommendations",
    route="recommend_renewals",
    summary="Recommend what becomes of many contracts",
    description="Put forward what is to become of each, which climbs the scheme's tiers; as with owners.",
    item=RecommendationItem,
    command=PutRecommendation,
    event=RenewalRecommended,
    example={"reference": "C-2024-017", "outcome": "let_lapse", "value_pence": 0, "reason": "Not used."},
)
DECISIONS = (OWNERS, NOTICE_PERIODS, CONFIRMATIONS, RECOMMENDATIONS)
MANY_CONTRACTS = Things(
    path="/v1/contracts",
    batches="/v1/contract-batches",
    tag="contracts",
    read="read-contracts",
    blank=Contract(),
    by_reference=contract_id,
    table=contracts,
    row=ContractRow,
    exported=CONTRACT_REGISTER_FORM.columns,
    decisions=DECISIONS,
    undo=BulkUndo(
        name="contract-undo",
        command=UndoContractBatch,
        events=(ContractRestated,),
        description="""
Take back what a batch decided, as a new batch: what was decided anew since stands, and is said.

What a register put here is taken off, to be put here anew by a corrected one.""".strip(),
        registers={
            CONTRACT_REGISTER_FORM.name: CONTRACT_REGISTER_FORM.command,
            **{decision.name: decision.command for decision in DECISIONS},
        },
        snapshot=snapshot,
    ),
    prefix="contract_",
)
