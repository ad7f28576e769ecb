"""The console's pages of what the house is run by: each thing has one, lists count as the API does."""

import html
import re
from datetime import date
from typing import Any

import httpx
import pytest

from rfp_service.console.decided_things import THINGS
from rfp_service.console.managed_kinds import MANAGED
from rfp_service.console.order_facts import order_facts
from rfp_service.contracts.domain.pipeline import PipelineYearBegun, pipeline_id
from shared.kernel.roles import Role
from tests.outcomes.test_http import PROGRAMME, milestone, outcome, programme
from tests.service.test_console import RITA, TIERS, hidden, send, sign_in
from tests.support.api import Api
from tests.support.days import in_days, today
from tests.support.people import ADA, LARS, PIA, PRIYA, SCHEME, Who
from tests.support.specs import stamp
from tests.support.told_streams import append_streams

HANA = Who("hana-head", (Role.APPROVER,))
DORA = Who("dora-deputy", (Role.APPROVER,))
ADMIN = Who("ada-admin", (Role.ADMINISTRATOR,))
GIVEN = {
    "delegate": "dora-deputy",
    "limit_pence": 1_000_000,
    "first_day": in_days(3),
    "last_day": in_days(9),
    "reason": "Leave.",
}
ITEM = {
    "name": "Standard laptop",
    "description": "14 inches.",
    "category": "Devices",
    "price_pence": 74_900,
    "lead_time_days": 10,
}
ACCOUNT = {"name": "Intranet", "owner": "ada-admin", "scopes": ["rfp.read"]}
EXEMPTION = {
    "fields": ["title"],
    "paragraph": 3,
    "reason": "It would tell.",
    "public_interest": "Less of it.",
    "review_on": GIVEN["last_day"],
}
PROMISED = {"what": "Licence costs", "promised_by": "Fictional Outsourcing Ltd", "due": GIVEN["first_day"]}
ASKED = {"about": "Devices", "opened_on": in_days(-1), "closes_on": GIVEN["last_day"]}
YEAR = today().year + 1  # whose notice no clock misses meanwhile
# Of each kind a decision from its page, and who takes it.
DECIDED: dict[str, tuple[str, str, dict[str, str]]] = {
    "delegations": ("confirm", "lars-legal", {}),
    "catalogue-items": ("retire", "priya-procurement", {"available_until": GIVEN["last_day"]}),
    "people": ("link", "ada-admin", {"same_as": "hana-head"}),
    "service-accounts": ("confirm", "lars-legal", {}),
    "catalogue-orders": ("send-order", "priya-procurement", {"fulfiller": "IT stores"}),
    "exemptions": ("release", "lars-legal", {}),
    "pipeline-notices": ("publish", "carlo-contracts", {"reference": "UK1-1", "published_on": in_days(-1)}),
    "promised-data": ("chase", "pia-programme", {"note": "Asked again."}),
    "consultations": ("close", "pia-programme", {"conclusion": "Laptops."}),
    "outcomes": ("rate-confidence", "pia-programme", {"confidence": "Amber"}),
    "milestones": ("report-progress", "pia-programme", {"progress": "Half of it is done."}),
}


async def begun(api: Api) -> None:
    """Let there be a scheme with tiers, and people who can be named."""
    await api.adopts({**SCHEME, "values": {**SCHEME["values"], "tiers": TIERS}})
    await api.meets(HANA, DORA, ADMIN)


async def one_of(api: Api, path: str) -> str:
    """Return the id of one thing of a kind, made over the API."""
    if path == "people":
        return "dora-deputy"
    if path == "pipeline-notices":
        return await a_year_begun(api)
    if path in ("outcomes", "milestones"):
        await programme(api)
        of = await outcome(api)
        return of if path == "outcomes" else await milestone(api, of)
    body, who = await what_makes_one(api, path)
    made: str = (await api.post(f"/v1/{path}", body, who)).json()["id"]
    await api.get("/v1/catalogue-items", ADA)  # until the views show it
    await api.get("/v1/inbox", ADA)
    return made


