"""Reactions touch the world, so they see each event once and are never replayed.

What a reaction wants done becomes rows of an outbox, written in the transaction that moves the
reaction's position: a crash before it loses neither, a crash after it repeats neither.

Each event is reacted to by itself. So one that this release can't read holds none up: it is kept, and
shown to the reaction by the first release that can read it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import asyncpg

from shared.kernel.messages import Recorded
from shared.record.database import Connection
from shared.record.eventstore.reader import Reader
from shared.record.eventstore.unread import unread
from shared.record.projecting.unread import FORGET
from shared.record.projecting.views import Row


@dataclass(frozen=True)
class Reaction:
    """What one kind of happening sets off: rows for an outbox table."""

    name: str
    outbox: str
    rows: Callable[[Recorded], Iterable[Row]]


OWED = """
SELECT u.position, u.reactions FROM unread_events u
WHERE u.reactions && $1::text[] ORDER BY u.position FOR UPDATE
"""
PAID = """
UPDATE unread_events SET reactions = ARRAY(SELECT r FROM unnest(reactions) AS r WHERE r <> ALL ($2))
WHERE position = $1
"""
OWES = """
INSERT INTO unread_events (position, stream_id, kind, topic, why, reactions)
VALUES ($1, $2, $3, $4, $5, ARRAY[$6])
ON CONFLICT (position) DO UPDATE
SET reactions = array_append(array_remove(unread_events.reactions, $6), $6)
"""


INTRODUCE = """
INSERT INTO reactions (name, position, since)
SELECT name, h.position, h.position FROM unnest($1::text[]) AS name, event_head h
ON CONFLICT (name) DO NOTHING
"""


async def introduce(pool: asyncpg.Pool, names: Iterable[str]) -> None:
    """Start every new reaction at the head: what happened before it was there is not its business.

    Whoever takes requests does this before the first: what is recorded from then on is reacted to,
    however late a worker begins.
    """
    await pool.execute(INTRODUCE, list(names))


class Reactor:
    """Shows every reaction what has happened since it last looked."""

    def __init__(self, pool: asyncpg.Pool, reader: Reader, reactions: Sequence[Reaction]) -> None:
        """React to the record that this reader reads."""
        self._pool = pool
        self._reader = reader
        self._reactions = {reaction.name: reaction for reaction in reactions}

    async def introduce(self) -> None:
        """Introduce what is new, and react to what an earlier release couldn't read."""
        await introduce(self._pool, self._reactions)
        await self._pay()

    async def _pay(self) -> None:
        """React to what an earlier release couldn't read and this one can, each once."""
        async with self._pool.acquire() as connection, connection.transaction():
            owed = {
                row["position"]: set(row["reactions"]) & self._reactions.keys()
                for row in await connection.fetch(OWED, list(self._reactions))
            }
            known = [r for r in await self._reader.on(connection).at(list(owed)) if unread(r) is None]
            for recorded in known:
                names = sorted(owed[recorded.position])
                for name in names:
                    await self._react(connection, self._reactions[name], 0, [recorded])
                await connection.execute(PAID, recorded.position, names)
            await connection.execute(FORGET, [recorded.position for recorded in known])  # if no view owes it

    async def catch_up(self) -> int:
        """React to the next block of events; return how many there were.

        A historic log sets nothing off, however long it is: its events are gone past unread.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(
                "SELECT name, position FROM reactions WHERE name = ANY ($1) FOR UPDATE SKIP LOCKED",
                list(self._reactions),
            )
            if not rows:
                return 0
            first = min(row["position"] for row in rows)
            block, last = await self._reader.on(connection).live_after(first)
            if last == first:
                return 0
            for row in rows:
                await self._react(connection, self._reactions[row["name"]], row["position"], block)
            await connection.execute(
                "UPDATE reactions SET position = greatest(position, $2) WHERE name = ANY ($1)",
                [row["name"] for row in rows],
                last,
            )
        return int(last - first)

    async def _react(
        self, connection: Connection, reaction: Reaction, seen: int, block: list[Recorded]
    ) -> None:
        new = [recorded for recorded in block if recorded.position > seen]
        met = {recorded.position: event for recorded in new if (event := unread(recorded))}
        for event in met.values():
            await connection.execute(OWES, *event, reaction.name)
        rows = [row for r in new if r.position not in met for row in reaction.rows(r)]
        if rows:
            await connection.copy_records_to_table(
                reaction.outbox, columns=list(rows[0]), records=[tuple(row.values()) for row in rows]
            )
