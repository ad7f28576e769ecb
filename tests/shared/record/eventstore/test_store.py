"""Commands meet their streams: versions, conflicts, refusals, places in the record."""

import asyncio
from uuid import UUID, uuid4

import pytest

from shared.governance.scheme.domain import SCHEME_ID, Scheme
from shared.kernel.errors import NotFound, OutOfDate, Refused
from shared.record.eventstore.encoding import EventTooLarge
from shared.record.eventstore.store import EventStore
from tests.shared.record.eventstore.examples import Count, Counted, Counter, TooMuch
from tests.support.specs import NOW, stamp

ANN = stamp("ann")
A = UUID("aaaaaaaa-0000-4000-8000-000000000001")


async def test_events_are_folded_in_order(store: EventStore) -> None:
    first = await store.create(A, Count(by=3), ANN, blank=Counter())
    second = await store.handle(A, Count(by=4, times=2), ANN, blank=Counter())
    assert (first.version, first.position) == (1, 1)
    assert (second.version, second.position) == (3, 3)
    stream = await store.load(A, Counter())
    assert stream.state == Counter(11)
    assert (stream.version, stream.first_position, stream.position) == (3, 1, 3)
    assert (stream.opened_at, stream.changed_at) == (NOW, NOW)


async def test_a_stream_is_read_as_of_any_position(store: EventStore) -> None:
    for _ in range(3):
        await store.handle(A, Count(), ANN, blank=Counter(), absent=True)
    assert [(await store.load(A, Counter(), until=n)).state.total for n in range(4)] == [0, 1, 2, 3]


async def test_what_is_not_there_can_not_be_decided_on(store: EventStore) -> None:
    with pytest.raises(NotFound):
        await store.handle(A, Count(), ANN, blank=Counter())


async def test_a_thing_of_another_kind_is_not_there(store: EventStore) -> None:
    await store.create(A, Count(), ANN, blank=Counter())
    with pytest.raises(NotFound):
        await store.load(A, Scheme())
    assert (await store.load(SCHEME_ID, Scheme())).version == 0


async def test_a_refusal_stores_nothing(store: EventStore) -> None:
    await store.create(A, Count(by=99), ANN, blank=Counter())
    with pytest.raises(TooMuch):
        await store.handle(A, Count(by=2), ANN, blank=Counter())
    assert await store.reader.head() == 1


async def test_an_old_version_is_out_of_date(store: EventStore) -> None:
    await store.create(A, Count(), ANN, blank=Counter())
    await store.handle(A, Count(), ANN, blank=Counter(), expected=1)
    with pytest.raises(OutOfDate) as caught:
        await store.handle(A, Count(), ANN, blank=Counter(), expected=1)
    assert caught.value.facts == {"version": 2}


async def test_of_two_writers_on_one_version_one_wins(store: EventStore) -> None:
    await store.create(A, Count(), ANN, blank=Counter())
    results = await asyncio.gather(
        *(store.handle(A, Count(times=3), ANN, blank=Counter(), expected=1) for _ in range(20)),
        return_exceptions=True,
    )
    losers = [r for r in results if isinstance(r, BaseException)]
    assert len(losers) == 19
    assert {type(loser) for loser in losers} == {OutOfDate}
    assert (await store.load(A, Counter())).version == 4
    assert await store.reader.head() == 4


async def test_writers_without_a_version_all_get_their_turn(store: EventStore) -> None:
    await store.create(A, Count(), ANN, blank=Counter())
    results = await asyncio.gather(*(store.handle(A, Count(), ANN, blank=Counter()) for _ in range(4)))
    assert sorted(r.version for r in results) == [2, 3, 4, 5]


async def test_a_batch_with_a_refused_command_appends_the_others(store: EventStore) -> None:
    others = [uuid4() for _ in range(30)]
    await store.create(A, Count(), ANN, blank=Counter())
    results = await asyncio.gather(
        *(store.create(other, Count(times=2), ANN, blank=Counter()) for other in others),
        store.create(A, Count(), ANN, blank=Counter()),
        *(store.create(uuid4(), Count(), ANN, blank=Counter()) for _ in range(5)),
        return_exceptions=True,
    )
    refused = [r for r in results if isinstance(r, BaseException)]
    assert len(refused) == 1
    assert await store.reader.head() == 1 + 60 + 5
    positions = [r.position for r in await store.reader.after(0)]
    assert positions == list(range(1, 67))


async def test_what_is_too_long_for_one_entry_is_refused(store: EventStore) -> None:
    with pytest.raises(EventTooLarge):
        await store.create(A, Count(note="n" * 70_000), ANN, blank=Counter())
    assert await store.reader.head() == 0


async def test_time_never_runs_backwards_in_a_stream(store: EventStore) -> None:
    await store.create(A, Count(), ANN, blank=Counter())
    earlier = stamp("ann", at=NOW.replace(year=2020))
    await store.handle(A, Count(), earlier, blank=Counter())
    assert [r.happened_at for r in await store.reader.stream(A)] == [NOW, NOW]


async def test_an_event_of_an_older_shape_is_read_in_the_new_one(store: EventStore) -> None:
    stored = store.mapper.stored(A, 1, Counted(by=5, note="new"), ANN)
    old = stored.state.replace(b',"note":"new"', b"").replace(b',"class_version":2', b"")
    await store.append([type(stored)(A, 1, "Counted", old)])
    [read] = await store.reader.stream(A)
    assert read.event == Counted(by=5, note="none was kept")
    assert (await store.load(A, Counter())).state.total == 5


async def test_the_whole_stamp_comes_back(store: EventStore) -> None:
    told = stamp("ann", acting_for="ben", roles=["approver"], own_tiers=["head"], item="laptop")
    told = told.model_copy(update={"authority": "approver", "trace": "00-1", "causation": "x"})
    await store.create(A, Count(), told, blank=Counter())
    [read] = await store.reader.stream(A)
    assert read.stamp == told


async def test_a_refusal_is_a_sentence_with_facts() -> None:
    refusal: Refused = TooMuch(total=7)
    assert refusal.sentence() == "The total may not pass the limit."
    assert refusal.facts == {"total": 7}
