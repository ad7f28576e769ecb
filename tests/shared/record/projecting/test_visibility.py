"""Whoever reads the views hears at once how far they have come, also after a blip and without any event.

The poll is set so long that no spec here can lean on it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
import pytest

from rfp_service.events import EVENTS
from rfp_service.migrating import rebuild_views
from rfp_service.rooms import VIEWS
from shared.record import backoff
from shared.record.database import stop
from shared.record.eventstore.encoding import EnvelopeMapper, Topics
from shared.record.eventstore.reader import Reader
from shared.record.eventstore.store import EventStore
from shared.record.projecting import visibility
from shared.record.projecting.positions import MOVED
from shared.record.projecting.projector import Projector
from shared.record.projecting.visibility import VISIBLE, Visibility
from tests.shared.record.projecting.examples import happen, year
from tests.support.postgres import Base, session

NEVER = 86_400.0  # seconds
LONG = 60.0  # nothing waits for so long but a fault
LISTENING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query = $1"


@pytest.fixture
async def seen(pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Visibility]:
    """What a reader knows, once it listens."""
    monkeypatch.setattr(visibility, "POLL_SECONDS", NEVER)
    reader = Visibility(pool)
    following = asyncio.create_task(reader.follow())
    yield reader
    await stop(following)


async def followed(pool: asyncpg.Pool, *unknown: str) -> None:
    """Let a worker come as far as it can, of a release that does not know some events."""
    topics = Topics(cls for cls in EVENTS if cls.__name__ not in unknown)
    projector = Projector(pool, Reader(pool, EnvelopeMapper(topics)), VIEWS)
    while await projector.catch_up():
        pass


@asynccontextmanager
async def hearing(base: Base) -> AsyncIterator[tuple[asyncpg.Connection, Callable[[int], Awaitable[None]]]]:
    """Listen for how far the views have come; what is returned waits until a position is told."""
    heard = asyncio.Queue[int]()

    async def until(position: int) -> None:
        async with asyncio.timeout(LONG):
            while await heard.get() != position:
                pass

    async with session(base.service) as connection:
        await connection.add_listener(MOVED, lambda *given: heard.put_nowait(int(str(given[-1]))))
        yield connection, until


async def test_what_is_decided_after_the_line_has_died_is_seen_before_the_poll(
    pool: asyncpg.Pool, store: EventStore, seen: Visibility
) -> None:
    await happen(store, year()[:3])
    await followed(pool)
    assert await seen.reaches(3, LONG)
    line = await pool.fetchval(LISTENING, VISIBLE)
    assert await pool.fetchval("SELECT pg_terminate_backend($1, 60000)", line)
    await happen(store, year()[3:5])
    await followed(pool)
    assert await seen.reaches(5, LONG)


async def test_a_rebuild_tells_how_far_the_views_have_come(base: Base, store: EventStore) -> None:
    await happen(store, year()[:20])
    async with hearing(base) as (_, until):
        await rebuild_views(base.owner, base.service)
        await until(20)


async def test_views_that_go_on_after_an_unread_event_are_told_of_at_once(
    base: Base, pool: asyncpg.Pool, store: EventStore
) -> None:
    place = next(n for n, scene in enumerate(year(), 1) if type(scene.event).__name__ == "RfpRaised")
    await happen(store, year()[: place + 5])
    await followed(pool, "RfpRaised")
    async with hearing(base) as (connection, until):
        assert await connection.fetchval(VISIBLE) == place + 5
        await Projector(pool, Reader(pool, EnvelopeMapper(Topics(EVENTS))), VIEWS).resume()
        stands = await connection.fetchval(VISIBLE)
        assert stands < place + 5
        await until(stands)


async def test_what_the_database_refuses_for_a_while_does_not_end_the_listening(
    pool: asyncpg.Pool, store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backoff, "RETRY_SECONDS", 0)
    left, listen = [asyncpg.OutOfMemoryError("out of memory")] * 3, Visibility._follow_one_connection  # noqa: SLF001  # what fails

    async def fails_first(self: Visibility) -> None:
        if left:
            raise left.pop()
        await listen(self)

    monkeypatch.setattr(Visibility, "_follow_one_connection", fails_first)
    reader = Visibility(pool)
    following = asyncio.create_task(reader.follow())
    try:
        await happen(store, year()[:3])
        await followed(pool)
        assert await reader.reaches(3, LONG)
    finally:
        await stop(following)
