"""The bulk road to the record: thousands of streams loaded, decided and appended in one block.

It says what the single road says, event for event and byte for byte; it only takes bigger steps.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from operator import itemgetter
from typing import Any, Generic, NamedTuple
from uuid import UUID

import asyncpg
import orjson

from shared.database import Connection
from shared.eventstore.appending import APPEND
from shared.eventstore.encoding import STATE_BYTES_LIMIT, EnvelopeMapper, EventTooLarge
from shared.eventstore.store import fold
from shared.messages import Event, Recorded, S, Stamp, Stream

STREAMS = (
    "SELECT notification_id, originator_id, originator_version, topic, state, recorded_at"
    " FROM stored_events WHERE originator_id = ANY ($1) ORDER BY originator_id, originator_version"
)


class Loaded(NamedTuple, Generic[S]):
    """A stream as it stands, and the event that a cause had already made in it, where one had."""

    stream: Stream[S]
    caused: Recorded | None


class Sealed(NamedTuple):
    """The events of one command as they will be stored."""

    stream_id: UUID
    version: int
    events: list[tuple[str, bytes]]

    @property
    def last_version(self) -> int:
        """Return the version of the last of them."""
        return self.version + len(self.events) - 1


class Seal:
    """Writes the envelopes of many events under one stamp, whose text is made once."""

    def __init__(self, mapper: EnvelopeMapper, stamp: Stamp) -> None:
        """Seal with this stamp."""
        self.stamp = stamp
        self._tail = orjson.dumps(mapper.envelope({}, stamp))[len(b'{"data":{}') :]

    def seal(self, stream_id: UUID, version: int, events: Sequence[Event[Any]]) -> Sealed:
        """Return one command's events as they will be stored from a version on."""
        states = [(type(event).__name__, self._state(event)) for event in events]
        return Sealed(stream_id, version, states)

    def _state(self, event: Event[Any]) -> bytes:
        said = event.__pydantic_serializer__.to_json(event)
        version = type(event).class_version
        more = b',"class_version":%d}' % version if version > 1 else b""
        state: bytes = b'{"data":' + said + (self._tail[:-1] + more if more else self._tail)
        if len(state) > STATE_BYTES_LIMIT:
            raise EventTooLarge(bytes=len(state), limit=STATE_BYTES_LIMIT)
        return state


class BulkRoad:
    """Loads and appends whole blocks of streams."""

    def __init__(self, pool: asyncpg.Pool, mapper: EnvelopeMapper) -> None:
        """Take this road to the record behind a pool."""
        self._pool = pool
        self.mapper = mapper

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Lend a connection for a transaction of several appends."""
        async with self._pool.acquire() as connection:
            yield connection

    async def fetch(self, stream_ids: Sequence[UUID]) -> list[asyncpg.Record]:
        """Return the rows of several streams, stream by stream."""
        return list(await self._pool.fetch(STREAMS, stream_ids)) if stream_ids else []

    def fold(self, rows: Sequence[asyncpg.Record], blank: S, cause: str) -> dict[int, Loaded[S]]:
        """Return the streams of a kind that rows add up to, each with the last event of a cause in it.

        They are known by their ids' integers, which are quicker to compare than the ids.
        """
        recorded = self.mapper.recorded
        loaded: dict[int, Loaded[S]] = {}
        for stream_id, group in groupby(rows, key=_stream_of):
            events = [recorded(row) for row in group]
            if type(events[0].event).kind == blank.kind:
                loaded[stream_id.int] = Loaded(
                    fold(stream_id, blank, events), _caused(events, cause)
                )
        return loaded

    async def append(
        self, block: Sequence[Sealed], connection: Connection | None = None
    ) -> list[int | None]:
        """Append many commands' events, in one commit unless a connection holds its own transaction.

        Returns for each command the position of its last event; nothing where its version was taken.
        """
        if not block:
            return []
        rows = await (connection or self._pool).fetch(APPEND, *_columns(block), [], [], [], [])
        taken = {row["command"] for row in rows if row["command"] is not None}
        position = next((row["position"] for row in rows if row["command"] is None), 1) - 1
        places: list[int | None] = []
        for number, sealed in enumerate(block):
            if number in taken:
                places.append(None)
                continue
            position += len(sealed.events)
            places.append(position)
        return places


_stream_of = itemgetter(1)


def _caused(events: Sequence[Recorded], cause: str) -> Recorded | None:
    caused = (e for e in reversed(events) if e.envelope.get("causation") == cause)
    return next(caused, None)


def _columns(block: Sequence[Sealed]) -> tuple[list[object], ...]:
    """Return the five arrays of events that the function takes."""
    columns: tuple[list[object], ...] = ([], [], [], [], [])
    commands, streams, versions, topics, states = columns
    for number, sealed in enumerate(block):
        for version, (topic, state) in enumerate(sealed.events, start=sealed.version):
            commands.append(number)
            streams.append(sealed.stream_id)
            versions.append(version)
            topics.append(topic)
            states.append(state)
    return columns
