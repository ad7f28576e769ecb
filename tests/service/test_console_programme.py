"""Projects and contracts in the console: spreadsheets, many at once, a month's work, the way across."""

import re
from datetime import datetime
from typing import Any

import httpx
import pytest

from rfp_service.console.charts.crossing import drawn_projects
from rfp_service.console.charts.expiry import expiry_chart
from rfp_service.console.pages.projects import categories_shown
from shared.kernel.roles import Role
from tests.service.test_console import hidden, hidden_in, send, sign_in
from tests.service.test_console_managing import EXEMPTION
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.people import LARS, SCHEME, Who

PIA = Who("pia-programme", (Role.PROGRAMME_OFFICER,))
CARLO = Who("carlo-contracts", (Role.CONTRACT_MANAGER,))
CATEGORIES = [{"name": "Networks", "sub_categories": ["Schools"]}]
ENDS = in_days(85)  # so that its last safe day has just passed
ORIGIN = {"Origin": "http://service"}
REGISTER = b"""Project no.,Project,Finish,Budget
P-1,Cables,2030-05-01,"1,000"
P-2,Switches,2030-06-01,2000
"""


async def with_categories(api: Api) -> None:
    await api.adopts({**SCHEME, "values": {**SCHEME["values"], "project_categories": CATEGORIES}})


async def projects(api: Api) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await api.get("/v1/projects", PIA)).json()["items"]
    return sorted(items, key=lambda each: str(each["reference"]))


async def form_token(api: Api, path: str) -> str:
    return (await hidden(api, path))["form_token"]


async def test_a_spreadsheet_is_compared_corrected_accepted_in_part_and_undone(api: Api) -> None:
    await with_categories(api)
    await sign_in(api, "pia-programme")
    path = "/console/registers/project-registers"
    form = {"form_token": await form_token(api, path)}
    none = await api.client.post(path, data=form, files={"file": ("", b"")}, headers=ORIGIN)
    assert (none.status_code, "Choose a file" in none.text) == (422, True)
    shown = await api.client.post(path, data=form, files={"file": ("p.csv", REGISTER)}, headers=ORIGIN)
    assert "2 differences from the record" in shown.text
    assert await projects(api) == []  # nothing is decided by looking
    (address,) = re.findall(r'action="(/console/registers/[^"]+)"', shown.text)
    headings = re.findall(r'name="(heading\.\d+)" value="([^"]*)"', shown.text)
    columns = {"Project no.": "reference", "Project": "title", "Finish": "forecast_end", "Budget": ""}
    fields = {**form, **dict(headings)}
    fields |= {name.replace("heading", "field"): columns[said] for name, said in headings}
    again = await send(api, address, {**fields, "act": "compare"})
    assert ("P-1" in again.text, "1 column left out" in again.text) == (True, True)
    ticked = re.findall(r'name="(accept\.[0-9a-f]+)"[^>]*row 2: P-1', again.text)
    done = await send(api, address, {**fields, ticked[0]: "yes", "which": "some", "act": "accept"})
    assert done.status_code == 303
    assert "1 project" in await text(api, "/console/projects")  # their own decision is seen
    assert [(each["reference"], each["cost_pence"]) for each in await projects(api)] == [("P-1", None)]
    batch = done.headers["location"]
    await undone(api, batch)


async def undone(api: Api, batch: str) -> None:
    """Expect a batch to be undone from its page, with a reason only."""
    path, undoing = batch.partition("?")[0], hidden_in(await api.client.get(batch))
    assert "Give a reason" in (await send(api, path, undoing)).text
    answer = await send(api, path, {**undoing, "reason": "The wrong file."})
    assert answer.headers["location"].endswith("?done=undone")
    assert "It has been undone." in (await api.client.get(answer.headers["location"])).text


