"""A record with its log: a beginning of the demonstration's year, kept and signed."""

import asyncpg

from shared.governance.audit.record_index.indexer import Indexer
from shared.ledger.checkpoints import Policy
from shared.ledger.log_reader import LogReader
from shared.ledger.log_writer import LogWriter
from shared.ledger.notes import KeyType, Signer
from shared.record.eventstore.store import EventStore
from tests.shared.record.projecting.examples import happen, year_of_rfps

LOG = Signer.new("council.example/log")
CLERK = Signer.new("clerk.example", KeyType.WITNESS)
POLICY = Policy((LOG.verifier,), (CLERK.verifier,))


async def kept(pool: asyncpg.Pool, store: EventStore, start: int, end: int) -> str:
    """Let a part of the year happen, keep the log, and return the newest checkpoint."""
    await happen(store, year_of_rfps()[start:end])
    await LogWriter(pool, [LOG]).catch_up()
    return await newest(pool)


async def newest(pool: asyncpg.Pool) -> str:
    signed = await LogReader(pool).latest()
    assert signed is not None
    return signed.note


async def indexed(pool: asyncpg.Pool, store: EventStore) -> None:
    """Put an index of the record on the record, and sign it."""
    await Indexer(pool, store).commit()
    await LogWriter(pool, [LOG]).catch_up()
