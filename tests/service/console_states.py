"""The states of pages that no link leads to: secrets, failures, what is exempt, erased, lagging, empty.

Each is looked at by axe on a phone and on a desk. They take minutes, so `make prove` has them.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page

from rfp_service.console.managed_kinds import MANAGED
from shared.record.projecting.visibility import Visibility
from tests.service.test_console_endpoints import NOBODY
from tests.service.test_console_in_a_browser import looked_at
from tests.service.test_console_managing import ADMIN, EXEMPTION, GIVEN, begun, one_of
from tests.service.test_console_outcomes import adopted
from tests.service.test_console_scheme import VALUES, proposed
from tests.support.api import Api, running_api, sending_here
from tests.support.browser import be_somebody, browser
from tests.support.days import in_days
from tests.support.people import ADA, LARS, PIA, RITA, Who
from tests.support.postgres import Base
from tests.support.served import served

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
async def api(base: Base, tmp_path: Path) -> AsyncIterator[Api]:
    """The whole service, which may send to this machine."""
    settings = sending_here(base, tmp_path)
    async with running_api(base, settings=settings) as running:
        yield running


class Looking:
    """Somebody at the console, whose every page is looked at."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, f"{address}/console"

    async def be(self, person: str) -> None:
        """Be somebody, whoever it was before."""
        await self.page.context.clear_cookies()
        await self.page.goto(f"{self.address}/sign-in")
        await be_somebody(self.page, person)

    async def look(self, path: str, name: str, *says: str) -> None:
        """Open a page that says this, and look at it."""
        await self.page.goto(f"{self.address}/{path}")
        await self.see(name, *says)

    async def see(self, name: str, *says: str) -> None:
        """Look at the page that is open, which says this."""
        shown = " ".join((await self.page.locator("main").inner_text()).split())
        assert all(words in shown for words in says), shown
        await looked_at(self.page, name)


@asynccontextmanager
async def looking(api: Api, home: Path, person: str) -> AsyncIterator[Looking]:
    """Be somebody at the console of a service."""
    async with served(api.app) as address, browser(home) as running:
        made = Looking(await running.new_page(), address)
        await made.be(person)
        yield made


OF_PROGRAMMES = ("outcomes", "milestones", "promised-data", "consultations")


@pytest.mark.parametrize("path", [each for each in MANAGED if each != "webhook-endpoints"])
async def test_a_kind_without_any_with_one_and_with_none_found_is_for_everybody(
    api: Api, tmp_path: Path, path: str
) -> None:
    await begun(api)
    async with looking(api, tmp_path, "ada-admin") as ada:
        if path not in {"people", "milestones"}:
            await ada.look(path, f"{path}-empty")
        made = await one_of(api, path)
        await ada.look(path, f"{path}-one")
        await ada.look(f"{path}/{made}", f"{path}-itself", "What you can do now")
        if path not in OF_PROGRAMMES:
            await ada.look(f"{path}?q=zebra", f"{path}-none-found", "None found")
        if MANAGED[path].adding:
            await ada.look(f"manage/{path}/new", f"{path}-new")


async def test_a_secret_an_unanswered_challenge_and_its_attempts_are_for_everybody(
    api: Api, tmp_path: Path
) -> None:
    await api.meets(ADMIN)
    async with looking(api, tmp_path, "ada-admin") as ada:
        await ada.look("webhook-endpoints", "endpoints-empty")
        await ada.look("manage/webhook-endpoints/new", "endpoint-new")
        page = ada.page
        await page.get_by_label("Address").fill("https://elsewhere.example/")
        await page.get_by_label("Name").fill("Desk")
        await page.get_by_label("Who answers for it").fill("ada-admin")
        await page.get_by_role("button", name="Register an endpoint").click()
        await ada.see("endpoint-not-allowed", "There is a problem")
        await page.get_by_label("Address").fill(NOBODY)
        await page.get_by_role("button", name="Register an endpoint").click()
        await ada.see("endpoint-secret", "whsec_")
        there = re.search(r"/console/(webhook-endpoints/[0-9a-f-]{36})", await page.content())
        assert there is not None
        await ada.look(there[1], "endpoint-unverified", "until it has answered")
        await ada.look("deliveries", "deliveries")
        found = re.search(r"/console/(deliveries/\d+)", await page.content())
        if found:
            await ada.look(found[1], "delivery-failed")
        await ada.look("deliveries?status=delivered", "deliveries-none")


