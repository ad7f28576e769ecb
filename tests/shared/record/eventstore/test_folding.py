"""A thing is folded on from where it was last folded, and is never older than what was committed."""

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.governance.scheme.domain import Scheme
from shared.kernel.errors import NotFound
from shared.kernel.messages import IdempotencyKey
from shared.record.eventstore import folds
from shared.record.eventstore.group_reader import Gathered
from shared.record.eventstore.store import EventStore
from tests.shared.record.eventstore.examples import Count, Counter
from tests.support.specs import stamp

ANN = stamp("ann")


async def begun(store: EventStore) -> UUID:
    counter = uuid4()
    await store.create(counter, Count(by=2), ANN, blank=Counter())
    assert (await store.load(counter, Counter())).version == 1
    return counter


async def test_what_another_process_appends_is_seen(store: EventStore, pool: asyncpg.Pool) -> None:
    another = EventStore(pool, store.mapper.topics)
    counter = await begun(store)
    await another.handle(counter, Count(by=3), ANN, blank=Counter())
    seen = await store.load(counter, Counter())
    assert (seen.version, seen.state) == (2, Counter(5))
    assert seen == await another.load(counter, Counter())
    assert seen == await EventStore(pool, store.mapper.topics).load(counter, Counter())


async def test_a_thing_at_hand_is_still_of_its_own_kind(store: EventStore) -> None:
    counter = await begun(store)
    for _ in range(2):
        with pytest.raises(NotFound):
            await store.load(counter, Scheme())
        assert (await store.load(counter, Counter())).version == 1


async def test_what_is_at_hand_is_bounded(
    store: EventStore, pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folds, "STREAMS_AT_HAND", 3)
    folder = folds.Folder(pool, store.mapper, store.changes)
    counters = [await begun(store) for _ in range(5)]
    for counter in (*counters, *counters):
        assert (await folder.fold(counter, Counter())).state == Counter(2)
        assert folder.at_hand <= 3


async def test_what_is_asked_during_a_look_is_answered_by_the_next() -> None:
    looks: list[set[int]] = []
    answer = asyncio.Event()

    async def look(keys: Sequence[int]) -> dict[int, str]:
        looks.append(set(keys))
        await answer.wait()
        return {key: f"{key} in look {len(looks)}" for key in keys if key}

    gathered = Gathered(look, "nothing")
    first = [asyncio.create_task(gathered.of(key)) for key in (1, 1, 2)]
    await asyncio.sleep(0.01)
    later = [asyncio.create_task(gathered.of(key)) for key in (0, 1, 3)]
    await asyncio.sleep(0.01)
    assert looks == [{1, 2}]
    answer.set()
    assert await asyncio.gather(*first) == ["1 in look 1", "1 in look 1", "2 in look 1"]
    assert await asyncio.gather(*later) == ["nothing", "1 in look 2", "3 in look 2"]
    assert looks == [{1, 2}, {0, 1, 3}]


async def test_a_look_that_fails_fails_for_each_asker_and_for_nobody_else() -> None:
    async def look(keys: Sequence[int]) -> dict[int, int]:
        if 0 in keys:
            raise ConnectionError
        return {key: key for key in keys}

    gathered = Gathered(look, -1)
    failed = await asyncio.gather(*(gathered.of(k) for k in (0, 1)), return_exceptions=True)
    assert [type(error) for error in failed] == [ConnectionError] * 2
    assert await gathered.of(1) == 1


async def test_what_one_has_appended_oneself_need_not_be_read(
    store: EventStore, pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begun(store)  # so that it has looked before
    counter = uuid4()
    monkeypatch.setattr(folds, "FOLD_ONE_ON", "nobody reads this")
    await store.create(counter, Count(by=2), ANN, blank=Counter())
    await store.handle(counter, Count(by=3, times=2), ANN, blank=Counter(), expected=1)
    seen = await store.load(counter, Counter())
    monkeypatch.undo()
    assert (seen.version, seen.state) == (3, Counter(8))
    assert seen == await EventStore(pool, store.mapper.topics).load(counter, Counter())


async def test_what_others_append_after_it_is_seen(store: EventStore, pool: asyncpg.Pool) -> None:
    another = EventStore(pool, store.mapper.topics)
    counter = await begun(store)
    for turn in range(1, 4):
        await store.handle(counter, Count(by=1), ANN, blank=Counter())
        await another.handle(counter, Count(by=10), ANN, blank=Counter())
        seen = await store.load(counter, Counter())
        assert (seen.version, seen.state) == (1 + 2 * turn, Counter(2 + 11 * turn))
        assert seen == await EventStore(pool, store.mapper.topics).load(counter, Counter())


async def test_a_repeat_of_a_request_leaves_what_is_at_hand_as_it_is(store: EventStore) -> None:
    counter, key = await begun(store), IdempotencyKey("ann", "once", b"count")
    for _ in range(3):
        await store.handle(counter, Count(by=3), ANN, blank=Counter(), key=key)
    assert (await store.load(counter, Counter())).state == Counter(5)