async def test_a_file_that_waits_is_nobody_elses_and_can_not_be_read(api: Api) -> None:
    await sign_in(api, "pia-programme")
    path = "/console/registers/project-registers"
    form = {"form_token": await form_token(api, path)}
    shown = await api.client.post(path, data=form, files={"file": ("p.csv", REGISTER)}, headers=ORIGIN)
    (address,) = re.findall(r'action="(/console/registers/[^"]+)"', shown.text)
    kept = await api.service.pool.fetchval("SELECT sealed FROM console_files")
    assert b"Cables" not in bytes(kept)
    await sign_in(api, "paul-procurement")
    other = await send(api, address, {"form_token": await form_token(api, path), "act": "compare"})
    assert (other.status_code, "no longer kept" in other.text) == (422, True)


async def test_many_projects_are_categorised_after_a_preview_and_undone(api: Api) -> None:
    await with_categories(api)
    made = []
    for name in ("A", "B"):
        project = {"reference": name, "title": f"Project {name}"}
        made.append((await api.post("/v1/projects", project, PIA)).json()["id"])
    await projects(api)
    await sign_in(api, "pia-programme")
    path = "/console/projects/categories"
    form = await hidden(api, path)
    nothing = await send(api, path, {**form, "act": "preview"})
    assert {"Choose at least one project", "Choose a category"} <= set(
        re.findall(r">([^<>]+)</a>", nothing.text)
    )
    said = {**form, f"project.{made[0]}": "yes", "category": "Networks / Schools", "reason": "As it is."}
    preview = await send(api, path, {**said, "act": "preview"})
    assert "1 project would be" in preview.text
    assert [each["category"] for each in await projects(api)] == [None, None]
    confirming = {**hidden_in(preview), f"project.{made[0]}": "yes", "act": "confirm"}
    answers = [await send(api, path, confirming) for _ in range(2)]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    await text(api, "/console/projects")
    found = [(each["category"], each["sub_category"]) for each in await projects(api)]
    assert found == [("Networks", "Schools"), (None, None)]


def test_a_category_with_a_slash_in_its_name_is_no_other_within_a_category() -> None:
    named = [
        {"name": "Voice / data", "sub_categories": ["Wi-Fi / LAN"]},
        {"name": "Print", "sub_categories": []},
    ]
    assert categories_shown(named) == {
        "Voice / data": ("Voice / data", ""),
        "Voice / data / Wi-Fi / LAN": ("Voice / data", "Wi-Fi / LAN"),
        "Print": ("Print", ""),
    }


async def with_three_that_must_be_done(api: Api) -> str:
    """Put three projects on the register that must be done; return the last one's address."""
    await with_categories(api)
    for name, area in (("A", "Schools"), ("B", "Schools"), ("C", "Coroner")):
        project = {"reference": name, "title": f"Project {name}", "service_area": area}
        made = (await api.post("/v1/projects", project, PIA)).json()
        body = {"decision": "categorise", "category": "Networks", "reason": "It is."}
        await api.post(f"/v1/projects/{made['id']}/decisions", body, PIA, version=1)
        body = {"decision": "prioritise", "moscow": "must", "scores": {}, "reason": "It is."}
        await api.post(f"/v1/projects/{made['id']}/decisions", body, PIA, version=2)
    await projects(api)
    await sign_in(api, "pia-programme")
    return f"/v1/projects/{made['id']}"


async def test_lists_say_the_apis_own_figures(api: Api) -> None:
    await with_three_that_must_be_done(api)
    assert "<h1>3 projects</h1>" in await text(api, "/console/projects")
    assert "<h1>2 projects</h1>" in await text(api, "/console/projects?service_area=Schools")
    assert "No project found" in await text(api, "/console/projects?q=zebra")
    crossing = await text(api, "/console/projects/crossing?transition_date=2030-01-01")
    assert "If it were 1 January 2030" in crossing
    assert re.findall(r"crossing\?transition_date=(\d{4}-\d\d-\d\d)\">", crossing) == [
        "2029-10-01",
        "2029-12-01",
        "2030-02-01",
        "2030-04-01",
    ]
    assert "A month later" not in await text(api, "/console/projects/crossing?transition_date=2099-12-31")
    (first, *_) = re.findall(r'href="(/console/projects/[0-9a-f-]{36})"', crossing)
    assert "What you can do now" in await text(api, first)


