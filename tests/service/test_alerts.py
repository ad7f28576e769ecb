"""Each alert fires on the service's own metrics once its fault is there, and is quiet once it has gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from math import inf
from pathlib import Path
from time import monotonic
from uuid import uuid4

import httpx
import pytest
from eventsourcing.persistence import StoredEvent

from rfp_service import migrating
from rfp_service.events import EVENTS
from rfp_service.migrating import rebuild_views
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rooms import DEADLINES, REACTIONS, VIEWS
from shared.governance.audit.copies import Copies
from shared.kernel.messages import Event
from shared.ledger.checkpoints import Policy
from shared.ledger.log_keys import WitnessAddress
from shared.ledger.log_writer import LogWriter
from shared.ledger.witness import Witness
from shared.ledger.witness_client import ask_all
from shared.record.database import Pool
from shared.record.deadlines.firing import Firing
from shared.record.eventstore.encoding import Topics
from shared.record.eventstore.store import EventStore
from shared.record.projecting import view_watch
from shared.record.projecting.projector import Projector
from shared.record.projecting.reactions import Reactor
from shared.record.projecting.view_watch import ViewWatch
from shared.web.jobs.table import Jobs, JobStatus, KeptWork
from shared.web.monitoring import metrics_server
from shared.web.monitoring.metrics_server import metrics_shown
from shared.web.witness_server import witness_door
from tests.rfps import way
from tests.rfps.examples import RAISED
from tests.service.test_unread_events import LATER, of_a_later_release
from tests.shared.governance.audit.examples import CLERK, LOG
from tests.shared.governance.notifications.ground import ground
from tests.shared.ledger import test_witness
from tests.shared.record.projecting.examples import happen, year_of_rfps
from tests.support.alerts import fires
from tests.support.api import Api, running_api
from tests.support.clock import DatabaseClock
from tests.support.patience import until_true
from tests.support.postgres import Base
from tests.support.running import free_port
from tests.support.served import served
from tests.support.specs import as_stored, stamp

FAR_BEHIND = 5_001
TOO_MANY = 21


class RfpSuspended(Event[Rfp]):
    """What a later release records."""

    kind = "rfp"

    stage: str
    price_pence: int

    def apply(self, rfp: Rfp) -> Rfp:
        return rfp


async def firing(api: Api, *alerts: str) -> set[str]:
    """Return which of these alerts fire on what the service shows now."""
    metrics = (await api.client.get("/metrics")).text
    return {alert for alert in alerts if fires(alert, metrics)}


@asynccontextmanager
async def unattended(base: Base) -> AsyncIterator[tuple[Api, DatabaseClock]]:
    """Run the service without a worker, on a database whose clock can be set forward.

    The service does not look whether it can write: its sign of life would be of the time to come, which the
    database refuses.
    """
    clock = await DatabaseClock(base).begin()
    async with running_api(base, worker=False) as api:
        api.service.write_probe._known_until = inf  # noqa: SLF001  # so it never looks again
        yield api, clock


@pytest.fixture
async def alone(base: Base) -> AsyncIterator[Api]:
    """Lend the service without a worker."""
    async with running_api(base, worker=False) as api:
        yield api


async def test_a_witness_that_is_away_is_behind_and_then_too_few_keep_up(
    new_base: Base, tmp_path: Path
) -> None:
    alerts = ("RfpWitnessBehind", "RfpWitnessesLacking")
    async with unattended(new_base) as (api, clock):
        writer = LogWriter(api.service.pool, [LOG])
        await writer.introduce_witnesses([str(CLERK.verifier)], 0)
        await happen(api.service.store, year_of_rfps()[:3])
        await writer.catch_up()
        away = f"http://127.0.0.1:{free_port()}"
        await ask_all(api.service.pool, [WitnessAddress(CLERK.verifier, away)])
        assert await firing(api, *alerts) == set()  # it may be starting
        await clock.set_forward(timedelta(minutes=11))
        assert await firing(api, *alerts) == set(alerts)
        await clock.set_forward(timedelta())
        witness = Witness(CLERK, Policy((LOG.verifier,)), tmp_path / "state.json")
        async with served(witness_door(witness)) as url:
            await ask_all(api.service.pool, [WitnessAddress(CLERK.verifier, url)])
        await clock.set_forward(timedelta(minutes=11))
        assert await firing(api, *alerts) == set()


async def test_a_witness_that_has_signed_more_than_there_is_refuses(alone: Api, tmp_path: Path) -> None:
    pool = alone.service.pool
    writer = LogWriter(pool, [test_witness.LOG])
    await happen(alone.service.store, year_of_rfps()[:3])
    await writer.introduce_witnesses([str(CLERK.verifier)], await writer.catch_up())
    witness = Witness(CLERK, Policy((test_witness.LOG.verifier,)), tmp_path / "state.json")
    assert (
        witness.add_checkpoint(test_witness.asked(0, 20)).status == 200
    )  # of a longer record, that was here before
    async with served(witness_door(witness)) as url:
        await ask_all(pool, [WitnessAddress(CLERK.verifier, url)])
        assert await firing(alone, "RfpWitnessRefuses") == {"RfpWitnessRefuses"}
        await writer.introduce_witnesses([], 3)
        assert await firing(alone, "RfpWitnessRefuses") == set()


async def test_checkpoints_that_can_not_leave_the_house(new_base: Base, tmp_path: Path) -> None:
    async def no_mail(_: object) -> None:
        raise AssertionError("nobody is written to")

    target = tmp_path / "worm"
    target.write_text("no folder")
    async with unattended(new_base) as (api, clock):
        pool = api.service.pool
        await happen(api.service.store, year_of_rfps()[:3])
        await LogWriter(pool, [LOG]).catch_up()
        copies = Copies(pool, f"file://{target}", timedelta(), no_mail, "rfp@council.example")
        await copies.send()
        assert await firing(api, "RfpNotCopied") == set()
        await clock.set_forward(timedelta(minutes=121))
        assert await firing(api, "RfpNotCopied") == {"RfpNotCopied"}
        await clock.set_forward(timedelta())  # nothing is kept of the time to come
        target.unlink()
        await copies.send()
        await clock.set_forward(timedelta(minutes=121))
        assert await firing(api, "RfpNotCopied") == set()


@pytest.mark.slow
async def test_an_event_of_a_later_release_stops_views_until_that_is_installed(
    alone: Api, base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    alerts, pool = {"RfpViewStopped", "RfpUnreadEvents"}, alone.service.pool
    await alone.service.store.append([StoredEvent(uuid4(), 1, LATER, of_a_later_release())])
    assert await firing(alone, *alerts) == set()
    await _projected(pool, alone.service.store)
    assert await firing(alone, *alerts) == alerts
    later = (*EVENTS, RfpSuspended)
    monkeypatch.setattr(migrating, "EVENTS", later)
    await rebuild_views(base.owner, base.service)
    await _projected(pool, EventStore(pool, Topics(later)))
    assert await firing(alone, *alerts) == set()


@pytest.mark.slow
async def test_views_that_nobody_keeps_current_are_far_behind(alone: Api) -> None:
    store = alone.service.store
    raised = as_stored(RAISED)
    await store.append([store.mapper.stored(uuid4(), 1, raised, stamp("ann")) for _ in range(FAR_BEHIND)])
    assert await firing(alone, "RfpViewsLag") == {"RfpViewsLag"}
    await _projected(alone.service.pool, store)
    assert await firing(alone, "RfpViewsLag") == set()


async def _projected(pool: Pool, store: EventStore) -> None:
    """Let the views, and reactions, come as far as they can."""
    projector, reactor = Projector(pool, store.reader, VIEWS), Reactor(pool, store.reader, REACTIONS)
    await projector.resume()
    await reactor.introduce()
    while await projector.catch_up() or await reactor.catch_up():
        pass


@pytest.mark.slow
async def test_a_view_that_somebody_wrote_to_differs(alone: Api, base: Base) -> None:
    pool = alone.service.pool
    await happen(alone.service.store, year_of_rfps()[:20])
    await rebuild_views(base.owner, base.service)
    await pool.execute("DELETE FROM decisions WHERE position = 7")
    watch = ViewWatch(pool, alone.service.record, VIEWS)
    async with pool.acquire() as connection:
        await view_watch.prepare(connection, VIEWS)
        while await watch.look(connection):
            pass
    assert await firing(alone, "RfpViewDiffers") == {"RfpViewDiffers"}
    await rebuild_views(base.owner, base.service)
    assert await firing(alone, "RfpViewDiffers") == set()


async def test_a_deadline_that_is_due_and_that_nobody_settles(alone: Api) -> None:
    service, case = alone.service, uuid4()
    await service.store.append(
        [
            service.store.mapper.stored(case, n, as_stored(event), stamp("ann"))
            for n, event in enumerate(way.IN_STANDSTILL, start=1)  # which ended long ago
        ]
    )
    assert await firing(alone, "RfpDeadlineOverdue") == set()
    await _projected(service.pool, service.store)
    assert await firing(alone, "RfpDeadlineOverdue") == {"RfpDeadlineOverdue"}
    deadlines = Firing(service.pool, service.store, service.known, DEADLINES)
    while await deadlines.fire():
        pass
    assert await firing(alone, "RfpDeadlineOverdue") == set()


async def test_a_job_whose_process_died_rests(new_base: Base) -> None:
    async with unattended(new_base) as (api, clock):
        jobs, job = Jobs(api.service.pool), uuid4()
        await jobs.begin(KeptWork(job, "rita", "batch", 1, {}), [])
        assert await firing(api, "RfpJobRests") == set()
        await clock.set_forward(timedelta(minutes=11))
        assert await firing(api, "RfpJobRests") == {"RfpJobRests"}
        await clock.set_forward(timedelta())
        await jobs.end(job, JobStatus.FAILED)
        await clock.set_forward(timedelta(minutes=11))
        assert await firing(api, "RfpJobRests") == set()


async def test_a_delivery_that_nobody_makes_is_overdue(new_base: Base) -> None:
    async with unattended(new_base) as (api, clock), ground(api.service.pool) as on:
        endpoint, _ = await on.endpoint(f"http://127.0.0.1:{free_port()}/")
        await on.tell()
        await on.spreading.spread()
        assert await firing(api, "RfpDeliveryOverdue") == set()
        await clock.set_forward(timedelta(minutes=11))
        assert await firing(api, "RfpDeliveryOverdue") == {"RfpDeliveryOverdue"}
        await clock.set_forward(timedelta())
        await on.send()  # to a receiver that is not there: the next attempt is due later
        assert await on.statuses(endpoint) == ["pending"]
        assert await firing(api, "RfpDeliveryOverdue") == set()


async def test_many_who_wait_for_a_connection_are_told_of_while_they_wait(alone: Api) -> None:
    pool = alone.service.pool
    all_of_them = pool.get_max_size()
    taking = [asyncio.ensure_future(pool.acquire()) for _ in range(all_of_them + TOO_MANY)]

    async def all_are_taken() -> bool:
        return bool(pool.waiting >= TOO_MANY)

    try:
        await until_true(all_are_taken)
        assert await firing(alone, "RfpConnectionsShort") == {"RfpConnectionsShort"}
    finally:
        for task in taking:
            task.cancel()
        for taken in await asyncio.gather(*taking, return_exceptions=True):
            if not isinstance(taken, BaseException):
                await pool.release(taken)
    assert await firing(alone, "RfpConnectionsShort") == set()


async def test_a_worker_that_hangs_says_how_old_its_measures_are(
    alone: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = alone.service.settings.model_copy(update={"worker_port": free_port()})
    shown = f"http://127.0.0.1:{settings.worker_port}/metrics"
    async with (
        metrics_shown(replace(alone.service, settings=settings)),
        httpx.AsyncClient(trust_env=False) as client,
    ):

        async def is_quiet() -> bool:
            text = (await client.get(shown)).text
            return 'rfp_ready{process="worker"}' in text and not fires("RfpWorkerHangs", text)

        await until_true(is_quiet)
        monkeypatch.setattr(metrics_server, "monotonic", lambda: monotonic() + 11)
        # Nothing of this loop goes on until the thread has answered.
        assert fires("RfpWorkerHangs", httpx.get(shown, trust_env=False).text)  # noqa: ASYNC210
        monkeypatch.undo()
        await until_true(is_quiet)
