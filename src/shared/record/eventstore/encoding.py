"""Events to and from the library's stored form: bare class names as topics, one JSON envelope as state."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from eventsourcing.persistence import Mapper, MapperDeserialisationError, StoredEvent, Transcoder
from pydantic import ValidationError

from shared.kernel.errors import TooLarge
from shared.kernel.messages import Command, Event, Recorded, Stamp, State
from shared.record.eventstore.command_record import commanded, none_by_default
from shared.record.eventstore.unread import UNKNOWN_SHAPE, UNKNOWN_TYPE, UNREADABLE, EventUnread, UnreadEvent

# What an event said comes first in its envelope, then who vouches for it.
SAID, VOUCHED = b'{"data":', b',"by":'
SAID_BYTES = len(SAID)
SHAPED = b',"class_version":'
VOUCHING = ("by", "acting_for", "authority")

STATE_BYTES_LIMIT = 60_000  # an entry of a transparency log stays below 65,535 bytes with its place


class EventTooLarge(TooLarge):
    """One decision holds more text than the record keeps in one entry: attach a document instead."""


class UnlistedEvent(Exception):
    """An event's class is in no room's list of events: written once, it could never be read."""


class OrjsonTranscoder(Transcoder):
    """The library's transcoder seam on orjson; envelopes hold plain JSON values only."""

    def encode(self, obj: Any) -> bytes:
        """Return the bytes that are stored, hashed and kept for ever."""
        return orjson.dumps(obj)

    def decode(self, data: bytes) -> Any:
        """Return what the bytes say."""
        return orjson.loads(data)


class Topics:
    """Which class an event's stored name stands for; moving a file changes nothing."""

    def __init__(self, events: Iterable[type[Event[Any]]]) -> None:
        """Index the event classes by their bare names."""
        self._classes: dict[str, type[Event[Any]]] = {}
        for cls in events:
            if cls.__name__ in self._classes:
                raise ValueError(f"Two events are called {cls.__name__}.")
            self._classes[cls.__name__] = cls

    def __getitem__(self, topic: str) -> type[Event[Any]]:
        """Return the class that a stored topic names."""
        return self._classes[topic]

    def __iter__(self) -> Iterator[type[Event[Any]]]:
        """Iterate over every event the service knows."""
        return iter(self._classes.values())

    def __contains__(self, topic: object) -> bool:
        """Say whether this release knows a topic, or a class of events."""
        name = topic.__name__ if isinstance(topic, type) else topic
        return name in self._classes and topic in (name, self._classes[name])

    def known(self, topic: str) -> type[Event[Any]]:
        """Return the class that a topic names; of one that this release doesn't know, a class of no kind."""
        return self._classes.get(topic, Event)

    def of_kind(self, kind: str) -> list[str]:
        """Return the topics of the streams of one kind."""
        return [topic for topic, cls in self._classes.items() if cls.kind == kind]


def happened_at(envelope: dict[str, Any]) -> datetime:
    """Return when it happened, as the service or a historic log says."""
    return datetime.fromisoformat(envelope["at"])


