"""The indexer puts on the record how much there is of everything, and whoever recomputes it agrees."""

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from rfp_service.events import EVENTS
from shared.governance.audit.bundle.assembly import made
from shared.governance.audit.bundle.bundle_request import BundleRequest
from shared.governance.audit.bundle.contents import INDEX
from shared.governance.audit.record_index.domain import (
    INDEX_ID,
    CommitIndex,
    HeartbeatRecorded,
    IndexCommitted,
    IndexedRecord,
    IndexGoesBack,
    RecordHeartbeat,
)
from shared.governance.audit.record_index.index_reader import IndexReader, UnknownTopic, index_differences
from shared.governance.audit.record_index.indexer import QUIET_FOR, UNINDEXED_FOR, Indexer
from shared.kernel.messages import Event
from shared.ledger.checkpoints import Policy
from shared.ledger.log_writer import LogWriter, keep_cosignature
from shared.ledger.notes import Note
from shared.record.eventstore.encoding import Topics
from shared.record.eventstore.store import EventStore
from tests.shared.governance.audit.examples import CLERK, LOG, indexed, kept, newest
from tests.shared.governance.audit.test_bundle import MAPPER, PROGRAM, TRUSTED, a_case, checked
from tests.support.specs import stamp

SOME = CommitIndex(size=7, lines=3, root="x")
EARLIER = "UPDATE stored_events SET recorded_at = recorded_at - $1::interval"
HEAD_EARLIER = "UPDATE event_head SET recorded_at = recorded_at - $1::interval"


def test_an_index_goes_further_than_the_one_before() -> None:
    assert SOME.decide(IndexedRecord(size=6), stamp("indexer")) == IndexCommitted(size=7, lines=3, root="x")
    for size in (7, 8):
        with pytest.raises(IndexGoesBack):
            SOME.decide(IndexedRecord(size=size), stamp("indexer"))


def test_a_heartbeat_says_nothing_but_when() -> None:
    beat = RecordHeartbeat().decide(IndexedRecord(size=6), stamp("indexer"))
    assert beat == HeartbeatRecorded()
    assert beat.model_dump() == {}
    assert beat.apply(IndexedRecord(size=6)) == IndexedRecord(size=6, heartbeats=1)


async def aged(admin: asyncpg.Connection, by: timedelta) -> None:
    """Let everything have been recorded that much earlier."""
    for table, statement in (("stored_events", EARLIER), ("event_head", HEAD_EARLIER)):
        await admin.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        await admin.execute(statement, by)


async def own(store: EventStore) -> list[type[Event[Any]]]:
    return [type(recorded.event) for recorded in await store.reader.stream(INDEX_ID)]


async def test_what_waits_for_an_hour_is_indexed_and_a_quiet_day_is_shown(
    pool: asyncpg.Pool, store: EventStore, admin: asyncpg.Connection
) -> None:
    indexer = Indexer(pool, store)
    await indexer.look()
    assert await own(store) == []  # of an empty record there is no index
    await kept(pool, store, 0, 30)
    await indexer.look()
    assert await own(store) == []
    await aged(admin, UNINDEXED_FOR)
    await indexer.look()
    assert await own(store) == [IndexCommitted]
    assert [one.size for one in await IndexReader(pool, MAPPER.topics).committed()] == [30]
    await aged(admin, UNINDEXED_FOR)
    await indexer.look()
    assert await own(store) == [IndexCommitted]  # an index alone is nothing to index anew
    await aged(admin, QUIET_FOR)
    for expected in ([HeartbeatRecorded], [HeartbeatRecorded, IndexCommitted]):
        await indexer.look()
        assert await own(store) == [IndexCommitted, *expected]


