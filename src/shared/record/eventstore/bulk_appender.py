"""Bulk appends: thousands of streams loaded, decided and appended in one block.

It stores what single appends store, event for event and byte for byte; its transactions are larger.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Generic, NamedTuple
from uuid import UUID

import asyncpg
import orjson

from shared.kernel.messages import Event, S, Stamp, Stream
from shared.record.database import Connection
from shared.record.eventstore.appender import APPEND
from shared.record.eventstore.command_record import personal_texts
from shared.record.eventstore.encoding import EnvelopeMapper, happened_at
from shared.record.eventstore.envelopes import Encrypt, Enveloped, Texts, Unencrypted
from shared.record.eventstore.folds import StoredRow, folded
from shared.record.eventstore.personal_texts import PersonalTexts
from shared.record.eventstore.unread import UNREADABLE, EventUnread

GLIMPSES_AT_HAND = 2_000

STREAMS = """
SELECT originator_id, notification_id, originator_version, topic, state FROM stored_events
WHERE originator_id = ANY ($1) ORDER BY originator_id, originator_version
"""


class Caused(NamedTuple):
    """An event that a cause had already made, and where it stands."""

    event: Event[Any]
    version: int
    position: int


class DecidedEvent(NamedTuple):
    """One event of a stream, and who decided it, when, where in the record, and what led to it."""

    event: Event[Any]
    by: str
    at: datetime
    position: int
    cause: str


class Snapshot:
    """Parts of a thing's state, as its last event says them; whoever looks for another part fails."""

    def __init__(self, kind: str, parts: dict[str, object]) -> None:
        """Show these parts alone."""
        self.kind = kind
        self.__dict__.update(parts)


class Loaded(NamedTuple, Generic[S]):
    """A stream as it stands, and the last event that a cause had already made in it, where one had.

    Of a stream that holds an event that can't be read, nothing is known but that.
    """

    stream: Stream[S]
    caused: Caused | EventUnread | None


