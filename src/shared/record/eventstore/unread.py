"""Events that this release can't read: of a type it doesn't know, or in a shape that its type doesn't take.

A release that was rolled back leaves such events behind. They are kept, hashed and signed like any other.
"""

from typing import Any, NamedTuple
from uuid import UUID

from eventsourcing.persistence import MapperDeserialisationError
from pydantic import SkipValidation

from shared.kernel.errors import NotReady
from shared.kernel.messages import Event, Recorded

UNKNOWN_TYPE, UNKNOWN_SHAPE = "unknown type", "unknown shape"

# How an envelope fails to be ours.
UNREADABLE = (MapperDeserialisationError, LookupError, ValueError, TypeError, AttributeError)


class EventUnread(NotReady):
    """This holds an event that this release can't read: the release that knows it must be installed."""


class UnreadEvent(Event[Any]):
    """Stands in place of an event that can't be read; it is never stored, and changes no state.

    `like` is the class of its type or, where this release has none, of an earlier event of the same thing.
    """

    topic: str
    like: SkipValidation[type[Event[Any]]] = Event
    why: str


class UnreadMark(NamedTuple):
    """Where such an event stands, and what is known of it."""

    position: int
    stream_id: UUID
    kind: str
    topic: str
    why: str

    def sentence(self) -> str:
        """Return what an operator has to know and do."""
        return (
            f"Can't read the event at position {self.position} ({self.topic}, {self.why}):"
            f" install the release that knows {self.topic}."
        )


def unread(recorded: Recorded) -> UnreadMark | None:
    """Return what is known of an event that can't be read; nothing of any other."""
    event = recorded.event
    if type(event) is not UnreadEvent:  # sooner told than by `isinstance`, which asks Pydantic
        return None
    stream_id = UUID(str(recorded.stream_id))
    return UnreadMark(recorded.position, stream_id, event.like.kind, event.topic, event.why)


def kind_of(recorded: Recorded) -> str:
    """Return what kind of thing an event is about; blank if that can't be told."""
    return _known(recorded.event).kind


def body_of_work(recorded: Recorded) -> str:
    """Return which body of work a decision belongs to; blank if the event is no decision."""
    return _known(recorded.event).body_of_work


def may_be_in_flow(recorded: Recorded) -> bool:
    """Say whether an event may be a step of a case, as far as can be told."""
    known = _known(recorded.event)
    return known.in_flow or not known.kind


def name_of(recorded: Recorded) -> str:
    """Return the name that an event is stored under."""
    event = recorded.event
    return event.topic if isinstance(event, UnreadEvent) else type(event).__name__


def _known(event: Event[Any]) -> type[Event[Any]]:
    """Return the class that says what an event is about."""
    return event.like if type(event) is UnreadEvent else type(event)
