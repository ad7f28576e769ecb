"""Bulk appends store what single appends store, byte for byte; their transactions are larger."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from shared.record.eventstore.bulk_appender import BulkAppender
from shared.record.eventstore.encoding import EventTooLarge
from shared.record.eventstore.store import EventStore
from shared.web.bulk.batches import Batch
from tests.shared.record.eventstore.examples import Count, Counted, Counter
from tests.support.specs import NOW, stamp

ANN = stamp("ann", roles=["approver"], item="läptop").model_copy(
    update={"causation": "batch:1", "trace": "00-1"}
)


@pytest.fixture
def appender(pool: asyncpg.Pool, store: EventStore) -> BulkAppender:
    return BulkAppender(pool, store.mapper)


async def test_it_stores_the_very_bytes_of_single_appends(store: EventStore, appender: BulkAppender) -> None:
    seal = appender.seal(ANN)
    stream = uuid4()
    events = [Counted(by=3, note='Sagt "é" → \\'), Counted(by=0, note="")]
    for command in (None, Count(by=3, times=2), Count(by=3, times=2), Count(by=4, note="x")):
        sealed = seal.seal(stream, 1, events, command).events
        singles = [
            store.mapper.stored(stream, 1 + part, event, ANN, command, part)
            for part, event in enumerate(events)
        ]
        assert sealed == [(single.topic, single.state) for single in singles]


async def test_what_is_too_long_for_one_entry_is_refused(appender: BulkAppender) -> None:
    with pytest.raises(EventTooLarge):
        appender.seal(ANN).seal(uuid4(), 1, [Counted(by=1, note="n" * 70_000)])


async def test_places_are_those_of_the_record_and_taken_versions_have_none(
    store: EventStore, appender: BulkAppender
) -> None:
    seal = appender.seal(ANN)
    streams = [uuid4() for _ in range(5)]
    events = [Counted(by=1, note=""), Counted(by=2, note="")]
    first = await appender.append([seal.seal(s, 1, events) for s in streams])
    assert first == [2, 4, 6, 8, 10]
    again = [
        seal.seal(streams[0], 2, events[:1]),
        seal.seal(streams[1], 3, events[:1]),
        seal.seal(uuid4(), 1, events),
    ]
    assert await appender.append(again) == [None, 11, 13]
    assert await appender.append([]) == []
    recorded = await store.reader.after(0)
    assert [r.position for r in recorded] == list(range(1, 14))
    assert recorded[11].version == 1
    assert recorded[10].stamp == ANN


async def test_streams_are_folded_with_what_a_cause_has_done(
    store: EventStore, appender: BulkAppender
) -> None:
    one, other, none = uuid4(), uuid4(), uuid4()
    await appender.append([appender.seal(ANN).seal(one, 1, [Counted(by=3, note="")])])
    plain = appender.seal(stamp("ben"))
    await appender.append(
        [plain.seal(one, 2, [Counted(by=4, note="")]), plain.seal(other, 1, [Counted(by=5, note="")])]
    )
    rows = await appender.fetch([one, other, none])
    loaded = appender.fold(rows, Counter(), "batch:1")
    assert loaded.keys() == {one.int, other.int}
    assert loaded[one.int].stream == await store.load(one, Counter())
    caused = loaded[one.int].caused
    assert caused is not None
    assert caused.version == 1
    assert loaded[other.int].caused is None
    assert loaded[one.int].stream.changed_at == NOW


async def test_a_glimpse_says_what_the_last_event_says_and_nothing_else(appender: BulkAppender) -> None:
    one, other, none = uuid4(), uuid4(), uuid4()
    await appender.append([appender.seal(ANN).seal(one, 1, [Counted(by=3, note="a")])])
    plain = appender.seal(stamp("ben"))
    await appender.append(
        [plain.seal(one, 2, [Counted(by=4, note="b")]), plain.seal(other, 1, [Counted(by=4, note="c")])]
    )
    rows = await appender.fetch([one, none, other])
    loaded = appender.snapshot(rows, Counter(), "batch:1", ("by",))
    assert loaded.keys() == {one.int, other.int}
    stream, caused = loaded[one.int]
    assert (stream.id, stream.version, stream.position, stream.changed_at) == (one, 2, 2, NOW)
    assert caused is not None
    assert caused.version == 1
    assert loaded[other.int].caused is None
    assert stream.state is loaded[other.int].stream.state, "what looks alike is decided once"
    assert vars(stream.state) == {"kind": Counter.kind, "by": 4}
    assert appender.snapshot(rows, Batch(), "batch:1", ("by",)) == {}


async def test_single_and_bulk_writers_share_the_record(store: EventStore, appender: BulkAppender) -> None:
    seal = appender.seal(ANN)
    blocks = [[seal.seal(uuid4(), 1, [Counted(by=1, note="")]) for _ in range(50)] for _ in range(4)]
    singles = [store.mapper.stored(uuid4(), 1, Counted(by=1, note=""), ANN) for _ in range(40)]
    await asyncio.gather(*(appender.append(block) for block in blocks), *(store.append([s]) for s in singles))
    positions = [r.position for r in await store.reader.after(0)]
    assert positions == list(range(1, 241))
