"""The service's role can't write what the record does not show: functions check, and tables refuse."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from shared.ledger.checkpoints import Checkpoint
from shared.ledger.log_writer import LogWriter
from shared.ledger.notes import KeyType, Signer, signed_note
from shared.ledger.tiles import Tiles
from shared.record.eventstore.store import EventStore
from tests.shared.governance.audit.examples import CLERK, LOG, kept

SIZE = 300
REFUSED = asyncpg.CheckViolationError


@pytest.fixture
async def signed(pool: asyncpg.Pool, store: EventStore) -> str:
    return await kept(pool, store, 0, SIZE)


async def test_the_service_writes_none_of_these_tables_itself(pool: asyncpg.Pool) -> None:
    for statement in (
        "INSERT INTO log_checkpoints (size, root, note) VALUES (1000000000, sha256(''), '')",
        "INSERT INTO log_tiles VALUES (0, 7, sha256(''))",
        "UPDATE log_tiles SET hashes = hashes || sha256('')",
        "INSERT INTO log_keys VALUES ('x', 'log', 1)",
        "INSERT INTO log_cosignatures VALUES (300, 'x', 'x', now())",
        "INSERT INTO read_checkpoints VALUES (1, 'x')",
        "INSERT INTO audit_reads SELECT * FROM audit_reads",
        "UPDATE deadlines SET settled_at = now(), outcome = 'moot'",
        "UPDATE deadlines SET due_at = 'infinity'",
        "UPDATE personal_keys SET wrapped = NULL, destroyed_at = now()",
        "UPDATE personal_keys SET wrapped = sha256('')",
        "INSERT INTO personal_keys SELECT * FROM personal_keys",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(statement)


async def test_a_checkpoint_is_kept_only_where_the_record_has_that_root(
    pool: asyncpg.Pool, store: EventStore, signed: str
) -> None:
    root = await Tiles(pool).root(SIZE)
    assert await pool.fetchval("SELECT log_root($1)", SIZE) == root
    for size in (1, 2, 255, 256, 257, 299):
        assert await pool.fetchval("SELECT log_root($1)", size) == await Tiles(pool).root(size)
    for size in (SIZE - 1, SIZE + 1, 10**9):
        note = signed_note(Checkpoint(LOG.verifier.name, size, root).text(), [LOG])
        with pytest.raises(REFUSED, match="no checkpoint of this record"):
            await pool.execute("SELECT keep_checkpoint($1, $2, $3)", size, root, note)
    for level, number, hashes in ((0, 1, bytes(32 * 45)), (0, 9, bytes(32)), (1, 0, bytes(64))):
        with pytest.raises(REFUSED, match="other hashes"):
            await pool.execute("SELECT keep_log_tiles($1, $2, $3)", [level], [number], [hashes])
    assert await kept(pool, store, SIZE, SIZE + 5) != signed


async def test_keys_and_signatures_are_kept_only_in_their_form(pool: asyncpg.Pool, signed: str) -> None:
    key = str(LOG.verifier)
    stranger = str(Signer.new("another.example/log").verifier)
    for keys, kind in (
        (["x"], "log"),
        ([key[:-3] + "AAA"], "log"),
        ([key], "witness"),
        ([key, stranger], "log"),
        ([], "log"),
        ([key], "retired"),
    ):
        with pytest.raises(REFUSED, match="no keys of this log"):
            await pool.execute("SELECT change_log_keys($1, $2, 1)", keys, kind)
    with pytest.raises(REFUSED):
        await pool.execute("SELECT change_log_keys($1, 'log', $2)", [key], SIZE + 1)
    await LogWriter(pool, [LOG]).introduce_witnesses([str(CLERK.verifier)], SIZE)
    at = 1_700_000_000
    line = CLERK.line(signed.partition("\n\n")[0] + "\n", at=at)
    other = Signer.new("clerk.example", KeyType.WITNESS).verifier
    for size, witness, text, moment in (
        (SIZE, CLERK.verifier, "— clerk.example AAAA\n", at),
        (SIZE, other, line, at),
        (SIZE, CLERK.verifier, line, at + 1),
        (SIZE + 1, CLERK.verifier, line, at),
    ):
        with pytest.raises(REFUSED, match="no signature of a witness"):
            await pool.execute(
                "SELECT keep_cosignature($1, $2, $3, $4)",
                size,
                str(witness),
                text,
                datetime.fromtimestamp(moment, UTC),
            )


async def test_nobody_reads_in_the_name_of_somebody_unknown(pool: asyncpg.Pool) -> None:
    read = "SELECT append_audit_read($1, $2, 'x', '/', 200, '')"
    for reader, authority in (
        ("sam", "auditor"),
        ("sam", "operator"),
        ("operator:sam", "auditor"),
        ("operator:", "operator"),
    ):
        with pytest.raises(REFUSED, match="Nobody is known"):
            await pool.execute(read, reader, authority)
    await pool.execute("INSERT INTO people (id, source) VALUES ('sam', '')")
    await pool.execute(read, "sam", "auditor")
    await pool.execute(read, "operator:sam", "operator")
    with pytest.raises(REFUSED, match="no checkpoint of this log of reads"):
        await pool.execute("SELECT keep_read_checkpoint(2, $1)", "log/reads\n2\nAAAA\n")


async def test_a_deadline_is_settled_only_as_the_record_shows(pool: asyncpg.Pool) -> None:
    add = (
        "INSERT INTO deadlines (case_id, kind, version, due_at) VALUES"
        " (gen_random_uuid(), 'spec', 1, clock_timestamp() + $1::interval) RETURNING id"
    )
    settle = "SELECT settle_deadline($1, $2)"
    claim = "UPDATE deadlines SET leased_until = now() + interval '1 minute', attempts = 1"
    later = await pool.fetchval(add, timedelta(days=1))
    come = await pool.fetchval(add, timedelta(days=-1))
    with pytest.raises(REFUSED):
        await pool.execute(settle, come, "moot")  # nobody has claimed it
    await pool.execute(claim)
    for deadline, outcome in (
        (later, "moot"),
        (come, "moved"),
        (come, "failed: ZeroDivisionError"),
        (come, "gone"),
    ):
        with pytest.raises(REFUSED):
            await pool.execute(settle, deadline, outcome)
    await pool.execute(settle, come, "moot")
    assert await pool.fetchval("SELECT count(*) FROM deadlines WHERE settled_at IS NULL") == 1
