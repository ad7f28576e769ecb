"""Outcomes and milestones in the console: set up, moved, shown by a document, accepted by somebody else."""

import re

import httpx
import pytest

from shared.kernel.roles import Role
from tests.outcomes.test_http import PROGRAMME, milestone, outcome, programme
from tests.outcomes.test_http import decided as by_api
from tests.service.test_console import hidden, send, sign_in
from tests.service.test_console_managing import decided, one_of, text
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.people import PIA, Who
from tests.support.visiting import said

OWNER = Who("olga-outcomes", (Role.OUTCOME_OWNER,))
ORIGIN = {"Origin": "http://service"}
THEMES = [{"name": "Money", "priorities": ["Buy IT ourselves", "Spend less on paper, post"]}]
STRATEGY = {
    "name": "IT strategy",
    "edition": "2026",
    "sha256": "ab" * 32,
    "link": "https://council.example/s",
}


async def adopted(api: Api) -> None:
    body = {**STRATEGY, "adopted_on": in_days(-1), "themes": THEMES}
    await api.post("/v1/strategies", body, PIA, version=0)


async def handed_in(api: Api, page: str, file: str = "minute.txt") -> httpx.Response:
    """Add a document to a milestone from its page, and hand it in as evidence."""
    form = {"form_token": (await hidden(api, f"{page}/decisions/submit-evidence"))["form_token"]}
    answer = await api.client.post(
        f"{page}/documents", data=form, files={"file": (file, b"Agreed.\n")}, headers=ORIGIN
    )
    assert answer.status_code == 303, answer.text
    shown = await text(api, f"{page}/decisions/submit-evidence")
    (document,) = re.findall(r'<option value="([0-9a-f-]{36})">minute</option>', shown)
    return await decided(api, page, "submit-evidence", document=document)


async def test_an_outcome_and_a_milestone_are_set_up_by_forms(api: Api) -> None:
    await programme(api)
    await adopted(api)
    await sign_in(api, "pia-programme")
    new = "/console/manage/outcomes/new"
    form = await hidden(api, new)
    shown = await text(api, new)
    assert ('value="1"' in shown, "What must be true" in shown) == (True, True)
    (only,) = re.findall(r'<option value="([0-9a-f-]{36})" selected', shown)
    typed = {**form, "programme": only, "number": "1", "statement": "We buy IT ourselves."}
    answers = [await send(api, new, typed) for _ in range(2)]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    page = answers[0].headers["location"].partition("?")[0]
    assert "nothing shows how far it has come" in await text(api, page)
    new = f"/console/manage/milestones/new?outcome={page.rpartition('/')[2]}"
    assert new in await text(api, page)
    typed = {
        **await hidden(api, new),
        "outcome": page.rpartition("/")[2],
        "title": "Interim process in use",
        "due": in_days(40),
        "priorities.Spend less on paper, post": "yes",
    }
    made = await send(api, new.partition("?")[0], typed)
    shown = await text(api, made.headers["location"])
    assert all(words in shown for words in ("Interim process in use", "Spend less on paper, post"))
    assert "0 of its milestones are met, 1 is to come" in await text(api, page)


async def test_a_milestone_is_met_by_a_document_that_somebody_else_accepts(api: Api) -> None:
    page = f"/console/milestones/{await one_of(api, 'milestones')}"
    await api.meets(PIA, OWNER)
    await sign_in(api, "olga-outcomes")
    shown = await text(api, page)
    assert f"{page}/decisions/accept" not in shown  # it is for the programme office
    assert (await handed_in(api, page)).headers["location"] == f"{page}?done=submit-evidence"
    found = (await api.get(page.replace("/console", "/v1"), PIA)).json()
    assert found["evidence"][0]["document"]["title"] == "minute"
    assert found["evidence"][0]["document"]["link"].endswith("/file")
    shown = await text(api, page)
    assert re.search(r"/console/documents/[0-9a-f-]{36}/file\">minute", shown)
    await sign_in(api, "pia-programme")
    assert "Met on" in await text(api, (await decided(api, page, "accept")).headers["location"])
    assert "It is not met after all" in await text(api, page)


async def test_whoever_handed_evidence_in_is_told_why_they_can_not_accept_it(api: Api) -> None:
    page = f"/console/milestones/{await one_of(api, 'milestones')}"
    await sign_in(api, "pia-programme")
    await handed_in(api, page)
    shown = await text(api, page)
    assert f"{page}/decisions/accept" not in shown
    assert (
        "Whether the milestone is met must be decided by somebody who handed in none of the evidence."
        in shown
    )


