"""Every page that a link of the console leads to, looked at by axe on a phone and on a desk.

Every link that one of the demonstration's people is led to is followed, once or twice for each kind of it.
A page is looked at where nobody came to one that is made of the same parts; each form that needs something is
sent with nothing in it, too. They take minutes, so `make prove` has them.
"""

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from playwright.async_api import Page, Request

from rfp_service.console.router import router
from tests.service.test_console_in_a_browser import looked_at
from tests.support.browser import be_somebody, browser
from tests.support.running import Running
from tests.support.visiting import PAGE_BYTES_LIMIT, visitor

pytestmark = pytest.mark.xdist_group("demonstration")

PEOPLE = (
    "rita-requester",
    "hana-head",
    "priya-procurement",
    "evan-evaluator",
    "fay-finance",
    "lars-legal",
    "carlo-contracts",
    "pia-programme",
    "olga-outcomes",
    "sam-scrutiny",
    "ada-admin",
)
FIRST_VISIT_BYTES_LIMIT = 350_000
AN_ID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/people/)[\w.-]+|(?<=/record/)\d+|(?<=/deliveries/)\d+"
    r"|\d{4}-\d\d(-\d\d)?"
)
NOT_A_PAGE = re.compile(r"\.(csv|zip|pdf|odt|ics)\b|/file$|/sign-in/begin|\.html$")
# Where nobody of the demonstration need be led, and which specification looks there.
LOOKED_AT_ELSEWHERE = {
    "/console/batches/{path}/{batch_id}": "console_failed_work",
    "/console/progress/{kind}/{work_id}": "console_failed_work",
    "/console/rfps/{rfp_id}/decisions/check-catalogue": "console_states",
}
NO_PAGES = {  # they lead on, or are files
    "/console/",
    "/console/assets/console.css",
    "/console/papers/{paper_id}.{form}",
    "/console/sign-in/done",
}
NEEDED = re.compile(r"<(label|legend)[^>]*>(?:(?!</\1>|optional).)*</\1>", re.DOTALL)


OF_ONE = "/…?[]"  # how the kind of address ends that each thing of a kind has
LOOKS = 3  # at each kind of address, however many states it has
PARTS = """() => [...new Set([...document.querySelectorAll('main *')].map(
  (one) => `${one.tagName} ${one.getAttribute('class')} ${one.tagName === 'H2' ? one.textContent : ''}`
))].sort().join()"""


@dataclass
class Looked:
    """Which pages were looked at by now, for whomever: of each kind of address, made of which parts."""

    parts: dict[str, set[str]] = field(default_factory=dict)
    forms: set[str] = field(default_factory=set)

    def is_new(self, kind: str, parts: str) -> bool:
        """Say whether nobody came to such a page yet; from now on somebody has."""
        known = self.parts.setdefault(kind, set())
        if parts in known or len(known) >= LOOKS:
            return False
        known.add(parts)
        return True


LOOKED = Looked()


def kind_of(address: str) -> str:
    """Return an address without the ids and the values in it: of each kind one page is looked at."""
    parts = urlsplit(address)
    path = AN_ID.sub("…", parts.path)
    said = {
        name: AN_ID.sub("…", value) if name == "decision" else "" for name, value in parse_qsl(parts.query)
    }
    return f"{path}?{sorted(said.items())}"


def links_in(html: str) -> Iterator[str]:
    """Yield the pages that a page leads to."""
    for found in re.findall(r'href="(/console[^"#]*)', html):
        address = found.replace("&amp;", "&")
        if not NOT_A_PAGE.search(address) and "/assets/" not in address:
            yield address


async def sent_with_nothing(page: Page, name: str) -> bool:
    """Send a form that needs something with nothing in it: what is wrong is said, and said for everybody."""
    form = page.locator("main form[method=post]:has(.acts)").first
    if not await form.count() or not NEEDED.search(await form.inner_html()):
        return False
    for each in await form.locator("input:visible, textarea:visible").all():
        if await each.get_attribute("type") not in ("checkbox", "radio", "file", "hidden"):
            await each.fill("")
    for each in await form.locator("select:visible").all():
        if await each.locator("option[value='']").count():
            await each.select_option("")
    await form.locator(".acts button").first.click()
    if not await page.locator(".errors").count():
        return False  # it needed nothing of what could be emptied, or showed what it would do first
    await looked_at(page, f"{name}-with-nothing")
    return True


