"""What the log holds: its checkpoints with all their signatures, its keys, its proofs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from shared.ledger.checkpoints import Policy, with_lines
from shared.ledger.entries import Entry
from shared.ledger.notes import KeyType, Verifier
from shared.record.database import Connection

COVERING = "SELECT size, root, note, signed_at FROM log_checkpoints WHERE size >= $1 ORDER BY size LIMIT 1"
LATEST = "SELECT size, root, note, signed_at FROM log_checkpoints ORDER BY size DESC LIMIT 1"
AT = "SELECT size, root, note, signed_at FROM log_checkpoints WHERE size = $1"
WITNESSED = """
SELECT c.size, c.root, c.note, c.signed_at FROM log_checkpoints c
WHERE c.size >= $1 AND (SELECT count(*) FROM log_cosignatures s WHERE s.size = c.size) >= $2
ORDER BY c.size DESC LIMIT 1
"""
QUORUM = "SELECT needed FROM witness_quorums ORDER BY changed_at DESC LIMIT 1"
LINES = "SELECT line, witness, signed_at FROM log_cosignatures WHERE size = $1 ORDER BY witness"
ENTRIES = (
    "SELECT notification_id, originator_id, originator_version, recorded_at, topic, state"
    " FROM stored_events WHERE notification_id = ANY ($1) ORDER BY notification_id"
)
# Of each entry and witness: the first checkpoint that covers the one and was signed by the other.
FIRST_SEEN = """
SELECT e.position, w.witness, s.signed_at
FROM unnest($1::bigint[]) AS e (position)
CROSS JOIN (SELECT DISTINCT witness FROM log_cosignatures) w
CROSS JOIN LATERAL (
    SELECT signed_at FROM log_cosignatures c
    WHERE c.size >= e.position AND c.witness = w.witness ORDER BY c.size LIMIT 1
) s ORDER BY e.position, s.signed_at, w.witness
"""
EVERY_KEY = "SELECT DISTINCT verifier FROM log_keys ORDER BY verifier"


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint as it is kept, with the signatures it has by now."""

    size: int
    root: bytes
    note: str
    signed_at: datetime
    witnesses: tuple[tuple[str, datetime], ...] = ()


class LogReader:
    """Reads the log from one database."""

    def __init__(self, connection: Connection | asyncpg.Pool) -> None:
        """Read through this connection."""
        self._connection = connection

    async def latest(self) -> Signed | None:
        """Return the newest checkpoint."""
        return await self._signed(await self._connection.fetchrow(LATEST))

    async def covering(self, position: int) -> Signed | None:
        """Return the first checkpoint of a tree with that position in it."""
        return await self._signed(await self._connection.fetchrow(COVERING, position))

    async def at(self, size: int) -> Signed | None:
        """Return the checkpoint of exactly that size."""
        return await self._signed(await self._connection.fetchrow(AT, size))

    async def witnessed(self, position: int = 0) -> Signed | None:
        """Return the newest checkpoint with that position in it that enough witnesses signed, or else one."""
        for needed in sorted({max(await self.quorum(), 1), 1}, reverse=True):
            if row := await self._connection.fetchrow(WITNESSED, position, needed):
                return await self._signed(row)
        return None

    async def origin(self) -> str:
        """Return the log's name, as its newest checkpoint says it; blank if nothing is signed."""
        newest = await self.latest()
        return newest.note.partition("\n")[0] if newest else ""

    async def quorum(self) -> int:
        """Return how many witnesses must have signed, by the log's own policy."""
        return await self._connection.fetchval(QUORUM) or 0

    async def entries(self, positions: list[int]) -> list[Entry]:
        """Return entries in order."""
        rows = await self._connection.fetch(ENTRIES, positions)
        return [Entry.of_row(row) for row in rows]

    async def first_seen(self, positions: Sequence[int]) -> dict[int, list[tuple[str, datetime]]]:
        """Return by position which witnesses had seen an entry and when, earliest first."""
        seen: dict[int, list[tuple[str, datetime]]] = {position: [] for position in positions}
        for row in await self._connection.fetch(FIRST_SEEN, list(positions)):
            seen[row["position"]].append((row["witness"], row["signed_at"]))
        return seen

    async def policy(self, quorum: int | None = None) -> Policy:
        """Return every key that the log ever had, its witnesses', and how many of these must have signed."""
        rows = await self._connection.fetch(EVERY_KEY)
        keys = [Verifier.parse(row["verifier"]) for row in rows]
        return Policy(
            tuple(key for key in keys if key.type is KeyType.LOG),
            tuple(key for key in keys if key.type is KeyType.WITNESS),
            await self.quorum() if quorum is None else quorum,
        )

    async def _signed(self, row: asyncpg.Record | None) -> Signed | None:
        if row is None:
            return None
        lines = await self._connection.fetch(LINES, row["size"])
        return Signed(
            row["size"],
            row["root"],
            with_lines(row["note"], [r["line"] for r in lines]),
            row["signed_at"],
            tuple((r["witness"], r["signed_at"]) for r in lines),
        )
