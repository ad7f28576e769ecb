"""A councillor's whole way: a decision, its story, two days compared, a bundle that they check."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from tests.service.test_console_in_a_browser import looked_at
from tests.service.test_console_seeing import until_countersigned
from tests.support.browser import be_somebody, browser
from tests.support.days import in_days
from tests.support.running import Running
from tests.support.visiting import visitor

pytestmark = pytest.mark.xdist_group("demonstration")


CHOOSE = "The bundle, or drop it here"


async def told(page: Page, record: str, line: dict[str, Any], bundle: Path) -> None:
    """Read a decision, the story of its case as at that day, two days compared; take the case away."""
    day = line["happened_at"][:10]
    await page.goto(f"{record}?decision={line['decision']}")
    await page.locator(f"main a[href='/console/record/{line['position']}']").first.click()
    assert "The same rule would decide the same again" in await page.locator("main").inner_text()
    await page.goto(f"{record}/cases/{line['stream_id']}")
    decisions = await page.get_by_role("link", name="Proof").count()
    await page.get_by_label("See it as at").fill(day)
    await page.get_by_role("button", name="Show").click()
    assert "as it was known on" in await page.locator("main").inner_text()
    assert 0 < await page.get_by_role("link", name="Proof").count() <= decisions
    await page.goto(f"{record}/compared?from={in_days(-200)}&to={day}")
    assert "different" in await page.locator("main").inner_text()
    await page.goto(f"{record}/cases/{line['stream_id']}")
    async with page.expect_download() as expected:
        await page.get_by_role("link", name="Take the case away").click()
    await (await expected.value).save_as(bundle)


def turn_one_bit(bundle: Path) -> None:
    """Turn one bit of an entry of the record; a bundle's other files stay as they are."""
    with zipfile.ZipFile(bundle) as before:
        files = {name: before.read(name) for name in before.namelist()}
    name = max(each for each in files if each.startswith("entries/"))
    files[name] = bytes([files[name][0] ^ 1]) + files[name][1:]
    with zipfile.ZipFile(bundle, "w") as after:
        for each, content in files.items():
            after.writestr(each, content)


async def compared(page: Page) -> None:
    """Say of every key that the paper says the same."""
    for each in await page.get_by_label("The paper says the same").all():
        await each.check()
    await page.get_by_role("button", name="Check the bundle").click()


async def checked(page: Page, bundle: Path) -> None:
    """Give the bundle to the page that checks it, with the network off; then the same with one bit turned."""
    await given(page, bundle)
    await page.locator("#compare").wait_for()
    await looked_at(page, "check-compare")
    await compared(page)
    await page.locator(".verdict.sound").wait_for()
    await looked_at(page, "check-sound")
    turn_one_bit(bundle)
    await page.context.set_offline(offline=False)
    await page.reload()
    await given(page, bundle)
    await page.locator(".verdict, #compare:not([hidden])").first.wait_for()
    if await page.locator("#compare").is_visible():  # its keys can be read all the same
        await compared(page)
    await page.locator(".verdict.bad").wait_for()
    await looked_at(page, "check-not-sound")


async def given(page: Page, bundle: Path) -> None:
    await page.context.set_offline(offline=True)
    await page.get_by_label(CHOOSE).set_input_files(bundle)


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_councillor_follows_a_decision_and_checks_a_bundle_of_it(
    demonstration: Running, tmp_path: Path, *, scripts: bool
) -> None:
    with visitor(demonstration, "sam-scrutiny") as sam:
        [line] = sam.asked("/audit/decisions", decision="AwardApproved", limit=1)["items"]
        until_countersigned(sam, line["position"])
    async with browser(tmp_path) as running:
        page = await (await running.new_context(java_script_enabled=scripts)).new_page()
        await page.goto(f"{demonstration.url}/console/sign-in")
        await be_somebody(page, "sam-scrutiny")
        record = f"{demonstration.url}/console/record"
        await told(page, record, line, tmp_path / "bundle.zip")
        await page.goto(f"{record}/check.html")
        if scripts:
            await checked(page, tmp_path / "bundle.zip")
        else:
            assert "needs JavaScript" in await page.locator("main").inner_text()
