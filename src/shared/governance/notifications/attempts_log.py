"""Proof of telling: attempts are hashed into the record in batches, so that none is changed unseen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import asyncpg
import orjson

from shared.kernel.messages import Command, Event, Stamp
from shared.ledger.tree import leaf_hash, nodes_of, root_hash
from shared.record.database import Connection
from shared.record.eventstore.reader import Reader
from shared.record.eventstore.store import EventStore

LOG_ID = UUID("8a7b1c52-2d0e-4a3e-9f4d-1b5a7e6c9d20")
BATCH_LIMIT = 256

FIELDS = """
SELECT a.id, a.delivery_id, a.number, d.target, n.message_id, n.type, n.case_id, a.started_at, a.answered_at,
       a.status_code, a.fault, a.outcome
FROM delivery_attempts a JOIN deliveries d ON d.id = a.delivery_id
    JOIN notifications n ON n.id = d.notification_id
"""
TO_HASH = f"{FIELDS} WHERE a.batch IS NULL AND a.outcome <> '' ORDER BY a.id LIMIT {BATCH_LIMIT}"
OF_BATCH = f"{FIELDS} WHERE a.id = ANY ($1) ORDER BY a.id"
HASHED = "UPDATE delivery_attempts SET batch = $1 WHERE id = ANY ($2) AND batch IS NULL"


@dataclass(frozen=True)
class AttemptsLog:
    """What of the attempts the record vouches for: the last batch."""

    kind: ClassVar[str] = "attempts-log"

    batch: int = 0
    attempts: tuple[int, ...] = ()
    root: str = ""


class DeliveryAttemptsHashed(Event[AttemptsLog]):
    """Some attempts are as they were: the root of their hashes (RFC 6962) is on the record."""

    kind: ClassVar[str] = "attempts-log"

    batch: int
    attempts: tuple[int, ...]
    root: str

    def apply(self, log: AttemptsLog) -> AttemptsLog:
        """Return the log with one more batch."""
        return AttemptsLog(self.batch, self.attempts, self.root)


class HashDeliveryAttempts(Command[AttemptsLog]):
    """Vouch for the next batch of attempts; only the sender does."""

    batch: int
    attempts: tuple[int, ...]
    root: str

    def decide(self, log: AttemptsLog, stamp: Stamp) -> DeliveryAttemptsHashed | tuple[()]:
        """Take each batch once: another sender may have."""
        if self.batch != log.batch + 1:
            return ()
        return DeliveryAttemptsHashed(batch=self.batch, attempts=self.attempts, root=self.root)


def root_of(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the root of the hashes of attempts, in their order."""
    leaves = [leaf_hash(orjson.dumps([_said(row[name]) for name in row])) for row in rows]
    return root_hash(len(leaves), nodes_of(leaves)).hex()


def _said(value: object) -> object:
    """Return a value as it is hashed: whatever is no JSON, as its text."""
    return value if isinstance(value, str | int | None) else str(value)


async def hash_attempts(pool: asyncpg.Pool, store: EventStore, stamp: Stamp) -> int:
    """Hash the next batch of judged attempts into the record; return how many there were.

    Whoever died after the record had a batch, and before its rows said so, is made up for first.
    """
    log = (await store.load(LOG_ID, AttemptsLog())).state
    await pool.execute(HASHED, log.batch, list(log.attempts))
    rows = [dict(row) for row in await pool.fetch(TO_HASH)]
    if not rows:
        return 0
    ids = tuple(row["id"] for row in rows)
    command = HashDeliveryAttempts(batch=log.batch + 1, attempts=ids, root=root_of(rows))
    await store.handle(LOG_ID, command, stamp, blank=AttemptsLog(), absent=True)
    return await hash_attempts(pool, store, stamp) + len(rows)


async def batches_that_differ(connection: Connection | asyncpg.Pool, reader: Reader) -> list[int]:
    """Return the batches whose attempts are no longer as the record vouches for them."""
    found = []
    for recorded in await reader.stream(LOG_ID):
        hashed = recorded.event
        if isinstance(hashed, DeliveryAttemptsHashed):
            rows = [dict(row) for row in await connection.fetch(OF_BATCH, list(hashed.attempts))]
            if root_of(rows) != hashed.root:
                found.append(hashed.batch)
    return found


ATTEMPT_EVENTS = (DeliveryAttemptsHashed,)
