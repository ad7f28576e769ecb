"""The console over HTTP: who is let in, for how long, from where forms are taken, and what they decide."""

import asyncio
import html
import re
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest

from rfp_service.console.rendering import HEADERS
from shared.kernel.roles import Role
from shared.settings import Profile
from tests.support.api import Api
from tests.support.patience import PATIENCE_SECONDS, until_true
from tests.support.people import PAUL, PRIYA, SAM, SCHEME, Who
from tests.support.postgres import Base, session
from tests.support.visiting import said

RITA = Who("rita-requester", (Role.REQUESTER,))
TIERS = [
    {"name": "head", "up_to_pence": 2_500_000, "approvers": ["hana-head"]},
    {"name": "director", "up_to_pence": 25_000_000, "approvers": ["dev-director"]},
]
WHEN = {"seen_at": "31 minutes", "begun_at": "601 minutes"}


async def sign_in(api: Api, person: str, back: str = "/console") -> httpx.Response:
    """Choose one of the demonstration's people; pages show what was decided by then."""
    assert await api.service.visibility.reaches(api.position, PATIENCE_SECONDS)
    return await send(api, "/console/sign-in", {"person": person, "back": back})


async def send(api: Api, path: str, fields: dict[str, str], origin: str = "http://service") -> httpx.Response:
    """Send a form; what is read over the API afterwards has come so far."""
    answer = await api.client.post(path, data=fields, headers={"Origin": origin})
    api.position = await api.service.record.head()
    return answer


async def hidden(api: Api, path: str) -> dict[str, str]:
    """Open a page, and return the hidden fields of the form in it."""
    answer = await api.client.get(path)
    assert answer.status_code == 200, answer.text
    return hidden_in(answer)


def hidden_in(answer: httpx.Response) -> dict[str, str]:
    main = answer.text.split("<main", 1)[1]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', main)
    return {name: html.unescape(value) for name, value in found}


async def history(api: Api, rfp: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await api.get(f"/v1/rfps/{rfp}/history", PAUL)).json()["items"]
    return items


async def in_approval(api: Api, estimate_pence: int = 2_000_000) -> str:
    await api.adopts({**SCHEME, "values": {**SCHEME["values"], "tiers": TIERS}})
    return await api.in_approval(estimate_pence, adopt=False)


async def test_only_who_has_signed_in_sees_a_page_and_is_led_back_to_it(api: Api) -> None:
    answer = await api.client.get("/console/rfps?q=laptops")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/console/sign-in?back=%2Fconsole%2Frfps%3Fq%3Dlaptops",
    )
    answer = await sign_in(api, "hana-head", "/console/rfps?q=laptops")
    assert answer.headers["location"] == "/console/rfps?q=laptops"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    assert "domain=" not in cookie  # of this host only
    page = await api.client.get("/console/rfps?q=laptops")
    assert "No RFP found" in page.text
    assert {name: page.headers[name] for name in HEADERS} == HEADERS
    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|(?:href|src)=\"(?:[a-z]+:|//)", page.text)
    for elsewhere in ("https://elsewhere.example/", "//elsewhere.example", "/v1/rfps", "/consoles"):
        assert (await sign_in(api, "hana-head", elsewhere)).headers["location"] == "/console"


async def test_a_session_ends_with_idleness_with_time_and_with_signing_out(api: Api, base: Base) -> None:
    async with session(base.owner) as owner:
        for column, ago in WHEN.items():
            await sign_in(api, "hana-head")
            assert (await api.client.get("/console")).status_code == 200
            await owner.execute(f"UPDATE console_sessions SET {column} = now() - interval '{ago}'")
            assert (await api.client.get("/console")).status_code == 303
        answer = await sign_in(api, "hana-head")
        left = await owner.fetchval("SELECT count(*) FROM console_sessions")
        assert left == 1  # what is over is cleared away
        kept = str(await owner.fetchrow("SELECT * FROM console_sessions"))
        secret = api.client.cookies["rfp-console"]
        assert secret not in kept
        assert "eyJ" not in kept  # no token can be read in the database
        page = await api.client.get("/console")
        token = re.findall(r'name="form_token" value="([^"]+)"', page.text)[0]
        answer = await send(api, "/console/sign-out", {"form_token": token})
        assert (answer.status_code, "rfp-console" in api.client.cookies) == (303, False)
        api.client.cookies.set("rfp-console", secret)
        assert (await api.client.get("/console")).status_code == 303  # whoever kept the cookie has nothing


async def test_programs_and_strangers_can_not_be_chosen_and_production_has_no_choice(api: Api) -> None:
    for person in ("intranet", "nobody", ""):
        assert (await sign_in(api, person)).status_code == 404
    settings = api.service.settings.model_copy(update={"profile": Profile.PRODUCTION})
    api.app.state.service = replace(api.service, settings=settings)
    answer = await api.client.get("/console/sign-in")
    assert (answer.status_code, "Sign-in is not set up yet" in answer.text) == (503, True)
    assert (await sign_in(api, "hana-head")).status_code == 404
    assert not api.client.cookies


