"""Whole journeys in a real browser: a programme officer with a spreadsheet, a contract manager's month.

They take half a minute, so `make prove` has them; each page on the way is looked at on a phone and a desk.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.service.test_console_in_a_browser import begun, looked_at
from tests.service.test_console_programme import ENDS, REGISTER, one_contract, projects, with_categories
from tests.support.api import Api
from tests.support.browser import browser
from tests.support.served import served

pytestmark = pytest.mark.xdist_group("browser")


Look = Callable[[Page, str], Awaitable[None]]


async def gone_to(page: Page, address: str, path: str, name: str) -> None:
    await page.goto(f"{address}/console/{path}")
    await looked_at(page, name)


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_programme_officer_hands_a_spreadsheet_in_accepts_some_and_undoes_it(
    api: Api, tmp_path: Path, *, scripts: bool
) -> None:
    await with_categories(api)
    file = tmp_path / "projects.csv"
    file.write_bytes(REGISTER)
    async with served(api.app) as address, browser(tmp_path) as running:
        page = await begun(running, address, "pia-programme", scripts=scripts)
        look = looked_at if scripts else _not_looked_at
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


async def _not_looked_at(_: Page, __: str) -> None:
    """Look at nothing: axe is a script, and scripts are off."""


async def test_a_contract_manager_opens_a_month_decides_on_it_and_closes_it(api: Api, tmp_path: Path) -> None:
    contract = await one_contract(api)
    async with served(api.app) as address, browser(tmp_path) as running:
        page = await begun(running, address, "carlo-contracts", scripts=True)
        await gone_to(page, address, f"contracts?month={datetime.fromisoformat(ENDS):%Y-%m}", "month")
        await page.get_by_role("button", name="Open the round of").click()
        await looked_at(page, "round")
        assert "still undecided" in await page.locator("h1").inner_text()
        round_page = page.url.partition("?")[0]
        await page.get_by_role("link", name="Defer").click()
        await looked_at(page, "defer")
        await page.get_by_label("Contract").select_option(index=1)
        await page.get_by_label("Until").fill(ENDS)
        await page.get_by_label("Reason").fill("The supplier is away.")
        await page.get_by_role("button", name="Defer").click()
        assert "recorded." in await page.locator(".banner").inner_text()
        await looked_at(page, "deferred")
        await page.get_by_role("link", name="Close").click()
        await looked_at(page, "close")
        await page.get_by_role("button", name="Close").click()
        assert "This round is closed" in await page.locator("h1").inner_text()
        await looked_at(page, "closed")
        assert page.url.startswith(round_page)
        for path in ("contracts/register", "contracts/expiry", "contracts/calendar", f"contracts/{contract}"):
            await gone_to(page, address, path, path.replace("/", "-"))
