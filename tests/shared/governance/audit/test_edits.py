"""Whoever edits the record, with every right there is, is found out by a checkpoint that was saved before."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import asyncpg
import pytest

from shared.ledger.checkpoints import Checkpoint, Policy, opened, with_lines
from shared.ledger.log_reader import LogReader
from shared.ledger.log_writer import LogWriter, keep_cosignature
from shared.ledger.notes import BadNote, Note, Signer, signed_note
from shared.ledger.read_checkpoints import newest_of_reads, opened_of_reads
from shared.ledger.record_check import check
from shared.ledger.tiles import Tiles, TreeEdge
from shared.ledger.witness import Request, Witness
from shared.record.eventstore.store import EventStore
from tests.shared.governance.audit.examples import CLERK, LOG, POLICY, kept, newest

EDITS = int(os.environ.get("EDITS", "100"))
EVENTS = 500

REHASH = """
UPDATE stored_events SET leaf_hash = event_leaf(
    notification_id, originator_id, originator_version, topic, recorded_at, state)
WHERE notification_id >= $1
"""
RENUMBER_LATER = "UPDATE stored_events SET notification_id = notification_id + $2 WHERE notification_id > $1"
HEAD_TO_LAST = """
UPDATE event_head SET (position, recorded_at) = (
    SELECT notification_id, recorded_at FROM stored_events ORDER BY notification_id DESC LIMIT 1)
"""
COPY = """
INSERT INTO stored_events SELECT originator_id, originator_version, topic, state, $2,
    recorded_at + $3 * interval '1 microsecond', leaf_hash FROM stored_events WHERE notification_id = $1
"""


async def unguarded(admin: asyncpg.Connection) -> None:
    """Take away what stands in a superuser's way: triggers, and constraints on places and versions."""
    for table in ("stored_events", "event_head", "log_tiles", "log_checkpoints"):
        await admin.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    await admin.execute("ALTER TABLE stored_events DROP CONSTRAINT stored_events_pkey")
    await admin.execute("DROP INDEX stored_events_notification_id_idx")


async def a_bit(admin: asyncpg.Connection, chance: Random, at: int) -> None:
    """Flip one bit of one column."""
    column = chance.choice(["state", "topic", "stream", "version", "time"])
    match column:
        case "state":
            await admin.execute(
                "UPDATE stored_events SET state = set_bit(state, $2,"
                " 1 - get_bit(state, $2)) WHERE notification_id = $1",
                at,
                chance.randrange(256),
            )
        case "topic":
            await admin.execute(
                "UPDATE stored_events SET topic = chr(ascii(topic) # 1) || substr(topic, 2)"
                " WHERE notification_id = $1",
                at,
            )
        case "stream":
            await admin.execute(
                "UPDATE stored_events SET originator_id = encode(set_bit(uuid_send(originator_id), $2,"
                " 1 - get_bit(uuid_send(originator_id), $2)), 'hex')::uuid WHERE notification_id = $1",
                at,
                chance.randrange(128),
            )
        case "version":
            await admin.execute(
                "UPDATE stored_events SET originator_version = originator_version # (1::bigint << $2)"
                " WHERE notification_id = $1",
                at,
                chance.randrange(40),
            )
        case "time":
            await admin.execute(
                "UPDATE stored_events SET recorded_at = recorded_at + $2 * interval '1 microsecond'"
                " WHERE notification_id = $1",
                at,
                chance.choice([-1, 1, 10**9]),
            )


async def a_hash_bit(admin: asyncpg.Connection, chance: Random, at: int) -> None:
    """Flip one bit of the leaf's hash as it is kept."""
    await admin.execute(
        "UPDATE stored_events SET leaf_hash = set_bit(leaf_hash, $2, 1 - get_bit(leaf_hash, $2))"
        " WHERE notification_id = $1",
        at,
        chance.randrange(256),
    )


async def a_row(admin: asyncpg.Connection, chance: Random, at: int) -> None:
    """Put another event's words in its place."""
    await admin.execute(
        "UPDATE stored_events SET (topic, state) = (SELECT topic, state || ' ' FROM stored_events"
        " WHERE notification_id = $2) WHERE notification_id = $1",
        at,
        chance.randint(1, EVENTS),
    )


async def an_order(admin: asyncpg.Connection, chance: Random, at: int) -> None:
    """Let two events change places."""
    other = chance.choice([n for n in range(1, EVENTS + 1) if n != at])
    await admin.execute(
        "UPDATE stored_events SET notification_id = CASE notification_id WHEN $1 THEN $2 ELSE $1 END"
        " WHERE notification_id IN ($1, $2)",
        at,
        other,
    )


async def a_deletion(admin: asyncpg.Connection, chance: Random, at: int) -> None:
    """Take an event out; half of the time, close the gap."""
    await admin.execute("DELETE FROM stored_events WHERE notification_id = $1", at)
    if chance.random() < 0.5:
        await admin.execute(RENUMBER_LATER, at, -1)
        await admin.execute(HEAD_TO_LAST)


