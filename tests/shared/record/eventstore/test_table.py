"""What the database itself guarantees of the record, whoever writes to it."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from shared.record.database import connected
from shared.record.eventstore.store import EventStore
from tests.shared.record.eventstore.examples import Count, Counter
from tests.support.postgres import Base, refused, session
from tests.support.specs import stamp

ANN = stamp("ann")
A = UUID("aaaaaaaa-0000-4000-8000-000000000001")
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


async def test_each_leaf_is_the_hash_of_the_event_in_its_place(store: EventStore) -> None:
    """RFC 6962, section 2.1, over the bytes that the migration describes."""
    for _ in range(3):
        await store.handle(A, Count(times=2), ANN, blank=Counter(), absent=True)
    rows = await store.reader._pool.fetch("SELECT * FROM stored_events ORDER BY notification_id")  # noqa: SLF001
    assert len(rows) == 6
    for row in rows:
        at = (row["recorded_at"] - EPOCH) // timedelta(microseconds=1)
        entry = (
            row["notification_id"].to_bytes(8, "big")
            + row["originator_id"].bytes
            + row["originator_version"].to_bytes(8, "big")
            + at.to_bytes(8, "big")
            + row["topic"].encode()
            + b"\x00"
            + row["state"]
        )
        assert row["leaf_hash"] == hashlib.sha256(b"\x00" + entry).digest()


EDITS = ("UPDATE stored_events SET topic = 'x'", "DELETE FROM stored_events", "TRUNCATE stored_events")


@pytest.mark.parametrize("role", ["service", "owner", "admin"])
async def test_nobody_edits_the_record(base: Base, store: EventStore, role: str) -> None:
    await store.create(A, Count(), ANN, blank=Counter())
    async with session(getattr(base, role)) as connection:
        for edit in EDITS:
            with refused(edit, asyncpg.RaiseError, asyncpg.InsufficientPrivilegeError):
                await connection.execute(edit)
        # Not even as a replica, where ordinary triggers are off.
        if role == "admin":
            await connection.execute("SET session_replication_role = replica")
            for edit in EDITS:
                with refused(edit, asyncpg.RaiseError):
                    await connection.execute(edit)
    assert await store.reader.head() == 1


FOR_OTHERS = (
    "INSERT INTO stored_events SELECT * FROM stored_events",
    "UPDATE event_head SET position = 0",
    "DELETE FROM idempotency_keys",
    "SELECT * FROM append_events_from(now(), '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')",
    "DROP TABLE rfps",
    "DELETE FROM people",
    "UPDATE notices SET told = 'x'",
)


async def test_the_service_may_only_append(pool: asyncpg.Pool) -> None:
    for statement in FOR_OTHERS:
        with refused(statement, asyncpg.InsufficientPrivilegeError):
            await pool.execute(statement)


async def test_an_instant_names_one_position(store: EventStore) -> None:
    for _ in range(5):
        await store.handle(A, Count(times=2), ANN, blank=Counter(), absent=True)
    recorded = await store.reader.after(0)
    instants = [r.recorded_at for r in recorded]
    assert len(set(instants)) == 10
    assert instants == sorted(instants)
    for r in recorded:
        assert await store.reader.position_at(r.recorded_at) == r.position
    before = recorded[0].recorded_at - timedelta(microseconds=1)
    assert await store.reader.position_at(before) == 0


async def test_what_is_stored_is_json_that_says_who_and_when(store: EventStore) -> None:
    await store.create(A, Count(by=2, note="two"), ANN, blank=Counter())
    state = await store.reader._pool.fetchval("SELECT state FROM stored_events")  # noqa: SLF001
    assert json.loads(state) == {
        "data": {"by": 2, "note": "two"},
        "by": "ann",
        "at": "2026-03-02T10:00:00+00:00",
        "class_version": 2,
        "command": {"name": "Count", "asked": {"times": 1}},
        "known": {
            "position": 1,
            "scheme_version": 1,
            "tiers": [
                {"name": "head", "up_to_pence": 2_500_000},
                {"name": "director", "up_to_pence": 25_000_000},
            ],
        },
    }


async def test_appending_looks_rows_up_by_index_however_the_table_grew(base: Base) -> None:
    async with connected(base.owner) as owner:
        settings = await owner.fetchval("SELECT proconfig FROM pg_proc WHERE proname = 'append_events_from'")
    assert "plan_cache_mode=force_generic_plan" in settings
    assert "enable_seqscan=off" in settings
