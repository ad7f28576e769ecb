"""With the service's password and plain SQL, nobody writes what did not happen: each table is attacked."""

from pathlib import Path

import asyncpg
import pytest

from rfp_service.rooms import REACTIONS, VIEWS
from shared.governance.audit.copies import FAILED
from shared.ledger.witness_client import DID_NOT_SIGN, SILENCE
from shared.record.eventstore.store import EventStore
from shared.record.projecting.reactions import Reactor
from tests.shared.governance.audit.examples import kept
from tests.support.postgres import Base, session

PAGE = Path("deploy/decisions/0079-what-the-services-password-can-write.md")
TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""
MAY = """
SELECT p FROM unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p
WHERE has_table_privilege($1, p) OR p IN ('INSERT', 'UPDATE') AND has_any_column_privilege($1, p)
"""
NOT_AT_ALL = {
    *("alembic_version", "audit_reads", "event_head", "idempotency_keys", "log_checkpoints"),
    *("log_cosignatures", "log_keys", "log_tiles", "read_checkpoints", "stored_events", "witness_quorums"),
}
VIEWED = {"views", *(view.name for view in VIEWS)}
NOBODYS_EVIDENCE = {
    *("console_files", "console_sessions", "differing_tables", "endpoint_secrets", "inbox_marks"),
    *("job_bodies", "job_results", "job_work", "target_health"),
}
DELETES = (
    VIEWED - {"views"} | NOBODYS_EVIDENCE - {"inbox_marks", "target_health"} | {"told_waits", "unread_events"}
)
CASE = "(SELECT originator_id FROM stored_events WHERE notification_id = 1)"
AHEAD = "1000000000"
NOTIFIED = "INSERT INTO notifications (message_id, position, type, case_kind, case_id, sequence, happened_at)"
ANNS = "SELECT sealed FROM people WHERE id = 'ann'"
TOLD = "INSERT INTO told_waits (thing, wait, turn, person)"

