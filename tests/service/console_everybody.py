"""Keyboards, large letters, own colours, less motion, paper: the console by whichever way of reading."""

from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.support.browser import be_somebody, browser
from tests.support.running import Running

pytestmark = pytest.mark.xdist_group("demonstration")

PAGES = {
    "hana-head": ("", "rfps", "accessibility", "account", "manage/delegations/new"),
    "paul-procurement": ("bottlenecks", "bottlenecks/compared", "search?q=fictional", "catalogue-orders"),
    "pia-programme": (
        "projects",
        "projects/crossing",
        "projects/priorities",
        "projects/categories",
        "registers/project-registers",
        "outcomes",
        "milestones",
        "promised-data",
        "consultations",
        "readiness",
        "manage/milestones/new",
    ),
    "carlo-contracts": (
        "contracts",
        "contracts/register",
        "contracts/expiry",
        "contracts/calendar",
        "pipeline-notices",
    ),
    "sam-scrutiny": ("record", "record/period", "record/compared", "record/verify", "start"),
    "ada-admin": (
        "manage",
        "scheme",
        "scheme/in-force/decisions/adopt",
        "people",
        "exemptions",
        "webhook-endpoints",
        "deliveries",
    ),
}
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary"
REACHABLE = """(controls) => [...document.querySelectorAll(controls)].filter((one) =>
  one.checkVisibility({visibilityProperty: true}) && one.tabIndex >= 0 && !one.disabled).length"""
FOCUSED = """(controls) => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  return {
    at: [...document.querySelectorAll('*')].indexOf(one),
    counts: one.matches(controls),
    marked: style.outlineStyle !== 'none' || style.boxShadow !== 'none',
    seen: box.bottom > 0 && box.top < innerHeight,
    html: one.outerHTML.slice(0, 120),
  };
}"""
BARE = """() => [...document.querySelectorAll('.button, .person, .tag')].filter((one) =>
  one.checkVisibility() && getComputedStyle(one).borderTopStyle === 'none').map((one) => one.outerHTML)"""
MOVING = """() => [...document.querySelectorAll('*')].filter((one) => {
  const style = getComputedStyle(one);
  return style.transitionDuration !== '0s' || style.animationName !== 'none';
}).map((one) => one.outerHTML.slice(0, 80))"""
STOPS_OF_A_DAY = 4  # the Tab key stops at a day's day, month and year, and at its calendar


async def by_keyboard(page: Page) -> None:
    """Expect the Tab key to reach everything in the order of the page, each with a mark that is seen."""
    reachable = await page.evaluate(REACHABLE, CONTROLS)
    await page.evaluate("document.activeElement.blur()")
    last, reached = -1, 0
    for _ in range(reachable * STOPS_OF_A_DAY):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(FOCUSED, CONTROLS)
        if focused is None or focused["at"] < last:
            break
        if focused["at"] == last:
            continue
        assert focused["marked"], f"no mark: {focused['html']}"
        assert focused["seen"], f"out of sight: {focused['html']}"
        last, reached = focused["at"], reached + focused["counts"]
    assert reached == reachable, f"{reached} of {reachable} reached"


async def enlarged(page: Page) -> None:
    """Expect that nothing is cut off at 200%, nor where the browser's own letters are twice as large."""
    await page.set_viewport_size({"width": 640, "height": 400})  # 200% of 1,280 by 800
    assert await page.evaluate(WIDER) <= 0, "wider than its window at 200%"
    await page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert await page.evaluate(WIDER) <= 0, "wider than its window with letters twice as large"
    await page.set_viewport_size({"width": 1280, "height": 800})


async def in_own_colours(page: Page) -> None:
    """Expect that whatever is pressed has an edge in the reader's own colours, and that nothing moves."""
    await page.emulate_media(forced_colors="active", reduced_motion="reduce")
    assert await page.evaluate(BARE) == []
    assert await page.evaluate(MOVING) == []
    await page.emulate_media(forced_colors="none", reduced_motion="no-preference")


async def on_paper(page: Page) -> None:
    """Expect paper to have what the page says, without what can only be pressed."""
    await page.emulate_media(media="print")
    assert await page.locator("main h1").is_visible()
    for left_out in ("header nav", "form.leave", "a.skip"):
        assert not await page.locator(left_out).first.is_visible(), left_out
    assert await page.evaluate(WIDER) <= 0
    await page.emulate_media(media="screen")


@pytest.mark.parametrize("person", PAGES)
async def test_every_page_is_read_by_keyboard_enlarged_in_own_colours_and_on_paper(
    demonstration: Running, tmp_path: Path, person: str
) -> None:
    async with browser(tmp_path) as running:
        page = await running.new_page()
        await page.set_viewport_size({"width": 1280, "height": 800})
        await page.goto(f"{demonstration.url}/console/sign-in")
        await be_somebody(page, person)
        for path in PAGES[person]:
            await page.goto(f"{demonstration.url}/console/{path}".rstrip("/"))
            try:
                await by_keyboard(page)
                await in_own_colours(page)
                await on_paper(page)
                await enlarged(page)
            except AssertionError as wrong:
                raise AssertionError(f"/console/{path}: {wrong}") from wrong
