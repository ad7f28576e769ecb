"""Keeping the log: the record's leaves go into the tree in order, and its root is signed."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import structlog

from shared.ledger.checkpoints import Checkpoint
from shared.ledger.notes import Signer, signed_note
from shared.ledger.read_checkpoints import sign_reads
from shared.ledger.tiles import TreeEdge
from shared.record.database import Connection

LEAVES_A_BLOCK = 20_000
SIGNED_EVERY_SECONDS = 0.25
LOG_LOCK = 4_210_506

LEAVES = (
    "SELECT notification_id, leaf_hash FROM stored_events"
    " WHERE notification_id > $1 AND notification_id <= $2 ORDER BY notification_id"
)
SIGNED = "SELECT keep_checkpoint($1, $2, $3)"
QUORUM = "SELECT change_witness_quorum($1, $2)"
KEY_CHANGES = "SELECT change_log_keys($1, $2, $3)"
log = structlog.get_logger(__name__)


class LogBroken(Exception):
    """The record does not go on where the log stands: nothing more is signed."""


class LogWriter:
    """Keeps one record's log; two of them on one database do no harm: they take turns under a lock."""

    def __init__(self, pool: asyncpg.Pool, signers: Sequence[Signer]) -> None:
        """Sign with these keys, all of one name; while there are two, both sign."""
        self._pool = pool
        self._signers = signers
        self._introduced = False

    async def catch_up(self) -> int:
        """Take in what was recorded since, sign it and the reads; return how many entries there are now."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", LOG_LOCK)
            edge = await TreeEdge.read(connection)
            before = edge.size
            while await self._extend(connection, edge):
                pass
            if edge.size > before:
                await self._sign(connection, Checkpoint(self.origin, edge.size, edge.root()))
            if edge.size and not self._introduced:
                verifiers = [str(signer.verifier) for signer in self._signers]
                await connection.execute(KEY_CHANGES, verifiers, "log", edge.size)
            if edge.size:  # before, nobody could tell whose signature it is
                await sign_reads(connection, self.origin, self._signers)
        self._introduced = edge.size > 0
        return edge.size

    @property
    def origin(self) -> str:
        """Return the log's name."""
        return self._signers[0].verifier.name

    async def _extend(self, connection: Connection, edge: TreeEdge) -> bool:
        size = edge.size
        rows = await connection.fetch(LEAVES, size, size + LEAVES_A_BLOCK)
        if [row["notification_id"] for row in rows] != list(range(size + 1, size + len(rows) + 1)):
            raise LogBroken(f"After position {size} a position is missing.")
        await asyncio.to_thread(edge.add, [row["leaf_hash"] for row in rows])
        if rows:
            await edge.keep(connection)
        return len(rows) == LEAVES_A_BLOCK

    async def _sign(self, connection: Connection, checkpoint: Checkpoint) -> None:
        note = signed_note(checkpoint.text(), self._signers)
        await connection.execute(SIGNED, checkpoint.size, checkpoint.root, note)

    async def introduce_witnesses(self, verifiers: Sequence[str], size: int) -> None:
        """Keep which witnesses are asked from now on."""
        await self._pool.execute(KEY_CHANGES, list(verifiers), "witness", size)

    async def introduce_quorum(self, needed: int, size: int) -> None:
        """Keep how many of the witnesses must have signed from now on."""
        await self._pool.execute(QUORUM, needed, size)


async def cosigned_by(pool: asyncpg.Pool, witness: str) -> int:
    """Return the size of the last checkpoint that a witness signed; 0 if there is none."""
    return int(
        await pool.fetchval("SELECT coalesce(max(size), 0) FROM log_cosignatures WHERE witness = $1", witness)
    )


async def keep_cosignature(
    pool: asyncpg.Pool, size: int, witness: str, line: str, signed_at: datetime
) -> None:
    """Keep a witness's signature of a checkpoint."""
    await pool.execute("SELECT keep_cosignature($1, $2, $3, $4)", size, witness, line, signed_at)
