"""Reading the record: one stream, everything after a position, and where an instant stands."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from shared.kernel.messages import Event, Recorded
from shared.record.database import Connection
from shared.record.eventstore.encoding import EnvelopeMapper
from shared.record.eventstore.unread import UNREADABLE, EventUnread, UnreadEvent

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
LAST_BY = (
    "SELECT max(notification_id) FROM stored_events WHERE notification_id > $1 AND notification_id <= $2"
)
LIVE_AFTER = (
    f"SELECT {COLUMNS} FROM stored_events WHERE notification_id > $1 AND notification_id <= $2"
    " AND topic <> ALL ($3) ORDER BY notification_id"
)
PART_AFTER = (
    f"SELECT {COLUMNS} FROM stored_events WHERE notification_id > $1 AND notification_id <= $2"
    " AND get_byte(uuid_send(originator_id), 15) % $4 = $3 ORDER BY notification_id"
)
TELLING = """
SELECT DISTINCT originator_id FROM stored_events
WHERE notification_id BETWEEN $1 AND $2 AND topic = ANY ($3) AND position($4::bytea IN state) > 0
ORDER BY originator_id
"""
AT = f"SELECT {COLUMNS} FROM stored_events WHERE notification_id = ANY ($1)"
# What kind of thing a stream is, as its events before a version tell: each topic is of one kind.
KINDS = """
SELECT u.position, (
    SELECT s.topic FROM stored_events s
    WHERE s.originator_id = u.stream AND s.originator_version < u.version AND s.topic = ANY ($4)
    ORDER BY s.originator_version LIMIT 1
) AS topic
FROM unnest($1::bigint[], $2::uuid[], $3::bigint[]) AS u ("position", stream, version)
"""
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
    """Answers questions about the record from one pool of connections.

    One thing's events are asked for to add them up, so one that can't be read refuses. Whoever goes through
    many things' events gets an `UnreadEvent` in its place.
    """

    def __init__(self, pool: asyncpg.Pool, mapper: EnvelopeMapper) -> None:
        """Read through this pool, and understand events by this mapper."""
        self._pool = pool
        self.mapper = mapper
        self._historic = [cls.__name__ for cls in mapper.topics if cls.historic]
        self._dated: tuple[int, datetime] | None = None  # the position asked for last, and its time

    def on(self, connection: Connection) -> "Reader":
        """Return one for who holds a connection: nobody who has one may wait for another to be free."""
        return Reader(connection, self.mapper)  # type: ignore[arg-type]  # it is asked like a pool

    async def stream(self, stream_id: UUID, until: int | None = None) -> list[Recorded]:
        """Return one thing's events in order, as far as a position where one is given."""
        if until is None:
            rows = await self._pool.fetch(STREAM, stream_id)
        else:
            rows = await self._pool.fetch(STREAM_UNTIL, stream_id, until)
        return self.understood(rows)

    async def streams(self, stream_ids: Sequence[UUID], until: int) -> list[Recorded]:
        """Return several things' events up to a position, in the order of the record."""
        return await self._any(await self._pool.fetch(STREAMS_UNTIL, stream_ids, until))

    async def caused(self, cause: str, kind: str, first: int, last: int) -> list[UUID]:
        """Return the things of a kind on which something was decided in a range that this led to."""
        return await self.telling(f'"causation":"{cause}"', self.mapper.topics.of_kind(kind), first, last)

    async def telling(self, words: str, topics: Sequence[str], first: int, last: int) -> list[UUID]:
        """Return the things whose events of these topics in a range have these words in them."""
        rows = await self._pool.fetch(TELLING, first, last, topics, words.encode())
        return [row["originator_id"] for row in rows]

    async def after(self, position: int, limit: int = READ_IN_ONE_GO) -> list[Recorded]:
        """Return the next events of the record; positions have no gaps, so a limit is a range."""
        return await self._any(await self._pool.fetch(AFTER, position, position + limit))

    async def live_after(self, position: int) -> tuple[list[Recorded], int]:
        """Return the next events but historic logs', and the position up to which they were looked for."""
        last = await self._pool.fetchval(LAST_BY, position, position + READ_IN_ONE_GO)
        if last is None:
            return [], position
        return await self._any(await self._pool.fetch(LIVE_AFTER, position, last, self._historic)), last

    async def at(self, positions: Sequence[int]) -> list[Recorded]:
        """Return the events at these positions, in no particular order."""
        return await self._any(await self._pool.fetch(AT, positions))

    async def all_after(self, position: int, until: int, part: Part = WHOLE) -> AsyncIterator[list[Recorded]]:
        """Yield every event of (position, until], or those of a part of the streams, in blocks."""
        step = READ_IN_ONE_GO * part.divisor
        for start in range(position, until, step):
            end = min(start + step, until)
            block = await self._any(await self._pool.fetch(PART_AFTER, start, end, *part))
            if block:
                yield block

    async def head(self) -> int:
        """Return the last position of the record; 0 if nothing has happened yet."""
        return int(await self._pool.fetchval("SELECT position FROM event_head"))

    async def rows(self, statement: str, *values: object) -> list[asyncpg.Record]:
        """Return what one statement finds in the views as they are now, in one round trip."""
        return list(await self._pool.fetch(statement, *values))

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
        """Return rows of the table as events in their places; refuse where one can't be read."""
        recorded = self.mapper.recorded
        found: list[Recorded] = []
        for row in rows:
            try:
                found.append(recorded(row))
            except UNREADABLE:
                raise EventUnread(position=row[0], event_type=row[3]) from None
        return found

    async def _any(self, rows: Sequence[asyncpg.Record]) -> list[Recorded]:
        """Return rows as events in their places, with an `UnreadEvent` for each that can't be read."""
        recorded = self.mapper.recorded_or_unread
        found = [recorded(row) for row in rows]
        unknown = [n for n, one in enumerate(found) if _is_of_unknown_kind(one)]
        if unknown:
            known = await self._known_of([found[n] for n in unknown])
            for n in unknown:
                event = found[n].event.model_copy(update={"like": known[found[n].position]})
                found[n] = found[n]._replace(event=event)
        return found

    async def _known_of(self, unknown: Sequence[Recorded]) -> dict[int, type[Event[Any]]]:
        """Return by position what things' earlier events say of the things that events are about."""
        positions, streams, versions = zip(*[one[:3] for one in unknown], strict=True)
        topics = self.mapper.topics
        names = [cls.__name__ for cls in topics]
        rows = await self._pool.fetch(KINDS, positions, streams, versions, names)
        return {position: topics.known(topic or "") for position, topic in rows}

    async def recorded_at(self, position: int) -> datetime | None:
        """Return when a position was recorded; nothing if the record does not reach it.

        The newest is asked for by every reading, so the last answer is kept. Where a record was put back
        in place, it is of the one before until another position is asked for.
        """
        if (dated := self._dated) is not None and dated[0] == position:
            return dated[1]
        at: datetime | None = await self._pool.fetchval(
            "SELECT recorded_at FROM stored_events WHERE notification_id = $1", position
        )
        if at is not None:
            self._dated = (position, at)
        return at


def _is_of_unknown_kind(recorded: Recorded) -> bool:
    event = recorded.event
    return type(event) is UnreadEvent and not event.like.kind
