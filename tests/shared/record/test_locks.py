"""A long work is carried out by one process at a time, and by another as soon as that one has let go."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest
from asyncpg.pool import PoolConnectionProxy

from shared.record.database import connected
from shared.record.locks import Locks
from tests.support.patience import until_true
from tests.support.postgres import Base

HOLDERS = "SELECT pg_terminate_backend(pid, 60000) FROM pg_locks WHERE locktype = 'advisory'"


@pytest.fixture
async def locks(pool: asyncpg.Pool) -> AsyncIterator[Locks]:
    """The locks of this process."""
    made = Locks(pool)
    yield made
    await let_go(made)


@pytest.fixture
async def another(base: Base) -> AsyncIterator[Locks]:
    """The locks of another process."""
    async with connected(base.service) as pool:
        made = Locks(pool)
        yield made
        await let_go(made)


async def let_go(locks: Locks) -> None:
    """Give everything back, so that nobody waits for its line."""
    for work in [*locks._held, uuid4()]:  # noqa: SLF001  # whatever a spec has left
        await locks.give_back(work)


async def broken_off(locks: Locks, work: UUID, monkeypatch: pytest.MonkeyPatch, by: str = "take") -> None:
    """Take a work on, or give it back, and be cancelled before the server's answer is heard."""
    answered = asyncio.Event()
    asked = {"take": "fetchval", "give_back": "execute"}[by]
    ask = getattr(PoolConnectionProxy, asked)

    async def unheard(line: PoolConnectionProxy, *given: object) -> None:
        if by == "take":
            await ask(line, *given)
        answered.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setattr(PoolConnectionProxy, asked, unheard)
        task = asyncio.create_task(getattr(locks, by)(work))
        await answered.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_one_process_at_a_time_carries_a_work_out(locks: Locks, another: Locks) -> None:
    work = uuid4()
    assert await locks.take(work)
    assert not await locks.take(work)
    assert not await another.take(work)
    assert await another.take(uuid4())
    await locks.give_back(work)
    assert await another.take(work)


@pytest.mark.parametrize("by", ["take", "give_back"])
@pytest.mark.parametrize("others", [0, 1])
async def test_a_work_is_free_for_others_though_the_answer_was_not_waited_for(
    locks: Locks, another: Locks, monkeypatch: pytest.MonkeyPatch, by: str, others: int
) -> None:
    work, held = uuid4(), [uuid4() for _ in range(others)]
    for other in held:
        assert await locks.take(other)
    if by == "give_back":
        assert await locks.take(work)
    await broken_off(locks, work, monkeypatch, by)
    for other in held:  # what else it holds stays its own
        assert not await another.take(other)
        assert await locks.take(uuid4())
    # The server needs a moment to see that a line has ended.
    await until_true(lambda: another.take(work))
    assert not await locks.take(work)


async def test_what_is_held_is_locked_again_once_the_line_that_locked_it_has_died(
    pool: asyncpg.Pool, locks: Locks, another: Locks
) -> None:
    works = [uuid4(), uuid4()]
    for work in works:
        assert await locks.take(work)
    async with locks._one_at_a_time:  # noqa: SLF001  # somebody who looks whether it is free comes first
        await pool.execute(HOLDERS)
        await until_true(lambda: another.take(works[0]))
    await until_true(lambda: is_locked(another, works[1]))
    await another.give_back(works[0])
    await until_true(lambda: is_locked(another, works[0]))
    for work in works:
        await locks.give_back(work)
        assert await another.take(work)


async def is_locked(elsewhere: Locks, work: UUID) -> bool:
    """Say whether somebody holds a work, as another process finds."""
    if await elsewhere.take(work):
        await elsewhere.give_back(work)
        return False
    return True


async def test_works_are_taken_on_again_after_the_line_that_held_them_has_died(
    pool: asyncpg.Pool, locks: Locks
) -> None:
    work = uuid4()
    assert await locks.take(work)
    await pool.execute(HOLDERS)
    await locks.give_back(work)
    assert await locks.take(work)
