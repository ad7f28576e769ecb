"""An RFP over HTTP, from raised to approved, and everything that can be seen of it."""

import asyncio
from uuid import uuid4

from tests.support.api import Api
from tests.support.patience import LOOKS, SECONDS_BETWEEN
from tests.support.people import DEREK, HANA, LEO, PAUL, PRIYA, RITA, SAM


async def test_an_rfp_goes_from_raised_to_approved(api: Api) -> None:
    rfp = await api.approved()
    seen = (await api.get(f"/v1/rfps/{rfp}")).json()
    assert seen["stage"] == "ready_to_issue"
    assert seen["waiting_on"] == "procurement"
    assert (seen["approval_tiers"], seen["approvals_granted"]) == (["head"], 1)
    assert seen["raised_by"] == "rita"
    [row] = (await api.get("/v1/rfps")).json()["items"]
    assert row == {name: value for name, value in seen.items() if name in row}
    assert row["reference"] == f"RFP-{row['first_position']}"


async def test_a_larger_value_climbs_the_tiers_and_each_is_told(api: Api) -> None:
    rfp = await api.in_approval(9_000_000)
    assert await _told(api, HANA) == [rfp]
    assert await _told(api, DEREK) == []
    refused = await api.decide(rfp, "approve", DEREK, 409, reason="Yes.")
    assert refused.json()["type"] == "/problems/not-your-tier"
    assert refused.json()["waiting_for"] == "head"
    await api.decide(rfp, "approve", HANA, reason="Yes.")
    assert await _told(api, DEREK) == [rfp]
    await api.decide(rfp, "approve", DEREK, reason="Yes.")
    assert (await api.get(f"/v1/rfps/{rfp}")).json()["stage"] == "ready_to_issue"


async def _told(api: Api, who: object) -> list[str]:
    items: list[dict[str, str]] = []
    for _ in range(LOOKS):  # a reaction follows the views, in its own time
        items = (await api.get("/v1/notices", who)).json()["items"]  # type: ignore[arg-type]
        reacted = await api.service.pool.fetchval("SELECT min(position) FROM reactions")
        if reacted >= api.position:
            items = (await api.get("/v1/notices", who)).json()["items"]  # type: ignore[arg-type]
            break
        await asyncio.sleep(SECONDS_BETWEEN)
    return [item["case_id"] for item in items]


async def test_an_approver_returns_it_and_it_comes_again(api: Api) -> None:
    rfp = await api.in_approval()
    free = await api.decide(rfp, "return-for-rework", HANA, 422, reason_code="because", reason="How many?")
    assert "estimate_unclear" in free.text  # the list is named
    await api.decide(rfp, "return-for-rework", HANA, reason_code="unclear", reason="How many?")
    seen = (await api.get(f"/v1/rfps/{rfp}")).json()
    assert (seen["stage"], seen["rework_loops"], seen["approval_tiers"]) == ("business_case", 1, [])
    await api.decide(rfp, "request-approval", budget_code="IT-1", options_considered="Buy.", conflicts="None")
    await api.decide(rfp, "refuse", HANA, reason="Not this year.")
    assert (await api.get(f"/v1/rfps/{rfp}")).json()["stage"] == "rejected"


async def test_a_hold_charges_somebody_else_and_withdrawal_ends_it(api: Api) -> None:
    rfp = await api.raised()
    await api.decide(rfp, "hold", waiting_on="finance", reason="Budget check.")
    [held] = (await api.get("/v1/rfps", waiting_on="finance")).json()["items"]
    assert (held["id"], held["on_hold"]) == (rfp, True)
    assert (await api.decide(rfp, "hold", waiting_on="legal", reason="Hm.", expect=409)).json()[
        "type"
    ] == "/problems/on-hold"
    await api.decide(rfp, "end-hold")
    await api.decide(rfp, "withdraw", reason="Closed.")
    assert (await api.get("/v1/rfps", waiting_on="nobody")).json()["items"][0]["id"] == rfp


async def test_nobody_approves_their_own_rfp_whatever_their_roles(api: Api) -> None:
    both = type(RITA)("rita", (*RITA.roles, *HANA.roles))
    rfp = await api.in_approval()
    refused = await api.decide(rfp, "approve", both, 409, reason="Mine.")
    assert refused.json()["type"] == "/problems/own-rfp"
    assert refused.json()["part"] == "requester"


