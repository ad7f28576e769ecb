"""Deadlines, the directory of people and its keys are compared with the record."""

import hashlib
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from rfp_service.bookkeeping.comparison import bookkeeping_differences
from rfp_service.bookkeeping.watch import BookkeepingWatch
from rfp_service.rooms import REACTIONS
from shared.governance.documents.domain import DocumentAdded
from shared.governance.documents.file_store import destroy_files, keep_file
from shared.governance.retention.domain import Line, RecordDisposed
from shared.record.eventstore.reader import Reader
from shared.record.eventstore.store import EventStore
from shared.record.projecting.reactions import Reactor
from tests.rfps import way
from tests.shared.record.deadlines.test_firing import happened, react
from tests.support.postgres import Base, session


@pytest.fixture
async def admin(base: Base, pool: asyncpg.Pool, store: EventStore) -> AsyncIterator[asyncpg.Connection]:
    """A database's administrator, beside a record with deadlines on it."""
    await Reactor(pool, store.reader, REACTIONS).introduce()
    await happened(store, way.IN_STANDSTILL)
    await react(pool, store)
    async with session(base.admin) as connection:
        yield connection


async def differing(pool: asyncpg.Pool, store: EventStore) -> list[str]:
    async with pool.acquire() as connection:
        return [said async for said in bookkeeping_differences(connection, store.reader)]


async def test_a_deadline_that_is_gone_moved_or_invented_is_found(
    pool: asyncpg.Pool, store: EventStore, admin: asyncpg.Connection
) -> None:
    assert await differing(pool, store) == []
    await admin.execute("UPDATE deadlines SET due_at = due_at + interval '1 day' WHERE kind = 'responses'")
    assert await differing(pool, store) == []  # it asked to be asked again
    await admin.execute("UPDATE deadlines SET due_at = due_at - $1::interval", timedelta(days=3))
    moved = await differing(pool, store)
    assert len(moved) == 2
    assert all(said.endswith("is earlier than the record gives") for said in moved)
    await admin.execute("UPDATE deadlines SET due_at = due_at + $1::interval", timedelta(days=3))
    await pool.execute(
        "INSERT INTO deadlines (case_id, kind, version, due_at) VALUES ($1, 'responses', 1, now())", uuid4()
    )
    assert await differing(pool, store) == ["1 deadlines are there that nothing on the record set"]
    await admin.execute("DELETE FROM deadlines")
    gone = await differing(pool, store)
    assert len(gone) == 2
    assert all(said.endswith("is missing") for said in gone)


# Each is one row that an owner's hand changed; beside it what is said of it.
CHANGED = (
    ("DELETE FROM notices WHERE id = 1", "The notice {} is missing"),
    (
        "UPDATE notices SET case_id = gen_random_uuid() WHERE id = 1",
        "The notice {} is not what the record gives",
    ),
    ("UPDATE notices SET told = 'x' WHERE id = 1", "The notice {} is missing"),
    ("DELETE FROM notifications WHERE id = 1", "The notification {} is missing"),
    ("UPDATE notifications SET type = 'x' WHERE id = 1", "The notification {} is not what the record gives"),
    (
        "UPDATE notifications SET sequence = 9 WHERE id = 1",
        "The notification {} is not what the record gives",
    ),
    (
        (
            "INSERT INTO notifications"
            " (message_id, position, type, case_kind, case_id, sequence, happened_at)"
            " SELECT gen_random_uuid(), 1, type, case_kind, case_id, 1, now() FROM notifications WHERE id = 1"
        ),
        "1 notifications are there that nothing on the record set",
    ),
    (
        "INSERT INTO delivery_orders (position, target, order_kind) VALUES (1, 'x', 'drop')",
        "1 orders are there that nothing on the record set",
    ),
    (
        "UPDATE deadlines SET settled_at = now(), outcome = 'moot' WHERE kind = 'standstill'",
        "The deadline {} is settled as moot, and its case still waits for it",
    ),
    (
        "UPDATE reactions SET position = 900 WHERE name = 'set_deadlines'",
        "set_deadlines is ahead of the record",
    ),
    (
        (
            "INSERT INTO deliveries (notification_id, target, target_kind, status)"
            " VALUES (1, 'x', 'mail', 'delivered')"
        ),
        "The delivery {} is said to be delivered, and no attempt shows it",
    ),
    (
        (
            "INSERT INTO deliveries (notification_id, target, target_kind, status, attempts)"
            " VALUES (1, 'x', 'mail', 'pending', 2)"
        ),
        "The delivery {} was tried another number of times than its attempts show",
    ),
    (
        "INSERT INTO told_waits (thing, wait, turn, person) VALUES (gen_random_uuid(), 'w', 't', 'ann')",
        "ann (w of {}) was not told of the turn that they are said to know of",
    ),
    (
        "INSERT INTO first_looks VALUES (1, 'mallory')",
        "mallory is said to have looked at what they were not told of",
    ),
    (
        (
            "INSERT INTO flow_forecasts (week, within_days, case_id, made_us, position)"
            " VALUES ('2026-01-05', 7, 'x', 0, 1)"
        ),
        "The forecast of 2026-01-05 was not made when it says",
    ),
    (
        (
            "WITH met AS (INSERT INTO people (id, source) VALUES ('zed', '') RETURNING id)"
            " INSERT INTO identities (issuer, subject, person_id)"
            " SELECT 'i', s, id FROM met, unnest(ARRAY['a', 'b']) AS s"
        ),
        "zed has 2 accounts, and the record linked none of them",
    ),
    (
        "INSERT INTO people (id, source, sealed) VALUES ('zed', '', '{\"about\": \"ann\"}')",
        "zed is called by a name that was not sealed for them",
    ),
)