async def what_makes_one(api: Api, path: str) -> tuple[dict[str, Any], Who]:
    """Return what makes one of a kind, and who may; what it is about is there then."""
    match path:
        case "catalogue-orders":
            item = await one_of(api, "catalogue-items")
            order = {"item_id": item, "quantity": 3, "service_area": "Registrars", "cost_centre": "CC-1"}
            return order, RITA
        case "exemptions":
            return {**EXEMPTION, "matter_id": await api.raised(title="Laptops for the coroner")}, LARS
        case "promised-data" | "consultations":
            await programme(api)
            said = PROMISED if path == "promised-data" else ASKED
            return {"programme": f"{PROGRAMME}", **said}, PIA
    return {
        "delegations": ({**GIVEN, "delegator": "hana-head"}, ADMIN),
        "catalogue-items": (ITEM, PRIYA),
        "service-accounts": (ACCOUNT, ADA),
    }[path]


async def a_year_begun(api: Api) -> str:
    """Return the id of a year whose pipeline notice is due."""
    begun = PipelineYearBegun(
        year=YEAR, notice="pipeline notice", due_on=date(YEAR, 5, 26), scheme_version=1, late=False
    )
    await append_streams(api.service.store, [(pipeline_id(YEAR), [(begun, stamp("clock"))])])
    api.position = await api.service.record.head()
    await api.get("/v1/inbox", ADA)
    return str(pipeline_id(YEAR))


async def text(api: Api, path: str) -> str:
    answer = await api.client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


async def waiting_pages(api: Api) -> set[str]:
    """Return the pages that somebody is led to from what waits for them."""
    links = set(re.findall(r'href="(/console/opened/[^"]+)"', await text(api, "/console")))
    answers = [await api.client.get(html.unescape(each)) for each in links]
    return {answer.headers["location"] for answer in answers}


async def decided(api: Api, page: str, decision: str, **fields: str) -> httpx.Response:
    """Take a decision from a thing's page, by the form that its button leads to."""
    path = f"{page}/decisions/{decision}"
    assert path in await text(api, page)
    return await send(api, path, {**await hidden(api, path), **fields})


def test_every_kind_that_is_managed_is_decided_from_its_page_here() -> None:
    elsewhere = {"webhook-endpoints"}
    assert {path for path, thing in THINGS.items() if thing.at == "manage"} - elsewhere <= {
        *DECIDED,
        "scheme",
    }
    assert {*MANAGED} - elsewhere == {*DECIDED}


@pytest.mark.parametrize("path", DECIDED)
async def test_no_decision_leads_to_a_page_that_is_not_there(api: Api, path: str) -> None:
    await begun(api)
    page = f"/console/{path}/{await one_of(api, path)}"
    decision, person, fields = DECIDED[path]
    await sign_in(api, person)
    answer = await decided(api, page, decision, **{"reason": "So it is.", **fields})
    assert (answer.status_code, answer.headers.get("location")) == (303, f"{page}?done={decision}")
    assert ": recorded." in await text(api, answer.headers["location"])


async def test_what_waits_says_what_it_will_do_and_who_can_not_confirm_it(api: Api) -> None:
    await begun(api)
    page = f"/console/delegations/{await one_of(api, 'delegations')}"
    await sign_in(api, "ada-admin")
    shown = await text(api, page)
    assert "Dora Deputy-Director may decide in place of Hana Head-of-Service" in shown
    assert "up to £10,000 without VAT" in shown
    assert "Neither Ada Administrator, who proposed it, nor Dora Deputy-Director" in shown
    assert f"{page}/decisions/confirm" not in shown  # the rule's own sentence stands there instead
    await sign_in(api, "lars-legal")
    assert page in await waiting_pages(api)  # it is opened from what waits for them
    assert "may decide in place of" in await text(api, f"{page}/decisions/confirm")
    await decided(api, page, "confirm")
    assert "What waits for a second person" not in await text(api, page)


async def test_a_key_is_shown_once_and_waits_for_a_second_person(api: Api) -> None:
    await begun(api)
    page = f"/console/service-accounts/{await one_of(api, 'service-accounts')}"
    await sign_in(api, "lars-legal")
    await decided(api, page, "confirm")
    await sign_in(api, "ada-admin")
    answer = await decided(api, page, "issue-key", key_name="first", days="30")
    assert (answer.status_code, "rfpkey_" in answer.text) == (200, True)
    shown = await text(api, f"{page}?done=issue-key")
    assert "the key first opens this account until" in shown
    assert "rfpkey_" not in shown
    await sign_in(api, "lars-legal")
    await decided(api, page, "confirm-key", key_name="first")
    shown = await text(api, page)
    assert ("Opens the account, until" in shown, "What waits for" in shown) == (True, False)


