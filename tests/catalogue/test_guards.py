"""What `next` allows on an order or an item of the catalogue is accepted; guards refuse the rest."""

from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from rfp_service.catalogue.api.orders import DECISIONS
from rfp_service.catalogue.api.versions import DECISIONS as ITEM_DECISIONS
from rfp_service.catalogue.domain.items import AlreadyRetired, CatalogueItem, CatalogueItemAdded
from rfp_service.catalogue.domain.orders import Order, OrderRaised, OwnOrder, WrongStatus
from shared.governance.scheme import tiers
from shared.kernel.messages import Stamp
from tests.support.guards import Body, Tries
from tests.support.specs import NOW, stamp

TODAY = NOW.date()
PEOPLE = {"rita": (), "hana": ("head",), "derek": ("director",), "priya": ()}
FOR_HOW_IT_STANDS = (WrongStatus, OwnOrder, tiers.NotYourTier, tiers.OneTierEach, AlreadyRetired)
REASON: dict[str, Any] = {"reason": "R."}
ADDED = CatalogueItemAdded(
    name="Laptop", description="14 inch.", category="Devices", price_pence=1, lead_time_days=1
)
BODIES: Mapping[str, Body[Order]] = {"fulfil-order": lambda order, _: {"fulfilled_on": order.due_on or TODAY}}
OF_ITEMS: Mapping[str, Body[CatalogueItem]] = {
    "revise": lambda _, turn: {"price_pence": turn, **REASON},
    "retire": lambda _, __: {"available_until": TODAY, **REASON},
}


def _raised(dice: Random) -> Order:
    """Return an order of the least or of a middling value, or one that no tier must approve."""
    tier, value = dice.choice((("", 100), ("head", 1_000_000), ("director", 20_000_000)))
    return OrderRaised(
        item_id=UUID(int=7),
        item_version=1,
        quantity=1,
        value_pence=value,
        lead_time_days=0,
        service_area="Registrars",
        cost_centre="CC-1",
        raised_by=dice.choice(("rita", "hana")),
        tier=tier,
    ).apply(Order())


def _decides(dice: Random, turn: int) -> Stamp:
    who = dice.choice([*PEOPLE])
    return stamp(who, at=NOW + timedelta(minutes=turn), own_tiers=PEOPLE[who])


def test_what_is_allowed_on_an_order_is_accepted_and_guards_refuse_the_rest() -> None:
    tries = Tries(DECISIONS, BODIES, FOR_HOW_IT_STANDS)
    onward = ("approve-order", "send-order", "fulfil-order") * 2
    endings = frozenset({"refuse-order", "fail-order"})
    tries.walk(_raised, _decides, turns=15, onward=onward, endings=endings)
    tries.must_agree()
    assert {"WrongStatus", "OwnOrder", "NotYourTier"} <= tries.by_guards.keys()


def test_what_is_allowed_on_an_item_is_accepted_and_guards_refuse_the_rest() -> None:
    tries = Tries(ITEM_DECISIONS, OF_ITEMS, FOR_HOW_IT_STANDS)
    tries.walk(lambda _: ADDED.apply(CatalogueItem()), _decides, turns=6, onward=("revise",) * 4)
    tries.must_agree()