async def test_a_form_is_taken_from_a_page_of_this_session_only(api: Api) -> None:
    rfp = await in_approval(api)
    await sign_in(api, "hana-head")
    path = f"/console/rfps/{rfp}/decisions/approve"
    form = {**await hidden(api, path), "reason": "In budget."}
    before = len(await history(api, rfp))
    for origin in ("https://elsewhere.example", "null", "", "http://service.elsewhere.example"):
        assert (await send(api, path, form, origin)).status_code == 403, origin
    for token in ("", "0" * 64, "é"):
        assert (await send(api, path, {**form, "form_token": token})).status_code == 403
    elsewhere = {"Origin": "http://service", "Sec-Fetch-Site": "same-site"}
    assert (await api.client.post(path, data=form, headers=elsewhere)).status_code == 403
    assert len(await history(api, rfp)) == before
    assert (await send(api, path, form)).status_code == 303
    assert (await history(api, rfp))[-1]["said"]["reason"] == "In budget."


@pytest.mark.slow
async def test_a_form_that_is_sent_many_times_is_one_event(api: Api) -> None:
    rfp = await in_approval(api)
    await sign_in(api, "hana-head")
    path = f"/console/rfps/{rfp}/decisions/approve"
    form = {**await hidden(api, path), "reason": "In budget."}
    before = len(await history(api, rfp))
    answers = await asyncio.gather(*(send(api, path, form) for _ in range(8)))
    assert {(each.status_code, each.headers["location"]) for each in answers} == {
        (303, f"/console/rfps/{rfp}?done=approve")
    }
    assert (await send(api, path, form)).status_code == 303  # and back, and again
    assert len(await history(api, rfp)) == before + 1
    other = await send(api, path, {**form, "reason": "On second thoughts."})
    assert (other.status_code, "sent this form before" in other.text) == (422, True)
    assert "On second thoughts." in other.text
    page = await api.client.get(f"/console/rfps/{rfp}?done=approve")
    assert "Approve: recorded." in page.text
    assert "In budget." in page.text
    assert "Nothing waits for you" in (await api.client.get("/console")).text  # one's own decision is seen


async def test_a_stale_form_says_what_changed_and_keeps_what_was_typed(api: Api) -> None:
    rfp = await in_approval(api)
    await sign_in(api, "hana-head")
    path = f"/console/rfps/{rfp}/decisions/refuse"
    form = {**await hidden(api, path), "reason": 'Too dear <b>& "vague"</b>.'}
    await api.decide(rfp, "hold", PRIYA, waiting_on="finance", reason="Is there money?")
    await api.decide(rfp, "end-hold", PRIYA)
    answer = await send(api, path, form)
    assert answer.status_code == 412
    assert "changed while you had it open" in answer.text
    assert "Is there money?" in answer.text
    assert "RFP submitted" not in answer.text  # seen before
    assert "Too dear &lt;b&gt;&amp; &#34;vague&#34;&lt;/b&gt;." in answer.text
    again = {**hidden_in(answer), "reason": form["reason"]}
    assert (await send(api, path, again)).status_code == 303
    assert (await history(api, rfp))[-1]["said"]["reason"] == form["reason"]


async def test_what_is_refused_is_refused_by_the_same_rule_in_its_own_words(api: Api) -> None:
    rfp = await in_approval(api)
    await sign_in(api, "dev-director")
    page = (await api.client.get(f"/console/rfps/{rfp}")).text
    assert "This is for a different tier to decide." in page
    assert "/decisions/approve" not in page
    path = f"/console/rfps/{rfp}/decisions/approve"
    shown = await api.client.get(path)
    assert "This is for a different tier to decide." in shown.text
    assert "<textarea" not in shown.text
    await sign_in(api, "hana-head")
    form = await hidden(api, path)
    missing = await send(api, path, {**form, "reason": "  "})
    assert (missing.status_code, "Give a reason" in missing.text) == (422, True)
    assert hidden_in(missing) == form
    assert len(await history(api, rfp)) == (await api.get(f"/v1/rfps/{rfp}")).json()["version"]
    for unknown in (f"/console/rfps/{rfp}/decisions/dream", f"/console/rfps/{uuid4()}", "/console/rfps/9"):
        assert "can&#39;t be found" in (await api.client.get(unknown)).text
        assert (await api.client.get(unknown)).status_code == 404


async def test_whatever_somebody_writes_is_text_on_a_page(api: Api) -> None:
    rfp = await api.raised(RITA, "<script>alert(1)</script>")
    await api.get("/v1/rfps")  # until the views show it
    await sign_in(api, "rita-requester")
    for path in (f"/console/rfps/{rfp}", "/console", "/console/rfps?q=<script>"):
        page = (await api.client.get(path)).text
        assert "<script" not in page
        assert "&lt;script&gt;" in page


