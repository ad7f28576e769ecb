"""Where a command meets its stream: fold what happened, ask the rules, append what follows."""

import asyncio
import copy
from collections.abc import Container, Sequence
from typing import Any
from uuid import UUID

import asyncpg
from eventsourcing.persistence import IntegrityError, StoredEvent

from shared.kernel.errors import KeyUsedOtherwise, NotFound, OutOfDate, Refused
from shared.kernel.messages import Command, Event, IdempotencyKey, Receipt, Recorded, S, Stamp, Stream
from shared.record.eventstore.appender import Appender, StreamPlace
from shared.record.eventstore.bulk_appender import BulkAppender
from shared.record.eventstore.changes import StreamChanges
from shared.record.eventstore.command_record import personal_texts
from shared.record.eventstore.encoding import EnvelopeMapper, Topics
from shared.record.eventstore.folds import Folder, stage_of
from shared.record.eventstore.looks import AppenderAsSeen, Look
from shared.record.eventstore.personal_texts import PersonalTexts
from shared.record.eventstore.reader import Reader
from shared.record.tracing import began_now, note

ATTEMPTS = 5
WRITTEN_AT_ONCE = 50

REPEATED = (
    "SELECT request_hash, originator_id, originator_version, position FROM idempotency_keys"
    " WHERE caller = $1 AND key = $2"
)


def advance(stream: Stream[S], recorded: Recorded) -> Stream[S]:
    """Return the stream as it stands after one more of its events."""
    position, stream_id, version, event, _, _, happened_at = recorded
    state = event.apply(stream.state)
    stays = stage_of(state) == stage_of(stream.state)
    return Stream(
        stream_id,
        state,
        version,
        stream.first_position or position,
        position,
        stream.opened_at or happened_at,
        happened_at,
        stream.stage_since or happened_at if stays else happened_at,
    )