# What an owner's hand puts there, so that there is something to change.
STANDING = f"""
INSERT INTO people (id, source) VALUES ('ann', ''), ('bob', '');
INSERT INTO people (id, source, erased_at) VALUES ('eve', '', now());
INSERT INTO personal_keys (id, person, stream_id, wrapped)
VALUES ('00000000-0000-4000-8000-00000000000a', 'ann', '00000000-0000-0000-0000-000000000001', '');
UPDATE people SET first_seen = first_seen - interval '1 day', sealed = '{{"about": "ann",
    "key": "00000000-0000-4000-8000-00000000000a", "sealed": "AAAA"}}' WHERE id = 'ann';
UPDATE people SET first_seen = first_seen - interval '1 day' WHERE id = 'bob';
INSERT INTO identities (issuer, subject, person_id) VALUES ('https://issuer.example', 'a', 'ann');
{NOTIFIED} VALUES (gen_random_uuid(), 1, 'turn.began', 'rfp', {CASE}, 1, now());
UPDATE notifications SET spread_at = now(), people = '{{ann}}', wait = 'review', wait_turn = '1';
INSERT INTO deliveries (notification_id, target, target_kind, status, attempts, tries)
SELECT n.id, t, 'mail', CASE t WHEN 'mail:cat' THEN 'held' ELSE 'pending' END, 1, 1
FROM notifications n, unnest(ARRAY['mail:ann', 'mail:bob', 'mail:cat']) AS t;
INSERT INTO delivery_attempts (delivery_id, number, answered_at, status_code, outcome)
SELECT id, 1, now(), 500, 'failed' FROM deliveries WHERE target = 'mail:ann';
INSERT INTO delivery_attempts (delivery_id, number) SELECT id, 1 FROM deliveries WHERE target = 'mail:bob';
INSERT INTO delivery_orders (position, target, order_kind, done_at) VALUES (1, 'mail:ann', 'drop', now());
INSERT INTO told_waits (thing, wait, turn, person) VALUES ({CASE}, 'review', '1', 'ann');
INSERT INTO first_looks (notification_id, person) SELECT id, 'ann' FROM notifications;
INSERT INTO deadlines (case_id, kind, version, due_at) VALUES ({CASE}, 'spec', 1, now());
INSERT INTO notices (position, told, about, case_id, happened_at) VALUES (1, 'ann', 'x', {CASE}, now());
INSERT INTO flow_forecasts (week, within_days, case_id, made_us, position)
VALUES ('2026-01-05', 14, 'x', 0, 1);
INSERT INTO turn_looks VALUES ('inbox', 3, '2026-01-05');
INSERT INTO unread_events VALUES (1, {CASE}, 'rfp', 'x', '', '{{}}', '{{some_reaction}}');
INSERT INTO jobs (id, owner, kind, status, total, done, counts)
VALUES (gen_random_uuid(), 'ann', 'batch', 'running', 1, 0, '{{}}');
INSERT INTO heartbeats (name, process) VALUES ('worker', 'x') ON CONFLICT DO NOTHING;
INSERT INTO log_copies (target) VALUES ('file:///x');
INSERT INTO api_key_uses VALUES (gen_random_uuid(), 'x', now());
INSERT INTO document_files (sha256, content) VALUES (encode(sha256('a'), 'hex'), 'a');
INSERT INTO issued_documents (sha256, media_type, content) VALUES (encode(sha256('a'), 'hex'), 'x', 'a');
INSERT INTO witness_answers (witness) VALUES ('a');
"""
BEFORE_IT_WAS_SET_BACK = """
INSERT INTO log_keys VALUES ('a', 'witness', 0);
UPDATE witness_answers SET failing_since = now() + interval '1 minute';
UPDATE log_copies SET copied_at = now() + interval '1 minute', failing_since = now() + interval '1 minute';
UPDATE delivery_attempts SET answered_at = now() + interval '1 minute', status_code = 500 WHERE outcome = '';
UPDATE deliveries SET due_at = now() + interval '32 days', leased_until = now() + interval '2 days';
"""
GROUPS = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
ATTACKS = {
    "api_key_uses": (
        "INSERT INTO api_key_uses VALUES (gen_random_uuid(), 'x', now())",
        "UPDATE api_key_uses SET last_used_at = now() + interval '1 day'",
        "UPDATE api_key_uses SET key_name = 'y'",
    ),
    "deadlines": (
        "UPDATE deadlines SET leased_until = 'infinity'",
        "UPDATE deadlines SET attempts = 50",
        "UPDATE deadlines SET settled_at = now()",
        "UPDATE deadlines SET due_at = 'infinity'",
        f"INSERT INTO deadlines (case_id, kind, version, due_at, outcome) VALUES ({CASE}, 'x', 9, now(), '')",
    ),
    "deliveries": (
        "UPDATE deliveries SET status = 'delivered', settled_at = now()",
        "UPDATE deliveries SET status = 'failed', settled_at = now() WHERE target = 'mail:bob'",
        "UPDATE deliveries SET status = 'dropped', settled_at = now()",
        "UPDATE deliveries SET status = 'pending' WHERE status = 'held'",
        "UPDATE deliveries SET settled_at = now()",
        "UPDATE deliveries SET due_at = 'infinity'",
        "UPDATE deliveries SET leased_until = 'infinity'",
        "UPDATE deliveries SET tries = 0",
        "UPDATE deliveries SET attempts = 0",
        "UPDATE deliveries SET attempts = 7",
        "UPDATE deliveries SET target = 'mail:eve' WHERE target = 'mail:ann'",
        "UPDATE deliveries SET made_at = now()",
        (
            "INSERT INTO deliveries (notification_id, target, target_kind, status)"
            " SELECT id, 'x', 'mail', 'delivered' FROM notifications"
        ),
    ),
    "delivery_attempts": (
        "INSERT INTO delivery_attempts (delivery_id, number) SELECT id, 1 FROM deliveries WHERE id = 3",
        "INSERT INTO delivery_attempts (delivery_id, number, started_at) SELECT id, 2, now() FROM deliveries",
        "UPDATE delivery_attempts SET outcome = 'delivered'",
        "UPDATE delivery_attempts SET status_code = 200",
        "UPDATE delivery_attempts SET answered_at = now(), status_code = 200 WHERE outcome = 'failed'",
        "UPDATE delivery_attempts SET outcome = 'unknown' WHERE outcome = 'failed'",
        "UPDATE delivery_attempts SET outcome = 'delivered' WHERE outcome = ''",
        "UPDATE delivery_attempts SET answered_at = now() + interval '1 day' WHERE outcome = ''",
        "UPDATE delivery_attempts SET batch = 1",
        "UPDATE delivery_attempts SET started_at = now()",
    ),
    "delivery_orders": (
        "INSERT INTO delivery_orders (position, target, order_kind) VALUES (1, 'mail:ann', 'drop')",
        f"INSERT INTO delivery_orders (position, target, order_kind) VALUES (1, {CASE}::text, 'drop')",
        "UPDATE delivery_orders SET done_at = NULL",
        "UPDATE delivery_orders SET order_kind = 'resend'",
    ),
    "document_files": (
        "INSERT INTO document_files (sha256, content) VALUES (repeat('0', 64), 'b')",
        "UPDATE document_files SET content = 'b'",
    ),
    "first_looks": (
        "INSERT INTO first_looks (notification_id, person) SELECT id, 'bob' FROM notifications",
        "INSERT INTO first_looks SELECT id, 'ann', now() FROM notifications",
        "UPDATE first_looks SET looked_at = now()",
    ),
    "flow_forecasts": (
        (
            "INSERT INTO flow_forecasts (week, within_days, case_id, made_us, position)"
            f" VALUES ('2026-01-05', 30, 'x', 0, {AHEAD})"
        ),
        (
            "INSERT INTO flow_forecasts (week, within_days, case_id, made_us, position, kept_at)"
            " VALUES ('2026-01-05', 30, 'x', 0, 1, now())"
        ),
        "UPDATE flow_forecasts SET chance = 1",
    ),
    "heartbeats": ("UPDATE heartbeats SET beaten_at = now() + interval '1 day'",),
    "identities": (
        "INSERT INTO identities (issuer, subject, person_id) VALUES ('https://issuer.example', 'm', 'ann')",
        "INSERT INTO identities (issuer, subject, person_id) VALUES ('https://issuer.example', 'm', 'bob')",
        "UPDATE identities SET person_id = 'bob'",
    ),
    "issued_documents": (
        "INSERT INTO issued_documents (sha256, media_type, content) VALUES (repeat('0', 64), '', 'b')",
        "UPDATE issued_documents SET content = 'b'",
    ),
    "jobs": (
        (
            "INSERT INTO jobs (id, owner, kind, status, total, done, counts)"
            " VALUES (gen_random_uuid(), 'ann', 'batch', 'done', 1, 1, '{}')"
        ),
        "UPDATE jobs SET status = 'gone'",
        "UPDATE jobs SET changed_at = now() + interval '1 day'",
        "UPDATE jobs SET owner = 'bob'",
    ),
    "log_copies": (f"UPDATE log_copies SET size = {AHEAD}", "UPDATE log_copies SET copied_at = 'infinity'"),
    "notices": (
        (
            "INSERT INTO notices (position, told, about, case_id, happened_at)"
            f" VALUES ({AHEAD}, 'ann', 'x', {CASE}, now())"
        ),
        "UPDATE notices SET told = 'bob'",
    ),
    "notifications": (
        f"{NOTIFIED} VALUES (gen_random_uuid(), 1, 'x', 'rfp', gen_random_uuid(), 1, now())",
        f"{NOTIFIED} VALUES (gen_random_uuid(), 1, 'x', 'rfp', {CASE}, 900, now())",
        f"{NOTIFIED} VALUES (gen_random_uuid(), {AHEAD}, 'x', 'rfp', {CASE}, 1, now())",
        f"{NOTIFIED} SELECT gen_random_uuid(), 1, 'job.ended', 'batch', id, 1, now() FROM jobs",
        "UPDATE notifications SET people = '{bob}'",
        "UPDATE notifications SET spread_at = NULL",
        "UPDATE notifications SET happened_at = now()",
    ),
    "people": (
        "UPDATE people SET name = 'Ann' WHERE id = 'bob'",
        "UPDATE people SET email = 'bob@evil.example' WHERE id = 'bob'",
        "INSERT INTO people (id, source, name) VALUES ('new', '', 'Ann')",
        f"UPDATE people SET sealed = ({ANNS}) WHERE id = 'bob'",
        f"UPDATE people SET sealed = jsonb_set(({ANNS}), '{{about}}', '\"bob\"') WHERE id = 'bob'",
        "INSERT INTO people (id, source, sealed) SELECT 'new', '', sealed FROM people WHERE id = 'ann'",
        "UPDATE people SET erased_at = now() WHERE id = 'bob'",
        "UPDATE people SET erased_at = NULL WHERE id = 'eve'",
        "UPDATE people SET id = 'x'",
    ),
    "personal_keys": (
        "UPDATE personal_keys SET wrapped = NULL, destroyed_at = now()",
        (
            "INSERT INTO personal_keys (id, person, stream_id, destroyed_at)"
            " VALUES (gen_random_uuid(), 'bob', gen_random_uuid(), now())"
        ),
    ),
    "reactions": (
        f"UPDATE reactions SET position = {AHEAD}",
        "UPDATE reactions SET position = 0",
        "UPDATE reactions SET since = 0",
        f"INSERT INTO reactions VALUES ('new', {AHEAD}, {AHEAD})",
        "INSERT INTO reactions VALUES ('new', 3, 0)",
    ),
    "told_waits": (
        f"{TOLD} VALUES ({CASE}, 'review', '2', 'ann')",
        f"{TOLD} VALUES ({CASE}, 'review', '1', 'bob')",
        "DELETE FROM told_waits",
        "UPDATE told_waits SET told_at = now()",
    ),
    "turn_looks": (f"UPDATE turn_looks SET position = {AHEAD}", "UPDATE turn_looks SET position = 0"),
    "unread_events": (
        f"INSERT INTO unread_events VALUES ({AHEAD}, {CASE}, 'rfp', 'x', '')",
        f"INSERT INTO unread_events VALUES (2, {CASE}, 'rfp', 'x', '')",
        "DELETE FROM unread_events",
        "UPDATE unread_events SET position = 2",
    ),
    "witness_answers": (
        "INSERT INTO witness_answers (witness) VALUES ('x')",
        "UPDATE witness_answers SET failing_since = NULL",
        "UPDATE witness_answers SET failing_since = 'infinity'",
    ),
}