async def test_whoever_recomputes_the_index_finds_a_forged_one(
    pool: asyncpg.Pool, store: EventStore, admin: asyncpg.Connection
) -> None:
    await kept(pool, store, 0, 60)
    await indexed(pool, store)
    await kept(pool, store, 60, 90)
    await indexed(pool, store)
    reader = IndexReader(pool, MAPPER.topics)
    assert [one.size for one in await reader.committed()] == [60, 91]
    assert await index_differences(reader) == []
    truth = (await reader.at(92)).root()
    await store.handle(
        INDEX_ID,
        CommitIndex(size=92, lines=truth.lines - 1, root="AAAA"),
        stamp("indexer"),
        blank=IndexedRecord(),
    )
    assert await index_differences(reader) == ["The index at entry 93 is not that of the first 92 entries"]
    await store.handle(
        INDEX_ID, CommitIndex(size=10**6, lines=1, root="AAAA"), stamp("indexer"), blank=IndexedRecord()
    )
    assert (await index_differences(reader))[1] == "The index at entry 94 speaks of 1000000 entries"
    await admin.execute("ALTER TABLE stored_events DISABLE TRIGGER ALL")
    await admin.execute("UPDATE stored_events SET leaf_hash = sha256('') WHERE notification_id = 20")
    assert len(await index_differences(IndexReader(pool, MAPPER.topics))) == 4


async def test_an_entry_of_a_later_release_is_not_indexed_by_guessing(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    await kept(pool, store, 0, 60)
    known = [event for event in EVENTS if event.__name__ != "RfpRaised"]
    with pytest.raises(UnknownTopic):
        await IndexReader(pool, Topics(known)).at(60)


async def test_of_two_indexers_one_was_faster(pool: asyncpg.Pool, store: EventStore) -> None:
    await kept(pool, store, 0, 20)
    one, other = Indexer(pool, store), Indexer(pool, store)
    await one.commit()
    await other.commit()  # it indexes the index too, which is further
    assert await own(store) == [IndexCommitted] * 2
    stale = CommitIndex.of((await IndexReader(pool, MAPPER.topics).at(20)).root())
    with pytest.raises(IndexGoesBack):
        await store.handle(INDEX_ID, stale, stamp("indexer"), blank=IndexedRecord())


async def test_a_bundle_says_by_which_index_it_is_complete_or_that_none_shows_it(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    await kept(pool, store, 0, 300)
    bare = checked(await made(pool, MAPPER, BundleRequest(case=a_case()), PROGRAM))
    unshown = "ENTRIES SOUND, BUT NO INDEX SHOWS THAT NOTHING IS MISSING"
    assert (bare.verdict, bare.exit_status) == (unshown, 5)
    await indexed(pool, store)
    files = await made(pool, MAPPER, BundleRequest(case=a_case()), PROGRAM)
    told = "By the index of the record, nothing of it is left out among its first 300 entries."
    assert told in files.text("story.html")
    assert checked(files).verdict == "SOUND, complete by the index at 300"
    past = checked(await made(pool, MAPPER, BundleRequest(case=a_case(), until=299), PROGRAM))
    assert past.verdict == unshown
    period = BundleRequest(start=datetime(2020, 1, 1, tzinfo=UTC), end=datetime(2099, 1, 1, tzinfo=UTC))
    assert INDEX not in (await made(pool, MAPPER, period, PROGRAM)).files  # its numbers show it whole


async def test_an_index_that_was_old_when_a_witness_last_came_shows_little(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    """Whoever cuts a case's tail off would show the last index from before it."""
    await kept(pool, store, 0, 300)
    await indexed(pool, store)
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=4)
    line = CLERK.line(Note.parse(await newest(pool)).text, int(at.timestamp()))
    await LogWriter(pool, [LOG]).introduce_witnesses([str(CLERK.verifier)], 301)
    await keep_cosignature(pool, 301, str(CLERK.verifier), line, at)
    files = await made(pool, MAPPER, BundleRequest(case=a_case()), PROGRAM)
    report = checked(files, Policy(TRUSTED.logs, TRUSTED.witnesses, 1))
    assert report.verdict == "ENTRIES SOUND, BUT ITS INDEX IS OLDER THAN IT SHOULD BE"