async def test_lists_filter_by_stage_area_and_mine(api: Api) -> None:
    mine = await api.raised(title="Mine")
    other = await api.raised(LEO, "Other")
    await api.decide(other, "withdraw", LEO, reason="Closed.")

    async def ids(**query: object) -> set[str]:
        return {item["id"] for item in (await api.get("/v1/rfps", **query)).json()["items"]}

    assert await ids() == {mine, other}
    assert await ids(mine=True) == {mine}
    assert await ids(stage="withdrawn") == {other}
    assert await ids(service_area="Registrars", stage="draft") == {mine}
    assert await ids(service_area="Nowhere") == set()
    await api.get("/v1/rfps", expect=422, stage="nowhere")


async def test_everything_is_seen_as_it_stood(api: Api) -> None:
    rfp = await api.in_approval()
    history = (await api.get(f"/v1/rfps/{rfp}/history")).json()
    assert [item["version"] for item in history["items"]] == list(range(1, 9))
    stages = []
    for item in history["items"]:
        then = (await api.get(f"/v1/rfps/{rfp}", as_of=item["position"])).json()
        [listed] = (await api.get("/v1/rfps", as_of=item["recorded_at"])).json()["items"]
        assert (listed["version"], listed["stage"]) == (item["version"], then["stage"])
        assert item["said"]["stage"] == then["stage"]
        stages.append(then["stage"])
    assert stages == [
        "draft",
        "draft",
        "catalogue_check",
        "catalogue_check",
        "submitted",
        "triage",
        "business_case",
        "approval",
    ]
    before = history["items"][0]["position"] - 1
    await api.get(f"/v1/rfps/{rfp}", expect=404, as_of=before)
    assert (await api.get("/v1/rfps", as_of=before)).json()["items"] == []


async def test_a_history_says_who_decided_on_what_authority_knowing_what(api: Api) -> None:
    rfp = await api.approved()
    *_, approved = (await api.get(f"/v1/rfps/{rfp}/history", SAM)).json()["items"]
    assert (approved["decision"], approved["by"]) == ("ApprovalGranted", "hana")
    assert approved["authority"] == "approver"
    assert approved["said"]["tier"] == "head"
    assert approved["known"]["scheme_version"] == 1
    assert approved["known"]["own_tiers"] == ["head"]


async def test_the_catalogue_check_is_the_requesters_own(api: Api) -> None:
    rfp = await api.raised()
    check = (await api.post("/v1/catalogue-checks", {"query": "laptop"}, PAUL)).json()["id"]
    refused = await api.decide(rfp, "check-catalogue", check_id=check, expect=409)
    assert refused.json()["type"] == "/problems/no-such-check"
    await api.decide(rfp, "check-catalogue", check_id=str(uuid4()), expect=409)
    await api.decide(rfp, "check-catalogue", check_id=rfp, expect=409)


async def test_needless_demand_is_diverted_and_comes_back_if_that_fails(api: Api) -> None:
    item = {
        "name": "Standard laptop",
        "description": "14-inch, with dock.",
        "category": "Devices",
        "price_pence": 74_900,
        "lead_time_days": 10,
    }
    added = (await api.post("/v1/catalogue-items", item, PRIYA)).json()
    await api.get("/v1/catalogue-items", after=added["position"])
    rfp = await api.raised()
    check = (await api.post("/v1/catalogue-checks", {"query": "laptops please"})).json()["id"]
    shown = (await api.get(f"/v1/catalogue-checks/{check}")).json()
    assert shown["shown"] == [added["id"]]
    await api.decide(rfp, "check-catalogue", check_id=check)
    await api.decide(rfp, "divert", item_id=str(uuid4()), expect=409)
    await api.decide(rfp, "divert", item_id=added["id"])
    assert (await api.get(f"/v1/rfps/{rfp}")).json()["stage"] == "diverted"
    await api.decide(rfp, "report-diversion-failed", reason="No port.")
    seen = (await api.get(f"/v1/rfps/{rfp}")).json()
    assert (seen["stage"], seen["catalogue_check_id"]) == ("draft", None)
