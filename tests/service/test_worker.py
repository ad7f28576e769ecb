"""The background work goes on after whatever failed, and gives up only on faults without end."""

import asyncio
import errno
import json
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from rfp_service import copying, worker
from rfp_service.sending import keep_sending
from rfp_service.service import Service
from shared.governance.audit import copy_targets
from shared.governance.notifications.courier_channel import way_out
from shared.governance.notifications.sender import Sender
from shared.record import backoff
from shared.record.database import connected, of_a_file, stop
from shared.record.projecting.projector import NotificationListener
from shared.record.projecting.reactions import Reactor
from shared.web.bulk import responses
from shared.web.bulk.batch_jobs import ATTEMPTS_LIMIT
from tests.projects.test_bulk import item, sent, several
from tests.support.api import Api, running_api
from tests.support.patience import until_true
from tests.support.people import SAM
from tests.support.postgres import Base


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "RETRY_SECONDS", 0)
    monkeypatch.setattr(backoff, "FAULTS_LIMIT", 3)


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
    monkeypatch.setattr(backoff, "FAULTS_LIMIT", 10_000)
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


BESIDE = {"keep_log", "keep_sending", "ViewWatch.follow", "BookkeepingWatch.follow", "keep_beating"}


async def test_after_an_outage_what_was_begun_before_it_has_ended(api: Api) -> None:
    """The pool takes back what it gives up: such a connection can't even be asked whether it is closed."""

    def beside() -> dict[asyncio.Task[Any], str]:
        named = {task: getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()}
        return {task: name for task, name in named.items() if name in BESIDE}

    async def all_begun() -> bool:
        return {name for task, name in beside().items() if task not in before} == BESIDE

    before: set[asyncio.Task[Any]] = set()
    await until_true(all_begun)
    before = set(beside())
    api.service.pool.give_up("It is away.")
    api.service.pool.go_on()
    await until_true(all_begun)
    assert before & beside().keys() == set()


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


async def test_a_place_for_copies_that_never_answers_holds_up_nothing(
    base: Base, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = asyncio.Event()

    async def never(*_: object) -> None:
        asked.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(copy_targets, "keep", never)
    monkeypatch.setattr(copying, "LOOKED_EVERY_SECONDS", 0.05)
    async with running_api(base, worker=False) as api:
        settings = api.service.settings.model_copy(update={"audit_copies": f"file://{tmp_path}"})
        working = asyncio.create_task(worker.work(replace(api.service, settings=settings)))
        try:
            await api.raised()
            await asyncio.wait_for(asked.wait(), 90)
            rfp = await api.raised()
            listed = (await api.get("/v1/rfps")).json()["items"]
            assert rfp in [each["id"] for each in listed]
        finally:
            await stop(working)


@pytest.mark.parametrize(
    ("error", "a_files"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EROFS, "Read-only file system", "/tmp/x"), True),
        (PermissionError(errno.EACCES, "Permission denied", "/tmp/x"), True),
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), False),  # of the database's socket
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), False),
        (TimeoutError(), False),
        (ZeroDivisionError(), False),
    ],
)
def test_a_full_disk_is_no_database_that_is_away(error: Exception, *, a_files: bool) -> None:
    assert of_a_file(error) is a_files


async def broken_job(api: Api, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """Begin a job, and let it break before its first item."""

    async def breaks(_: object) -> AsyncIterator[None]:
        raise ZeroDivisionError
        yield

    await several(api, 3)
    with monkeypatch.context() as patched:
        patched.setattr(responses, "WHOLE_ITEMS_LIMIT", 2)
        patched.setattr(api.service.batches.runs, "carried_out", breaks)
        body = json.dumps({"items": [item(f"P{n}") for n in range(3)]}).encode()
        job = UUID((await sent(api, body, "application/json", expect=202)).json()["job"])

        async def broken() -> bool:
            return job not in api.service.batches.runs.running

        await until_true(broken)
    return job


class Full:
    """A disk without room, and how often it was tried."""

    def __init__(self, gone: Path) -> None:
        self.gone, self.tried = gone, 0

    async def no_space(self, *_: object) -> None:
        self.tried += 1
        raise OSError(errno.ENOSPC, "No space left on device")

    def not_there(self, *_: object, **__: object) -> None:
        self.tried += 1
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", str(self.gone))

    async def tried_often(self) -> bool:
        return self.tried > ATTEMPTS_LIMIT + 5


@pytest.mark.parametrize("begins", [False, True])
async def test_a_job_goes_on_once_its_files_can_be_written_again_and_meanwhile_views_do(
    base: Base, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, begins: bool
) -> None:
    disk, healed = Full(tmp_path / "gone"), asyncio.Event()

    async def heal() -> None:
        healed.set()

    monkeypatch.setattr(backoff, "FAULTS_LIMIT", 10_000)
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.05)
    async with running_api(base, worker=False) as api:
        job = await broken_job(api, monkeypatch)
        working = asyncio.create_task(worker.work(api.service, heal))
        with monkeypatch.context() as patched:
            if begins:
                patched.setattr(api.service.batches.jobs, "_again", disk.no_space)
            else:
                patched.setattr(tempfile, "mkdtemp", disk.not_there)
            await until_true(disk.tried_often)
            rfp = await api.raised()
            assert rfp in [each["id"] for each in (await api.get("/v1/rfps")).json()["items"]]
        ended = "SELECT status = 'done' AND done = 3 FROM jobs WHERE id = $1"
        await until_true(lambda: api.service.pool.fetchval(ended, job))
        assert not healed.is_set(), "the database was not away"
        await stop(working)


async def test_a_sender_that_came_to_its_rest_counts_its_faults_anew(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = 0

    async def run(_self: Sender, wait: Callable[[float | None], Awaitable[None]], _ring: object) -> None:
        nonlocal runs
        runs += 1
        if runs == 5:
            raise asyncio.CancelledError
        if runs > 2:  # it has nothing to do for a moment, and then fails
            await wait(0)
        raise ZeroDivisionError

    counted: list[int] = []

    def after(row: backoff.Backoff, _: Exception) -> float:
        row.faults += 1
        counted.append(row.faults)
        return 0

    monkeypatch.setattr(Sender, "run", run)
    monkeypatch.setattr(backoff.Backoff, "after", after)
    async with running_api(base, worker=False) as api, way_out(api.service.settings) as outside:
        with pytest.raises(asyncio.CancelledError):
            await keep_sending(api.service, outside, NotificationListener("notifications", 0))
    assert counted == [1, 2, 1, 1]
