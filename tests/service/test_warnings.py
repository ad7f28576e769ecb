"""Warnings: whoever raises what is open already, or routes what may have been split, is told so."""

from typing import Any

import pytest

from rfp_service.rfps.domain.takeover_events import taken_over_id
from tests.rfps.test_taking_over import handed_in
from tests.support.api import Api
from tests.support.people import LEO, PRIYA, RITA, SAM, SCHEME

ROUTE = {"decision": "select-route", "regime": "below_threshold", "route": "quotations", "lead": "priya"}


async def in_triage(api: Api, title: str, pence: int, area: str = "Registrars") -> str:
    body = {"title": title, "description": "For the counters.", "service_area": area}
    rfp: str = (await api.post("/v1/rfps", body)).json()["id"]
    worth = {"estimate_pence": pence, "estimate_with_vat_pence": pence * 12 // 10}
    await api.decide(rfp, "amend", cost_centre="CC-1", needed_by="2027-01-01", **worth)
    check = await api.post("/v1/catalogue-checks", {"query": title})
    await api.decide(rfp, "check-catalogue", check_id=check.json()["id"])
    await api.decide(rfp, "confirm-no-match")
    await api.decide(rfp, "submit")
    await api.decide(rfp, "accept", PRIYA)
    return rfp


async def routed(api: Api, rfp: str, **more: Any) -> list[dict[str, Any]]:
    version = (await api.get(f"/v1/rfps/{rfp}")).json()["version"]
    answer = await api.post(f"/v1/rfps/{rfp}/decisions", {**ROUTE, **more}, PRIYA, version=version)
    warnings: list[dict[str, Any]] = answer.json()["warnings"]
    return warnings


@pytest.mark.slow
async def test_need_that_passes_a_tier_with_others_like_it_is_warned_of_and_kept(api: Api) -> None:
    await api.adopts(SCHEME)
    likely = {"category": "Devices", "likely_supplier": "Fictional Systems Ltd"}
    first = await in_triage(api, "Scanners", 2_000_000)
    assert await routed(api, first, **likely) == []
    elsewhere = await in_triage(api, "Barcode guns", 2_000_000, "Libraries")
    assert await routed(api, elsewhere, **likely) == []
    software = await in_triage(api, "A booking system", 2_000_000)
    assert await routed(api, software, category="Software") == []
    other = await in_triage(api, "Card readers", 2_000_000)
    assert await routed(api, other, category="Devices", likely_supplier="Invented Ltd") == []
    second = await in_triage(api, "Document cameras", 1_000_000)
    [warned] = await routed(api, second, category="devices", likely_supplier="fictional systems ltd")
    assert (warned["warning"], warned["rfps"]) == ("split-need", [first])
    assert "tier: director" in warned["says"]
    seen = (await api.get(f"/v1/rfps/{second}", SAM)).json()
    assert (seen["split_with"], seen["split_passes"]) == ([first], ["tier: director"])
    [said] = [
        item["said"]
        for item in (await api.get(f"/v1/rfps/{second}/history", SAM)).json()["items"]
        if item["decision"] == "RouteSelected"
    ]
    assert said["split_with"] == [first]


async def test_need_of_which_no_vat_was_told_counts_towards_a_threshold_without_it(api: Api) -> None:
    threshold = {"regime": "procurement_act_2023", "kind": "services", "from_pence": 20_000_000}
    await api.adopts({**SCHEME, "values": {**SCHEME["values"], "thresholds": [threshold]}})
    await api.meets(RITA, PRIYA)
    row = "{0},{0},Registrars,rita,triage,2026-02-02,100000\n"
    table = "RFP number,Title,Department,Requested by,Status,Waiting since,Value\n"
    await handed_in(api, table + row.format("SR-1") + row.format("SR-2"))
    first, second = (str(taken_over_id(reference)) for reference in ("SR-1", "SR-2"))
    assert await routed(api, first) == []
    [warned] = await routed(api, second)
    assert (warned["warning"], warned["rfps"]) == ("split-need", [first])
    assert "threshold: procurement_act_2023" in warned["says"]


async def test_whoever_raises_what_is_open_already_is_told_without_asking(api: Api) -> None:
    body = {"title": "Laptops for the registrars", "description": "Forty.", "service_area": "Registrars"}
    first = (await api.post("/v1/rfps", body)).json()
    assert first["warnings"] == []
    await api.get("/v1/rfps")  # the views have come so far
    again = (await api.post("/v1/rfps", {**body, "title": "Laptops for registrars"}, LEO)).json()
    [warned] = again["warnings"]
    assert (warned["warning"], warned["rfps"]) == ("same-need", [first["id"]])
    assert (await api.get(f"/v1/rfps/{again['id']}", RITA)).json()["same_need"] == [first["id"]]
    await api.decide(first["id"], "withdraw", reason="Not needed.")
    await api.decide(again["id"], "withdraw", LEO, reason="Not needed.")
    await api.get("/v1/rfps")
    assert (await api.post("/v1/rfps", body)).json()["warnings"] == []
    another = {**body, "title": "A gritting lorry"}
    assert (await api.post("/v1/rfps", another)).json()["warnings"] == []
