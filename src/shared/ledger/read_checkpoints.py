"""Checkpoints of the log of reads: its length and its last hash, signed, so that a cut tail is found.

They are written as those of the record are, under the log's name and `/reads`, and signed with the same
keys. The log of reads is a chain, not a tree: what stands for the root is the hash of its last line.
"""

from collections.abc import Sequence

import asyncpg

from shared.ledger.checkpoints import Checkpoint, Policy, signed_by_log
from shared.ledger.notes import BadNote, Note, Signer, signed_note
from shared.record.database import Connection

OF_READS = "/reads"

UNSIGNED = """
SELECT position, hash FROM audit_reads
WHERE position > (SELECT coalesce(max(position), 0) FROM read_checkpoints)
ORDER BY position DESC LIMIT 1
"""
KEEP = "SELECT keep_read_checkpoint($1, $2)"
LATEST = "SELECT note FROM read_checkpoints ORDER BY position DESC LIMIT 1"
EVERY = "SELECT note FROM read_checkpoints ORDER BY position"
HASHES = "SELECT position, hash FROM audit_reads WHERE position = ANY ($1)"


def is_of_reads(note: str) -> bool:
    """Say whether a note claims to be a checkpoint of the log of reads."""
    return note.partition("\n")[0].endswith(OF_READS)


def opened_of_reads(note: str, policy: Policy) -> Checkpoint:
    """Return a checkpoint of the log of reads once a key of its log signed it, or raise `BadNote`."""
    parsed = Note.parse(note)
    checkpoint = Checkpoint.parse(parsed.text)
    if not is_of_reads(note):
        raise BadNote("This is no checkpoint of the log of reads.")
    signed_by_log(parsed, checkpoint.origin.removesuffix(OF_READS), policy)
    return checkpoint


async def sign_reads(connection: Connection, origin: str, signers: Sequence[Signer]) -> None:
    """Sign the log of reads as far as it has come, where it has come further since."""
    row = await connection.fetchrow(UNSIGNED)
    if row is not None:
        text = Checkpoint(f"{origin}{OF_READS}", row["position"], row["hash"]).text()
        await connection.execute(KEEP, row["position"], signed_note(text, signers))


async def newest_of_reads(connection: Connection | asyncpg.Pool) -> str | None:
    """Return the newest checkpoint of the log of reads; nothing if nobody has read yet."""
    note: str | None = await connection.fetchval(LATEST)
    return note
