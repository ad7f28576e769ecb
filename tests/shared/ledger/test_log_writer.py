"""The log follows the record: every entry provable, one history, whoever keeps it."""

import asyncio

import asyncpg
import pytest

from shared.ledger.checkpoints import check_proof, opened, proof_text
from shared.ledger.entries import Entry
from shared.ledger.log_reader import LogReader
from shared.ledger.log_writer import LogBroken, LogWriter
from shared.ledger.notes import Signer
from shared.ledger.tiles import Tiles
from shared.ledger.tree import verify_consistency
from shared.record.eventstore.store import EventStore
from tests.shared.governance.audit.examples import LOG, POLICY, kept, newest
from tests.shared.record.projecting.examples import happen, year
from tests.support.postgres import Base, refused, session


async def test_every_entry_is_under_the_newest_checkpoint(pool: asyncpg.Pool, store: EventStore) -> None:
    note = await kept(pool, store, 0, 300)
    entries = await LogReader(pool).entries(list(range(1, 301)))
    proofs = await Tiles(pool).inclusions(range(300), 300)
    for entry, proof in zip(entries, proofs, strict=True):
        index, vouched = check_proof(proof_text(entry.position - 1, proof, note), entry.leaf, POLICY)
        assert (index, vouched.checkpoint.size) == (entry.position - 1, 300)
        assert Entry.parse(entry.raw()) == entry


async def test_each_checkpoint_goes_on_from_each_before(pool: asyncpg.Pool, store: EventStore) -> None:
    notes = [await kept(pool, store, n, n + 90) for n in range(0, 540, 90)]
    seen = [opened(note, POLICY).checkpoint for note in notes]
    assert [checkpoint.size for checkpoint in seen] == [90, 180, 270, 360, 450, 540]
    for later in seen:
        for earlier in seen:
            if earlier.size <= later.size:
                proof = await Tiles(pool).consistency(earlier.size, later.size)
                verify_consistency(earlier.size, later.size, proof, earlier.root, later.root)


async def test_two_keepers_keep_one_log(pool: asyncpg.Pool, store: EventStore) -> None:
    keepers = [LogWriter(pool, [LOG]) for _ in range(3)]
    done = asyncio.Event()

    async def keep(keeper: LogWriter) -> None:
        while not done.is_set():
            await keeper.catch_up()

    async def write() -> None:
        await happen(store, year()[:400])
        done.set()

    await asyncio.gather(write(), *(keep(keeper) for keeper in keepers))
    await keepers[0].catch_up()
    sizes = [r["size"] for r in await pool.fetch("SELECT size FROM log_checkpoints ORDER BY size")]
    assert sizes[-1] == 400
    assert len(sizes) > 5
    assert opened(await newest(pool), POLICY).checkpoint.root == await Tiles(pool).root(400)


async def test_keys_change_with_an_overlap_in_which_both_sign(pool: asyncpg.Pool, store: EventStore) -> None:
    following = Signer.new(LOG.verifier.name)
    first = await kept(pool, store, 0, 10)
    for number, signers in enumerate([[LOG, following], [following]], start=1):
        await happen(store, year()[number * 10 : number * 10 + 10])
        await LogWriter(pool, signers).catch_up()
    policy = await LogReader(pool).policy()
    assert set(policy.logs) == {LOG.verifier, following.verifier}
    both = await LogReader(pool).at(20)
    assert both is not None
    assert set(opened(both.note, policy).logs) == {LOG.verifier, following.verifier}
    assert opened(first, policy).logs == (LOG.verifier,)
    assert opened(await newest(pool), policy).logs == (following.verifier,)
    changes = await pool.fetch("SELECT verifier, change, from_size FROM log_keys")
    assert {tuple(row) for row in changes} == {
        (str(LOG.verifier), "log", 10),
        (str(following.verifier), "log", 20),
        (str(LOG.verifier), "retired", 30),
    }


async def test_nothing_is_signed_over_a_gap(base: Base, pool: asyncpg.Pool, store: EventStore) -> None:
    await kept(pool, store, 0, 10)
    await happen(store, year()[10:20])
    async with session(base.admin) as admin:
        await admin.execute("ALTER TABLE stored_events DISABLE TRIGGER ALL")
        await admin.execute("DELETE FROM stored_events WHERE notification_id = 15")
    with pytest.raises(LogBroken):
        await LogWriter(pool, [LOG]).catch_up()
    assert opened(await newest(pool), POLICY).checkpoint.size == 10


EDITS = (
    "DELETE FROM log_checkpoints",
    "UPDATE log_checkpoints SET note = ''",
    "TRUNCATE log_cosignatures CASCADE",
    "DELETE FROM log_keys",
    "TRUNCATE audit_reads",
    "DELETE FROM log_tiles",
    "TRUNCATE log_tiles",
    "TRUNCATE event_head",
    "DELETE FROM event_head",
    "UPDATE event_head SET position = position - 1",
    "UPDATE log_tiles SET hashes = sha256('') WHERE level = 0",
    "DELETE FROM audit_reads",
    "UPDATE audit_reads SET reader = 'x'",
    "DELETE FROM read_checkpoints",
    "UPDATE read_checkpoints SET note = ''",
    "TRUNCATE read_checkpoints",
)


@pytest.mark.parametrize("role", ["service", "owner", "admin"])
async def test_nobody_edits_the_log(base: Base, pool: asyncpg.Pool, store: EventStore, role: str) -> None:
    await kept(pool, store, 0, 3)
    await pool.execute("SELECT append_audit_read('operator:sam', 'operator', 'x', '/', 200, '')")
    async with session(getattr(base, role)) as connection:
        for edit in EDITS:
            with refused(edit, asyncpg.RaiseError, asyncpg.InsufficientPrivilegeError):
                await connection.execute(edit)
        if role == "admin":
            await connection.execute("SET session_replication_role = replica")
            for edit in EDITS:
                with refused(edit, asyncpg.RaiseError):
                    await connection.execute(edit)
