"""What `next` allows on a contract is accepted, and what is refused whatever it says, a guard refuses."""

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from rfp_service.contracts.api.contracts import DECISIONS
from rfp_service.contracts.domain import refusals
from rfp_service.contracts.domain.contract import Contract, FlagCode, LedgerDate
from rfp_service.contracts.domain.duty_events import DutyStanding
from rfp_service.contracts.domain.renewal import RenewalOutcome
from rfp_service.contracts.domain.savings import SavingStanding
from shared.governance.scheme import tiers
from tests.contracts.examples import DOCUMENT, NONE, REGISTERED, ROLLING_OVER, TERMS, TODAY
from tests.support.guards import LONGER, Body, Tries
from tests.support.specs import NOW, RULES, stamp

SEEDS, TURNS = 60, 60
PEOPLE = {"cora": (), "carl": (), "hana": ("head",), "derek": ("director",), "fay": ()}
# What is refused for how the contract stands, or for who decides, whatever the body says.
FOR_HOW_IT_STANDS = (
    refusals.WrongContractStage,
    refusals.ContractOver,
    refusals.OwnRecommendation,
    refusals.NotRecommendedSo,
    refusals.PublishBeforeTheChange,
    refusals.NoticeAlreadySent,
    refusals.NoNoticeSent,
    refusals.NovationNotSoFar,
    refusals.OwnSaving,
    tiers.NotYourTier,
    tiers.OneTierEach,
)
OUTCOMES = tuple(RenewalOutcome)


def _terms(turn: int) -> dict[str, Any]:
    return {**TERMS, "term_months": 30 + turn}


def _date(turn: int) -> dict[str, Any]:
    day = TODAY + timedelta(days=turn)
    return {"name": LedgerDate.REVIEW, "day": day, "document": DOCUMENT, "clause": "12.3", "page": 4}


def _recommendation(contract: Contract, turn: int) -> dict[str, Any]:
    outcome = OUTCOMES[turn % len(OUTCOMES)]
    if outcome is RenewalOutcome.EXTEND and contract.terms.exercised == len(contract.terms.options):
        outcome = RenewalOutcome.REPROCURE
    return {"outcome": outcome, "value_pence": 1_000_000, "months": 12, "reason": "R."}


def _open_duty(contract: Contract) -> int:
    due = (duty.number for duty in contract.duties if duty.standing is not DutyStanding.PUBLISHED)
    return next(due, 1)


def _saving(contract: Contract, standing: SavingStanding) -> dict[str, Any]:
    found = [saving.number for saving in contract.savings if saving.standing is standing]
    others = [each.number for each in contract.savings if each.standing is not SavingStanding.CONFIRMED]
    number = (found or others or [1])[-1]
    return {"number": number, "yearly_before_pence": 900, "yearly_after_pence": 800, "reason": "R."}


STEP: dict[str, Any] = {"on": TODAY, "note": "R."}
REASON: dict[str, Any] = {"reason": "R."}
BODIES: Mapping[str, Body[Contract]] = {
    "amend": lambda _, turn: {"title": f"Title {turn}", **REASON},
    "correct-terms": lambda _, turn: {"terms": _terms(turn), **REASON},
    "flag": lambda contract, _: {"code": next(code for code in FlagCode if code not in contract.open_flags)},
    "answer-flag": lambda contract, _: {
        "code": next(iter(contract.open_flags), FlagCode.VALUE_ZERO),
        "answer": "It is right.",
    },
    "read-date": lambda _, turn: _date(turn),
    "confirm-date": lambda _, turn: _date(turn),
    "recommend": _recommendation,
    "renew": lambda _, turn: {"terms": _terms(turn), "value_pence": 900_000},
    "start-reprocurement": lambda _, turn: {"rfp_id": UUID(int=turn)},
    "send-notice": lambda _, __: {"sent_on": TODAY, "evidence": "By post."},
    "acknowledge-notice": lambda _, __: {"acknowledged_on": TODAY, "evidence": "By post."},
    "terminate": lambda _, __: {"ended_on": TODAY, **REASON},
    "ask-novation": lambda _, __: STEP,
    "agree-novation": lambda _, __: STEP,
    "refuse-novation": lambda _, __: STEP,
    "sign-novation": lambda _, __: STEP,
    "complete-novation": lambda _, __: STEP,
    "publish-notice": lambda contract, turn: {
        "number": _open_duty(contract),
        "reference": f"2026/{turn}",
        "published_on": TODAY,
    },
    "record-breach": lambda _, __: {"happened_on": TODAY},
    "claim-saving": lambda contract, _: _saving(contract, SavingStanding.UNCLAIMED),
    "confirm-saving": lambda contract, _: _saving(contract, SavingStanding.CLAIMED),
}
# Reviews and novations continue more often than they begin, so that walks come far.
ONWARD = (
    "start-review",
    "recommend",
    "approve-renewal",
    "publish-notice",
    "ask-novation",
    "agree-novation",
    "sign-novation",
    "complete-novation",
)


def test_what_is_allowed_is_accepted_and_guards_refuse_the_rest() -> None:
    tries = Tries(DECISIONS, BODIES, FOR_HOW_IT_STANDS)
    for seed in range(SEEDS * LONGER):
        dice, contract = random.Random(seed), NONE  # no secret
        for event in ROLLING_OVER if seed % 2 else REGISTERED:
            contract = event.apply(contract)
        for turn in range(TURNS):
            who = dice.choice([*PEOPLE])
            at = NOW + timedelta(minutes=turn)
            now = stamp(who, at=at, own_tiers=PEOPLE[who], rules=RULES, rfp=True)
            decision = tries.choose(dice, tries.try_all(contract, now, turn), ONWARD)
            if decision != "terminate" or turn > TURNS * dice.random():
                contract = tries.after(decision, contract, now, turn)
    tries.must_agree()
    assert len(tries.by_guards) > 10, tries.by_guards
