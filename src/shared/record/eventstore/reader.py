"""Reading the record: one stream, everything after a position, and where an instant stands."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

import asyncpg

from shared.kernel.messages import Recorded
from shared.record.database import Connection
from shared.record.eventstore.encoding import EnvelopeMapper

COLUMNS = "notification_id, originator_id, originator_version, topic, state, recorded_at"
OF_ONE_STREAM = "FROM stored_events WHERE originator_id = $1"
UNTIL = "AND notification_id <= $2"
IN_ORDER = "ORDER BY originator_version"
STREAM = f"SELECT {COLUMNS} {OF_ONE_STREAM} {IN_ORDER}"
STREAM_UNTIL = f"SELECT {COLUMNS} {OF_ONE_STREAM} {UNTIL} {IN_ORDER}"
STREAMS_UNTIL = (
    f"SELECT {COLUMNS} FROM stored_events WHERE originator_id = ANY ($1) AND notification_id <= $2"
    " ORDER BY notification_id"
)
AFTER = (
    f"SELECT {COLUMNS} FROM stored_events WHERE notification_id > $1 AND notification_id <= $2"
    " ORDER BY notification_id"
)
PART_AFTER = (
    f"SELECT {COLUMNS} FROM stored_events WHERE notification_id > $1 AND notification_id <= $2"
    " AND get_byte(uuid_send(originator_id), 15) % $4 = $3 ORDER BY notification_id"
)
CAUSED = """
SELECT DISTINCT originator_id FROM stored_events
WHERE notification_id BETWEEN $1 AND $2 AND topic = ANY ($3) AND position($4::bytea IN state) > 0
ORDER BY originator_id
"""
AT = f"SELECT {COLUMNS} FROM stored_events WHERE notification_id = ANY ($1)"
READ_IN_ONE_GO = 2_000


class ReadBasis(StrEnum):
    """Whether a replay shows what was recorded by then, or what is recorded now of what happened by then."""

    KNOWN_THEN = "known_then"
    RECORDED_NOW = "recorded_now"


class Part(NamedTuple):
    """Some of the record's streams: those whose id's last byte leaves this remainder."""

    remainder: int
    divisor: int


WHOLE = Part(0, 1)


class Reader:
    """Answers questions about the record from one pool of connections."""

    def __init__(self, pool: asyncpg.Pool, mapper: EnvelopeMapper) -> None:
        """Read through this pool, and understand events by this mapper."""
        self._pool = pool
        self._mapper = mapper

    async def stream(self, stream_id: UUID, until: int | None = None) -> list[Recorded]:
        """Return one thing's events in order, as far as a position where one is given."""
        if until is None:
            rows = await self._pool.fetch(STREAM, stream_id)
        else:
            rows = await self._pool.fetch(STREAM_UNTIL, stream_id, until)
        return self.understood(rows)

    async def streams(self, stream_ids: Sequence[UUID], until: int) -> list[Recorded]:
        """Return several things' events up to a position, in the order of the record."""
        return self.understood(await self._pool.fetch(STREAMS_UNTIL, stream_ids, until))

    async def caused(self, cause: str, kind: str, first: int, last: int) -> list[UUID]:
        """Return the things of a kind on which something was decided in a range that this led to."""
        words = f'"causation":"{cause}"'.encode()
        rows = await self._pool.fetch(CAUSED, first, last, self._mapper.topics.of_kind(kind), words)
        return [row["originator_id"] for row in rows]

    async def after(self, position: int, limit: int = READ_IN_ONE_GO) -> list[Recorded]:
        """Return the next events of the record; positions have no gaps, so a limit is a range."""
        return self.understood(await self._pool.fetch(AFTER, position, position + limit))

    async def at(self, positions: Sequence[int]) -> list[Recorded]:
        """Return the events at these positions, in no particular order."""
        return self.understood(await self._pool.fetch(AT, positions))

    async def all_after(self, position: int, until: int, part: Part = WHOLE) -> AsyncIterator[list[Recorded]]:
        """Yield every event of (position, until], or those of a part of the streams, in blocks."""
        step = READ_IN_ONE_GO * part.divisor
        for start in range(position, until, step):
            end = min(start + step, until)
            block = self.understood(await self._pool.fetch(PART_AFTER, start, end, *part))
            if block:
                yield block

    async def head(self) -> int:
        """Return the last position of the record; 0 where nothing has happened yet."""
        return int(await self._pool.fetchval("SELECT position FROM event_head"))

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[tuple[Connection, int]]:
        """Hold one view of the whole database still, and say how far its views have come."""
        async with (
            self._pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            position = await connection.fetchval("SELECT coalesce(min(position), 0) FROM views")
            yield connection, position

    async def position_at(self, instant: datetime) -> int:
        """Return the last position recorded by an instant; 0 before the first."""
        return int(await self._pool.fetchval("SELECT position_at($1)", instant))

    def understood(self, rows: Sequence[asyncpg.Record]) -> list[Recorded]:
        """Return rows of the table as events in their places."""
        recorded = self._mapper.recorded
        return [recorded(row) for row in rows]

    async def recorded_at(self, position: int) -> datetime | None:
        """Return when a position was recorded; nothing where the record does not reach it."""
        at: datetime | None = await self._pool.fetchval(
            "SELECT recorded_at FROM stored_events WHERE notification_id = $1", position
        )
        return at
