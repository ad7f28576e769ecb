"""Work that failed, stopped or was refused in part, in a browser, with JavaScript and without.

Each page is looked at by axe on a phone and on a desk. They take minutes, so `make prove` has them.
"""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page

from shared.web.jobs.table import JobStatus
from tests.service.console_states import Looking
from tests.service.test_console_endpoints import NOBODY
from tests.service.test_console_in_a_browser import begun
from tests.service.test_console_managing import ADMIN
from tests.service.test_console_programme import with_categories
from tests.service.test_console_progress import DAMAGED, HALF_WRONG, NO_SUCH, an_import, job
from tests.shared.flow.imports.examples import EVENTS
from tests.support.api import Api, running_api, sending_here
from tests.support.browser import browser
from tests.support.patience import until_true
from tests.support.people import ADA
from tests.support.postgres import Base, session
from tests.support.served import served

pytestmark = pytest.mark.xdist_group("browser")
SCRIPTS = pytest.mark.parametrize("scripts", [True, False])
GIVEN_UP = (
    "UPDATE deliveries SET status = 'failed', attempts = 2, settled_at = clock_timestamp()"
    " WHERE id = (SELECT min(id) FROM deliveries) RETURNING id"
)
ATTEMPT = (
    "INSERT INTO delivery_attempts (delivery_id, number, answered_at, status_code, answer, fault, outcome)"
    " VALUES ($1, $2, clock_timestamp(), $3, $4, $5, 'failed') ON CONFLICT DO NOTHING"
)


@pytest.fixture
async def api(base: Base, tmp_path: Path) -> AsyncIterator[Api]:
    """The whole service, which may send to this machine."""
    settings = sending_here(base, tmp_path)
    async with running_api(base, settings=settings) as running:
        yield running


def seen_by(page: Page, address: str, *, scripts: bool) -> Looking:
    """Return who looks: axe needs scripts, and without them pages say the same."""
    return Looking(page, address) if scripts else Plain(page, address)


class Plain(Looking):
    """Somebody without JavaScript, who reads."""

    async def see(self, name: str, *says: str) -> None:
        """Read the page that is open."""
        shown = " ".join((await self.page.locator("main").inner_text()).split())
        assert all(words in shown for words in says), (name, shown)


@SCRIPTS
async def test_a_job_that_runs_failed_or_was_refused_in_part_is_for_everybody(
    api: Api, tmp_path: Path, *, scripts: bool
) -> None:
    name, kept = "pia-programme", {}
    kept["running"] = await job(api, name, None, done=3, refused=1)
    kept["failed"] = await job(api, name, JobStatus.FAILED, done=3, refused=2)
    kept["refused"] = await job(api, name, JobStatus.DONE, done=5, refused=4)
    kept["whole"] = await job(api, name, JobStatus.DONE, done=9)
    async with served(api.app) as address, browser(tmp_path) as running:
        pia = seen_by(await begun(running, address, name, scripts=scripts), address, scripts=scripts)
        there = {state: f"progress/jobs/{made}" for state, made in kept.items()}
        await pia.look(there["running"], "job-running", "4 of 9 done", "Look again")
        await pia.look(f"{there['running']}?watch=yes", "job-watched", "Stop looking again by itself")
        await pia.look(there["failed"], "job-failed", "It failed", DAMAGED["title"], NO_SUCH["title"])
        await pia.look(there["refused"], "job-half-refused", "What was refused, and why", "P-9")
        await pia.look(there["whole"], "job-done", "It is done")


@SCRIPTS
async def test_an_import_that_failed_or_left_rows_out_is_for_everybody(
    api: Api, tmp_path: Path, *, scripts: bool
) -> None:
    half = await an_import(api, events=f"{EVENTS}P1,9,Receive,intake,yesterday,,,\n".encode())
    failed = await an_import(api, events=b"case,activity\n")
    async with served(api.app) as address, browser(tmp_path) as running:
        page = await begun(running, address, "priya-procurement", scripts=scripts)
        priya = seen_by(page, address, scripts=scripts)
        await priya.look(f"progress/imports/{half}", "import-rows-left-out", "is not an ISO 8601 time")
        await priya.look(f"progress/imports/{failed}", "import-failed", "It failed", "lacks a column")


@SCRIPTS
async def test_a_spreadsheet_that_was_refused_in_part_or_can_not_be_read_is_for_everybody(
    api: Api, tmp_path: Path, *, scripts: bool
) -> None:
    await with_categories(api)
    files = {"half.csv": HALF_WRONG, "broken.xlsx": b"PK\x03\x04 nothing that is whole"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    async with served(api.app) as address, browser(tmp_path) as running:
        page = await begun(running, address, "pia-programme", scripts=scripts)
        pia = seen_by(page, address, scripts=scripts)
        for name in reversed(files):
            await page.goto(f"{address}/console/registers/project-registers")
            await page.get_by_label("The file").set_input_files(tmp_path / name)
            await page.get_by_role("button", name="See what differs").click()
            await pia.see(f"register-{name}", "problem" if name == "broken.xlsx" else "from the record")
        await page.get_by_role("button", name="Accept them").click()
        await pia.see("register-half-refused", "1 row accepted, 2 refused", "What was refused, and why")
        await page.get_by_role("link", name="how to undo it").click()
        await pia.see("batch-half-refused", "2 were refused", "Undo it")


@SCRIPTS
async def test_a_delivery_that_was_given_up_is_for_everybody(
    api: Api, base: Base, tmp_path: Path, *, scripts: bool
) -> None:
    await api.meets(ADMIN)
    body = {"target": "webhook", "name": "Desk", "owner": "ada-admin", "url": NOBODY}
    await api.post("/v1/webhook-endpoints", body, ADA)

    async def has_failed() -> bool:
        # As the owner: the service itself may not say what did not happen.
        async with session(base.owner) as owner:
            given_up = await owner.fetchval(GIVEN_UP)
            if given_up is not None:
                for number, came in ((1, (503, "Try later.", "")), (2, (None, "", "Nobody answered."))):
                    await owner.execute(ATTEMPT, given_up, number, *came)
        return given_up is not None

    await until_true(has_failed)
    async with served(api.app) as address, browser(tmp_path) as running:
        page = await begun(running, address, "ada-admin", scripts=scripts)
        ada = seen_by(page, address, scripts=scripts)
        await ada.look("deliveries", "deliveries-failed", "Failed")
        found = re.search(r"/console/(deliveries/\d+[^\"]*)", await page.content())
        assert found is not None
        await ada.look(found[1].replace("&amp;", "&"), "delivery-given-up", "attempt")
