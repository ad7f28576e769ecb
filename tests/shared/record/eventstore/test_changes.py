"""What was read of a thing counts until the thing has changed, and no longer."""

import asyncio
import contextvars
from collections.abc import Sequence
from uuid import UUID, uuid4

import asyncpg
import pytest

from rfp_service.events import EVENTS
from shared.record.database import connected
from shared.record.eventstore import changes as looking
from shared.record.eventstore.changes import KeptByThing, StreamChanges
from shared.record.eventstore.encoding import Topics
from shared.record.eventstore.store import EventStore
from tests.shared.record.eventstore.examples import Count, Counted, Counter
from tests.support.postgres import Base
from tests.support.specs import stamp

ANN = stamp("ann")


async def counter(store: EventStore) -> UUID:
    made = uuid4()
    await store.create(made, Count(by=2), ANN, blank=Counter())
    return made


async def counts(store: EventStore, *counters: UUID) -> None:
    for each in counters:
        await store.handle(each, Count(by=1), ANN, blank=Counter())


async def put_back(base: Base, counter: UUID) -> None:
    """Take the second count, the last of the record, out of it: as a restored backup would have it."""
    async with connected(base.admin, 1) as owner:
        for table in ("stored_events", "event_head"):
            await owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        await owner.execute(
            "DELETE FROM stored_events WHERE originator_id = $1 AND originator_version = 2", counter
        )
        await owner.execute("UPDATE event_head SET position = position - 1")


async def test_a_look_tells_what_has_changed_since_another(store: EventStore, pool: asyncpg.Pool) -> None:
    one, other = await counter(store), await counter(store)
    changes = StreamChanges(pool)
    before = await changes.look()
    assert before.position == await store.reader.head()
    await counts(store, one)
    assert changes.unchanged(one, before)  # as far as the last look saw
    after = await changes.look()
    assert after.position == before.position + 1
    assert (changes.unchanged(one, before), changes.unchanged(other, before)) == (False, True)
    assert changes.unchanged(one, after)


@pytest.mark.parametrize("limit", ["LOOKED_AT_LIMIT", "CHANGED_LIMIT"])
async def test_after_too_many_changes_nothing_counts_that_was_read_before(
    store: EventStore, pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    made = [await counter(store) for _ in range(4)]
    changes = StreamChanges(pool)
    before = await changes.look()
    monkeypatch.setattr(looking, limit, 3)
    await counts(store, *made)
    after = await changes.look()
    assert after.position == await store.reader.head()
    assert not changes.unchanged(uuid4(), before)
    assert changes.unchanged(made[0], after)


@pytest.mark.parametrize("grown_again", [False, True], ids=["shorter", "grown again by another count"])
async def test_a_record_that_was_put_back_is_read_anew(
    store: EventStore, pool: asyncpg.Pool, base: Base, *, grown_again: bool
) -> None:
    elsewhere = EventStore(pool, Topics([*EVENTS, Counted]))  # another process: it has not looked yet
    one = await counter(store)
    await counts(store, one)
    before = await store.changes.look()
    await put_back(base, one)
    if grown_again:
        await elsewhere.handle(one, Count(by=5), ANN, blank=Counter())
    after = await store.changes.look()
    assert (after.position == before.position) == grown_again
    assert not store.changes.unchanged(one, before)


async def test_what_is_kept_of_a_thing_is_read_once_until_it_changes(
    store: EventStore, pool: asyncpg.Pool
) -> None:
    one, other, none = await counter(store), await counter(store), uuid4()
    read: list[set[UUID]] = []

    async def versions(things: Sequence[UUID]) -> dict[UUID, int]:
        read.append(set(things))
        found = {thing: (await store.load(thing, Counter())).version for thing in things}
        return {thing: version for thing, version in found.items() if version}

    kept = KeptByThing(StreamChanges(pool), versions, 0, 2)
    assert await kept.of_each([one, none]) == {one: 1, none: 0}
    assert await kept.of_each([one, none]) == {one: 1, none: 0}
    await counts(store, one)
    assert await kept.of_each([none, one]) == {none: 0, one: 2}
    assert await kept.of_each([other]) == {other: 1}  # and what was read longest ago makes room
    assert await kept.of_each([none]) == {none: 0}
    assert read == [{one, none}, {one}, {other}, {none}]


async def test_one_look_counts_for_what_is_asked_meanwhile_and_no_longer(
    store: EventStore, pool: asyncpg.Pool
) -> None:
    elsewhere = EventStore(pool, Topics([*EVENTS, Counted]))
    one = await counter(store)
    assert (await store.load(one, Counter())).version == 1
    async with store.changes.one_look():
        await counts(elsewhere, one)
        assert (await store.load(one, Counter())).version == 1
        going_on = asyncio.create_task(_load_once(store, one, begin := asyncio.Event()))
        await asyncio.sleep(0)
    assert (await store.load(one, Counter())).version == 2
    begin.set()
    assert await going_on == 2  # though it was begun meanwhile


async def _load_once(store: EventStore, one: UUID, begin: asyncio.Event) -> int:
    await begin.wait()
    return (await store.load(one, Counter())).version


async def test_whoever_decides_on_what_one_look_saw_looks_again_where_somebody_was_faster(
    store: EventStore, pool: asyncpg.Pool
) -> None:
    elsewhere = EventStore(pool, Topics([*EVENTS, Counted]))
    one = await counter(store)
    await store.load(one, Counter())
    async with store.changes.one_look():
        await counts(elsewhere, one)
        await counts(store, one)
    assert (await store.load(one, Counter())).version == 3


async def test_once_a_thing_is_read_that_is_newer_than_the_one_look_it_counts_no_longer(
    store: EventStore, pool: asyncpg.Pool
) -> None:
    elsewhere = EventStore(pool, Topics([*EVENTS, Counted]))
    one = await counter(store)
    async with store.changes.one_look():
        looked = await store.changes.look()
        await counts(elsewhere, one)
        assert await store.changes.look() == looked
        other = asyncio.create_task(store.load(one, Counter()), context=contextvars.Context())
        newer = await other  # another request has it at hand now
        assert await store.load(one, Counter()) == newer
        assert (await store.changes.look()).position >= newer.position > looked.position