class EventStore:
    """Hands commands to their streams and appends what they decide."""

    def __init__(self, pool: asyncpg.Pool, topics: Topics, texts: PersonalTexts | None = None) -> None:
        """Keep the record in the database behind this pool, and personal texts under keys of their own."""
        self._pool = pool
        self._texts = texts
        self.mapper = EnvelopeMapper(topics)
        self.reader = Reader(pool, self.mapper)
        self.changes = StreamChanges(pool)
        self._folder = Folder(pool, self.mapper, self.changes)
        self._appender = Appender(pool)

    def bulk_appender(self) -> BulkAppender:
        """Return the appender of whole blocks of streams; it encrypts personal texts as this store does."""
        return BulkAppender(self._pool, self.mapper, self._texts)

    def as_seen(self, look: Look) -> "EventStore":
        """Return this store for a decision that follows from a look at other things.

        It appends nothing, and raises `LookedTooEarly`, where something of their kinds was recorded since.
        """
        store = copy.copy(self)
        topics = [topic for kind in look.kinds for topic in self.mapper.topics.of_kind(kind)]
        store._appender = AppenderAsSeen(self._pool, look.position, topics)  # noqa: SLF001  # its own
        return store

    async def load(self, stream_id: UUID, blank: S, until: int | None = None) -> Stream[S]:
        """Return one thing as it stands, or as it stood at a position; blank if it never was."""
        if until is None:
            return await self._folder.fold(stream_id, blank)
        return await self._folder.fold_until(stream_id, blank, until)

    async def create(
        self,
        stream_id: UUID,
        command: Command[S],
        stamp: Stamp,
        *,
        blank: S,
        key: IdempotencyKey | None = None,
    ) -> Receipt:
        """Begin a new thing; a repeat is answered as the first time, though its rules would now say no."""
        try:
            return await self._decide(Stream(stream_id, blank), command, stamp, key)
        except Refused as refusal:
            return await self._answered_before(key, refusal)

    async def handle(
        self,
        stream_id: UUID,
        command: Command[S],
        stamp: Stamp,
        *,
        blank: S,
        expected: int | Container[int] | None = None,
        key: IdempotencyKey | None = None,
        absent: bool = False,
    ) -> Receipt:
        """Decide on a thing as it stands; with expected versions, only on one of them.

        `absent` allows a thing without a history, whose version is 0.

        Raises `NotFound`, `OutOfDate`, or whatever rule refuses. A repeat of a request is answered
        as the first time even where the thing has moved on since: its key is looked up before a no.
        """
        seen = (expected,) if isinstance(expected, int) else expected
        try:
            return await self._handle(stream_id, command, stamp, blank, seen, key, absent=absent)
        except Refused as refusal:
            return await self._answered_before(key, refusal)

    async def _answered_before(self, key: IdempotencyKey | None, refusal: Refused) -> Receipt:
        """Return what a refused request was answered the first time; refuse it where it is the first."""
        if key is None or (receipt := await self.repeated(key)) is None:
            raise refusal
        return receipt

    async def _handle(
        self,
        stream_id: UUID,
        command: Command[S],
        stamp: Stamp,
        blank: S,
        expected: Container[int] | None,
        key: IdempotencyKey | None,
        *,
        absent: bool,
    ) -> Receipt:
        for _ in range(ATTEMPTS):
            stream = await self.load(stream_id, blank)
            if stream.version == 0 and not absent:
                raise NotFound
            if expected is not None and stream.version not in expected:
                raise OutOfDate(version=stream.version)
            try:
                return await self._decide(stream, command, stamp, key)
            except IntegrityError:
                self.changes.look_again()  # somebody was faster
        raise OutOfDate

    async def _decide(
        self, stream: Stream[S], command: Command[S], stamp: Stamp, key: IdempotencyKey | None
    ) -> Receipt:
        stamp = stamp.not_before(stream.changed_at)
        decided = command.decide(stream.state, stamp)
        events = decided if isinstance(decided, Sequence) else [decided]
        if not events:
            return Receipt(id=stream.id, version=stream.version, position=stream.position)
        place = await self._append(stream, events, stamp, key, command)
        return Receipt(id=place.stream_id, version=place.version, position=place.position)

    async def _append(
        self,
        stream: Stream[S],
        events: Sequence[Event[Any]],
        stamp: Stamp,
        key: IdempotencyKey | None,
        command: Command[Any],
    ) -> StreamPlace:
        personal = personal_texts(events)
        events = await self._sealed(stream.id, events)
        stored = [
            self.mapper.stored(stream.id, stream.version + 1 + part, event, stamp, command, part, personal)
            for part, event in enumerate(events)
        ]
        began = began_now()
        place = await self.append(stored, key)
        note("commit", [stamp.trace], began, position=place.position)
        if not place.repeated:
            self._folder.goes_on(stream, stored, place.position)
        return place

    async def _sealed(self, stream_id: UUID, events: Sequence[Event[Any]]) -> Sequence[Event[Any]]:
        return await self._texts.sealed(stream_id, events) if self._texts is not None else events

    async def append_together(
        self, events: Sequence[tuple[UUID, int, Event[Any], Stamp, Command[Any] | None, int]]
    ) -> Receipt | None:
        """Append events of several streams, all or none; answer with the last one's receipt.

        Each has its place, its stamp, and the command and the part of it that it follows from. There
        is no receipt where somebody was faster on one of the streams: look again.
        """
        personal = personal_texts([event for _, _, event, _, _, _ in events])
        stored: list[StoredEvent] = []
        for number, (stream_id, version, event, stamp, command, part) in enumerate(events):
            if number % WRITTEN_AT_ONCE == 0:
                await asyncio.sleep(0)  # there may be thousands, and others are waiting
            [sealed] = await self._sealed(stream_id, [event])
            stored.append(self.mapper.stored(stream_id, version, sealed, stamp, command, part, personal))
        try:
            place = await self.append(stored)
        except IntegrityError:
            return None
        return Receipt(id=place.stream_id, version=place.version, position=place.position)

    async def append(self, stored: Sequence[StoredEvent], key: IdempotencyKey | None = None) -> StreamPlace:
        """Append one stream's next events as they are."""
        return await self._appender.append(stored, key)

    async def must_exist(self, stream_id: UUID, blank: S) -> None:
        """Refuse where there is no such thing."""
        if (await self.load(stream_id, blank)).version == 0:
            raise NotFound

    async def repeated(self, key: IdempotencyKey) -> Receipt | None:
        """Return what a request with this key was answered before; refuse it for another request."""
        row = await self._pool.fetchrow(REPEATED, key.caller, key.key)
        if row is None:
            return None
        if row["request_hash"] != key.request_hash:
            raise KeyUsedOtherwise
        return Receipt(id=row[1], version=row[2], position=row[3])