class BulkAppender:
    """Loads and appends whole blocks of streams."""

    def __init__(
        self, pool: asyncpg.Pool, mapper: EnvelopeMapper, personal: PersonalTexts | None = None
    ) -> None:
        """Append to the record behind a pool; personal texts are kept under keys of their own."""
        self._pool = pool
        self.mapper = mapper
        self._texts = Texts(mapper)
        self._personal = personal
        self._snapshots: dict[tuple[object, ...], Snapshot] = {}

    def seal(self, stamp: Stamp) -> Encrypt:
        """Return what writes events under a stamp."""
        return Encrypt(self._texts, self.mapper, stamp)

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
        topics, words = self.mapper.topics, cause.encode()
        loaded: dict[int, Loaded[S]] = {}
        for stream_id, stored in _by_stream(rows):
            if stored[0][2] in topics and topics.known(stored[0][2]).kind != blank.kind:
                continue
            try:
                stream = folded(Stream(stream_id, blank), stored, self.mapper)
                loaded[stream_id.int] = Loaded(stream, self._caused(stored, words, cause))
            except EventUnread as refusal:
                loaded[stream_id.int] = Loaded(Stream(stream_id, blank), refusal)
        return loaded

    def snapshot(
        self, rows: Sequence[asyncpg.Record], blank: S, cause: str, sees: tuple[str, ...]
    ) -> dict[int, Loaded[S]]:
        """Return the same as their last events say, by the parts of their state in `sees`.

        States that look alike are one and the same. Nothing is known of when a stream was begun.
        """
        loaded: dict[int, Loaded[S]] = {}
        words, topics = cause.encode(), self.mapper.topics
        ours = frozenset(topics.of_kind(blank.kind))
        for stream_id, *row in rows:
            position, version, topic, written = row
            if topic not in ours and topic in topics:
                continue
            before = loaded.get(stream_id.int)
            caused = before.caused if before is not None else None
            if isinstance(caused, EventUnread):
                continue
            try:
                if words in written:
                    caused = self._caused([row], words, cause) or caused
                envelope = orjson.loads(written)
                state: Any = self._from_snapshot(topic, envelope, sees)
                stream = Stream(stream_id, state, version, 0, position, None, happened_at(envelope))
                loaded[stream_id.int] = Loaded(stream, caused)
            except UNREADABLE:
                refusal = EventUnread(position=position, event_type=topic)
                loaded[stream_id.int] = Loaded(Stream(stream_id, blank), refusal)
        return loaded

    def _from_snapshot(self, topic: str, envelope: dict[str, Any], sees: tuple[str, ...]) -> Snapshot:
        said = envelope["data"]
        key = (topic, envelope.get("class_version"), sees, *map(said.get, sees))
        if (known := self._snapshots.get(key)) is not None:
            return known
        event = self.mapper.event(topic, envelope)
        if len(self._snapshots) >= GLIMPSES_AT_HAND:
            self._snapshots.clear()
        snapshot = Snapshot(event.kind, {name: getattr(event, name) for name in sees})
        self._snapshots[key] = snapshot
        return snapshot

    def events(self, rows: Sequence[asyncpg.Record]) -> Iterator[tuple[int, list[Event[Any]]]]:
        """Yield the events of each stream, which is known by its id's integer."""
        for stream_id, stored in _by_stream(rows):
            known = [row for row in stored if row[2] in self.mapper.topics]
            with suppress(EventUnread):  # whoever asks for it is told so
                yield stream_id.int, [*self.mapper.events_in(known)]

    def steps(self, rows: Sequence[asyncpg.Record]) -> Iterator[tuple[UUID, list[DecidedEvent]]]:
        """Yield the events of each stream, each with who decided it."""
        for stream_id, stored in _by_stream(rows):
            yield stream_id, [self._step(row) for row in stored]

    def _step(self, row: StoredRow) -> DecidedEvent:
        position, _, topic, written = row
        envelope = orjson.loads(written)
        event = self.mapper.event(topic, envelope)
        cause = str(envelope.get("causation", ""))
        return DecidedEvent(event, str(envelope["by"]), happened_at(envelope), position, cause)

    def _caused(self, rows: Sequence[StoredRow], words: bytes, cause: str) -> Caused | None:
        """Return the last event that a cause has made; most rows do not even hold its words."""
        caused = None
        for position, version, topic, written in rows:
            if words in written and (envelope := orjson.loads(written)).get("causation") == cause:
                caused = Caused(self.mapper.event(topic, envelope), version, position)
        return caused

    async def encrypted(self, plain: "Unencrypted") -> Enveloped:
        """Return one command's events as they will be stored, their personal texts encrypted."""
        personal = personal_texts(plain.events)
        events: Sequence[Event[Any]] = plain.events
        if self._personal is not None:
            events = await self._personal.sealed(plain.stream_id, events)
        stored = [
            self.mapper.stored(
                plain.stream_id, plain.version + part, event, plain.stamp, plain.command, part, personal
            )
            for part, event in enumerate(events)
        ]
        return Enveloped(plain.stream_id, plain.version, tuple((one.topic, one.state) for one in stored))

    async def append(
        self, block: Sequence[Enveloped], connection: Connection | None = None
    ) -> list[int | None]:
        """Append many commands' events, in one commit unless a connection holds its own transaction.

        Returns for each command the position of its last event; nothing if its version was taken.
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


_stream_of = itemgetter(0)


def _by_stream(rows: Sequence[asyncpg.Record]) -> Iterator[tuple[UUID, list[StoredRow]]]:
    """Yield each stream and its rows."""
    for stream_id, group in groupby(rows, key=_stream_of):
        yield stream_id, [row[1:] for row in group]


def _columns(block: Sequence[Enveloped]) -> tuple[list[Any], ...]:
    """Return the five arrays of events that the function takes."""
    if all(len(events) == 1 for _, _, events in block):
        streams, versions, said = zip(*block, strict=True)
        topics, states = zip(*[events[0] for events in said], strict=True)
        return list(range(len(block))), list(streams), list(versions), list(topics), list(states)
    columns: tuple[list[Any], ...] = ([], [], [], [], [])
    for number, (stream_id, version, events) in enumerate(block):
        for part, (topic, state) in enumerate(events):
            row = (number, stream_id, version + part, topic, state)
            for column, value in zip(columns, row, strict=True):
                column.append(value)
    return columns
