"""Whole journeys in a real browser: a requester, a programme officer, a contract manager, an outcome's owner.

They take a minute, so `make prove` has them; each page on the way is looked at on a phone and a desk, where
JavaScript is on: axe is a script itself.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.service.test_console_in_a_browser import begun, looked_at
from tests.service.test_console_managing import one_of
from tests.service.test_console_programme import ENDS, REGISTER, one_contract, projects, with_categories
from tests.support.api import Api
from tests.support.browser import browser
from tests.support.served import served

pytestmark = pytest.mark.xdist_group("browser")


Look = Callable[[Page, str], Awaitable[None]]


async def _not_looked_at(_: Page, __: str) -> None:
    """Look at nothing: axe is a script, and scripts are off."""


def looking(*, scripts: bool) -> Look:
    return looked_at if scripts else _not_looked_at


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_programme_officer_hands_a_spreadsheet_in_accepts_some_and_undoes_it(
    api: Api, tmp_path: Path, *, scripts: bool
) -> None:
    await with_categories(api)
    file = tmp_path / "projects.csv"
    file.write_bytes(REGISTER)
    async with served(api.app) as address, browser(tmp_path) as running:
        page = await begun(running, address, "pia-programme", scripts=scripts)
        look = looking(scripts=scripts)
        await _handed_in(page, f"{address}/console/registers/project-registers", file, look)
        await page.get_by_label("Accept row 3: P-2").uncheck()
        await page.get_by_role("button", name="Accept them").click()
        await look(page, "accepted")
        api.position = await api.service.record.head()
        assert [each["reference"] for each in await projects(api)] == ["P-1"]
        await page.get_by_label("Why").fill("The wrong file.")
        await page.get_by_role("button", name="Undo all of it").click()
        assert "It is undone." in await page.locator(".banner").inner_text()
        await look(page, "undone")
        for path in ("projects", "projects/crossing", "projects/priorities", "projects/categories"):
            await page.goto(f"{address}/console/{path}")
            await look(page, path.replace("/", "-"))


async def _handed_in(page: Page, there: str, file: Path, look: Look) -> None:
    """Hand a file in, and put right which column is what."""
    await page.goto(there)
    await look(page, "hand-in")
    await page.get_by_role("button", name="See what differs").click()
    assert "Choose a file" in await page.locator(".errors").inner_text()
    await look(page, "no-file")
    await page.get_by_label("The file").set_input_files(file)
    await page.get_by_role("button", name="See what differs").click()
    assert "2 differences from the record" in await page.locator("h1").inner_text()
    await look(page, "as-read")
    await page.get_by_label("Project no.").select_option("reference")
    await page.get_by_role("button", name="Read it like this").click()
    await look(page, "differences")


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_contract_manager_opens_a_month_decides_on_it_and_closes_it(
    api: Api, tmp_path: Path, *, scripts: bool
) -> None:
    contract = await one_contract(api)
    look = looking(scripts=scripts)
    async with served(api.app) as address, browser(tmp_path) as running:
        page = await begun(running, address, "carlo-contracts", scripts=scripts)
        await page.goto(f"{address}/console/contracts?month={datetime.fromisoformat(ENDS):%Y-%m}")
        await look(page, "month")
        await page.get_by_role("button", name="Open the round of").click()
        await look(page, "round")
        assert "still undecided" in await page.locator("h1").inner_text()
        await page.get_by_role("link", name="Defer").click()
        await look(page, "defer")
        await page.get_by_label("Contract").select_option(index=1)
        await page.get_by_label("Until").fill(ENDS)
        await page.get_by_label("Reason").fill("The supplier is away.")
        await page.get_by_role("button", name="Defer").click()
        assert "recorded." in await page.locator(".banner").inner_text()
        await look(page, "deferred")
        await page.get_by_role("link", name="Close").click()
        await look(page, "close")
        await page.get_by_role("button", name="Close").click()
        assert "This round is closed" in await page.locator("h1").inner_text()
        await look(page, "closed")
        for path in ("contracts/register", "contracts/expiry", "contracts/calendar", f"contracts/{contract}"):
            await page.goto(f"{address}/console/{path}")
            await look(page, path.replace("/", "-"))


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_requester_asks_for_something_and_answers_what_comes_back(
    api: Api, tmp_path: Path, *, scripts: bool
) -> None:
    await api.adopt_scheme()
    await api.raised(title="Laptops for the coroner")
    look = looking(scripts=scripts)
    async with served(api.app) as address, browser(tmp_path) as running:
        page = await begun(running, address, "rita-requester", scripts=scripts)
        await page.get_by_role("navigation", name="Main").get_by_role("link", name="Raise an RFP").click()
        for label, said in (("few words", "Laptops"), ("must do", "Forty."), ("Which service", "Registrars")):
            await page.get_by_label(label).fill(said)
        await page.get_by_role("button", name="See what there is").click()
        assert "Laptops for the coroner" in await page.locator("main").inner_text()  # somebody asked before
        await look(page, "near-duplicates")
        await page.get_by_role("button", name="Raise the RFP").click()
        assert "The RFP is raised." in await page.locator(".banner").inner_text()
        await page.get_by_label("Say something").fill("They hum.")
        await page.get_by_role("button", name="Say it").click()
        assert "They hum." in await page.locator(".talk").inner_text()
        await look(page, "said")
        await page.get_by_role("link", name="Withdraw the RFP").click()
        await page.get_by_label("Reason").fill("The library lends us theirs.")
        await page.get_by_role("button", name="Withdraw the RFP").click()
        assert "recorded." in await page.locator(".banner").inner_text()
        await look(page, "withdrawn")


@pytest.mark.parametrize("scripts", [True, False])
async def test_an_outcome_s_owner_hands_evidence_in_and_the_programme_accepts_it(
    api: Api, tmp_path: Path, *, scripts: bool
) -> None:
    made = await one_of(api, "milestones")
    minute = tmp_path / "minute.txt"
    minute.write_bytes(b"Agreed.\n")
    look = looking(scripts=scripts)
    async with served(api.app) as address, browser(tmp_path) as running:
        there = f"{address}/console/milestones/{made}"
        page = await begun(running, address, "olga-outcomes", scripts=scripts)
        await page.goto(there)
        await page.locator("summary", has_text="Add a document").click()
        await page.get_by_label("Add a document").set_input_files(minute)
        await page.get_by_role("button", name="Add it").click()
        assert "The document is added." in await page.locator(".banner").inner_text()
        await page.get_by_role("link", name="Hand evidence in").click()
        await look(page, "which-document")
        await page.get_by_label("The document").select_option(label="minute")
        await page.get_by_role("button", name="Hand evidence in").click()
        await look(page, "handed-in")
        await page.locator(".leave button").click()
        await page.locator("button[value=pia-programme]").click()
        await page.goto(f"{address}/console")
        await page.get_by_role("link", name="Interim process").first.click()
        await page.get_by_role("link", name="Accept that it is met").click()
        await page.get_by_role("button", name="Accept that it is met").click()
        assert "Met on" in await page.locator(".lead").inner_text()
        await look(page, "met")
