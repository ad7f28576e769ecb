"""Contracts at every stage, as what happened to them."""

from datetime import date
from typing import Any

from rfp_service.contracts.commands.registration import RegisterContract
from rfp_service.contracts.domain.contract import Contract, ContractStage
from rfp_service.contracts.domain.events import ContractEvent
from rfp_service.contracts.domain.renewal import RenewalOutcome
from rfp_service.contracts.domain.renewal_events import (
    RenewalDecisionApproved,
    RenewalRecommended,
    ReviewStarted,
)
from shared.kernel.messages import Command, Event
from tests.support.specs import RULES, stamp

TODAY = date(2026, 3, 2)
DOCUMENT = "d0c" + "0" * 61
ACT = "procurement_act_2023"
NONE = Contract()
SUPPLIER: dict[str, Any] = {"name": "Ribble Networks Ltd", "number": "00000001"}
TERMS: dict[str, Any] = {
    "start": "2024-04-01",
    "term_months": 36,
    "notice": {"count": 3, "unit": "months"},
    "options": [{"months": 12}],
    "service_working_days": 2,
}
TACIT: dict[str, Any] = {
    "start": "2023-07-01",
    "term_months": 36,
    "notice": {"count": 3, "unit": "months"},
    "continuation": "tacit",
    "roll_months": 12,
}


def register(terms: dict[str, Any] = TERMS, **said: Any) -> RegisterContract:
    """Return the registration of a contract about which nothing is missing."""
    whole = {
        "reference": "C-1",
        "title": "Network support",
        "supplier": SUPPLIER,
        "terms": terms,
        "value_pence": 3_600_000,
        "value_with_vat_pence": 4_320_000,
        "owner": "cora",
        "contract_kind": "services",
        "procurement_begun_on": "2025-03-01",
        "review_on": "2028-01-01",
    }
    return RegisterContract.model_validate(whole | said)


def happened(command: Command[Contract], *before: Event[Any], by: str = "cora", **known: Any) -> Any:
    """Return what happened before, and what then follows from a command."""
    contract = NONE
    for event in before:
        contract = event.apply(contract)
    decided = command.decide(contract, stamp(by, **{"rules": RULES, **known}))
    events = list(decided) if isinstance(decided, list | tuple) else [decided]
    return (*before, *events)


REGISTERED: tuple[ContractEvent, ...] = happened(register())
ROLLING_OVER: tuple[ContractEvent, ...] = happened(register(TACIT))
REVIEWED = ReviewStarted(stage=ContractStage.IN_REVIEW, reviewer="cora")
HEAD, DIRECTOR = "head", "director"


def recommended(outcome: RenewalOutcome, *tiers: str) -> RenewalRecommended:
    """Return a recommendation by cora that waits for these tiers."""
    return RenewalRecommended(
        stage=ContractStage.RECOMMENDED,
        outcome=outcome,
        value_pence=1_200_000,
        months=12,
        reason="It works.",
        recommended_by="cora",
        tiers=tiers or (HEAD,),
        scheme_version=1,
    )


APPROVED = RenewalDecisionApproved(
    stage=ContractStage.APPROVED,
    tier=HEAD,
    next_tier="",
    reason="Yes.",
    scheme_version=1,
    decided_by="hana",
    acting_for="",
    decided_on=TODAY,
    yearly_pence=1_200_000,
)


def decided(
    outcome: RenewalOutcome, before: tuple[ContractEvent, ...] = REGISTERED
) -> tuple[ContractEvent, ...]:
    """Return a contract of which an outcome was approved."""
    return (*before, REVIEWED, recommended(outcome), APPROVED)
