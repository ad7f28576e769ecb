"""An order that nobody of its tier can approve goes to the next tier, whose one grant counts for both."""

from typing import Any

import pytest

from rfp_service.catalogue.commands.unreachable_tiers import PassOrderUp
from rfp_service.catalogue.domain.orders import Order, OrderStatus, OrderTierPassedUp, OwnOrder
from shared.governance.scheme.domain import LAST_RESORT
from shared.governance.scheme.tiers import NotYourTier
from tests.catalogue.test_orders import APPROVE, APPROVED, CHEAP, HEAD, RAISED
from tests.support.specs import NOW, RULES, given

PASS_UP = PassOrderUp(number=1, due_at=NOW)
NOBODY: dict[str, Any] = {
    "by": "clock",
    "rules": RULES.model_copy(update={"unreachable_after_working_days": 3}),
    "step": 1,
    "can_act": False,
    "has_last_resort": False,
}
PASSED = OrderTierPassedUp(tier="head", next_tier="director", after_working_days=3, scheme_version=1)
DEREK: dict[str, Any] = {"by": "derek", "own_tiers": ["director"]}


def test_the_next_tier_s_single_grant_lets_it_be_sent() -> None:
    given(Order(), RAISED).when(PASS_UP, **NOBODY).then(PASSED)
    after = given(Order(), RAISED, PASSED)
    after.when(APPROVE, **HEAD).refused(NotYourTier, waiting_for="director")
    after.when(APPROVE, by="ann", own_tiers=["director"]).refused(OwnOrder)
    after.when(APPROVE, **DEREK).leads_to(status=OrderStatus.READY)


def test_above_the_highest_tier_the_last_resort_approves_and_where_there_is_none_it_waits() -> None:
    given(Order(), RAISED, PASSED).when(PASS_UP, **NOBODY).then()
    with_resort = NOBODY | {"has_last_resort": True}
    [resort] = given(Order(), RAISED, PASSED).when(PASS_UP, **with_resort).events()
    assert resort.next_tier == LAST_RESORT
    given(Order(), RAISED, PASSED, resort).when(PASS_UP, **with_resort).then()
    chief: dict[str, Any] = {"by": "cleo", "own_tiers": [LAST_RESORT]}
    given(Order(), RAISED, PASSED, resort).when(APPROVE, **chief).leads_to(status=OrderStatus.READY)


@pytest.mark.parametrize(
    "changed",
    [{"can_act": True}, {"step": 2}, {"rules": RULES}, {"rules": None}],
    ids=["somebody can act", "another step", "the scheme says no time", "no scheme"],
)
def test_it_stays_while_somebody_can_approve_or_the_scheme_wants_no_more(changed: dict[str, Any]) -> None:
    given(Order(), RAISED).when(PASS_UP, **(NOBODY | changed)).then()


def test_what_waits_for_no_tier_is_passed_up_to_none() -> None:
    for history in ((CHEAP,), (RAISED, APPROVED)):
        given(Order(), *history).when(PASS_UP, **(NOBODY | {"step": 0})).then()