async def a_cut_tail(admin: asyncpg.Connection, chance: Random, at: int) -> None:
    """Forget the end; mostly, let the head forget it too."""
    await admin.execute("DELETE FROM stored_events WHERE notification_id >= $1", at)
    if at > 1 and chance.random() < 0.9:
        await admin.execute(HEAD_TO_LAST)


async def a_clone(admin: asyncpg.Connection, chance: Random, at: int) -> None:
    """Let an event have happened twice: at the end, or just after itself."""
    if chance.random() < 0.5:
        await admin.execute(COPY, at, EVENTS + 1, 10**15)
    else:
        await admin.execute(RENUMBER_LATER, at, 1)
        await admin.execute(COPY, at, at + 1, 0)
    await admin.execute(HEAD_TO_LAST)


KINDS: list[Callable[[asyncpg.Connection, Random, int], object]] = [
    a_bit,
    a_hash_bit,
    a_row,
    an_order,
    a_deletion,
    a_cut_tail,
    a_clone,
]


async def test_every_single_edit_is_found_from_a_saved_checkpoint(
    pool: asyncpg.Pool, store: EventStore, admin: asyncpg.Connection
) -> None:
    """Half of the editors also compute every leaf's hash anew."""
    saved = await kept(pool, store, 0, EVENTS)
    assert (await check(admin, [saved], POLICY)).findings == []
    chance = Random(1852)
    missed = []
    await unguarded(admin)
    await admin.execute("CREATE INDEX ON stored_events (notification_id)")
    for number in range(EDITS):
        if number % 50 == 49:  # what is rolled back lies about all the same
            await admin.execute("VACUUM stored_events, event_head, log_tiles, log_checkpoints")
        edit, at = KINDS[number % len(KINDS)], chance.randint(1, EVENTS)
        transaction = admin.transaction()
        await transaction.start()
        await admin.execute("DELETE FROM log_tiles")
        await admin.execute("DELETE FROM log_checkpoints")
        await edit(admin, chance, at)  # type: ignore[misc]  # each of them is awaited
        if edit is not a_hash_bit and chance.random() < 0.5:
            await admin.execute(REHASH, 1)
        if not (await check(admin, [saved], POLICY)).findings:
            missed.append((edit.__name__, at))
        await transaction.rollback()
    assert missed == []
    assert (await check(admin, [saved], POLICY)).findings == []


async def rewritten(admin: asyncpg.Connection) -> None:
    """Change a word, then recompute every hash, tile and checkpoint, and sign with the stolen key."""
    await unguarded(admin)
    await admin.execute("UPDATE stored_events SET state = state || ' ' WHERE notification_id = 77")
    await admin.execute(REHASH, 1)
    leaves = await admin.fetch("SELECT leaf_hash FROM stored_events ORDER BY notification_id")
    sizes = [r["size"] for r in await admin.fetch("SELECT size FROM log_checkpoints ORDER BY size")]
    await admin.execute("DELETE FROM log_tiles")
    edge = TreeEdge({})
    for number, row in enumerate(leaves, start=1):
        edge.add([row["leaf_hash"]])
        if number in sizes:
            made = Checkpoint(LOG.verifier.name, number, edge.root())
            await admin.execute(
                "UPDATE log_checkpoints SET root = $2, note = $3 WHERE size = $1",
                number,
                made.root,
                signed_note(made.text(), [LOG]),
            )
    await edge.keep(admin)


async def test_who_recomputes_the_whole_tree_is_found_by_a_witness(
    pool: asyncpg.Pool, store: EventStore, admin: asyncpg.Connection, tmp_path: Path
) -> None:
    witness = Witness(CLERK, Policy((LOG.verifier,)), tmp_path / "state.json")
    before = await kept(pool, store, 0, 200)
    answer = witness.add_checkpoint(Request(0, (), before).text())
    assert answer.status == 200
    countersigned = with_lines(before, [answer.body])
    await kept(pool, store, 200, 260)
    await rewritten(admin)
    assert (await check(admin, [], POLICY)).findings == []  # from within, nothing is to be seen
    found = (await check(admin, [countersigned], POLICY)).findings
    assert ["something before that was changed" in str(finding) for finding in found] == [True]
    proof = await Tiles(admin).consistency(200, 260)
    refused = witness.add_checkpoint(Request(200, tuple(proof), await newest(pool)).text())
    assert refused.status == 422


async def test_a_check_looks_at_the_witnesses_signatures_too(
    pool: asyncpg.Pool, store: EventStore, admin: asyncpg.Connection
) -> None:
    note = await kept(pool, store, 0, 20)
    line = CLERK.line(note.partition("\n\n")[0] + "\n", at=1_700_000_000)
    await pool.execute(
        "SELECT keep_cosignature(20, $1, $2, $3)",
        str(CLERK.verifier),
        line,
        datetime.fromtimestamp(1_700_000_000, UTC),
    )
    checked = await check(admin, [], POLICY)
    assert (checked.findings, checked.witnessed) == ([], 1)
    signed = await LogReader(pool).witnessed()
    assert signed is not None
    assert signed.witnesses[0][0] == str(CLERK.verifier)