async def test_priorities_are_those_of_open_projects(api: Api) -> None:
    last = await with_three_that_must_be_done(api)
    assert "<h1>3 open projects must be done</h1>" in await text(api, "/console/projects/priorities")
    body = {"decision": "cancel", "reason": "No need."}
    await api.post(f"{last}/decisions", body, PIA, version=3)
    await projects(api)
    shown = await text(api, "/console/projects/priorities")
    assert "<h1>2 open projects must be done</h1>" in shown
    [link] = re.findall(r'href="(/console/projects\?moscow=must&amp;is_open=true)"', shown)
    narrowed = await text(api, link.replace("&amp;", "&"))
    assert ("<h1>2 projects</h1>" in narrowed, "Still open: yes" in narrowed) == (True, True)


async def test_a_projects_page_tells_its_forecast_from_what_its_contingency_adds(api: Api) -> None:
    made = {"reference": "2024-25-01", "title": "Phones", "forecast_end": "2090-11-01"}
    path = f"/projects/{(await api.post('/v1/projects', made | {'contingency_days': 90}, PIA)).json()['id']}"
    await sign_in(api, "pia-programme")
    says = "1 November 2090, or by 30 January 2091 with its contingency"
    shown = await text(api, f"/console{path}")
    assert (f"Forecast to end on {says}." in shown, "2024-25-01" in shown) == (True, True)
    assert says in await text(api, f"/console{path}/decisions/revise-forecast")
    assert 'data-label="Could end" class="day">30 January 2091' in await text(
        api, "/console/projects/crossing"
    )
    body = {"decision": "amend", "contingency_days": 0, "reason": "None."}
    await api.post(f"/v1{path}/decisions", body, PIA, version=1)
    await projects(api)
    assert "Forecast to end on 1 November 2090." in await text(api, f"/console{path}")


async def text(api: Api, path: str) -> str:
    answer: httpx.Response = await api.client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


async def one_contract(api: Api) -> str:
    """Register a contract that is due by its review, and sign in as who manages it."""
    await api.adopt_scheme()
    contract = {
        "reference": "C-1",
        "title": "Network support",
        "supplier": {"name": "Fictional Ltd"},
        "terms": {"start": "2020-01-01", "initial_end": ENDS, "notice": {"count": 3, "unit": "months"}},
        "review_on": in_days(0),
    }
    made: str = (await api.post("/v1/contracts", contract, CARLO)).json()["id"]
    await api.get("/v1/contracts", CARLO)
    await sign_in(api, "carlo-contracts")
    return made


async def deferred(api: Api, address: str, contract: str) -> None:
    """Put the decision on a contract of a round off."""
    path, said = address.replace("/console", "/v1"), {"until": in_days(200), "reason": "Later."}
    version = (await api.get(path, CARLO)).json()["version"]
    await api.post(
        f"{path}/decisions", {"decision": "defer", "contract": contract, **said}, CARLO, version=version
    )
    await api.get(path, CARLO)


