"""The background work goes on after whatever failed, and gives up only on faults without end."""

import asyncio
from collections.abc import Callable

import asyncpg
import pytest

from rfp_service import worker
from rfp_service.service import Service
from shared.record.database import connected, stop
from shared.record.projecting.reactions import Reactor
from tests.support.api import running_api
from tests.support.patience import until_true
from tests.support.people import SAM
from tests.support.postgres import Base


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "RETRY_SECONDS", 0)
    monkeypatch.setattr(worker, "FAULTS_LIMIT", 3)


def failing(*rounds: int) -> Callable[..., object]:
    """Return work that fails so often before each round that goes well, and then for good."""
    left = list(rounds)

    async def attempt(
        _service: Service, _outside: object, _keys: object, went_well: Callable[[], None]
    ) -> None:
        await asyncio.sleep(0)
        if left and left[0] == 0:
            left.pop(0)
            went_well()
        elif left:
            left[0] -= 1
        raise asyncpg.DiskFullError("no space left on device")

    return attempt


async def test_faults_count_only_in_a_row(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = 0
    fails = failing(2, 2, 2, 2)

    async def counted(*given: object) -> None:
        nonlocal begun
        begun += 1
        await fails(*given)  # type: ignore[misc]

    monkeypatch.setattr(worker, "_work_on_one_connection", counted)
    async with running_api(base, worker=False) as api:
        with pytest.raises(asyncpg.DiskFullError):
            await worker.work(api.service)
    assert begun == 4 * 3 + 3


async def test_a_database_that_is_away_is_waited_for_however_long(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0

    async def away(*_: object) -> None:
        nonlocal tries
        tries += 1
        raise ConnectionRefusedError if tries <= 20 else LookupError

    monkeypatch.setattr(worker, "_work_on_one_connection", away)
    async with running_api(base, worker=False) as api:
        with pytest.raises(LookupError):
            await worker.work(api.service)
    assert tries == 20 + 3 + 1


async def test_the_work_begins_again_where_the_keeping_of_the_log_failed(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = 0
    again = asyncio.Event()

    async def keep(*_: object) -> None:
        nonlocal kept
        kept += 1
        if kept == 2:
            again.set()
            await asyncio.Event().wait()
        raise asyncpg.DeadlockDetectedError("deadlock detected")

    monkeypatch.setattr(worker, "keep_log", keep)
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.05)
    async with running_api(base, worker=False) as api:
        working = asyncio.create_task(worker.work(api.service))
        try:
            await asyncio.wait_for(again.wait(), 90)
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


async def test_a_fault_in_one_kind_of_work_holds_up_no_other_and_not_the_signing(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = 0

    async def fails(*_: object) -> int:
        nonlocal tried
        tried += 1
        await asyncio.sleep(0.01)
        raise ZeroDivisionError

    monkeypatch.setattr(Reactor, "catch_up", fails)
    monkeypatch.setattr(worker, "FAULTS_LIMIT", 10_000)
    async with running_api(base, worker=False) as api:
        working = asyncio.create_task(worker.work(api.service))
        try:
            rfp = await api.raised()
            await api.get(f"/v1/rfps/{rfp}")  # as of its position: the views have come so far
            proof = (await api.get(f"/v1/audit/proofs/{api.position}", SAM)).json()
            assert proof["size"] == api.position
            assert tried
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


async def test_a_worker_that_is_stopped_while_it_begins_leaves_its_lock_to_others(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    beginning = asyncio.Event()

    async def never(*_: object) -> None:
        beginning.set()
        await asyncio.Event().wait()

    async with running_api(base, worker=False) as api, connected(base.service, 1) as elsewhere:
        with monkeypatch.context() as patched:
            patched.setattr(worker.NotificationListener, "attach", never)
            working = asyncio.create_task(worker.work(api.service))
            await beginning.wait()
            taken = "SELECT pg_try_advisory_lock($1)"
            assert not await elsewhere.fetchval(taken, worker.WORKER_LOCK)
            await stop(working)
        # The database takes a moment to notice that a session has ended.
        await until_true(lambda: elsewhere.fetchval(taken, worker.WORKER_LOCK))
