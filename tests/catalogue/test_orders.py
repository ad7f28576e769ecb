"""Orders from the catalogue: approved where their price needs it, sent, fulfilled or failed, and counted."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from rfp_service.catalogue.api.orders import became
from rfp_service.catalogue.commands.orders import (
    ApproveOrder,
    FailOrder,
    FulfilOrder,
    RaiseOrder,
    RefuseOrder,
    SendOrder,
)
from rfp_service.catalogue.domain.orders import (
    FulfilledAhead,
    NotDivertedToIt,
    NothingToOrder,
    Order,
    OrderApproved,
    OrderFailed,
    OrderForOwnRfp,
    OrderFulfilled,
    OrderRaised,
    OrderSent,
    OrderStatus,
    OwnOrder,
    WrongStatus,
)
from shared.governance.scheme.tiers import NotYourTier
from shared.kernel.calendar import day_in_london
from shared.kernel.roles import Role
from tests.support.api import Api
from tests.support.patience import until_true
from tests.support.people import HANA, PRIYA, RITA, SAM, Who
from tests.support.specs import given

ITEM, RFP = UUID(int=7), UUID(int=8)
TODAY = date(2026, 3, 2)
KNOWN: dict[str, Any] = {
    "version": 2,
    "price_pence": 74_900,
    "lead_time_days": 10,
    "approval_above_pence": 200_000,
    "service_areas": [],
    "can_be_had": True,
}
ORDER = RaiseOrder(item_id=ITEM, quantity=3, service_area="Registrars", cost_centre="CC-1", rfp_id=RFP)
DIVERTED = {"raised_by": "ann", "diverted_to": str(ITEM)}
RAISED = OrderRaised(
    item_id=ITEM,
    item_version=2,
    quantity=3,
    value_pence=224_700,
    lead_time_days=10,
    service_area="Registrars",
    cost_centre="CC-1",
    raised_by="ann",
    rfp_id=RFP,
    tier="head",
    scheme_version=1,
)
CHEAP = RAISED.model_copy(update={"quantity": 1, "value_pence": 74_900, "tier": ""})
APPROVED = OrderApproved(tier="head", reason="Yes.", scheme_version=1, decided_by="hana", acting_for="")
SENT = OrderSent(fulfiller="IT stores", sent_on=TODAY, due_on=date(2026, 3, 12))
FULFILLED = OrderFulfilled(fulfilled_on=TODAY, lead_time_kept=True)
HEAD: dict[str, Any] = {"by": "hana", "own_tiers": ["head"]}
APPROVE, SEND = ApproveOrder(reason="Yes."), SendOrder(fulfiller="IT stores")
FULFIL, FAIL = FulfilOrder(fulfilled_on=TODAY), FailOrder(reason="Out of stock.")


def test_an_order_is_at_today_s_price_and_goes_to_the_tier_of_its_value() -> None:
    given(Order()).when(ORDER, item=KNOWN, rfp=DIVERTED).then(RAISED)
    one = ORDER.model_copy(update={"quantity": 1})
    given(Order()).when(one, item=KNOWN, rfp=DIVERTED).then(CHEAP)


@pytest.mark.parametrize(("above", "tier"), [(224_699, "head"), (224_700, ""), (None, "")])
def test_an_item_s_limit_is_up_to_and_including(above: int | None, tier: str) -> None:
    item = {**KNOWN, "approval_above_pence": above}
    given(Order()).when(ORDER, item=item, rfp=DIVERTED).leads_to(tier=tier)


def test_only_what_a_service_can_have_is_ordered() -> None:
    for changed in ({"can_be_had": False}, {"service_areas": ["Highways"]}):
        given(Order()).when(ORDER, item={**KNOWN, **changed}, rfp=DIVERTED).refused(NothingToOrder)
    given(Order()).when(ORDER, rfp=DIVERTED).refused(NothingToOrder)


def test_an_order_meets_the_need_of_one_s_own_rfp_that_was_diverted_to_its_item() -> None:
    for rfp in ({**DIVERTED, "raised_by": "ben"}, {**DIVERTED, "diverted_to": None}, {}):
        given(Order()).when(ORDER, item=KNOWN, rfp=rfp).refused(NotDivertedToIt)
    alone = ORDER.model_copy(update={"rfp_id": None})
    given(Order()).when(alone, item=KNOWN).leads_to(rfp_id=None)


def test_an_approver_of_the_tier_decides_and_nobody_on_their_own() -> None:
    given(Order(), RAISED).when(APPROVE, **HEAD).then(APPROVED)
    given(Order(), RAISED).when(RefuseOrder(reason="No."), **HEAD).leads_to(status=OrderStatus.REFUSED)
    given(Order(), RAISED).when(APPROVE, by="derek", own_tiers=["director"]).refused(NotYourTier)
    given(Order(), RAISED).when(APPROVE, by="ann", own_tiers=["head"]).refused(OwnOrder)
    given(Order(), CHEAP).when(APPROVE, **HEAD).refused(WrongStatus)


def test_whoever_has_or_had_a_part_in_the_rfp_approves_no_order_for_it() -> None:
    rfp = {**DIVERTED, "parts": ["ann", "hana"]}
    given(Order()).when(ORDER, item=KNOWN, rfp=rfp).leads_to(kept_out=("hana",))
    raised = RAISED.model_copy(update={"kept_out": ("hana",)})
    for decision in (APPROVE, RefuseOrder(reason="No.")):
        given(Order(), raised).when(decision, **HEAD).refused(OrderForOwnRfp, person="hana")
        given(Order(), raised).when(decision, by="hugo", acting_for="hana").refused(OrderForOwnRfp)
    given(Order(), raised).when(APPROVE, by="hugo", own_tiers=["head"]).leads_to(status=OrderStatus.READY)


def test_what_waits_for_approval_is_not_sent() -> None:
    given(Order(), RAISED).when(SEND).refused(WrongStatus, order_status="waits_for_approval")
    given(Order(), RAISED, APPROVED).when(SEND).then(SENT)


def test_a_lead_time_is_kept_on_its_last_day_and_broken_after_it() -> None:
    for days, kept in ((10, True), (11, False)):
        on = TODAY + timedelta(days=days)
        at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
        fulfil = FulfilOrder(fulfilled_on=on)
        given(Order(), CHEAP, SENT).when(fulfil, at=at).then(
            OrderFulfilled(fulfilled_on=on, lead_time_kept=kept)
        )
    given(Order(), CHEAP, SENT).when(FulfilOrder(fulfilled_on=date(2026, 3, 3))).refused(FulfilledAhead)
    given(Order(), CHEAP, SENT).when(FulfilOrder(fulfilled_on=date(2026, 3, 1))).refused(FulfilledAhead)
    given(Order(), CHEAP).when(FULFIL).refused(WrongStatus)


def test_an_order_fails_until_its_end_and_what_did_not_do_after_it() -> None:
    for history in ((RAISED,), (CHEAP,), (CHEAP, SENT), (CHEAP, SENT, FULFILLED)):
        given(Order(), *history).when(FAIL).then(OrderFailed(reason="Out of stock.", rfp_id=RFP))
    given(Order(), CHEAP, OrderFailed(reason="x")).when(FAIL).refused(WrongStatus)


def test_what_is_not_there_by_its_day_has_broken_its_lead_time() -> None:
    order: dict[str, Any] = {"status": "sent", "due_on": TODAY, "fulfilled_on": None}
    assert became(order, TODAY) == "open"
    assert became(order, TODAY + timedelta(days=1)) == "broken"
    assert became({**order, "fulfilled_on": TODAY}, date(2099, 1, 1)) == "kept"
    assert became({**order, "status": "failed"}, TODAY) == "failed"


async def _diverted(api: Api, item: str) -> str:
    rfp = await api.raised()
    check = (await api.post("/v1/catalogue-checks", {"query": "laptop"})).json()["id"]
    await api.decide(rfp, "check-catalogue", check_id=check)
    await api.decide(rfp, "divert", item_id=item)
    return rfp


async def _step(api: Api, order: str, decision: str, who: Any, expect: int | None = None, **said: Any) -> Any:
    [row] = [o for o in (await api.get("/v1/catalogue-orders")).json()["items"] if o["id"] == order]
    body = {"decision": decision, **said}
    return await api.post(f"/v1/catalogue-orders/{order}/decisions", body, who, expect, row["version"])


async def _deflection(api: Api) -> tuple[int, int, int, int]:
    seen = (await api.get("/v1/catalogue/deflection")).json()
    return seen["deflected"], seen["orders_fulfilled"], seen["orders_failed"], seen["orders_open"]


async def test_a_diversion_is_kept_when_its_order_is_fulfilled(api: Api) -> None:
    await api.adopt_scheme()
    item = {
        "name": "Standard laptop",
        "description": "14-inch.",
        "category": "Devices",
        "price_pence": 74_900,
        "lead_time_days": 10,
        "approval_above_pence": 100_000,
    }
    laptop = (await api.post("/v1/catalogue-items", item, PRIYA)).json()["id"]
    await api.get("/v1/catalogue-items")
    rfp = await _diverted(api, laptop)
    assert await _deflection(api) == (1, 0, 0, 0)
    body = {
        "item_id": laptop,
        "quantity": 2,
        "service_area": "Registrars",
        "cost_centre": "CC-1",
        "rfp_id": rfp,
    }
    order = (await api.post("/v1/catalogue-orders", body)).json()["id"]
    assert await _deflection(api) == (0, 0, 0, 1)
    await _waits_for_its_tier(api, order)
    await _step(api, order, "approve-order", HANA, reason="Yes.")
    await _step(api, order, "send-order", PRIYA, fulfiller="IT stores")
    today = day_in_london(datetime.now(UTC)).isoformat()
    await _step(api, order, "fulfil-order", RITA, fulfilled_on=today)
    assert await _deflection(api) == (1, 1, 0, 0)
    [row] = (await api.get("/v1/catalogue/lead-times", SAM)).json()["items"]
    assert (row["name"], row["kept"], row["broken"], row["failed"]) == ("Standard laptop", 1, 0, 0)
    await _step(api, order, "fail-order", RITA, reason="It has no port.")
    assert await _deflection(api) == (0, 0, 1, 0)
    history = (await api.get(f"/v1/catalogue-orders/{order}/history", SAM)).json()["items"]
    assert [entry["decision"] for entry in history][-2:] == ["OrderFulfilled", "OrderFailed"]
    await _can_be_asked_for_again(api, rfp, order)
    await _leads_to_an_rfp(api, {**body, "rfp_id": None})
    other = await api.post("/v1/catalogue-orders", {**body, "rfp_id": await api.raised()}, expect=409)
    assert other.json()["type"] == "/problems/not-diverted-to-it"


async def test_whoever_once_asked_for_the_need_does_not_approve_its_order(api: Api) -> None:
    """An approver who hands their own need over to a colleague is no stranger to what that one orders."""
    hana = Who("hana", (Role.APPROVER, Role.REQUESTER))
    await api.adopt_scheme()
    await api.meets(RITA, hana)
    priced = {"price_pence": 900_000, "approval_above_pence": 100_000, "lead_time_days": 10}
    item = {"name": "Standard laptop", "description": "Large.", "category": "Devices", **priced}
    laptop = (await api.post("/v1/catalogue-items", item, PRIYA)).json()["id"]
    await api.get("/v1/catalogue-items")
    rfp = await api.raised(hana)
    await api.decide(rfp, "replace-requester", hana, requester="rita", reason="It is her team's.")
    check = (await api.post("/v1/catalogue-checks", {"query": "laptop"})).json()["id"]
    await api.decide(rfp, "check-catalogue", check_id=check)
    await api.decide(rfp, "divert", item_id=laptop)
    body = {"item_id": laptop, "quantity": 1, "service_area": "Registrars", "cost_centre": "CC-1"}
    order = (await api.post("/v1/catalogue-orders", {**body, "rfp_id": rfp})).json()["id"]
    no = await _step(api, order, "approve-order", hana, 409, reason="Yes.")
    assert (no.json()["type"], no.json()["person"]) == ("/problems/order-for-own-rfp", "hana")
    seen = (await api.get(f"/v1/catalogue-orders/{order}", hana)).json()
    [approve] = [each for each in seen["next"] if each["decision"] == "approve-order"]
    assert not approve["allowed"]


async def _waits_for_its_tier(api: Api, order: str) -> None:
    await _step(api, order, "send-order", PRIYA, 409, fulfiller="IT stores")
    seen = (await api.get(f"/v1/catalogue-orders/{order}", HANA)).json()
    assert (seen["status"], seen["tier"], seen["version"]) == ("waits_for_approval", "head", 1)
    await api.get(f"/v1/catalogue-orders/{ITEM}", HANA, 404)


async def _can_be_asked_for_again(api: Api, rfp: str, order: str) -> None:
    """The RFP of the order that failed is a draft again, and its requester is told."""

    async def is_a_draft() -> bool:
        seen = (await api.get(f"/v1/rfps/{rfp}")).json()
        return (seen["stage"], seen["after_order"]) == ("draft", order)

    await until_true(is_a_draft)

    async def is_told() -> bool:
        notices = (await api.get("/v1/notices", RITA)).json()["items"]
        return any((n["case_id"], n["about"]) == (rfp, "your-turn") for n in notices)

    await until_true(is_told)


async def _leads_to_an_rfp(api: Api, body: dict[str, Any]) -> None:
    """An order without an RFP may fail as well: whoever had ordered asks for it by one that says so."""
    order = (await api.post("/v1/catalogue-orders", body)).json()["id"]
    need = {"title": "Laptops", "description": "Two.", "service_area": "Registrars", "order_id": order}
    early = await api.post("/v1/rfps", need, expect=409)
    assert early.json()["type"] == "/problems/not-your-failed-order"
    await _step(api, order, "refuse-order", HANA, reason="Not this year.")
    raised = (await api.post("/v1/rfps", need)).json()["id"]
    assert (await api.get(f"/v1/rfps/{raised}")).json()["after_order"] == order