async def test_a_document_that_nobody_chose_or_that_is_not_its_own_is_not_handed_in(api: Api) -> None:
    page = f"/console/milestones/{await one_of(api, 'milestones')}"
    await sign_in(api, "pia-programme")
    path = f"{page}/decisions/submit-evidence"
    form = await hidden(api, path)
    missing = await send(api, path, form)
    assert (missing.status_code, "Choose: the document" in missing.text) == (422, True)
    other = {**form, "document": "7b69ab37-bbc2-58cc-8b0f-bdcaec59546d"}
    refused = await send(api, path, other)
    assert (refused.status_code, "is not among its documents" in refused.text) == (422, True)
    assert (await api.get(page.replace("/console", "/v1"), PIA)).json()["evidence"] == []


async def test_what_a_milestone_waits_for_is_said_by_its_address_and_taken_back(api: Api) -> None:
    page = f"/console/milestones/{await one_of(api, 'milestones')}"
    rfp = await api.raised(title="Laptops for the coroner")
    await sign_in(api, "pia-programme")
    address = f"https://council.example/console/rfps/{rfp}?from=letter"
    await decided(api, page, "raise-dependency", on="rfp", id=address)
    await api.get("/v1/rfps", PIA)
    shown = await text(api, page)
    assert re.search(f'href="/console/rfps/{rfp}">[^<]*Laptops for the coroner</a>', shown)
    (there,) = re.findall(rf'href="({page}/decisions/satisfy-dependency[^"]+)"', shown)
    there = there.replace("&amp;", "&")
    assert f'<option value="{rfp}" selected>' in await text(api, there)
    typed = {**await hidden(api, there), "on": "rfp", "id": rfp, "reason": "It has its own laptops."}
    await send(api, there.partition("?")[0], typed)
    assert "Waits no longer" in await text(api, page)


async def test_a_form_of_a_milestone_opens_with_how_it_stands_and_a_stale_one_says_what_changed(
    api: Api,
) -> None:
    await programme(api)
    await adopted(api)
    tagged = await milestone(api, await outcome(api), priorities=["Buy IT ourselves"])
    page = f"/console/milestones/{tagged}"
    await sign_in(api, "pia-programme")
    path = f"{page}/decisions/amend"
    form = await hidden(api, path)
    assert 'name="priorities.Buy IT ourselves" type="checkbox" value="yes" checked' in await text(api, path)
    await by_api(api, f"milestones/{tagged}", "report-progress", progress="Halfway.")
    typed = {**form, "title": "Interim way in use", "reason": "Plainer."}
    stale = await send(api, path, typed)
    assert (stale.status_code, "changed while you had it open" in stale.text) == (412, True)
    assert ("Halfway." in stale.text, 'value="Interim way in use"' in stale.text) == (True, True)
    again = {**await hidden(api, path), "title": "Interim way in use", "reason": "Plainer."}
    assert (await send(api, path, again)).status_code == 303
    seen = (await api.get(f"/v1/milestones/{tagged}", PIA)).json()
    assert (seen["title"], seen["priorities"]) == ("Interim way in use", [])  # its tick was taken away


async def test_a_milestone_says_when_it_was_given_its_day_and_when_that_moved(api: Api) -> None:
    await programme(api)
    step = await milestone(api, await outcome(api))
    days = (("2091-03-01", "A day."), ("2091-05-01", "No data."), (None, "Nobody knows."))
    for version, (new, reason) in enumerate(days, 1):
        await by_api(api, f"milestones/{step}", "rebaseline", version=version, new=new, reason=reason)
    await api.get("/v1/programmes", PIA)
    await sign_in(api, "pia-programme")
    shown = said(await text(api, f"/console/milestones/{step}"))
    assert "Given its day 1 March 2091, on " in shown
    assert "Moved From 1 March 2091 to 1 May 2091, on " in shown
    assert "Moved From 1 May 2091 to no day, on " in shown


