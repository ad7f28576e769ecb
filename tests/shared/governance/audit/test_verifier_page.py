"""Anybody checks a bundle in a browser, from a page on their disk, without a network."""

import os
from pathlib import Path

import asyncpg
import pytest
from playwright.async_api import Page

from rfp_service.events import EVENTS
from shared.governance.audit.bundle.contents import Files
from shared.governance.audit.verifier.handed_out import verifier_page
from shared.record.eventstore.store import EventStore
from tests.shared.governance.audit.forgeries import (
    another_story,
    how_to_check_is_told_wrongly,
    its_last_entries_left_out,
)
from tests.shared.governance.audit.test_forgeries import bundles
from tests.support.browser import browser, must_be_accessible
from tests.support.in_full import in_turn

PICTURES = os.environ.get("PICTURES")  # a folder for whoever wants to look
WIDTHS = (320, 1280)
SOUND = "Its entries are sound"
UNCHECKED = "story.html and READ-ME-FIRST.txt in the bundle were not checked"


async def looked_at(page: Page, name: str) -> None:
    """Expect a state of the page to be accessible on a phone or on a desk, by turns."""
    for width in in_turn(name, WIDTHS):
        await page.set_viewport_size({"width": width, "height": 800})
        await must_be_accessible(page)
        if PICTURES:
            await page.screenshot(path=Path(PICTURES, f"{name}-{width}.png"), full_page=True)


async def verdict_of(page: Page, bundle: Path, ticked: int | None = None) -> str:
    """Choose a bundle, tick so many keys, and return what the page says of it."""
    await page.set_input_files("#bundle", [])
    await page.set_input_files("#bundle", bundle)
    boxes = page.locator("#keys input")
    await boxes.first.wait_for()
    for box in (await boxes.all())[:ticked]:
        await box.check()
    await page.get_by_role("button", name="Check the bundle").click()
    return await page.locator(".verdict h2").inner_text()


async def says_what_it_does_not_compare(page: Page, folder: Path) -> None:
    for name in ("told", "explained"):
        assert await verdict_of(page, folder / f"{name}.zip") == SOUND
        assert UNCHECKED in await page.locator(".verdict").inner_text()


@pytest.mark.slow
@pytest.mark.xdist_group("browser")
async def test_a_councillor_checks_a_bundle_in_a_browser(
    pool: asyncpg.Pool, store: EventStore, tmp_path: Path
) -> None:
    case, period, _ = await bundles(pool, store)
    forged = Files(its_last_entries_left_out(dict(period.files)))
    every = {
        "case": case,
        "period": period,
        "forged": forged,
        "told": Files(another_story(dict(case.files))),
        "explained": Files(how_to_check_is_told_wrongly(dict(case.files))),
    }
    for name, files in every.items():
        (tmp_path / f"{name}.zip").write_bytes(files.zipped())
    page_file = tmp_path / "check.html"
    page_file.write_text(verifier_page("0", {topic.__name__: topic.kind for topic in EVENTS}))
    async with browser(tmp_path) as running:
        page = await running.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(page_file.as_uri())
        await looked_at(page, "begin")
        assert await verdict_of(page, tmp_path / "case.zip") == SOUND
        assert "RFP raised" in await page.locator("#story").inner_text()
        await looked_at(page, "sound")
        assert await verdict_of(page, tmp_path / "case.zip", ticked=0) == "Not yet known whose it is"
        await looked_at(page, "unknown")
        await says_what_it_does_not_compare(page, tmp_path)
        assert await verdict_of(page, tmp_path / "forged.zip") == "Not sound"
        assert "some may be left out" in await page.locator(".verdict").inner_text()
        await looked_at(page, "forged")
        await page.evaluate("() => { crypto.subtle.importKey = () => Promise.reject(new Error('none')) }")
        assert await verdict_of(page, tmp_path / "case.zip") == SOUND  # by plain arithmetic
        assert asked == [page_file.as_uri()]
