"""A database that is frozen, or full, is answered within five seconds: which fault, and when to ask again."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest
import structlog

from rfp_service import logs
from shared.embedded.places import Places
from shared.kernel.roles import Role
from shared.web.access.issuer import demonstration_token
from tests.support.api import Api
from tests.support.patience import LOOKS
from tests.support.postgres import Base, session
from tests.support.running import Running, running

BODY = {"title": "Laptops", "description": "Forty.", "service_area": "Registrars"}
SECONDS_LIMIT = 300.0  # nothing waits for so long but a fault: it stays frozen until all have an answer
AT_ONCE = 40


def processes_of(server: int) -> list[int]:
    """Return a server and all its backends."""
    found = [server]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == server:
            found.append(int(stat.parent.name))
    return found


@contextmanager
def frozen(service: Running) -> Iterator[None]:
    """Freeze the embedded server with everything in it, as a machine that hangs does."""
    server = service.postgres()
    assert server is not None
    stopped = processes_of(server)
    for process in stopped:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in reversed(stopped):
            os.kill(process, signal.SIGCONT)


async def timed(asked: httpx.AsyncClient, method: str, path: str) -> tuple[float, httpx.Response]:
    began = time.monotonic()
    body = BODY if method == "POST" else None
    answer = await asked.request(method, path, json=body)
    return time.monotonic() - began, answer


@pytest.mark.slow
async def test_a_frozen_database_is_a_503_while_it_is_frozen_and_work_goes_on_afterwards(
    data_folder: Path,
) -> None:
    with running(data_folder) as service:
        token = demonstration_token(data_folder, "rita", [Role.REQUESTER])
        async with httpx.AsyncClient(
            base_url=service.url, timeout=SECONDS_LIMIT, headers={"Authorization": f"Bearer {token}"}
        ) as client:
            assert (await client.post("/v1/rfps", json=BODY)).status_code == 201
            with frozen(service):
                asked = [("POST", "/v1/rfps"), ("GET", "/v1/rfps"), ("GET", "/readyz")] * AT_ONCE
                first = await asyncio.gather(*(timed(client, *one) for one in asked))
                later = [await timed(client, *one) for one in asked[:3]]
            for _, answer in [*first, *later]:
                assert answer.status_code == 503, answer.text
                assert answer.headers["Retry-After"]
            ready = later[2][1].json()
            assert (ready["status"], ready["faults"]) == ("not ready", ["The database does not answer."])
            # Nobody waits for what is known, as the first had to.
            assert max(seconds for seconds, _ in later) < max(seconds for seconds, _ in first)
            await becomes_ready(client)
            assert (await client.post("/v1/rfps", json=BODY)).status_code == 201


async def becomes_ready(client: httpx.AsyncClient) -> None:
    for _ in range(LOOKS):
        if (await client.get("/readyz")).status_code == 200:
            return
        await asyncio.sleep(0.1)
    raise AssertionError((await client.get("/readyz")).text)


@pytest.fixture
async def full(base: Base) -> AsyncIterator[asyncpg.Connection]:
    """A database in which an insert of an event fails as it does on a full disk."""
    async with session(base.admin) as superuser:
        await superuser.execute(
            "CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'could not extend file: no space left on device' USING ERRCODE = '53100';"
            " END $$;"
            " CREATE TRIGGER disk_full BEFORE INSERT ON stored_events"
            " FOR EACH ROW EXECUTE FUNCTION disk_full()"
        )
        yield superuser


async def test_a_full_disk_is_a_503_that_says_when_to_ask_again_and_the_service_is_not_ready(
    api: Api, full: asyncpg.Connection
) -> None:
    refused = await api.post("/v1/rfps", BODY, expect=503)
    assert refused.json()["type"] == "/problems/database-cant-write"
    assert refused.headers["Retry-After"]
    ready = await api.client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (503, "not ready")
    assert ready.json()["faults"] == ["The database takes nothing in: DiskFullError."]
    assert ready.headers["Retry-After"]
    await api.get("/v1/rfps", after=None)  # what is there can be read
    await full.execute("DROP TRIGGER disk_full ON stored_events")
    await becomes_ready(api.client)
    head = (await api.client.get("/readyz")).json()["head"]
    assert head == 0  # what was tried left nothing behind
    await api.post("/v1/rfps", BODY, expect=201)


def test_a_fault_is_logged_without_what_somebody_sent(capsys: pytest.CaptureFixture[str]) -> None:
    said = [
        "invalid input for query argument $1: 'Rita\\x00' (a bytes-like object is required)",
        "invalid input for query argument $2: 4711 (value out of int32 range)",
        'invalid input syntax for type uuid: "Rita"',
        "1 validation error\n  Input should be valid [type=int, input_value=4711, input_type=str]",
    ]
    logs.configure("info")
    try:
        for text in said:
            try:
                _fail(text)
            except asyncpg.DataError:
                structlog.get_logger("spec").exception("unforeseen")
    finally:
        logs.configure("critical")
    written = capsys.readouterr().err
    assert written.count("DataError") == len(said)
    assert "invalid input syntax for type uuid" in written
    for secret in ("Rita", "4711"):
        assert secret not in written


def _fail(text: str) -> None:
    raise asyncpg.DataError(text)


@pytest.mark.slow
async def test_a_fault_is_logged_once(data_folder: Path) -> None:
    with running(data_folder, LOG_LEVEL="warning") as service:
        token = demonstration_token(data_folder, "rita", [Role.REQUESTER])
        async with session(Places.of(data_folder).addresses().owner) as owner:
            await owner.execute("ALTER TABLE rfps RENAME TO rfps_elsewhere")
        headers = {"Authorization": f"Bearer {token}"}
        answer = await asyncio.to_thread(service.get, "/v1/rfps", headers)
        assert answer.status_code == 500
        said = service.said.read_text()
        assert said.count("UndefinedTableError") == 1, said
