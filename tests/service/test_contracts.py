"""The register of contracts over HTTP: by hand, from a concluded RFP, and what time does to it."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from icalendar import Calendar

from rfp_service.contracts.domain.contract import contract_id
from rfp_service.rfps.domain.award_events import ContractConcluded
from rfp_service.rfps.domain.routes import Regime, Route
from rfp_service.rfps.domain.stages import Party, Stage
from rfp_service.worker import work
from shared.kernel.messages import Stamp
from shared.kernel.roles import Role
from shared.record.database import stop
from tests.rfps.examples import DRAFT
from tests.support.api import Api, running_api
from tests.support.days import in_days, today
from tests.support.people import HANA, LARS, PRIYA, RITA, SAM, Who
from tests.support.postgres import Base, session
from tests.support.told_streams import append_streams

CORA = Who("cora", (Role.CONTRACT_MANAGER,))
RFP = UUID("4f000000-0000-4000-8000-000000000001")
CONTRACT: dict[str, Any] = {
    "reference": "C-1",
    "title": "Network support",
    "supplier": {"name": "Ribble Networks Ltd"},
    "terms": {
        "initial_end": "2030-03-31",
        "notice": {"count": 3, "unit": "months"},
        "service_working_days": 2,
    },
    "value_pence": 3_600_000,
}


async def registered(api: Api, **said: Any) -> str:
    made = await api.post("/v1/contracts", {**CONTRACT, **said}, CORA)
    identity: str = made.json()["id"]
    return identity


async def decide(
    api: Api, contract: str, decision: str, who: Who = CORA, expect: int | None = None, **said: Any
) -> Any:
    body, path = {"decision": decision, **said}, f"/v1/contracts/{contract}/decisions"
    while True:
        version = (await api.get(f"/v1/contracts/{contract}", who)).json()["version"]
        answer = await api.client.post(path, json=body, headers=api.headers(who, If_Match=f'"{version}"'))
        if answer.status_code != 412:  # a clock was faster: look again, then decide
            break
    assert answer.is_success if expect is None else answer.status_code == expect, answer.text
    if answer.is_success:
        api.position = answer.json()["position"]
    return answer.json()


async def settled(api: Api, contract: str | UUID, **expected: object) -> dict[str, Any]:
    """Wait until a contract has come to what a clock makes of it."""
    seen: dict[str, Any] = {}
    for _ in range(1_800):  # a clock that was disturbed tries again after a minute
        response = await api.client.get(f"/v1/contracts/{contract}", headers=api.headers(SAM))
        seen = response.json()
        await api.catch_up()
        if {name: seen.get(name) for name in expected} == expected:
            return seen
        await asyncio.sleep(0.05)  # a real clock runs
    raise AssertionError(seen)


async def test_a_contract_is_registered_listed_and_seen_with_its_steps(api: Api) -> None:
    contract = await registered(api)
    [row] = (await api.get("/v1/contracts", reference=" c-1 ")).json()["items"]
    assert (row["id"], row["last_safe"]) == (contract, "2029-12-27")
    assert set(row["flags"]) >= {"review_date_missing", "owner_missing"}
    seen = (await api.get(f"/v1/contracts/{contract}", SAM)).json()
    assert seen["dates"]["steps"][-1] == "last safe date Thu 27 Dec 2029"
    assert [each["confirmed"] for each in seen["ledger"]] == [False, False]
    again = await api.post("/v1/contracts", CONTRACT, CORA, 409)
    assert again.json()["type"] == "/problems/contract-reference-taken"
    await api.post("/v1/contracts", CONTRACT, RITA, 403)
    [flagged] = (await api.get("/v1/contracts", flag="owner_missing")).json()["items"]
    assert flagged["id"] == contract
    assert (await api.get("/v1/contracts", flag="value_zero")).json()["items"] == []


async def test_a_renewal_is_recommended_approved_by_the_tier_and_done(api: Api) -> None:
    await api.adopt_scheme()
    contract = await registered(api)
    await decide(api, contract, "start-review")
    await decide(api, contract, "recommend", outcome="terminate", value_pence=0, reason="Not needed.")
    refused = await decide(api, contract, "approve-renewal", PRIYA, 403, reason="Yes.")
    assert refused["type"] == "/problems/not-allowed"
    await decide(api, contract, "approve-renewal", HANA, reason="Yes.")
    day = in_days(0)
    await decide(api, contract, "send-notice", sent_on=day, evidence="Recorded delivery")
    [row] = (await api.get("/v1/contracts", SAM, notice_acknowledged="false")).json()["items"]
    assert (row["id"], row["notice_sent_on"], row["notice_acknowledged_on"]) == (contract, day, None)
    await decide(api, contract, "acknowledge-notice", acknowledged_on=day, evidence="E-mail")
    assert (await api.get("/v1/contracts", SAM, notice_acknowledged="false")).json()["items"] == []
    [row] = (await api.get("/v1/contracts", notice_acknowledged="true")).json()["items"]
    assert row["notice_acknowledged_on"] == day
    await decide(api, contract, "terminate", LARS, ended_on=day, reason="As agreed.")
    seen = await settled(api, contract, stage="ended")
    assert seen["how_ended"] == "terminated"
    assert "ContractTerminated" in (await api.get(f"/v1/contracts/{contract}/history")).text


async def test_a_missed_notice_is_an_event_with_its_exposure_by_the_clock(api: Api, base: Base) -> None:
    await api.adopt_scheme()
    yesterday = today() - timedelta(days=1)
    terms = {
        "start": str(yesterday - timedelta(days=500)),
        "initial_end": in_days(0),
        "continuation": "tacit",
        "roll_months": 12,
        "notice": {"count": 0, "unit": "days"},
    }
    contract = await registered(api, terms=terms, value_pence=1_200_000, value_basis="yearly")
    due = await settled(api, contract, stage="review_due")
    assert due["exposure_pence"] == 1_200_000
    assert due["notice_by"] == in_days(0)
    async with session(base.admin) as owner:  # the service itself may not
        await owner.execute("UPDATE deadlines SET due_at = clock_timestamp() WHERE kind = 'contract-notice'")
    await asyncio.sleep(0.1)  # its rule looks at its own day, whatever the table says
    assert (await settled(api, contract, missed_notices=0))["missed"] == []


async def test_what_is_recorded_before_the_first_worker_begins_still_sets_its_clocks(base: Base) -> None:
    async with running_api(base, worker=False) as api:
        contract = await registered(api, terms={"initial_end": "2025-01-31"})
        working = asyncio.create_task(work(api.service))
        try:
            assert (await settled(api, contract, stage="ended"))["how_ended"] == "expired"
        finally:
            await stop(working)


async def test_what_ended_before_it_was_registered_has_expired(api: Api) -> None:
    await api.adopt_scheme()
    contract = await registered(api, terms={"initial_end": "2025-01-31"})
    assert (await settled(api, contract, stage="ended"))["how_ended"] == "expired"


async def test_a_concluded_rfp_brings_its_contract_into_the_register_once(api: Api) -> None:
    await api.adopt_scheme()
    stamp = Stamp(by="lars", at=datetime.now(UTC))
    concluded = ContractConcluded(
        stage=Stage.CONTRACTED,
        waiting_on=Party.NOBODY,
        reference="C-77",
        supplier="Fictional Systems Ltd",
        value_pence=2_000_000,
        signed_on=today(),
        starts_on=date(2026, 1, 1),
        ends_on=date(2031, 12, 31),
        title="Laptops",
        service_area="Registrars",
        regime=Regime.PROCUREMENT_ACT_2023,
        route=Route.OPEN_TENDER,
        extension_months=12,
        notice_days=90,
        kpis=("On time",),
    )
    assert await append_streams(api.service.store, [(RFP, [(event, stamp) for event in (*DRAFT, concluded)])])
    seen = await settled(api, contract_id("C-77"), reference="C-77")
    assert (seen["rfp_id"], seen["supplier"]) == (str(RFP), "Fictional Systems Ltd")
    assert (seen["current_end"], seen["last_safe"]) == ("2031-12-31", "2031-10-02")
    assert [duty["notice"] for duty in seen["duties"]] == ["contract details notice"]
    assert seen["kpis"] == ["On time"]


TACIT = {
    "start": "2025-01-01",
    "term_months": 24,
    "continuation": "tacit",
    "roll_months": 12,
    "notice": {"count": 1, "unit": "months"},
}


def this_month() -> str:
    return f"{today():%Y-%m}"


def ending_in(days: int) -> dict[str, Any]:
    """Return terms whose notice must be given in so many days, at no notice."""
    end = today() + timedelta(days=days)
    return {
        **TACIT,
        "initial_end": str(end),
        "term_months": None,
        "start": str(end.replace(year=2020)),
        "notice": {"count": 0, "unit": "days"},
    }


async def test_the_register_says_what_is_due_exposed_unconfirmed_and_to_be_published(  # noqa: PLR0915
    api: Api,
) -> None:
    await api.adopt_scheme()
    yearly = {"value_basis": "yearly"}
    small = await registered(
        api,
        reference="C-2",
        terms=ending_in(5),
        value_pence=1_000_000,
        held_by_outgoing_supplier=True,
        **yearly,
    )
    large = await registered(api, reference="C-3", terms=ending_in(3), value_pence=9_000_000, **yearly)
    far = await registered(api, reference="C-4", terms=ending_in(700), value_pence=400_000, **yearly)
    due = (await api.get("/v1/contracts/due", month=this_month())).json()["items"]
    assert [item["id"] for item in due] == [large, small]
    first = (await api.get("/v1/contracts/due", month=this_month(), limit=1)).json()
    [second] = (await api.get("/v1/contracts/due", month=this_month(), cursor=first["next"])).json()["items"]
    assert second["id"] == small
    exposed = (await api.get("/v1/contracts/exposure")).json()["items"]
    assert sum(row["exposure_pence"] for row in exposed) == 10_400_000
    assert sum(row["held_by_outgoing_supplier_pence"] for row in exposed) == 1_000_000
    assert sum(row["unconfirmed_pence"] for row in exposed) == 10_400_000
    ranked = (await api.get("/v1/contracts/unconfirmed-dates")).json()["items"]
    assert [row["id"] for row in ranked] == [large, small, far]
    day = (await api.get(f"/v1/contracts/{large}")).json()["notice_by"]
    for name in ("initial_end", "last_safe"):
        await decide(api, large, "confirm-date", name=name, day=day, document="0" * 64, clause="4", page=2)
    exposed = (await api.get("/v1/contracts/exposure")).json()["items"]
    assert sum(row["unconfirmed_pence"] for row in exposed) == 1_400_000
    published = (await api.get("/v1/contracts/transparency-register")).json()["items"]
    assert {row["id"] for row in published} == {small, large}
    accept = {"Accept": "text/csv"}
    table = await api.get("/v1/contracts/transparency-register", SAM, headers=accept)
    assert table.text.startswith("\ufeffid,reference,title,department,description,supplier,")
    old = await api.get("/v1/contracts/transparency-register", quarter="2010-Q1")
    assert old.json()["items"] == []


async def test_the_calendar_keeps_its_entries_and_is_the_same_where_nothing_changed(api: Api) -> None:
    await api.adopt_scheme()
    contract = await registered(api, owner="cora")
    path = "/v1/contracts/calendar.ics"
    before = await api.get(path)
    entries = list(Calendar.from_ical(before.content).walk("VEVENT"))
    assert [str(e["summary"]) for e in entries] == [
        "Last safe date (not confirmed): C-1 Network support",
        "Ends (not confirmed): C-1 Network support",
    ]
    assert [e["sequence"] for e in entries] == [3, 3]
    assert (await api.get(path)).content == before.content
    await api.get(path, expect=304, headers={"If-None-Match": before.headers["ETag"]})
    await decide(api, contract, "start-review")
    await decide(api, contract, "recommend", outcome="terminate", value_pence=0, reason="Gone.")
    await decide(api, contract, "approve-renewal", HANA, reason="Yes.")
    await decide(api, contract, "terminate", LARS, ended_on=in_days(0), reason="Agreed.")
    after = list(Calendar.from_ical((await api.get(path)).content).walk("VEVENT"))
    assert [e["uid"] for e in after] == [e["uid"] for e in entries]
    assert [str(e["status"]) for e in after] == ["CANCELLED", "CONFIRMED"]
    assert all(e["sequence"] > 3 for e in after)


async def test_a_day_that_a_contract_has_no_longer_stays_in_the_calendar_as_cancelled(api: Api) -> None:
    contract = await registered(api, review_on="2028-01-10")
    confirmed = {"name": "review", "day": "2028-01-10", "document": "0" * 64, "clause": "9", "page": 4}
    await decide(api, contract, "confirm-date", **confirmed)
    path = "/v1/contracts/calendar.ics"

    async def entries() -> list[tuple[str, str, str]]:
        found = Calendar.from_ical((await api.get(path)).content).walk("VEVENT")
        words = [str(e["summary"]).partition(":")[0] for e in found]
        return [(w, str(e.decoded("dtstart")), str(e["status"])) for w, e in zip(words, found, strict=True)]

    assert await entries() == [
        ("Last safe date (not confirmed)", "2029-12-27", "CONFIRMED"),
        ("Ends (not confirmed)", "2030-03-31", "CONFIRMED"),
        ("Review", "2028-01-10", "CONFIRMED"),
    ]
    perpetual = {"start": "2020-01-01", "continuation": "perpetual"}
    await decide(api, contract, "correct-terms", terms=perpetual, reason="It has no end.")
    assert [each[1:] for each in await entries()] == [
        ("2029-12-27", "CANCELLED"),
        ("2030-03-31", "CANCELLED"),
        ("2028-01-10", "CONFIRMED"),
    ]


async def test_a_months_round_closes_once_everything_due_is_settled(  # noqa: PLR0915
    api: Api,
) -> None:
    await api.adopt_scheme()
    one = await registered(api, reference="C-2", terms=ending_in(5))
    opened = await api.post("/v1/renewal-rounds", {"month": this_month()}, CORA)
    review = opened.json()["id"]
    path = f"/v1/renewal-rounds/{review}/decisions"
    twice = await api.post("/v1/renewal-rounds", {"month": this_month()}, PRIYA, 409)
    assert twice.json()["type"] == "/problems/round-opened-already"
    refused = await api.post(path, {"decision": "close"}, CORA, 409, version=1)
    assert refused.json()["contracts"] == [{"id": one, "reference": "C-2"}]
    two = await registered(api, reference="C-3", terms=ending_in(4))  # due while it is open
    seen = (await api.get(f"/v1/renewal-rounds/{review}")).json()
    assert [(line["contract"], line["joined_later"]) for line in seen["lines"]] == [(two, True), (one, False)]
    until = in_days(30)
    defer = {"decision": "defer", "contract": one, "reason": "Prices come.", "until": until}
    await api.post(path, defer, CORA, version=1)
    refused = await api.post(path, {"decision": "close"}, CORA, 409, version=2)
    assert refused.json()["contracts"] == [{"id": two, "reference": "C-3"}]
    await decide(api, two, "start-review")
    await decide(api, two, "recommend", outcome="renew", value_pence=100, reason="It works.")
    await decide(api, two, "approve-renewal", HANA, reason="Yes.")
    both = await asyncio.gather(
        *(
            api.client.post(path, json={"decision": "close"}, headers=api.headers(who, If_Match='"2"'))
            for who in (CORA, PRIYA)
        )
    )
    assert sorted(answer.status_code for answer in both) == [200, 412]
    api.position = await api.service.record.head()
    [row] = (await api.get("/v1/renewal-rounds", stage="closed")).json()["items"]
    assert (row["lines"], row["deferred"], row["decided"]) == (2, 1, 1)
    following = await api.post("/v1/renewal-rounds", {"month": "2098-01"}, CORA)
    lines = (await api.get(f"/v1/renewal-rounds/{following.json()['id']}")).json()["lines"]
    assert [line["carried_over"] for line in lines if line["contract"] == one] == [True]
    await api.post(path, {"decision": "reopen", "reason": "Forgotten."}, CORA, version=4)


async def test_an_approval_to_procure_anew_opens_an_rfp_and_names_it(api: Api) -> None:
    await api.adopt_scheme()
    contract = await registered(api, service_area="Highways", description="Forty sites.")
    await decide(api, contract, "start-review")
    await decide(api, contract, "recommend", outcome="reprocure", value_pence=0, reason="Dear.")
    await decide(api, contract, "approve-renewal", HANA, reason="Yes.")
    for _ in range(1_800):  # a clock that was disturbed tries again after a minute
        api.position = await api.service.record.head()
        history = (await api.get(f"/v1/contracts/{contract}/history")).json()["items"]
        rfps = (await api.get("/v1/rfps", CORA)).json()["items"]
        if history[-1]["decision"] == "ReprocurementStarted" and rfps:
            break
        await asyncio.sleep(0.05)  # a real clock runs
    [rfp] = rfps
    assert (rfp["title"], rfp["service_area"], rfp["raised_by"]) == ("Network support", "Highways", "cora")
    assert history[-1]["said"]["rfp_id"] == rfp["id"]