@pytest.fixture
async def standing(base: Base, pool: asyncpg.Pool, store: EventStore) -> asyncpg.Pool:
    """A record of five entries with something in every table."""
    await Reactor(pool, store.reader, REACTIONS).introduce()
    await kept(pool, store, 0, 5)
    await pool.execute("UPDATE reactions SET position = 5")
    async with session(base.owner) as owner:
        await owner.execute(STANDING)
    return pool


async def test_every_table_has_its_place_and_the_page_names_it(pool: asyncpg.Pool) -> None:
    there = {row["relname"] for row in await pool.fetch(TABLES)}
    groups = [NOT_AT_ALL, VIEWED, NOBODYS_EVIDENCE, set(ATTACKS)]
    assert there == set.union(*groups)
    assert sum(map(len, groups)) == len(there), "a table stands in two groups"
    for name in there - VIEWED:
        assert sum(f"`{name}`" in line for line in GROUPS) == 1, name


async def test_the_service_may_do_no_more_to_a_table_than_its_place_says(pool: asyncpg.Pool) -> None:
    for row in await pool.fetch(TABLES):
        may = {each["p"] for each in await pool.fetch(MAY, row["relname"])}
        assert not may & {"TRUNCATE", "REFERENCES", "TRIGGER"}, row["relname"]
        assert ("DELETE" in may) == (row["relname"] in DELETES), row["relname"]
        assert row["relname"] not in NOT_AT_ALL or not may, row["relname"]


