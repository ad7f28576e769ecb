"""A renewal that nobody of its tier can decide goes to the next tier, whose one grant counts for both."""

from typing import Any

import pytest

from rfp_service.contracts.commands.reviews import ApproveRenewal
from rfp_service.contracts.commands.unreachable_tiers import (
    PassRenewalUp,
    kept_from_deciding,
    renewal_step_of,
)
from rfp_service.contracts.domain.contract import Contract, ContractStage
from rfp_service.contracts.domain.renewal import RenewalOutcome
from rfp_service.contracts.domain.unreachable_events import RenewalTierPassedUp
from shared.governance.scheme.domain import LAST_RESORT
from shared.governance.scheme.tiers import NotYourTier, OneTierEach
from tests.contracts.test_renewing import DIRECTOR, HEAD, NONE, OLD, REVIEWED, given, recommended
from tests.support.specs import NOW, RULES

BOTH = (*OLD, REVIEWED, recommended(RenewalOutcome.RENEW, HEAD, DIRECTOR))
ONE = (*OLD, REVIEWED, recommended(RenewalOutcome.RENEW, HEAD))
APPROVE = ApproveRenewal(reason="Yes.")
PASS_UP = PassRenewalUp(number=7, due_at=NOW)
NOBODY: dict[str, Any] = {
    "by": "clock",
    "rules": RULES.model_copy(update={"unreachable_after_working_days": 3}),
    "step": 7,
    "can_act": False,
    "has_last_resort": False,
}
DEV: dict[str, Any] = {"by": "dev", "own_tiers": [DIRECTOR]}


def contract_of(*history: Any) -> Contract:
    contract = NONE
    for event in history:
        contract = event.apply(contract)
    return contract


def test_the_next_tier_s_single_grant_discharges_both() -> None:
    passed = RenewalTierPassedUp(
        stage=ContractStage.RECOMMENDED,
        tier=HEAD,
        next_tier=DIRECTOR,
        after_working_days=3,
        tiers=(DIRECTOR,),
        scheme_version=1,
    )
    given(NONE, *BOTH).when(PASS_UP, **NOBODY).then(passed)
    after = given(NONE, *BOTH, passed)
    after.when(APPROVE, by="hana", own_tiers=[HEAD]).refused(NotYourTier, waiting_for=DIRECTOR)
    after.when(APPROVE, **DEV).leads_to(stage=ContractStage.APPROVED)


def test_what_was_the_last_tier_goes_to_the_one_above_and_then_to_the_last_resort() -> None:
    [above] = given(NONE, *ONE).when(PASS_UP, **NOBODY).events()
    assert above.tiers == (DIRECTOR,)
    given(NONE, *ONE, above).when(PASS_UP, **NOBODY).then()  # no last resort: it waits
    with_resort = NOBODY | {"has_last_resort": True}
    [resort] = given(NONE, *ONE, above).when(PASS_UP, **with_resort).events()
    assert resort.tiers == (LAST_RESORT,)
    given(NONE, *ONE, above, resort).when(PASS_UP, **with_resort).then()
    chief: dict[str, Any] = {"by": "cleo", "own_tiers": [LAST_RESORT]}
    given(NONE, *ONE, above, resort).when(APPROVE, **chief).leads_to(stage=ContractStage.APPROVED)


def test_whoever_granted_a_tier_before_grants_none_that_was_passed_up() -> None:
    granted = given(NONE, *BOTH).when(APPROVE, by="hana", own_tiers=[HEAD]).events()
    with_resort = NOBODY | {"has_last_resort": True}
    [passed] = given(NONE, *BOTH, *granted).when(PASS_UP, **with_resort).events()
    assert passed.tiers == (HEAD, LAST_RESORT)
    again: dict[str, Any] = {"by": "hana", "own_tiers": [LAST_RESORT]}
    given(NONE, *BOTH, *granted, passed).when(APPROVE, **again).refused(OneTierEach, person="hana")
    assert kept_from_deciding(contract_of(*BOTH, *granted)) == ["cora", "hana"]


@pytest.mark.parametrize(
    "changed",
    [{"can_act": True}, {"step": 9}, {"rules": RULES}, {"rules": None}],
    ids=["somebody can act", "another step", "the scheme says no time", "no scheme"],
)
def test_it_stays_while_somebody_can_decide_or_the_scheme_wants_no_more(changed: dict[str, Any]) -> None:
    given(NONE, *BOTH).when(PASS_UP, **(NOBODY | changed)).then()


def test_a_step_is_told_from_the_next_and_from_one_that_is_recommended_anew() -> None:
    granted = given(NONE, *BOTH).when(APPROVE, by="hana", own_tiers=[HEAD]).events()
    assert renewal_step_of(contract_of(*BOTH)) == (HEAD, 0)
    assert renewal_step_of(contract_of(*BOTH, *granted)) == (DIRECTOR, 1)
    assert renewal_step_of(contract_of(*OLD, REVIEWED)) == ("", 0)