async def test_an_outcome_is_worded_anew_and_shown_by_other_figures(api: Api) -> None:
    page = f"/console/outcomes/{await one_of(api, 'outcomes')}"
    await sign_in(api, "pia-programme")
    path = f"{page}/decisions/amend"
    assert "Figures that show it" in await text(api, path)
    typed = {
        "statement": "We buy IT well.",
        "measures.0.name": "rfps_inside_target",
        "measures.0.target": "0.9",
    }
    await send(api, path, {**await hidden(api, path), **typed, "reason": "Plainer."})
    seen = (await api.get(page.replace("/console", "/v1"), PIA)).json()
    assert seen["statement"] == "We buy IT well."
    assert seen["measures"] == [{"name": "rfps_inside_target", "target": 0.9}]
    assert f'href="{page}">We buy IT well.</a>' in await text(api, "/console/outcomes")


async def test_whoever_only_reads_is_offered_nothing_and_yesterday_is_not_decided_on(api: Api) -> None:
    path = f"/console/milestones/{await one_of(api, 'milestones')}"
    await sign_in(api, "rita-requester")
    shown = await text(api, path)
    assert ("Nothing: others decide here" in shown, "/decisions/" in shown) == (True, False)
    assert "/manage/milestones/new" not in await text(api, "/console/milestones")
    refused = await api.client.get(f"{path}/decisions/drop")
    assert "It is for others than your role." in refused.text
    await sign_in(api, "pia-programme")
    head = await api.service.record.head()
    past = await text(api, f"{path}?as_of={head}")
    assert ("this is how it stood then" in past, "/decisions/" in past) == (True, False)


async def test_a_board_without_outcomes_or_figures_says_so(api: Api) -> None:
    await programme(api)
    await sign_in(api, "pia-programme")
    shown = await text(api, "/console/outcomes")
    assert ("No outcome is set" in shown, "No figure shows these outcomes yet" in shown) == (True, True)
    made = await outcome(api)
    await api.get("/v1/programmes", PIA)
    shown = await text(api, "/console/outcomes")
    assert (f"/console/outcomes/{made}" in shown, "No outcome is set" in shown) == (True, False)


async def test_readiness_is_seen_while_an_outcome_has_no_milestone_and_no_project_is_on_record(
    api: Api,
) -> None:
    await programme(api)
    made = await outcome(api)
    await sign_in(api, "pia-programme")
    shown = await text(api, "/console/readiness")
    assert "<h1>Nothing to make ready is on record yet</h1>" in shown
    assert shown.count("Nothing in it yet") == len((await api.get("/v1/readiness", PIA)).json()["items"])
    await milestone(api, made, due=in_days(400))
    await api.get("/v1/programmes", PIA)
    assert "<h1>Everything is ready or on track</h1>" in await text(api, "/console/readiness")


@pytest.mark.slow
async def test_one_box_finds_what_a_programme_holds_and_whatever_else_has_a_name(api: Api) -> None:
    page = f"/console/milestones/{await one_of(api, 'milestones')}"
    promised = {"what": "Licences held", "promised_by": "Fictional Outsourcing Ltd", "due": in_days(3)}
    data = (await api.post("/v1/promised-data", {"programme": str(PROGRAMME), **promised}, PIA)).json()["id"]
    order = await one_of(api, "catalogue-orders")
    await sign_in(api, "pia-programme")
    assert page in await text(api, "/console/search?q=interim+process")
    found = await text(api, "/console/search?q=outsourcing+LICEN")
    assert ("1 promise" in found, f"/console/promised-data/{data}" in found) == (True, True)
    assert "1 outcome" in await text(api, "/console/search?q=we+buy+it")
    assert f"/console/catalogue-orders/{order}" in await text(api, "/console/search?q=registrars")
    assert "Nothing found" in await text(api, "/console/search?q=buy+zebra")
    assert "<h1>1 milestone</h1>" in await text(api, f"/console/milestones?programme={PROGRAMME}&q=interim")


@pytest.mark.slow
async def test_the_box_finds_for_nobody_what_they_may_not_read(api: Api) -> None:
    account = await one_of(api, "service-accounts")
    await sign_in(api, "ada-admin")
    assert f"/console/service-accounts/{account}" in await text(api, "/console/search?q=intranet")
    await sign_in(api, "rita-requester")
    assert "Nothing found" in await text(api, "/console/search?q=intranet")


async def test_some_of_a_milestone_is_kept_from_the_public_from_its_page(api: Api) -> None:
    page = f"/console/milestones/{await one_of(api, 'milestones')}"
    await sign_in(api, "lars-legal")
    (new,) = re.findall(r'href="(/console/manage/exemptions/new[^"]+)"', await text(api, page))
    shown = await text(api, new)
    assert ("Interim process" in shown, 'name="fields.title"' in shown) == (True, True)
