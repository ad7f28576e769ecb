"""Work that fails is tried again: more and more slowly in a row, and not once it was asked to stop."""

import asyncio
import errno

import asyncpg
import pytest

from shared.record import backoff
from shared.record.backoff import Backoff, keep_at
from shared.record.database import stop
from tests.support.patience import PATIENCE_SECONDS


@pytest.fixture
def rests(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the seconds that it would have rested, which nobody waits for here."""
    rested: list[float] = []

    async def rest(seconds: float) -> None:
        rested.append(seconds)

    monkeypatch.setattr(backoff.asyncio, "sleep", rest)
    return rested


def of(*ends: Exception | None, row: Backoff) -> "asyncio.Future[list[float]]":
    """Work that ends so each time, and at last is cancelled."""
    left = list(ends)

    async def once() -> None:
        if not left:
            raise asyncio.CancelledError
        if (error := left.pop(0)) is not None:
            raise error
        row.went_well()

    return asyncio.ensure_future(keep_at(once, row))


async def test_faults_in_a_row_make_it_rest_longer_up_to_half_a_minute(rests: list[float]) -> None:
    faults = [ZeroDivisionError() for _ in range(40)]
    with pytest.raises(asyncio.CancelledError):
        await of(*faults, row=Backoff("sender", gives_up=False))
    assert rests == [min(float(n), 30.0) for n in range(1, 41)]


async def test_after_it_went_well_the_next_fault_is_the_first_again(rests: list[float]) -> None:
    with pytest.raises(asyncio.CancelledError):
        await of(ZeroDivisionError(), ZeroDivisionError(), None, ZeroDivisionError(), row=Backoff("sender"))
    assert rests == [1, 2, 1]


async def test_a_fault_is_logged_whole_when_it_is_another_than_before(
    rests: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, bool]] = []
    monkeypatch.setattr(
        backoff.log, "error", lambda _, **more: said.append((more["error"], more["exc_info"] is not None))
    )
    faults = [ZeroDivisionError(), ZeroDivisionError(), LookupError(), LookupError(), None, LookupError()]
    with pytest.raises(asyncio.CancelledError):
        await of(*faults, row=Backoff("sender"))
    zero, lookup = "ZeroDivisionError", "LookupError"
    whole = [(zero, True), (zero, False), (lookup, True), (lookup, False), (lookup, True)]
    assert said == whole
    assert len(rests) == len(whole)


async def test_a_database_that_is_away_is_no_fault_of_it_but_a_full_disk_is(rests: list[float]) -> None:
    row, heals = Backoff("sender"), 0

    async def heal() -> None:
        nonlocal heals
        heals += 1

    left: list[Exception] = [
        ConnectionRefusedError(),
        TimeoutError(),
        asyncpg.AdminShutdownError("over"),
        OSError(errno.ENOSPC, "No space left on device"),
    ]

    async def once() -> None:
        if not left:
            raise asyncio.CancelledError
        raise left.pop(0)

    with pytest.raises(asyncio.CancelledError):
        await keep_at(once, row, heal)
    assert (heals, row.faults, rests) == (3, 1, [1, 1, 1, 1])


async def test_faults_without_end_are_raised_but_where_it_never_gives_up(
    rests: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backoff, "FAULTS_LIMIT", 3)
    faults = [ZeroDivisionError() for _ in range(5)]
    with pytest.raises(ZeroDivisionError):
        await of(*faults, row=Backoff("worker"))
    assert len(rests) == 3
    with pytest.raises(asyncio.CancelledError):
        await of(*faults, row=Backoff("sender", gives_up=False))
    assert len(rests) == 3 + 5


async def test_who_was_asked_to_stop_is_not_kept_by_a_fault_on_the_way_out() -> None:
    begun, tried = asyncio.Event(), 0

    async def once() -> None:
        nonlocal tried
        tried += 1
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            raise asyncpg.DiskFullError("no space left on device")

    working = asyncio.create_task(keep_at(once, Backoff("worker")))
    await begun.wait()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await stop(working)
    assert tried == 1
    assert isinstance(working.exception(), asyncpg.DiskFullError)
