"""Whether somebody signs the record: how old the oldest unsigned entry is, and what each witness lacks."""

from dataclasses import dataclass

import asyncpg

from shared.ledger.log_reader import LogReader

# Positions have no gaps: the first entry that no checkpoint holds follows the size of the newest.
SIGNED = """
SELECT c.size, extract(epoch FROM now() - c.signed_at)::float8 AS checkpoint_seconds,
       coalesce(extract(epoch FROM now() - e.recorded_at), 0)::float8 AS unsigned_seconds
FROM (SELECT 1) AS always
LEFT JOIN (SELECT size, signed_at FROM log_checkpoints ORDER BY size DESC LIMIT 1) c ON true
LEFT JOIN stored_events e ON e.notification_id = coalesce(c.size, 0) + 1
"""
# What was on the record before a witness was first asked, it owes from that moment on.
WITNESSED = """
WITH newest AS (
    SELECT DISTINCT ON (verifier) verifier, change, from_size, changed_at FROM log_keys
    ORDER BY verifier, changed_at DESC
)
SELECT n.verifier AS witness, c.size,
       CASE WHEN e.recorded_at IS NULL THEN 0
            ELSE extract(epoch FROM now() - greatest(e.recorded_at, n.changed_at)) END::float8
       AS behind_seconds
FROM newest n
CROSS JOIN LATERAL
    (SELECT coalesce(max(size), 0) AS size FROM log_cosignatures WHERE witness = n.verifier) c
LEFT JOIN stored_events e ON e.notification_id = greatest(c.size + 1, n.from_size)
WHERE n.change = 'witness' ORDER BY n.verifier
"""


@dataclass(frozen=True)
class WitnessLag:
    """How far a witness has countersigned; for how long it has owed the next entry, 0 where it owes none."""

    witness: str
    size: int
    behind_seconds: float


@dataclass(frozen=True)
class SigningState:
    """The newest checkpoint (none: size 0), its age, and that of the oldest entry it lacks (none: 0)."""

    size: int
    checkpoint_seconds: float
    unsigned_seconds: float
    witnesses: tuple[WitnessLag, ...]
    witnesses_needed: int = 1


async def signing_state(pool: asyncpg.Pool) -> SigningState:
    """Return how the signing of the record stands."""
    [signed] = await pool.fetch(SIGNED)
    lags = [WitnessLag(**dict(row)) for row in await pool.fetch(WITNESSED)]
    return SigningState(
        size=signed["size"] or 0,
        checkpoint_seconds=signed["checkpoint_seconds"] or 0.0,
        unsigned_seconds=signed["unsigned_seconds"],
        witnesses=tuple(lags),
        witnesses_needed=max(await LogReader(pool).quorum(), 1),
    )
