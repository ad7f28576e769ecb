"""A tier that nobody can act in is listed, and its step goes to the next one."""

from typing import Any
from uuid import UUID

from shared.kernel.roles import Role
from tests.service import test_contracts as contracts
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.patience import until_true
from tests.support.people import ADA, DEREK, HANA, PRIYA, RITA, SAM, SCHEME, Who

CLEO = Who("cleo", (Role.APPROVER,))
AT_ONCE = {"unreachable_after_working_days": 0, "last_resort": ["cleo"]}


def scheme(**more: Any) -> dict[str, Any]:
    values: Any = SCHEME["values"]
    return {**SCHEME, "values": {**values, **more}}


async def on_the_directory(
    api: Api, decision: str, who: Who = ADA, expect: int | None = None, **said: Any
) -> Any:
    version = (await api.get("/v1/people/ada", ADA)).json()["version"]
    body = {"decision": decision, **said}
    return (await api.post("/v1/directory/decisions", body, who, expect, version)).json()


async def away(api: Api, *people: Who) -> None:
    await api.meets(ADA, *people)
    for who in people:
        await on_the_directory(api, "record-absence", person=who.id, first_day=in_days(0))


async def unreachable(api: Api) -> list[str]:
    items = (await api.get("/v1/approvals", PRIYA, unreachable=True)).json()["items"]
    return [item["id"] for item in items]


async def waits_for(api: Api, rfp: str, tier: str) -> None:
    async def does() -> bool:
        return bool((await api.get(f"/v1/rfps/{rfp}")).json()["approval_waits_for"] == tier)

    await until_true(does)
    await api.catch_up()


async def test_an_absent_head_s_step_goes_to_the_director_whose_grant_counts_for_both(api: Api) -> None:
    await api.adopts(scheme(**AT_ONCE))
    await away(api, HANA)
    rfp = await api.in_approval(9_000_000, adopt=False)
    await waits_for(api, rfp, "director")
    await api.decide(rfp, "approve", DEREK, reason="In budget.")
    assert (await api.get(f"/v1/rfps/{rfp}")).json()["stage"] == "ready_to_issue"
    history = (await api.get(f"/v1/rfps/{rfp}/history", SAM)).json()["items"]
    [passed] = [item for item in history if item["decision"] == "TierPassedUp"]
    assert (passed["by"], passed["said"]["tier"], passed["said"]["next_tier"]) == (
        "clock",
        "head",
        "director",
    )


async def test_what_becomes_of_a_contract_goes_to_the_next_tier_too(api: Api) -> None:
    await api.adopts(scheme(**AT_ONCE))
    await away(api, HANA)
    contract = await contracts.registered(api)
    await contracts.decide(api, contract, "start-review")
    said = {"outcome": "renew", "value_pence": 9_000_000, "reason": "It works."}
    await contracts.decide(api, contract, "recommend", **said)
    await contracts.settled(api, contract, waiting_for_tier="director")
    await contracts.decide(api, contract, "approve-renewal", DEREK, reason="In budget.")
    assert (await api.get(f"/v1/contracts/{contract}")).json()["stage"] == "approved"
    history = (await api.get(f"/v1/contracts/{contract}/history", SAM)).json()["items"]
    [passed] = [item for item in history if item["decision"] == "RenewalTierPassedUp"]
    assert (passed["by"], passed["said"]["tier"]) == ("clock", "head")


