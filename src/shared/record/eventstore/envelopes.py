"""Writing the envelopes of many events: what many of them say alike is written but once."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from shared.kernel.messages import Command, Event, Stamp
from shared.record.eventstore.encoding import STATE_BYTES_LIMIT, EnvelopeMapper, EventTooLarge, words_of

TEXTS_AT_HAND = 2_000


class Enveloped(NamedTuple):
    """The events of one command as they will be stored."""

    stream_id: UUID
    version: int
    events: Sequence[tuple[str, bytes]]

    @property
    def last_version(self) -> int:
        """Return the version of the last of them."""
        return self.version + len(self.events) - 1


class Unencrypted(NamedTuple):
    """The events of one command that hold personal texts, still to be encrypted."""

    stream_id: UUID
    version: int
    events: Sequence[Event[Any]]
    stamp: Stamp
    command: Command[Any]


class Texts:
    """What envelopes begin and end with, by what was asked and what was decided.

    Many items of a batch say the same, and so need to be written but once.
    """

    def __init__(self, mapper: EnvelopeMapper) -> None:
        """Write as this mapper does."""
        self._mapper = mapper
        self._written: dict[tuple[object, ...], tuple[bytes, bytes]] = {}

    def of(self, event: Event[Any], command: Command[Any] | None, part: int) -> tuple[bytes, bytes]:
        """Return what stands before the stamp of an event, and what stands after it."""
        asked = None if command is None or part else command.__pydantic_serializer__.to_json(command)
        written = event.__pydantic_serializer__.to_json(event)
        key = (type(event), written, type(command), asked, part)
        if (known := self._written.get(key)) is not None:
            return known
        if len(self._written) >= TEXTS_AT_HAND:
            self._written.clear()
        said = words_of(event, orjson.loads(written))
        words = None if asked is None else orjson.loads(asked)
        if words is not None:
            words.pop("decision", None)
        ending = self._mapper.ending(event, said, command, part, words=words)
        before = b'{"data":' + orjson.dumps(said)
        texts = before, b"," * bool(ending) + orjson.dumps(ending)[1:]
        self._written[key] = texts
        return texts


class Encrypt:
    """Writes the envelopes of many events under one stamp, whose text is made once."""

    def __init__(self, texts: Texts, mapper: EnvelopeMapper, stamp: Stamp) -> None:
        """Seal with this stamp."""
        self.stamp = stamp
        self._texts = texts
        self._vouching = orjson.dumps(mapper.envelope({}, stamp))[len(b'{"data":{}') : -1]

    def seal(
        self, stream_id: UUID, version: int, events: Sequence[Event[Any]], command: Command[Any] | None = None
    ) -> Enveloped:
        """Return one command's events as they will be stored from a version on."""
        states = [
            (type(event).__name__, self._state(event, command, part)) for part, event in enumerate(events)
        ]
        return Enveloped(stream_id, version, states)

    def _state(self, event: Event[Any], command: Command[Any] | None, part: int) -> bytes:
        before, after = self._texts.of(event, command, part)
        state = before + self._vouching + after
        if len(state) > STATE_BYTES_LIMIT:
            raise EventTooLarge(bytes=len(state), limit=STATE_BYTES_LIMIT)
        return state