def words_of(event: Event[Any], said: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return an event's own fields as JSON values; those that are None by default and now need no room.

    Where all that it says is at hand as JSON values, it need not be written again.
    """
    nothing = none_by_default(type(event))
    said = event.model_dump(mode="json") if said is None else said
    return {name: value for name, value in said.items() if value is not None or name not in nothing}


class EnvelopeMapper(Mapper[UUID]):
    """The library's mapper for frozen Pydantic events: it validates where the stock one would assign."""

    def __init__(self, topics: Topics) -> None:
        """Read and write the events these topics name."""
        super().__init__(OrjsonTranscoder())
        self.topics = topics
        self._said: dict[str, Callable[[bytes], Event[Any]]] = {
            cls.__name__: cls.__pydantic_validator__.validate_json for cls in topics if cls.class_version == 1
        }

    def stored(
        self,
        stream_id: UUID,
        version: int,
        event: Event[Any],
        stamp: Stamp,
        command: Command[Any] | None = None,
        part: int = 0,
        personal: Sequence[str] = (),
    ) -> StoredEvent:
        """Return what goes into the table for one event; refuse what is too long for one entry.

        The first event of a decision keeps the command; each further one says which part of it it is.
        """
        said = words_of(event)
        ending = self.ending(event, said, command, part, personal)
        envelope = {**self.envelope(said, stamp), **ending}
        state = self.transcoder.encode(envelope)
        if len(state) > STATE_BYTES_LIMIT:
            raise EventTooLarge(bytes=len(state), limit=STATE_BYTES_LIMIT)
        return StoredEvent(stream_id, version, type(event).__name__, state)

    @staticmethod
    def envelope(said: dict[str, Any], stamp: Stamp) -> dict[str, Any]:
        """Return what an event said and who vouches for it, in the order in which it is stored."""
        return {
            "data": said,
            **stamp.model_dump(mode="json", exclude={"at"}, exclude_defaults=True),
            "at": stamp.at.astimezone(UTC).isoformat(),
        }

    def ending(
        self,
        event: Event[Any],
        said: dict[str, Any],
        command: Command[Any] | None,
        part: int,
        personal: Sequence[str] = (),
        words: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return what an envelope ends with: shape, command or part; `UnlistedEvent` for an unknown class."""
        if type(event) not in self.topics:
            raise UnlistedEvent(type(event).__name__)
        ending: dict[str, Any] = {}
        if event.class_version > 1:
            ending["class_version"] = event.class_version
        if part:
            ending["part"] = part
        elif command is not None:
            ending["command"] = commanded(command, said, personal, words)
        return ending

    def recorded(self, row: Any) -> Recorded:
        """Return one row of the table as an event in its place."""
        position, stream_id, version, topic, state, recorded_at = row
        envelope = orjson.loads(state)
        event = self.event(topic, envelope)
        at = happened_at(envelope)
        return Recorded(position, stream_id, version, event, envelope, recorded_at, at)

    def recorded_or_unread(self, row: Any) -> Recorded:
        """Return one row as an event in its place, or what stands for it where it can't be read."""
        try:
            return self.recorded(row)
        except UNREADABLE:
            return self._unread(row)

    def _unread(self, row: Any) -> Recorded:
        """Return what stands for an event that can't be read; of its envelope, only who vouches for it."""
        position, stream_id, version, topic, state, recorded_at = row
        known = topic in self.topics
        why = UNKNOWN_SHAPE if known else UNKNOWN_TYPE
        envelope, at = _vouched(state), recorded_at
        with suppress(ValueError, TypeError, LookupError):
            at = happened_at(orjson.loads(state))
        event = UnreadEvent(topic=topic, like=self.topics.known(topic), why=why)
        return Recorded(position, stream_id, version, event, envelope, recorded_at, at)

    def event(self, topic: str, envelope: dict[str, Any]) -> Event[Any]:
        """Return the event in an envelope; raise `MapperDeserialisationError` for an unknown shape."""
        cls = self.topics[topic]
        if envelope.get("class_version", 1) > cls.class_version:
            raise MapperDeserialisationError(f"A stored {topic} has a shape of a later release.")
        if cls.class_version > 1 and envelope.get("class_version", 1) < cls.class_version:
            self._upcast(cls, envelope)
        try:
            event: Event[Any] = cls.__pydantic_validator__.validate_python(envelope["data"])
        except ValidationError as error:
            where = ", ".join(".".join(map(str, one["loc"])) for one in error.errors())
            raise MapperDeserialisationError(f"A stored {topic}, at {where}") from None
        return event

    def events_in(self, rows: Iterable[Any]) -> Iterator[Event[Any]]:
        """Yield the events of rows, without reading who vouches for them, which may be far longer.

        A row is a position, a version, a topic and a state. What an event said ends before the first
        `,"by":` that leaves a whole JSON object before it: within a text there is no bare quote, and
        within an object the braces do not add up.
        """
        said = self._said
        for row in rows:
            topic, state, event = row[2], row[3], None
            try:
                if state.startswith(SAID) and SHAPED not in state:
                    event = said[topic](state[SAID_BYTES : state.index(VOUCHED)])
            except (KeyError, ValueError):
                pass  # an older shape, an event with a `by` of its own, or one that no longer loads
            if event is None:
                event = self.readable(row[0], topic, state)
            yield event

    def readable(self, position: int, topic: str, state: bytes) -> Event[Any]:
        """Return the event of a row, or refuse: whatever is folded with it can't be known."""
        try:
            return self.event(topic, orjson.loads(state))
        except UNREADABLE:
            raise EventUnread(position=position, event_type=topic) from None

    @staticmethod
    def happened_in(state: bytes) -> datetime:
        """Return when the event of one row happened."""
        return happened_at(orjson.loads(state))

    def _upcast(self, cls: type[Event[State]], envelope: dict[str, Any]) -> None:
        """Bring an older shape up to date by the library's convention, one version at a time."""
        for version in range(envelope.get("class_version", 1), cls.class_version):
            getattr(cls, f"upcast_v{version}_v{version + 1}")(envelope["data"])


def _vouched(state: bytes) -> dict[str, Any]:
    """Return who vouches for an event, as far as its envelope tells, without anything that it said."""
    try:
        envelope = orjson.loads(state)
    except ValueError:
        envelope = None
    told = envelope if isinstance(envelope, dict) else {}
    words = {name: told.get(name, "") for name in VOUCHING}
    plain = {n: w for n, w in words.items() if isinstance(w, str) and w.isprintable()}
    return {"data": {}, "by": "", **plain}
