"""Ready means that it can write and that somebody signs: each fault shows, and goes with its cause."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from rfp_service.service import opened
from rfp_service.worker import work
from shared.record.connection_needs import needed
from shared.record.database import connected
from shared.record.database_health import NO_ROOM, READ_ONLY
from shared.settings import NotConfigured, Settings
from shared.web.monitoring import service_readiness
from shared.web.monitoring.service_readiness import NO_WORKER, NOT_SIGNED, NOT_WITNESSED
from tests.support.api import Api, running_api
from tests.support.patience import PATIENCE_SECONDS, until_true
from tests.support.pooler import transaction_pooler
from tests.support.postgres import Base, session

BODY = {"title": "Laptops", "description": "Forty.", "service_area": "Registrars"}


async def said(api: Api, *faults: str) -> dict[str, object]:
    """Return what readiness says, once these are its faults."""
    last = time.monotonic() + PATIENCE_SECONDS
    while True:
        answer = await api.client.get("/readyz")
        found: dict[str, object] = answer.json()
        if found["faults"] == list(faults) and answer.status_code == (503 if faults else 200):
            return found
        assert time.monotonic() < last, answer.text
        await asyncio.sleep(0.1)


async def signed(api: Api, size: int) -> None:
    """Wait until there is a checkpoint of so many entries."""
    find = "SELECT EXISTS (SELECT FROM log_checkpoints WHERE size = $1)"
    await until_true(lambda: api.service.pool.fetchval(find, size))


async def in_database(base: Base, *statements: str) -> None:
    """Do something to the database as its administrator."""
    async with session(base.admin) as administrator:
        await administrator.execute("SET default_transaction_read_only = off")
        name = await administrator.fetchval("SELECT quote_ident(current_database())")
        for statement in statements:
            await administrator.execute(statement.format(database=name))


# A fail-over: the host that a session had is gone, and the next one has turned into a standby.
ENDED = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


async def test_a_database_that_only_reads_is_away_until_it_takes_writes_again(base: Base) -> None:
    async with running_api(base) as api:
        await api.post("/v1/rfps", BODY)
        await in_database(base, "ALTER DATABASE {database} SET default_transaction_read_only = on", ENDED)
        seen = await said(api, READ_ONLY)
        assert seen["status"] == "not ready"
        for refused in (await api.post("/v1/rfps", BODY, expect=503), await api.get("/v1/rfps", expect=503)):
            assert refused.json()["type"] == "/problems/database-away"
            assert refused.headers["Retry-After"]
        await in_database(base, "ALTER DATABASE {database} RESET default_transaction_read_only")
        await said(api)
        await api.post("/v1/rfps", BODY, expect=201)


async def test_a_session_that_turns_into_a_reading_one_is_left(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_readiness, "WORKER_SECONDS", 3_600.0)  # nobody works, however long it takes
    async with running_api(base, worker=False) as api:
        await in_database(base, "ALTER DATABASE {database} SET default_transaction_read_only = on", ENDED)
        with pytest.raises(asyncpg.TargetServerAttributeNotMatched):
            async with connected(base.service, writes=True):
                pass
        async with connected(base.service) as reading:  # who only reads may
            assert await reading.fetchval("SELECT 1") == 1
        await in_database(base, "ALTER DATABASE {database} RESET default_transaction_read_only")
        await said(api)


async def test_without_a_worker_nobody_signs_and_it_is_not_ready_until_there_is_one(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    for patience in ("WORKER_SECONDS", "UNSIGNED_SECONDS"):
        monkeypatch.setattr(service_readiness, patience, 3.0)  # a worker says every two that it is there
    async with running_api(base, worker=False) as api:
        await api.post("/v1/rfps", BODY)
        seen = await said(api, NO_WORKER, NOT_SIGNED)
        assert seen["signing"]["worker_seconds"] is None  # type: ignore[index]
        working = asyncio.create_task(work(api.service))
        try:
            found = await said(api)
            assert found["signing"]["checkpoint_size"] == 1  # type: ignore[index]
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working


async def test_a_record_that_no_witness_countersigns_is_not_ready(
    api: Api, base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_readiness, "WITNESS_SECONDS", 0.2)
    await api.post("/v1/rfps", BODY)
    await said(api)
    async with session(base.admin) as owner:  # the service keeps real signatures only
        for name in ("clerk", "auditor"):
            await owner.execute("INSERT INTO log_keys VALUES ($1, 'witness', 1)", name)
        await said(api, NOT_WITNESSED)
        await signed(api, 1)
        await owner.execute("INSERT INTO log_cosignatures VALUES (1, 'clerk', '-', now())")
        seen = await said(api)  # one of them will do
        assert seen["signing"]["witnesses_needed"] == 1  # type: ignore[index]
        await api.service.pool.execute("SELECT change_witness_quorum(2, 1)")
        await said(api, NOT_WITNESSED)
        assert "rfp_witnesses_lacking 1.0" in (await api.client.get("/metrics")).text
        await api.service.pool.execute("SELECT change_witness_quorum(1, 1)")
    seen = await said(api)
    lags = {each["witness"]: each["behind_seconds"] for each in seen["signing"]["witnesses"]}  # type: ignore[index]
    assert lags["clerk"] == 0
    assert lags["auditor"] > 0


async def test_without_the_issuers_keys_nobody_is_let_in_and_it_is_not_ready(api: Api) -> None:
    async def away() -> str:
        return "The identity provider's keys can't be fetched."

    whole = api.service
    api.app.state.service = replace(whole, issuer_fault=away)
    try:
        await said(api, await away())
    finally:
        api.app.state.service = whole
    await said(api)


@asynccontextmanager
async def room_for(base: Base, connections: int) -> AsyncIterator[None]:
    """Let so many connections to the database be open, and no more."""
    await in_database(base, f"ALTER DATABASE {{database}} CONNECTION LIMIT {connections}")
    try:
        yield
    finally:
        await in_database(base, "ALTER DATABASE {database} CONNECTION LIMIT -1")


async def test_where_every_connection_is_somebody_elses_it_says_so_until_there_is_one(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_readiness, "WORKER_SECONDS", 3_600.0)  # nobody works, however long it takes
    role = urlsplit(base.service).username
    async with running_api(base, worker=False) as api:
        await in_database(
            base, "ALTER DATABASE {database} CONNECTION LIMIT 0", f"{ENDED} AND usename = '{role}'"
        )
        try:
            await said(api, NO_ROOM)
            refused = await api.post("/v1/rfps", BODY, expect=503)
            assert refused.json()["type"] == "/problems/database-away"
        finally:
            await in_database(base, "ALTER DATABASE {database} CONNECTION LIMIT -1")
        await said(api)


async def test_who_finds_no_connection_waits_for_one_that_comes_back(new_base: Base) -> None:
    async with room_for(new_base, 2), connected(new_base.service, 8) as pool:

        async def asked() -> int:
            async with pool.acquire() as connection:
                answer: int = await connection.fetchval("SELECT 1 FROM pg_sleep(0.01)")
                return answer

        assert await asyncio.gather(*(asked() for _ in range(40))) == [1] * 40


async def test_a_pool_that_is_held_is_whole_from_the_start_or_says_what_it_needs(
    new_base: Base, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, database_url=new_base.service, database_pool=6, processes=2)
    assert needed(settings) == (2 + 1) * (6 + 1)
    async with opened(settings, new_base.service, held=True) as service:
        assert service.pool.get_size() == 6
    async with room_for(new_base, 4):
        with pytest.raises(NotConfigured, match="21 connections"):
            async with opened(settings, new_base.service, held=True):
                pass


async def test_a_pooler_that_shares_sessions_out_is_refused_in_a_sentence(base: Base, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url=base.service)
    async with transaction_pooler(base.service) as url:
        with pytest.raises(NotConfigured, match="pooler in transaction or statement mode"):
            async with opened(settings, url):
                pass