async def test_an_order_from_the_catalogue_goes_to_the_next_tier_too_and_it_is_told(api: Api) -> None:
    await api.adopts(scheme(**AT_ONCE))
    await away(api, HANA)
    dear = {"name": "Plotter", "description": "A0.", "category": "Devices", "lead_time_days": 10}
    priced = {"price_pence": 900_000, "approval_above_pence": 100_000}
    item = (await api.post("/v1/catalogue-items", {**dear, **priced}, PRIYA)).json()["id"]
    await api.get("/v1/catalogue-items")
    body = {"item_id": item, "quantity": 1, "service_area": "Registrars", "cost_centre": "CC-1"}
    order = (await api.post("/v1/catalogue-orders", body)).json()["id"]
    path = f"/v1/catalogue-orders/{order}"

    async def waits_for_the_director() -> bool:
        return bool((await api.get(path, DEREK)).json()["tier"] == "director")

    await until_true(waits_for_the_director)

    async def is_told() -> bool:
        told = "SELECT tier, people FROM notifications WHERE case_id = $1 AND type = $2 AND people <> '{}'"
        rows = await api.service.pool.fetch(told, UUID(order), "approval.requested")
        return ("director", ["derek"]) in [(row["tier"], row["people"]) for row in rows]

    await until_true(is_told)
    await api.post(f"{path}/decisions", {"decision": "approve-order", "reason": "Yes."}, DEREK, version=2)
    assert (await api.get(path, DEREK)).json()["status"] == "ready"
    history = (await api.get(f"{path}/history", SAM)).json()["items"]
    [passed] = [entry for entry in history if entry["decision"] == "OrderTierPassedUp"]
    assert (passed["by"], passed["said"]["tier"]) == ("clock", "head")


async def test_above_the_highest_tier_the_last_resort_decides(api: Api) -> None:
    await api.adopts(scheme(**AT_ONCE))
    await away(api, HANA, DEREK)
    rfp = await api.in_approval(adopt=False)
    await waits_for(api, rfp, "last resort")
    [waiting] = (await api.get("/v1/approvals", CLEO)).json()["items"]
    assert waiting["approval_waits_for"] == "last resort"
    await api.decide(rfp, "approve", CLEO, reason="In budget.")
    assert (await api.get(f"/v1/rfps/{rfp}")).json()["stage"] == "ready_to_issue"


async def test_what_nobody_could_decide_is_listed_until_somebody_is_there(api: Api) -> None:
    await api.adopts(scheme())
    rfp = await api.in_approval(adopt=False)
    assert await unreachable(api) == []
    await away(api, HANA)
    assert await unreachable(api) == [rfp]
    assert (await api.get("/v1/approvals", PRIYA)).json()["items"] == []
    seen = (await api.get("/v1/people/hana", RITA)).json()
    assert (seen["absent_from"], seen["absent_until"]) == (in_days(0), None)
    await on_the_directory(api, "end-absence", HANA, person="hana")
    assert await unreachable(api) == []
    await api.get("/v1/approvals", RITA, 403, unreachable=True)


async def test_a_stand_in_with_the_step_s_tier_keeps_a_step_where_it_is(api: Api) -> None:
    dora = Who("dora", HANA.roles)
    await api.adopts(scheme())
    await api.meets(dora)
    rfp = await api.in_approval(9_000_000, adopt=False)
    days = {"first_day": in_days(0), "last_day": in_days(0), "reason": "Leave."}
    await api.post("/v1/delegations", {"delegate": "dora", "limit_pence": 2_500_000, **days}, HANA)
    await away(api, HANA)
    assert await unreachable(api) == []
    [waiting] = (await api.get("/v1/approvals", dora)).json()["items"]
    assert (waiting["id"], waiting["acting_for"]) == (rfp, "hana")
    await api.decide(rfp, "approve", dora, reason="In budget.", acting_for="hana")
    assert (await api.get(f"/v1/rfps/{rfp}")).json()["approval_waits_for"] == "director"


async def test_an_absence_is_one_s_own_or_recorded_by_an_administrator(api: Api) -> None:
    await api.meets(ADA, HANA, DEREK)
    other = {"person": "hana", "first_day": in_days(0)}
    refused = await on_the_directory(api, "record-absence", DEREK, 409, **other)
    assert refused["type"] == "/problems/not-your-absence"
    backwards = await on_the_directory(api, "record-absence", HANA, 409, last_day="2020-01-01", **other)
    assert backwards["type"] == "/problems/absence-backwards"
    nobody = await on_the_directory(api, "record-absence", ADA, 409, person="ghost", first_day=in_days(0))
    assert nobody["type"] == "/problems/no-such-person"
    await on_the_directory(api, "record-absence", HANA, last_day=in_days(0), **other)
    await on_the_directory(api, "end-absence", ADA, person="hana")
    gone = await on_the_directory(api, "end-absence", ADA, 409, person="hana")
    assert gone["type"] == "/problems/not-absent"