async def test_lists_count_and_search_as_the_api_does(api: Api) -> None:
    await begun(api)
    for path in ("people", "delegations", "catalogue-orders", "service-accounts"):
        await one_of(api, path)
    await sign_in(api, "ada-admin")
    overview = await text(api, "/console/manage")
    searched = {
        "people": "dora",
        "delegations": "dora",
        "catalogue-items": "laptop",
        "catalogue-orders": "registrars",
        "service-accounts": "x",
    }
    for path, q in searched.items():
        for query in ({}, {"q": q}):
            seen = (await api.get(f"/v1/{path}", ADMIN, count="true", **query)).json()
            page = await text(api, f"/console/{path}" + (f"?q={q}" if query else ""))
            heading = page.split("<h1>")[1].split("</h1>")[0]
            assert heading.split(" ")[0] == (str(seen["total"]) if seen["total"] else "None")
            assert page.count('<th scope="row">') == seen["total"]
            if not query:
                assert f'{path}">' in overview
                assert f'<span class="tag">{seen["total"]}</span>' in overview


async def test_whoever_may_not_read_a_list_is_not_led_to_it(api: Api) -> None:
    await sign_in(api, "rita-requester")
    shown = await text(api, "/console/manage")
    assert ("/console/delegations" in shown, "/console/service-accounts" in shown) == (True, False)
    assert "/manage/delegations/new" not in shown
    assert (await api.client.get("/console/service-accounts")).status_code == 403
    assert "It is for others than your role." in await text(api, "/console/manage/delegations/new")
    for unknown in (
        "/console/manage/pipeline-notices/new",
        "/console/manage/dreams/new",
        "/console/people/nobody",
    ):
        assert (await api.client.get(unknown)).status_code in (403, 404)


async def test_an_approver_lets_somebody_decide_in_their_place_from_what_waits(api: Api) -> None:
    await begun(api)
    await sign_in(api, "hana-head")
    path = "/console/manage/delegations/new"
    assert path in await text(api, "/console")
    form = await hidden(api, path)
    missing = await send(api, path, form)
    assert (missing.status_code, "Give a reason" in missing.text) == (422, True)
    typed = {**form, **said(GIVEN), "limit_pence": "90,000"}
    refused = await send(api, path, typed)
    assert (refused.status_code, 'value="90,000"' in refused.text) == (409, True)
    typed = {**await hidden(api, path), **said(GIVEN), "limit_pence": "10,000"}
    answers = [await send(api, path, typed) for _ in range(2)]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    shown = await text(api, answers[0].headers["location"])
    assert "Dora Deputy-Director for Hana Head-of-Service" in shown
    assert "What waits for a second person" not in shown  # one's own counts
    assert [each["limit_pence"] for each in await listed(api, "delegations")] == [1_000_000]


async def test_an_item_is_added_to_the_catalogue(api: Api) -> None:
    await sign_in(api, "priya-procurement")
    path = "/console/manage/catalogue-items/new"
    typed = {**await hidden(api, path), **said(ITEM), "price_pence": "749", "service_areas": "Registrars"}
    shown = await text(api, (await send(api, path, typed)).headers["location"])
    assert "£749 without VAT" in shown
    assert [each["service_areas"] for each in await listed(api, "catalogue-items")] == [["Registrars"]]


def said(body: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in body.items()}


async def listed(api: Api, path: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await api.get(f"/v1/{path}", LARS)).json()["items"]
    return items


@pytest.mark.parametrize(
    ("status", "says"),
    [("waits_for_approval", "Must be approved by"), ("refused", "Refused by"), ("sent", "Approved by")],
)
def test_an_order_says_what_its_tier_must_do_or_did(status: str, says: str) -> None:
    order = {"value_pence": 90_000, "service_area": "Registrars", "cost_centre": "CC-1", "status": status}
    facts = order_facts({**order, "raised_by": "rita", "lead_time_days": 5, "tier": "head of service"})
    assert facts[-1] == (says, "Head of service")
