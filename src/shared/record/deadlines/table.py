"""The table of deadlines: written by reactions, claimed for a time, each settled once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.record.database import Connection
from shared.record.deadlines.deadline import Due
from shared.record.projecting.views import Row

CLAIM_LIMIT = 100
LEASE = "interval '60 seconds'"
ATTEMPTS_LIMIT = 50

NOW = "SELECT clock_timestamp()"
CLAIM = f"""
UPDATE deadlines SET leased_until = clock_timestamp() + {LEASE}, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM deadlines
    WHERE settled_at IS NULL AND due_at <= $1 AND attempts < {ATTEMPTS_LIMIT}
      AND (leased_until IS NULL OR leased_until < clock_timestamp())
    ORDER BY due_at, id LIMIT {CLAIM_LIMIT} FOR UPDATE SKIP LOCKED
)
RETURNING id, case_id, kind, version, due_at, attempts
"""
SETTLE = "SELECT settle_deadline($1, $2)"
# An attempt that could not even begin is not counted; the next comes when its lease is over.
NOT_TRIED = "UPDATE deadlines SET attempts = attempts - 1 WHERE id = $1 AND settled_at IS NULL"
# One that is asked again keeps its number, and begins again.
POSTPONE = "SELECT postpone_deadline($1, $2)"
# A little later than it is due, so that it has come then; a claimed one when its lease is over.
NEXT = f"""
SELECT greatest(0.05, 0.01 + extract(epoch FROM comes - clock_timestamp()))::float8 FROM (
    SELECT min(greatest(due_at, leased_until)) AS comes
    FROM deadlines WHERE settled_at IS NULL AND attempts < {ATTEMPTS_LIMIT}
) AS next WHERE comes IS NOT NULL
"""


def deadline_row(case_id: UUID, kind: str, version: int, due_at: datetime) -> Row:
    """Return the row of one deadline of a case; its kind and version name it for ever."""
    return {"case_id": case_id, "kind": kind, "version": version, "due_at": due_at}


async def claim(connection: Connection, now: datetime) -> Sequence[Due]:
    """Take what has come due, for a minute: if this process dies, the next one takes it."""
    rows = await connection.fetch(CLAIM, now)
    return sorted((Due(*row) for row in rows), key=lambda due: (due.due_at, due.id))


async def settle(connection: Connection, due: Due, outcome: str) -> None:
    """Say what became of a deadline, once."""
    await connection.execute(SETTLE, due.id, outcome)