async def test_what_is_exempt_erased_or_lags_is_for_everybody(api: Api, tmp_path: Path) -> None:
    await begun(api)
    rfp = await api.raised(title="Laptops for the coroner")
    await api.post("/v1/exemptions", {**EXEMPTION, "matter_id": rfp}, LARS)
    directory = (await api.get("/v1/people/dora-deputy", ADA)).json()
    erased = {"decision": "erase", "person": "dora-deputy", "ground": "Left long ago."}
    await api.post("/v1/directory/decisions", erased, ADA, version=directory["version"])
    async with looking(api, tmp_path, "sam-scrutiny") as somebody:
        await somebody.look(f"rfps/{rfp}", "rfp-exempt", "exempt")
        await somebody.look("search?q=coroner", "search-exempt", "Nothing found")
        await somebody.look(f"record/cases/{rfp}", "story-exempt", "Withheld")
        await somebody.be("ada-admin")
        await somebody.look("people", "people-erased", "erased")
        await somebody.look("people/dora-deputy", "person-erased")


async def test_a_draft_held_against_the_catalogue_is_for_everybody(api: Api, tmp_path: Path) -> None:
    await begun(api)
    rfp = await api.raised(Who("rita-requester", RITA.roles), "Laptops for the coroner")
    async with looking(api, tmp_path, "rita-requester") as rita:
        await rita.look(f"rfps/{rfp}/decisions/check-catalogue", "draft-check", "catalogue")


async def test_views_that_lag_are_said_to_and_the_page_is_there_again_afterwards(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begun(api)
    async with looking(api, tmp_path, "ada-admin") as ada:
        ahead = "UPDATE console_sessions SET position = $1"
        await api.service.pool.execute(ahead, await api.service.record.head())
        with monkeypatch.context() as lagging:
            lagging.setattr(Visibility, "reaches", _never)
            nowhere = property(lambda _: 0, lambda _, __: None)  # wherever the views say that they are
            lagging.setattr(Visibility, "position", nowhere, raising=False)
            await ada.look("rfps", "lagging", "The service can't answer just now")
        await ada.look("rfps", "not-lagging")


async def _never(*_: object) -> bool:
    return False


async def test_a_scheme_is_looked_at_before_it_is_proposed_and_before_it_is_confirmed(
    api: Api, tmp_path: Path
) -> None:
    await begun(api)
    async with looking(api, tmp_path, "ada-admin") as ada:
        await ada.look("scheme/in-force/decisions/adopt", "scheme-form")
        await ada.page.get_by_role("button", name="See what it changes").last.click()
        await ada.see("scheme-without-reason", "There is a problem")
        await ada.page.get_by_label("In force from").fill(in_days(30))
        await ada.page.get_by_label("Reason", exact=True).fill("Prices rose.")
        await ada.page.get_by_role("button", name="See what it changes").last.click()
        await ada.see("scheme-previewed", "What you are about to change")
        await proposed(api, VALUES)
        await ada.look("scheme", "scheme-proposed", "second person")
        await ada.be("lars-legal")
        await ada.look("scheme/in-force/decisions/confirm", "scheme-confirm")


async def test_what_is_refused_stale_or_for_others_is_for_everybody(api: Api, tmp_path: Path) -> None:
    await begun(api)
    made = await one_of(api, "milestones")
    await adopted(api)
    async with looking(api, tmp_path, "pia-programme") as pia:
        page, there = pia.page, f"milestones/{made}"
        await pia.look(f"{there}/decisions/submit-evidence", "evidence-without-documents")
        await page.get_by_role("button", name="Hand evidence in").click()
        await pia.see("evidence-none-chosen", "Choose: the document")
        await pia.look(f"{there}/decisions/accept", "milestone-refused", "do this now")
        await pia.look(f"{there}/decisions/rebaseline", "milestone-moved")
        await page.get_by_label("The new day").fill(GIVEN["last_day"])
        body = {"decision": "report-progress", "progress": "Halfway."}
        await api.post(f"/v1/milestones/{made}/decisions", body, PIA, version=1)
        await page.get_by_label("Reason").fill("Later.")
        await page.get_by_role("button", name="Give it another day").click()
        await pia.see("milestone-stale", "changed while you had it open")
        await pia.be("rita-requester")
        await pia.look(there, "milestone-for-others", "others decide here")
        await pia.look(f"{there}/decisions/drop", "milestone-not-for-you", "It is for others than your role")
        await pia.look("service-accounts", "list-not-for-you", "You can't open this")
        await pia.look("record/9", "line-not-for-you")
        await pia.look("search?q=zebra-and-gnu", "search-nothing", "Nothing found")