class Ways:
    """Where somebody is led from page to page: once to each kind of address, or twice."""

    def __init__(self, html: str) -> None:
        """Begin at a page."""
        self._waiting, self._opened = deque(links_in(html)), Counter[str]()

    def seen(self, html: str) -> None:
        """Go on from another page, too."""
        self._waiting.extend(links_in(html))

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield each address with its kind, until no page leads to another one."""
        while self._waiting:
            address = self._waiting.popleft()
            kind = kind_of(address)
            self._opened[kind] += 1
            if self._opened[kind] <= (2 if kind.endswith(OF_ONE) else 1):
                yield address, kind


async def followed(page: Page, base: str, person: str) -> None:
    """Follow every link that somebody is led to; look at what nobody came to before."""
    ways = Ways(await page.content())
    for address, kind in ways:
        answer = await page.goto(f"{base}{address}")
        assert answer is not None
        assert answer.status == 200, f"{person} is led to {address}: {answer.status}"
        assert len(await answer.body()) < PAGE_BYTES_LIMIT, address
        html = await page.content()
        ways.seen(html)
        if LOOKED.is_new(kind, await page.evaluate(PARTS)):
            await looked_on(page, f"{person} at {address}", f"{person}{kind}", kind)


async def looked_on(page: Page, where: str, called: str, kind: str) -> None:
    """Look at a page, and at what becomes of its form with nothing in it."""
    name = re.sub(r"[^a-z0-9]+", "-", called.lower())[:80]
    try:
        await looked_at(page, name)
        if kind not in LOOKED.forms and await sent_with_nothing(page, name):
            LOOKED.forms.add(kind)
    except AssertionError as wrong:
        raise AssertionError(f"{where}: {wrong}") from wrong


async def weight_of(asked: list[Request]) -> int:
    """Return how many bytes came as the answers to what a page asked for."""
    answers = [await request.response() for request in asked]
    return sum([len(await answer.body()) for answer in answers if answer and answer.status == 200])


@pytest.mark.parametrize("person", PEOPLE)
async def test_every_page_that_somebody_is_led_to_is_for_everybody(
    demonstration: Running, tmp_path: Path, person: str
) -> None:
    async with browser(tmp_path) as running:
        page = await running.new_page()
        asked: list[Request] = []
        page.on("request", lambda request: asked.append(request))  # noqa: PLW0108  # a builtin can't be marked
        await page.goto(f"{demonstration.url}/console/sign-in")
        weight, before = await weight_of(asked), len(asked)  # a browser forgets what it has left
        await be_somebody(page, person)
        weight += await weight_of(asked[before:])
        assert weight < FIRST_VISIT_BYTES_LIMIT
        await followed(page, demonstration.url, person)
        assert all(request.url.startswith(demonstration.url) for request in asked)


def pages_of_the_console(router: APIRouter) -> Iterator[APIRoute]:
    """Yield every route that answers a GET with a page, out of routers within routers."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            if "GET" in (route.methods or ()) and not NOT_A_PAGE.search(route.path):
                yield route
        else:
            yield from pages_of_the_console(route.original_router)  # type: ignore[attr-defined]  # included


def test_no_page_of_the_console_is_passed_by(demonstration: Running) -> None:
    """Whatever answers with a page is looked at: somebody is led there, or it is looked at elsewhere."""
    paths = {"/console", "/console/sign-in", "/console/sign-in/begin"}
    for person in PEOPLE:
        with visitor(demonstration, person) as somebody:
            ways = Ways(somebody.page(""))
            for address, _ in ways:
                paths.add(urlsplit(address).path)
                ways.seen(somebody.client.get(address, follow_redirects=True).text)
    there = [*pages_of_the_console(router)]
    passed_by = {route.path for route in there if not any(route.path_regex.match(path) for path in paths)}
    looked_at = LOOKED_AT_ELSEWHERE.keys() | NO_PAGES  # to some of these the year leads on some days
    assert passed_by <= looked_at <= {route.path for route in there}
    assert all(Path(__file__).with_name(f"{each}.py").exists() for each in LOOKED_AT_ELSEWHERE.values())
