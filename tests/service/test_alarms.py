"""A view changed by hand and a witness that does not sign are loud: in readiness and in metrics."""

import asyncio
from types import ModuleType

import asyncpg
import pytest

from rfp_service.bookkeeping import watch as bookkeeping_watch
from rfp_service.bookkeeping.watch import BookkeepingWatch
from rfp_service.migrating import rebuild_views
from rfp_service.rooms import VIEWS
from shared.ledger.log_keys import WitnessAddress
from shared.ledger.log_writer import LogWriter
from shared.ledger.notes import KeyType, Signer
from shared.ledger.witness_client import ask_all
from shared.record import backoff
from shared.record.database import stop
from shared.record.eventstore.store import EventStore
from shared.record.projecting import view_watch
from shared.record.projecting.view_watch import ViewWatch
from shared.web.monitoring import service_readiness
from tests.shared.governance.audit.examples import LOG, kept
from tests.support.api import Api, running_api
from tests.support.patience import PATIENCE_SECONDS
from tests.support.postgres import Base
from tests.support.running import free_port

ENTRIES = 120
RANGE = 50


@pytest.fixture(autouse=True)
def nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be ready without a worker for longer than any of these takes."""
    monkeypatch.setattr(service_readiness, "WORKER_SECONDS", 3_600.0)
    monkeypatch.setattr(service_readiness, "UNSIGNED_SECONDS", 3_600.0)


async def said(api: Api) -> tuple[str, list[str], str]:
    """Return readiness's status and alarms, and the metrics."""
    ready = await api.client.get("/readyz")
    assert ready.status_code == 200
    metrics = (await api.client.get("/metrics")).text
    return ready.json()["status"], ready.json()["alarms"], metrics


async def a_round(pool: asyncpg.Pool, store: EventStore) -> int:
    """Compare the whole record once; return in how many looks."""
    watch = ViewWatch(pool, store.reader, VIEWS)
    async with pool.acquire() as connection:
        await view_watch.prepare(connection, VIEWS)
        looks = 1
        while await watch.look(connection):
            looks += 1
    return looks


@pytest.mark.parametrize(("module", "kind"), [(view_watch, ViewWatch), (bookkeeping_watch, BookkeepingWatch)])
async def test_a_comparison_goes_on_after_a_fault(
    pool: asyncpg.Pool,
    store: EventStore,
    module: ModuleType,
    kind: type[ViewWatch | BookkeepingWatch],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LOOKED_EVERY_SECONDS", 0.0)
    monkeypatch.setattr(backoff, "RETRY_SECONDS", 0.0)
    looks: list[object] = [asyncpg.QueryCanceledError("too long"), ValueError("unforeseen"), None]
    again = asyncio.Event()

    async def look(*_: object) -> int:
        if looks and isinstance(fault := looks.pop(0), Exception):
            raise fault
        again.set()
        return 0

    monkeypatch.setattr(kind, "look", look)
    watch = (
        ViewWatch(pool, store.reader, VIEWS) if kind is ViewWatch else BookkeepingWatch(pool, store.reader)
    )
    following = asyncio.create_task(watch.follow())
    async with asyncio.timeout(PATIENCE_SECONDS):
        await again.wait()
    await stop(following)
    assert not looks


async def test_a_hidden_decision_is_an_alarm_until_the_view_is_right_again(
    base: Base, pool: asyncpg.Pool, store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view_watch, "RANGE_AT_A_TIME", RANGE)
    await kept(pool, store, 0, ENTRIES)
    await rebuild_views(base.owner, base.service)
    async with running_api(base, worker=False) as api:
        assert await a_round(pool, store) == 3
        assert (await said(api))[:2] == ("ready", [])
        row = await pool.fetchrow("DELETE FROM decisions WHERE position = 77 RETURNING *")
        await a_round(pool, store)
        status, [alarm], metrics = await said(api)
        assert status == "ready, with alarms"
        assert alarm == "The view decisions is not what the record gives: the row 77 is missing"
        assert 'rfp_view_differs{view="decisions"} 1.0' in metrics
        assert 'rfp_view_differs{view="rfps"} 0.0' in metrics
        await rebuild_views(base.owner, base.service)
        assert (await said(api))[:2] == ("ready", [])
        await pool.execute("UPDATE decisions SET version = version + 1 WHERE position = 3")
        await a_round(pool, store)
        assert "the row 3 holds other values" in (await said(api))[1][0]
        await pool.execute("UPDATE decisions SET version = version - 1 WHERE position = 3")
        await a_round(pool, store)
        assert (await said(api))[:2] == ("ready", [])
        assert row is not None


async def test_a_witness_that_is_silent_for_long_or_refuses_is_an_alarm(
    base: Base, pool: asyncpg.Pool, store: EventStore
) -> None:
    await kept(pool, store, 0, 3)
    clerk = Signer.new("clerk.example", KeyType.WITNESS).verifier
    await LogWriter(pool, [LOG]).introduce_witnesses([str(clerk)], 3)
    async with running_api(base, worker=False) as api:
        await ask_all(pool, [WitnessAddress(clerk, f"http://127.0.0.1:{free_port()}")])
        assert (await said(api))[:2] == ("ready", [])  # it may be starting
        await pool.execute("UPDATE witness_answers SET failing_since = '2026-01-01T09:30Z'")
        status, [alarm], metrics = await said(api)
        assert status == "ready, with alarms"
        assert alarm.startswith(
            "The witness clerk.example has not countersigned since 2026-01-01 09:30 UTC: ConnectError"
        )
        assert 'rfp_witness_failing_seconds{witness="clerk.example"}' in metrics
        await pool.execute(
            "UPDATE witness_answers SET failing_since = now(), refused = true, said = 'it has signed 9'"
        )
        [alarm] = (await said(api))[1]
        assert "refuses to countersign" in alarm
        assert 'rfp_witness_refuses{witness="clerk.example"} 1.0' in (await said(api))[2]
        await LogWriter(pool, [LOG]).introduce_witnesses([], 3)  # it is asked no longer
        assert (await said(api))[:2] == ("ready", [])
