"""The console in a real browser: deciding on a phone without JavaScript, and pages for everybody's eyes."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.service.test_console import history, in_approval
from tests.service.test_console_managing import begun as managed
from tests.service.test_console_managing import one_of
from tests.service.test_console_scheme import VALUES, proposed
from tests.support.api import Api
from tests.support.browser import be_somebody, browser, must_be_accessible
from tests.support.in_full import in_turn
from tests.support.people import PRIYA
from tests.support.served import served

PICTURES = os.environ.get("PICTURES")  # a folder for whoever wants to look
PHONE, DESK = {"width": 320, "height": 640}, {"width": 1280, "height": 800}

pytestmark = pytest.mark.xdist_group("browser")


async def looked_at(page: Page, name: str) -> None:
    """Expect a page to be accessible on a phone and on a desk; by `make test`, on one of them by turns."""
    for size in in_turn(name, (DESK, PHONE)):
        await page.set_viewport_size({"width": size["width"], "height": size["height"]})
        await must_be_accessible(page)
        if PICTURES:
            await page.screenshot(path=Path(PICTURES, f"{name}-{size['width']}.png"), full_page=True)
    await page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})


async def begun(running: Browser, address: str, person: str, *, scripts: bool) -> Page:
    """Come to the first page on a phone, and be somebody."""
    context = await running.new_context(java_script_enabled=scripts)
    page = await context.new_page()
    await page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    await page.goto(address)
    if scripts:
        await looked_at(page, "sign-in")
    await be_somebody(page, person)
    return page


async def test_an_approver_decides_on_a_phone_without_javascript(api: Api, tmp_path: Path) -> None:
    rfp = await in_approval(api)
    async with served(api.app) as address, browser(tmp_path) as running:
        page = await begun(running, address, "hana-head", scripts=False)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        assert await page.locator("h1").inner_text() == "1 thing waits for you"
        await page.get_by_role("link", name="Approve").click()  # the first tap
        await page.get_by_label("Reason").click()
        await page.keyboard.type("In budget.")
        await page.get_by_role("button", name="Approve").dblclick()  # an impatient third one
        assert "Approve: recorded." in await page.locator(".banner").inner_text()
        assert "In budget." in await page.locator(".history").first.inner_text()
        assert (await history(api, rfp))[-1]["by"] == "hana-head"
        await page.go_back()
        assert "do this now" in await page.locator(".notice").inner_text()
        assert [each["decision"] for each in await history(api, rfp)].count("ApprovalGranted") == 1
        assert all(url.startswith(address) for url in asked)
        await page.locator(".leave button").click()
        assert page.url.endswith("/console/sign-in")


@pytest.mark.slow
async def test_every_page_of_deciding_is_for_everybody(api: Api, tmp_path: Path) -> None:
    rfp = await in_approval(api)
    async with served(api.app) as address, browser(tmp_path) as running:
        page = await begun(running, address, "hana-head", scripts=True)
        await looked_at(page, "for-you")
        await page.get_by_role("link", name="Read it first").click()
        await looked_at(page, "rfp")
        await page.goto(f"{address}/console/rfps/{rfp}/decisions/refuse")
        await looked_at(page, "refuse")
        await page.get_by_role("button", name="Refuse").click()
        await looked_at(page, "nothing-typed")
        await page.get_by_label("Reason").fill("Too dear.")
        await api.decide(rfp, "hold", PRIYA, waiting_on="finance", reason="Is there money?")
        await api.decide(rfp, "end-hold", PRIYA)
        await page.get_by_role("button", name="Refuse").click()
        await looked_at(page, "stale")
        assert await page.get_by_label("Reason").input_value() == "Too dear."
        await page.context.clear_cookies()
        await page.get_by_role("button", name="Refuse").click()
        await looked_at(page, "signed-out")
        assert "Too dear." in await page.locator("main").inner_text()


@pytest.mark.slow
async def test_every_page_of_finding_and_raising_is_for_everybody(api: Api, tmp_path: Path) -> None:
    await api.raised(title="Laptops for the coroner")
    async with served(api.app) as address, browser(tmp_path) as running:
        page = await begun(running, address, "rita-requester", scripts=True)
        await looked_at(page, "nothing-waits")
        for path, name in (("rfps", "rfps"), ("rfps?q=zebra", "none-found"), ("rfps/9", "fault")):
            await page.goto(f"{address}/console/{path}")
            await looked_at(page, name)
        await page.goto(f"{address}/console/raise")
        await looked_at(page, "raise")
        for label, said in (("few words", "Laptops"), ("must do", "Forty."), ("Which service", "Registrars")):
            await page.get_by_label(label).fill(said)
        await page.get_by_role("button", name="See what there is").click()
        await looked_at(page, "found")
        await page.get_by_role("button", name="Raise the RFP").click()
        await looked_at(page, "raised")
        assert "The RFP is raised." in await page.locator(".banner").inner_text()


@pytest.mark.slow
async def test_every_page_of_managing_is_for_everybody(api: Api, tmp_path: Path) -> None:
    await managed(api)
    await proposed(api, VALUES)
    made = {path: await one_of(api, path) for path in ("delegations", "catalogue-items", "service-accounts")}
    async with served(api.app) as address, browser(tmp_path) as running:
        page = await begun(running, address, "ada-admin", scripts=True)
        own = ("manage", "scheme", "scheme/in-force/decisions/confirm", "people", "people/dora-deputy")
        for path in (*own, *made, "manage/delegations/new"):
            await page.goto(f"{address}/console/{path}")
            await looked_at(page, path.replace("/", "-"))
        for path, thing in made.items():
            await page.goto(f"{address}/console/{path}/{thing}")
            await looked_at(page, f"one-of-{path}")