@pytest.mark.slow
async def test_a_month_of_contracts_has_a_round(api: Api) -> None:
    await one_contract(api)
    due = await text(api, "/console/contracts")
    assert "Network support" in due
    token = re.findall(r'name="form_token" value="([^"]+)"', due)[0]
    (month,) = re.findall(r'name="month" value="([^"]+)"', due)
    form = {"form_token": token, "key": f"round-{month}", "month": month}
    opened = await send(api, "/console/renewal-rounds", form)
    page = await text(api, opened.headers["location"])
    address = opened.headers["location"].partition("?")[0]
    until = datetime.fromisoformat((await api.get(address.replace("/console", "/v1"), CARLO)).json()["until"])
    assert f"due until {until.day} {until:%B}" in page
    assert "A round closes only when nothing due in it is undecided." in page
    assert "This round is not closed." not in page  # nobody looks for what is elsewhere
    [line] = (await api.get(address.replace("/console", "/v1"), CARLO)).json()["lines"]
    assert f'href="/console/contracts/{line["contract"]}">Network support</a>' in page
    assert line["reference"] in page
    await deferred(api, address, line["contract"])
    assert (await text(api, address)).split('id="history"')[1].count("Network support") == 1
    exempt = {**EXEMPTION, "matter_id": line["contract"], "review_on": in_days(300)}
    await api.post("/v1/exemptions", exempt, LARS)
    await sign_in(api, "rita-requester")
    assert f">{line['reference']}</a>" in await text(api, address)
    assert (await api.client.get("/console/contracts?month=never")).status_code == 404


async def test_a_contract_shows_its_days_and_calendars_follow_them(api: Api) -> None:
    made = await one_contract(api)
    shown = await text(api, f"/console/contracts/{made}")
    assert ("Its days, and where they were read" in shown, "Not confirmed" in shown) == (True, True)
    assert "1 contract" in await text(api, "/console/contracts/register?q=network")
    assert "When contracts end" in await text(api, "/console/contracts/expiry")
    assert (await api.client.get("/console/contracts/calendar.ics")).text.startswith("BEGIN:VCALENDAR")
    asking = await hidden(api, "/console/contracts/calendar")
    opened = await send(api, "/console/contracts/calendar", asking)
    (address,) = re.findall(r"<code>([^<]+)</code>", opened.text)
    path = address.removeprefix(api.service.settings.public_url)
    assert (await api.client.get(path)).text.startswith("BEGIN:VCALENDAR")


async def test_a_contract_is_put_right_from_how_it_stands(api: Api) -> None:
    path = f"/console/contracts/{await one_contract(api)}/decisions/amend"
    assert 'name="supplier.name" value="Fictional Ltd"' in await text(api, path)
    typed = {**await hidden(api, path), "supplier.name": "Fictional Networks Ltd", "reason": "Renamed."}
    assert "Fictional Networks Ltd" in await text(api, (await send(api, path, typed)).headers["location"])


def test_projects_are_drawn_on_one_scale_against_the_day() -> None:
    blank = dict.fromkeys(("start", "baseline_end", "p50", "p90"))
    early = {**blank, "start": "2027-01-01", "ends_on": "2027-05-31"}
    late = {**blank, "ends_on": "2027-11-07", "p50": "2027-10-01", "p90": "2027-12-31"}
    first, second, unknown = drawn_projects([early, late, {**blank, "ends_on": None}], "2027-10-31")
    assert (first.is_late, second.is_late, unknown.is_late) == (False, True, False)
    assert '<line x1="79.95%" x2="79.95%" y1="0" y2="26" class="transition"></line>' in first.strip
    assert "transition" in unknown.strip
    assert "forecast" not in unknown.strip
    assert drawn_projects([{**blank, "ends_on": None}], None)[0].strip == ""


def test_what_ends_is_drawn_month_by_month_with_the_transition_among_it() -> None:
    months = [
        {"month": "2027-02", "months_to_transition": 9, "contracts": 2},
        {"month": "2027-12", "months_to_transition": -1, "contracts": 4},
    ]
    drawn = expiry_chart(months)
    assert drawn.count('class="ending before"') == drawn.count('class="ending after"') == 1
    assert 'x1="79.17%"' in drawn
    assert expiry_chart([]) == ""
    later = [{"month": "2027-02", "months_to_transition": 90, "contracts": 2}]
    assert "transition" not in expiry_chart(later)