async def test_every_row_changed_beside_the_views_is_found_by_fsck_and_the_running_check(
    base: Base, pool: asyncpg.Pool, store: EventStore, admin: asyncpg.Connection
) -> None:
    assert not admin.is_in_transaction()
    assert await differing(pool, store) == []
    for change, said in CHANGED:
        async with session(base.admin) as hand:
            changed = hand.transaction(isolation="repeatable_read")
            await changed.start()
            await hand.execute(change)
            reader = Reader(hand, store.mapper)  # type: ignore[arg-type]  # it only fetches
            told, *_ = [each async for each in bookkeeping_differences(hand, reader)]
            assert await BookkeepingWatch(pool, reader).look(hand) == 0
            alarm = await hand.fetchval("SELECT said FROM differing_tables")
            await changed.rollback()
        assert re.fullmatch(re.escape(said).replace(r"\{\}", ".+"), told), (change, told)
        assert alarm == told


async def test_an_erasure_and_a_destroyed_key_that_the_record_does_not_know_are_found(
    pool: asyncpg.Pool, store: EventStore, admin: asyncpg.Connection
) -> None:
    await admin.execute("INSERT INTO people (id, name) VALUES ('eve', 'Eve')")
    assert await differing(pool, store) == ["The directory holds names or addresses in the clear: 1"]
    await admin.execute("UPDATE people SET name = ''")
    key = await pool.fetchval(
        "INSERT INTO personal_keys (id, person, stream_id, wrapped)"
        " VALUES (gen_random_uuid(), 'eve', gen_random_uuid(), '') RETURNING id"
    )
    assert await differing(pool, store) == []
    await admin.execute("UPDATE people SET name = '', erased_at = now() WHERE id = 'eve'")
    await admin.execute("UPDATE personal_keys SET wrapped = NULL, destroyed_at = now()")
    assert await differing(pool, store) == [
        "eve was erased from the directory, and the record knows of no erasure",
        f"The key {key} of a personal text was destroyed without an erasure or a disposal",
    ]


async def test_a_file_that_is_missing_or_should_be_gone_is_found(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    case, content = uuid4(), b"Forty of them."
    sha256 = hashlib.sha256(content).hexdigest()
    said = {"title": "Quotation", "media_type": "text/plain", "added_by": "ann"}
    document = DocumentAdded(case_id=case, case_kind="rfp", content_sha256=sha256, kept=True, **said)
    await happened(store, (document,))
    [missing] = await differing(pool, store)
    assert missing.startswith("The file of the document ")
    await keep_file(pool, sha256, content)
    assert await differing(pool, store) == []
    line = Line(years=0, ground="None.")
    gone = RecordDisposed(
        record_id=case, record_kind="rfp", last_decision_at=datetime.now(UTC), line=line, reason="Yearly."
    )
    await happened(store, (gone,))
    assert await differing(pool, store) == [f"The file {sha256} should have been destroyed with its record"]
    await destroy_files(pool, [case])
    assert await differing(pool, store) == []
