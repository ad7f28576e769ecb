"""Work that failed or was refused, as pages: what became of it, which rows, why, and what to do about it."""

import re
from typing import Any
from uuid import UUID, uuid4

import orjson

from rfp_service.console.notification_facts import came_back
from shared.web.jobs.table import JobStatus
from tests.service.test_console import hidden, send, sign_in
from tests.service.test_console_managing import text
from tests.service.test_console_programme import ORIGIN, with_categories
from tests.service.test_imports import finished, hand_in
from tests.shared.flow.imports.examples import EVENTS
from tests.support.api import Api

DAMAGED = {"type": "/problems/fault", "title": "The file ended in the middle of a row.", "status": 500}
NO_SUCH = {"type": "/problems/not-found", "title": "There is no such project.", "status": 404}
BEGUN = (
    "INSERT INTO jobs (id, owner, kind, status, total, done, counts)"
    " VALUES ($1, $2, 'project-categorisations', 'running', $3, 0, '{}')"
)
HALF_WRONG = b"""Ref;Title
P-1;Cables
P-1;Cables again
;Nameless
"""


def outcomes(done: int, refused: int) -> bytes:
    """Return what became of a job's items, a line each."""
    said: list[dict[str, Any]] = [
        {
            "item": n + 1,
            "reference": f"P-{n + 1}",
            "outcome": "done" if n < done else "refused",
            "problem": None,
        }
        for n in range(done + refused)
    ]
    for each in said[done:]:
        each["problem"] = NO_SUCH
    return b"".join(orjson.dumps(each) + b"\n" for each in said)


async def job(
    api: Api, owner: str, status: JobStatus | None, done: int = 0, refused: int = 0, total: int = 9
) -> UUID:
    """Have a job that has come so far, and ended so; it has no work that anything would go on with."""
    jobs, made = api.service.jobs, uuid4()
    await api.service.pool.execute(BEGUN, made, owner, total)
    if done + refused:
        counts = {"done": done, "repeated": 0, "refused": refused}
        await jobs.add(made, 0, outcomes(done, refused), done + refused, counts)
    if status is not None:
        await jobs.end(made, status, dict[str, object](DAMAGED) if status is JobStatus.FAILED else None)
    return made


async def an_import(api: Api, **said: Any) -> str:
    """Have an import that has come to its end."""
    return str((await finished(api, (await hand_in(api, **said))["id"]))["id"])


def test_why_nothing_came_back_is_said_in_words() -> None:
    nothing = {"status_code": None, "answer": "", "fault": "", "outcome": "failed"}
    assert came_back({**nothing, "fault": "ConnectError"}) == "It could not be reached."
    assert came_back({**nothing, "fault": "SomethingElse"}) == "Something else"
    assert came_back({**nothing, "status_code": 503, "answer": "Try later."}) == "503 Try later."
    assert came_back(nothing) == ""


async def test_a_job_says_why_it_failed_and_which_rows_were_refused(api: Api) -> None:
    await sign_in(api, "pia-programme")
    failed = await job(api, "pia-programme", JobStatus.FAILED, done=3, refused=2)
    page = await text(api, f"/console/progress/jobs/{failed}")
    assert ("It failed" in page, DAMAGED["title"] in page) == (True, True)
    assert re.findall(r'Row (\d)</th><td data-label="Which">([\w-]+)</td>', page) == [
        ("4", "P-4"),
        ("5", "P-5"),
    ]
    assert page.count(NO_SUCH["title"]) == 2
    half = await job(api, "pia-programme", JobStatus.DONE, done=6, refused=3)
    page = await text(api, f"/console/progress/jobs/{half}")
    assert ("It is done" in page, page.count(NO_SUCH["title"])) == (True, 3)
    whole = await job(api, "pia-programme", JobStatus.DONE, done=9)
    assert "What was refused" not in await text(api, f"/console/progress/jobs/{whole}")
    await sign_in(api, "rita-requester")
    assert (await api.client.get(f"/console/progress/jobs/{failed}")).status_code == 404


async def test_an_import_says_which_rows_it_left_out(api: Api) -> None:
    made = await an_import(api, events=f"{EVENTS}P1,9,Receive,intake,yesterday,,,\n".encode())
    failed = await an_import(api, events=b"case,activity\n")
    await sign_in(api, "priya-procurement")
    page = await text(api, f"/console/progress/imports/{made}")
    assert "It is done" in page
    left_out, odd = (page.split(each)[1] for each in ("Rows that were left out", "and look odd"))
    assert re.search(r"Row (\d+ of \w+)</th>", left_out)[1] == "9 of events"  # type: ignore[index]
    assert "Row 4 of" in odd
    assert "is not an ISO 8601 time" in page
    page = await text(api, f"/console/progress/imports/{failed}")
    assert ("It failed" in page, "The file lacks a column that an import needs." in page) == (True, True)


async def test_a_spreadsheet_of_which_rows_were_refused_says_which_and_how_to_undo_the_rest(api: Api) -> None:
    await with_categories(api)
    await sign_in(api, "pia-programme")
    path = "/console/registers/project-registers"
    form = {"form_token": (await hidden(api, path))["form_token"]}
    shown = await api.client.post(path, data=form, files={"file": ("p.csv", HALF_WRONG)}, headers=ORIGIN)
    (address,) = re.findall(r'action="(/console/registers/[^"]+)"', shown.text)
    done = await send(api, address, {**form, "which": "all", "act": "accept"})
    assert ("1 row accepted, 2 refused" in done.text, "nothing new" in done.text) == (True, True)
    assert re.findall(r"Row (\d)</th>", done.text) == ["3", "4"]
    (batch,) = re.findall(r'href="(/console/batches/project-batches/[0-9a-f-]{36})"', done.text)
    assert "Undo it" in await text(api, batch)
