"""A job whose process is killed goes on after a restart: everything is decided once, and nothing twice."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from shared.embedded.places import Places
from shared.kernel.roles import Role
from shared.web.access.issuer import demonstration_token
from tests.support.in_full import of_many
from tests.support.patience import Patient
from tests.support.running import Running, running

PROJECTS = of_many(6_000, 1_200)
LARGE = {"shared.web.bulk.responses:WHOLE_ITEMS_LIMIT": PROJECTS - 1}  # so many are a job
BATCH = PROJECTS + 2  # with its beginning and its end
REGISTERED = BATCH + 1  # and what was handed in
SECONDS_LIMIT = 600  # nothing waits for so long but a fault
HOLD = """
SELECT pg_advisory_lock(7);
CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN NEW; END $$;
CREATE TRIGGER hold BEFORE INSERT ON stored_events FOR EACH ROW
WHEN (NEW.notification_id > {position}) EXECUTE FUNCTION hold();
"""
LET_GO = """
SELECT pg_terminate_backend(pid, 60000) FROM pg_locks
WHERE locktype = 'advisory' AND objid = 7 AND NOT granted;
SELECT pg_advisory_unlock(7);
DROP TRIGGER hold ON stored_events;
DROP FUNCTION hold;
"""
PATH = "/v1/projects/categorisations"


def reference(number: int) -> str:
    return f"ICT-{number:05}"


@contextmanager
def held(folder: Path, position: int) -> Iterator[None]:
    """Let nothing be recorded past a position, however quick the service is."""
    address = Places.of(folder).addresses().admin
    database = urlsplit(address)._replace(path="/rfp").geturl()
    with psycopg.connect(database, autocommit=True) as admin:
        admin.execute(HOLD.format(position=position).encode())
        yield
        admin.execute(LET_GO.encode())


def client(service: Running) -> httpx.Client:
    token = demonstration_token(service.data_dir, "pia", [Role.PROGRAMME_OFFICER])
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(
        base_url=service.url, headers=headers, timeout=SECONDS_LIMIT, transport=Patient(verify=False)
    )


def registered(http: httpx.Client) -> None:
    rows = "".join(f"{reference(n)},Refresh {n}\r\n" for n in range(PROJECTS))
    file = {"file": ("register.csv", f"Reference,Title\r\n{rows}".encode(), "text/csv")}
    answer = http.post("/v1/project-registers", files=file)
    assert answer.json()["counts"]["done"] == PROJECTS, answer.text


def asked(http: httpx.Client, mode: str = "each") -> httpx.Response:
    items = [
        {"reference": reference(n), "category": f"Category {n % 7}", "reason": "Agreed."}
        for n in range(PROJECTS)
    ]
    return http.post(
        PATH, json={"items": items}, params={"mode": mode}, headers={"Idempotency-Key": "monday"}
    )


def undone(http: httpx.Client, batch: str) -> httpx.Response:
    path = f"/v1/project-batches/{batch}"
    answer = http.post(
        f"{path}/decisions",
        json={"decision": "undo", "reason": "Wrong column."},
        headers={"If-Match": http.get(path).headers["etag"]},
    )
    assert answer.status_code == 202, answer.text
    return answer


def position_reached(http: httpx.Client, last: int) -> bool:
    """Say whether this is the last position of the record, once the views have come there."""
    came = http.get("/v1/project-capacity", params={"after": last})
    beyond = http.get("/v1/project-capacity", params={"after": last + 1})
    return (came.status_code, beyond.status_code) == (200, 422)


def seen(http: httpx.Client, watch: str) -> dict[str, Any]:
    job: dict[str, Any] = http.get(watch).json()
    return job


def has_ended(job: dict[str, Any]) -> bool:
    """Say whether a job has ended; one that says nothing for a minute is shown as stopped, and goes on."""
    return job["status"] in {"done", "failed"}


def until(http: httpx.Client, watch: str, enough: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    began = time.monotonic()
    while not enough(job := seen(http, watch)):
        assert time.monotonic() - began < SECONDS_LIMIT, job
        time.sleep(0.005)
    return job


@pytest.mark.slow
def test_a_killed_job_goes_on_and_doubles_nothing(data_folder: Path) -> None:
    with running(data_folder, constants=LARGE) as service:
        with client(service) as http:
            registered(http)
            with held(data_folder, REGISTERED + PROJECTS // 2):
                began = asked(http)
                assert began.status_code == 202, began.text
                watch = began.json()["watch"]
                halfway = until(http, watch, lambda job: job["done"] > 0)
                service.kill()
        assert halfway["status"] == "running"
        assert halfway["done"] < PROJECTS, "it was killed in the middle"
        service.start()
        with client(service) as http:
            job = until(http, watch, has_ended)
            assert (job["status"], job["done"]) == ("done", PROJECTS)
            assert job["counts"]["refused"] == 0
            assert job["counts"]["repeated"] > 0, "what was decided before the kill stands"
            lines = http.get(job["result"]).text.splitlines()
            assert len(lines) == PROJECTS
            assert position_reached(http, REGISTERED + BATCH), "each once; two beginnings, two ends"
            listed = http.get("/v1/projects", params={"category": "", "limit": 1}).json()
            assert listed["items"] == []
            batch = http.get(f"/v1/project-batches/{began.json()['job']}").json()
            assert batch["status"] == "finished"


@pytest.mark.slow
def test_a_killed_job_of_all_or_nothing_has_done_nothing_and_then_does_all(data_folder: Path) -> None:
    with running(data_folder, constants=LARGE) as service:
        with client(service) as http:
            registered(http)
            with held(data_folder, REGISTERED + PROJECTS // 2):
                watch = asked(http, "all-or-nothing").json()["watch"]
                assert seen(http, watch)["status"] == "running"
                service.kill()
        service.start()
        with client(service) as http:
            job = until(http, watch, has_ended)
            assert (job["status"], job["counts"]["done"]) == ("done", PROJECTS)
            assert job["counts"]["repeated"] == 0, "nothing was decided before the kill"
            assert position_reached(http, REGISTERED + BATCH), "each once; two beginnings, two ends"


@pytest.mark.slow
def test_a_killed_undoing_goes_on_and_doubles_nothing(data_folder: Path) -> None:
    with running(data_folder, constants=LARGE) as service:
        with client(service) as http:
            registered(http)
            began = asked(http).json()
            until(http, began["watch"], lambda job: job["status"] == "done")
            with held(data_folder, REGISTERED + BATCH + PROJECTS // 2):
                watch = undone(http, began["job"]).json()["watch"]
                halfway = until(http, watch, lambda job: job["done"] > 0)
                service.kill()
        assert halfway["done"] < PROJECTS, "it was killed in the middle"
        service.start()
        with client(service) as http:
            job = until(http, watch, has_ended)
            assert (job["status"], job["done"], job["counts"]["refused"]) == ("done", PROJECTS, 0)
            assert job["counts"]["repeated"] > 0, "what was undone before the kill stays undone"
            listed = http.get("/v1/projects", params={"stage": "identified", "limit": 1}).json()
            assert len(listed["items"]) == 1
            batch = http.get(f"/v1/project-batches/{began['job']}").json()
            assert batch["status"] == "undone"