async def test_one_raises_an_rfp_past_the_catalogue_and_those_who_asked_for_the_same(api: Api) -> None:
    await api.adopt_scheme()
    await api.raised(title="Laptops for the coroner")
    item = {
        "name": "Standard laptop",
        "description": "14 inches.",
        "category": "Devices",
        "price_pence": 74_900,
    }
    await api.post("/v1/catalogue-items", {**item, "lead_time_days": 10}, PRIYA)
    await sign_in(api, "rita-requester")
    form = await hidden(api, "/console/raise")
    empty = await send(api, "/console/raise", form)
    assert (empty.status_code, "Say which service needs it" in empty.text) == (422, True)
    need = {"title": "Laptops", "description": "Forty of them.", "service_area": "Registrars"}
    found = await send(api, "/console/raise", {**form, **need})
    assert "Standard laptop" in found.text
    assert "Laptops for the coroner" in found.text
    confirming = hidden_in(found)
    unsaid = await send(api, "/console/raise/confirmed", confirming)
    assert (unsaid.status_code, "Choose why nothing" in unsaid.text) == (422, True)
    why = {"reason_code": "too_small", "reason": "Our software needs a larger screen."}
    raised = [await send(api, "/console/raise/confirmed", {**confirming, **why}) for _ in range(2)]
    assert raised[0].headers["location"] == raised[1].headers["location"]
    rfp = raised[0].headers["location"].split("/")[3].partition("?")[0]
    said = [each["decision"] for each in await history(api, rfp)]
    assert said == ["RfpRaised", "CatalogueChecked", "CatalogueMatchDeclined"]


async def test_a_browser_is_led_from_the_first_page_to_the_console(api: Api) -> None:
    answer = await api.client.get("/", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/console")
    assert (await api.client.get("/")).status_code == 200
    slash = await api.client.get("/console/")
    assert (slash.status_code, slash.headers["location"]) == (303, "/console")


async def test_whoever_reads_the_record_is_led_from_a_line_to_its_proof(api: Api) -> None:
    rfp = await in_approval(api)
    last = (await history(api, rfp))[-1]["position"]
    link = f'href="/console/record/{last}"'
    await sign_in(api, "hana-head")
    assert link not in (await api.client.get(f"/console/rfps/{rfp}")).text  # the record is not for her
    await sign_in(api, "sam-scrutiny")
    assert link in (await api.client.get(f"/console/rfps/{rfp}")).text
    proven = await api.client.get(f"/console/record/{last}")
    assert "Its proof" in proven.text


async def test_the_story_of_a_case_says_who_was_told(api: Api) -> None:
    rfp = await in_approval(api)
    told: list[dict[str, Any]] = []

    async def somebody_is_told() -> bool:
        told[:] = (await api.get(f"/v1/audit/streams/{rfp}", SAM)).json()["tellings"]
        return bool(told)

    await until_true(somebody_is_told)
    await sign_in(api, "sam-scrutiny")
    shown = said((await api.client.get(f"/console/record/cases/{rfp}")).text)
    assert "Who was told, and when they looked" in shown
    for each in told:
        assert each["sentence"].partition(" ")[2] in shown


@pytest.mark.slow
async def test_what_changed_since_you_last_looked_is_said_where_it_waits(api: Api) -> None:
    rfp = await in_approval(api)
    await sign_in(api, "hana-head")
    first = (await api.client.get("/console")).text
    assert ('class="tag new"' in first, "ince you last looked" in first) == (True, False)
    (there,) = set(re.findall(r'href="(/console/opened/rfp/[^"]+)"', first))
    opened = await api.client.get(html.unescape(there))
    assert (opened.status_code, opened.headers["location"]) == (303, f"/console/rfps/{rfp}")
    again = (await api.client.get("/console")).text
    assert ("ince you last looked" in again, 'class="tag new"' in again) == (False, False)
    await api.decide(rfp, "hold", PRIYA, waiting_on="finance", reason="Is there money?")
    await api.decide(rfp, "end-hold", PRIYA)
    assert await api.service.visibility.reaches(api.position, PATIENCE_SECONDS)
    later = (await api.client.get("/console")).text
    assert "Since you last looked, 1 has changed." in later
    assert "Changed since you last looked</strong>: RFP hold started; RFP hold ended." in later


async def test_nothing_of_an_unknown_kind_is_opened(api: Api) -> None:
    await sign_in(api, "hana-head")
    for path in ("dream/7b69ab37-bbc2-58cc-8b0f-bdcaec59546d?kind=approval&position=1", "rfp/9"):
        assert (await api.client.get(f"/console/opened/{path}")).status_code == 404