async def test_a_changed_tile_and_a_changed_read_are_found(
    pool: asyncpg.Pool, store: EventStore, admin: asyncpg.Connection
) -> None:
    await kept(pool, store, 0, 20)
    for reader in ("sam", "ada", "sam"):
        await pool.execute(
            "SELECT append_audit_read('operator:' || $1::text, 'operator', 'x', '/', 200, '')", reader
        )
    assert (await check(admin, [], POLICY)).findings == []
    await admin.execute("ALTER TABLE log_tiles DISABLE TRIGGER ALL")
    await admin.execute("UPDATE log_tiles SET hashes = set_bit(hashes, 9, 1 - get_bit(hashes, 9))")
    await admin.execute("ALTER TABLE audit_reads DISABLE TRIGGER ALL")
    await admin.execute("UPDATE audit_reads SET reader = 'eve' WHERE position = 2")
    findings = [str(finding) for finding in (await check(admin, [], POLICY)).findings]
    assert findings == [
        "Tile 0 of level 0 holds other hashes than the record's",
        "The log of reads was changed (position 2)",
    ]


READ = "SELECT append_audit_read('operator:' || $1::text, 'operator', 'x', '/', 200, '')"


async def test_a_cut_tail_of_the_log_of_reads_is_found(
    pool: asyncpg.Pool, store: EventStore, admin: asyncpg.Connection
) -> None:
    """A chain does not know its end: the signed checkpoint does, and one that was kept elsewhere for ever."""
    for reader in ("sam", "ada", "sam", "ada"):
        await pool.execute(READ, reader)
    await kept(pool, store, 0, 20)
    saved = await newest_of_reads(pool)
    assert saved is not None
    assert opened_of_reads(saved, POLICY).size == 4
    assert (await check(admin, [saved], POLICY)).findings == []
    for table in ("audit_reads", "read_checkpoints"):
        await admin.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    await admin.execute("DELETE FROM audit_reads WHERE position > 2")
    cut = "The log of reads was cut off: a read that was signed is gone (position 4)"
    assert [str(f) for f in (await check(admin, [], POLICY)).findings] == [cut]
    await admin.execute("DELETE FROM read_checkpoints")
    assert (await check(admin, [], POLICY)).findings == []  # from within, nothing is to be seen
    assert [str(f) for f in (await check(admin, [saved], POLICY)).findings] == [cut]
    for _ in range(2):
        await pool.execute(READ, "eve")
    found = [str(f) for f in (await check(admin, [saved], POLICY)).findings]
    assert found == ["The log of reads is not the one that was signed (position 4)"]


async def test_a_checkpoint_of_the_log_of_reads_is_signed_by_the_log_itself(
    pool: asyncpg.Pool, store: EventStore, admin: asyncpg.Connection
) -> None:
    await pool.execute(READ, "sam")
    record = await kept(pool, store, 0, 5)
    saved = await newest_of_reads(pool)
    assert saved is not None
    stranger = Policy((Signer.new(LOG.verifier.name).verifier,))
    for note, policy in ((saved, stranger), (record, POLICY)):
        with pytest.raises(BadNote):
            opened_of_reads(note, policy)
    with pytest.raises(BadNote):
        opened(saved, POLICY)  # nor is it one of the record
    forged = saved.replace("\n1\n", "\n2\n")
    found = [str(f) for f in (await check(admin, [forged], POLICY)).findings]
    assert len(found) == 1
    assert found[0].startswith("A checkpoint of the log of reads is not signed as it must be")


async def test_witnesses_are_asked_of_the_newest_checkpoints_not_of_each(
    pool: asyncpg.Pool, store: EventStore, admin: asyncpg.Connection
) -> None:
    """A log signs more often than its witnesses come by."""
    wanted = Policy((LOG.verifier,), (CLERK.verifier,), 1)
    await kept(pool, store, 0, 10)
    asked = await check(pool, [], wanted)
    assert [finding.what for finding in asked.findings] == ["No checkpoint has the signatures of 1 witnesses"]
    signed_at = datetime.now(UTC).replace(microsecond=0)
    note = await kept(pool, store, 10, 20)
    await LogWriter(pool, [LOG]).introduce_witnesses([str(CLERK.verifier)], 20)
    line = CLERK.line(Note.parse(note).text, int(signed_at.timestamp()))
    await keep_cosignature(pool, 20, str(CLERK.verifier), line, signed_at)
    await kept(pool, store, 20, 30)
    asked = await check(pool, [], wanted)
    assert (asked.findings, asked.checkpoints, asked.witnessed_size) == ([], 3, 20)
    unseen = (await check(pool, [await newest(pool)], wanted)).findings
    assert [finding.what for finding in unseen] == [
        "The saved checkpoint is not signed as it must be: 0 witnesses signed, 1 must have."
    ]
    await kept(pool, store, 30, 40)
    await admin.execute("ALTER TABLE log_checkpoints DISABLE TRIGGER ALL")
    await admin.execute(
        "UPDATE log_checkpoints SET signed_at = signed_at + interval '1 hour' WHERE size = 40"
    )
    [late] = (await check(pool, [], wanted)).findings
    assert late.position == 20
    assert "no checkpoint has the signatures of 1 witnesses" in late.what