@pytest.mark.parametrize("real", [True, False], ids=["plainly", "behind a temporary table"])
async def test_nobody_writes_what_did_not_happen(standing: asyncpg.Pool, *, real: bool) -> None:
    accepted = []
    async with standing.acquire() as connection:
        if not real:
            await connection.execute(
                "CREATE TEMPORARY TABLE event_head AS SELECT true AS single, 2000000000 AS position;"
                "CREATE TEMPORARY TABLE log_checkpoints AS SELECT 1000000000 AS size;"
                "CREATE TEMPORARY TABLE pg_class AS SELECT * FROM pg_catalog.pg_class LIMIT 0"
            )
        for attack in (each for attacks in ATTACKS.values() for each in attacks):
            try:
                await connection.execute(attack)
            except (asyncpg.CheckViolationError, asyncpg.InsufficientPrivilegeError):
                continue
            accepted.append(attack)
    assert accepted == []


async def test_what_was_written_before_the_databases_clock_was_set_back_holds_nothing_up(
    base: Base, standing: asyncpg.Pool
) -> None:
    async with session(base.owner) as owner:
        await owner.execute(BEFORE_IT_WAS_SET_BACK)
    it_was_away = ("a", False, "away", SILENCE)
    assert await standing.fetchval(DID_NOT_SIGN, *it_was_away) is False
    await standing.execute(FAILED, "file:///x", "away")
    await standing.execute("UPDATE delivery_attempts SET outcome = 'failed' WHERE outcome = ''")
    await standing.execute("UPDATE deliveries SET tries = tries + 1")
    ahead = "now() + interval '40 days'"
    for changed in (
        f"witness_answers SET failing_since = {ahead}",
        f"log_copies SET copied_at = {ahead}",
        f"log_copies SET failing_since = {ahead}",
        f"deliveries SET due_at = {ahead}",
        f"deliveries SET leased_until = {ahead}",
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            await standing.execute(f"UPDATE {changed}")
