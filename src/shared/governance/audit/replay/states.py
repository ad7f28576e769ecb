"""A thing's states, event by event, and what each event changed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel, JsonValue
from pydantic_core import to_jsonable_python

from shared.kernel.messages import Event, Recorded, State
from shared.kernel.personal import is_sealed

# By what a thing of any kind is called, where it has no number: in its state, or in what it says of itself.
TITLES = ("title", "name", "subject", "statement", "what", "about")
ABOUT_ITSELF = ("need", "about")


class Change(BaseModel):
    """One field of a thing, before and after."""

    field: str
    before: JsonValue
    after: JsonValue


@runtime_checkable
class Called(Protocol):
    """A thing that people call by a number or a reference."""

    def called(self, first_position: int) -> str:
        """Return that, given where its first event is in the record."""
        ...


def blank_of(event: type[Event[Any]]) -> State:
    """Return the blank state that the events of this class are folded into."""
    for cls in event.__mro__:
        arguments = getattr(cls, "__pydantic_generic_metadata__", {}).get("args", ())
        if arguments:
            blank: State = arguments[0]()
            return blank
    raise TypeError(f"{event.__name__} does not say whose event it is.")


def steps(events: Sequence[Recorded]) -> Iterator[tuple[Recorded, State, State]]:
    """Yield each event of one thing with the states before and after it."""
    if not events:
        return
    state = blank_of(type(events[0].event))
    for recorded in events:
        before, state = state, recorded.event.apply(state)
        yield recorded, before, state


def called(state: State, first_position: int) -> str:
    """Return what people call a thing; nothing if they have no name for it."""
    return state.called(first_position) if isinstance(state, Called) else ""


def called_in(events: Sequence[Recorded]) -> str:
    """Return what people call a case, where its first event is there to tell; others may be missing."""
    if not events or events[0].version != 1:
        return ""
    state = blank_of(type(events[0].event))
    if [event.version for event in events] == list(range(1, len(events) + 1)):
        *_, (_, _, state) = steps(events)
    return called(state, events[0].position)


def title_in(said: Mapping[str, JsonValue]) -> str:
    """Return what a state or an event calls its thing; blank if it has no words for it."""
    for place in (said, *(said.get(name) for name in ABOUT_ITSELF)):
        if isinstance(place, dict):
            for name in TITLES:
                if isinstance(value := place.get(name), str) and value:
                    return value
    return ""


def as_json(state: State) -> dict[str, JsonValue]:
    said: dict[str, JsonValue] = to_jsonable_python(_in_order(state))
    return said


def _in_order(value: object) -> object:
    """Return a value whose sets are lists in an order of their own: the same page each time it is written."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _in_order(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, set | frozenset):
        return sorted((_in_order(inner) for inner in value), key=repr)
    if isinstance(value, tuple | list) and not hasattr(value, "_fields"):
        return [_in_order(inner) for inner in value]
    if isinstance(value, dict):
        return {name: _in_order(inner) for name, inner in value.items()}
    return value


def changes(before: State, after: State) -> list[Change]:
    """Return the fields that differ, nested ones by their path.

    An event replaces few fields of a state; those it left as they are need not be written out to be compared.
    """
    was, now = _named(before), _named(after)
    touched = [name for name, value in now.items() if was[name] is not value]
    old, new = (_written({name: state[name] for name in touched}) for state in (was, now))
    return [
        Change(field=field, before=old.get(field), after=new.get(field))
        for field in dict.fromkeys([*old, *new])
        if old.get(field) != new.get(field)
    ]


def _named(state: object) -> dict[str, object]:
    assert is_dataclass(state), "so every state is"
    return {field.name: getattr(state, field.name) for field in fields(state)}


def _written(said: Mapping[str, object]) -> dict[str, JsonValue]:
    """Return fields of a state as JSON has them, nested ones by their path."""
    return dict(_leaves("", to_jsonable_python(_in_order(said)))) if said else {}


def _leaves(path: str, value: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    if isinstance(value, dict) and value and not is_sealed(value):
        for name, inner in value.items():
            yield from _leaves(f"{path}.{name}" if path else name, inner)
    else:
        yield path, value


def meaning(cls: type) -> str:
    """Return what a class of events or commands means, as its own first sentence says it."""
    text = " ".join((cls.__doc__ or "").split("\n\n")[0].split())
    return text or words(cls.__name__)


def words(name: str) -> str:
    """Return a name of code as words: `RfpReturnedForRework` becomes 'RFP returned for rework'."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").capitalize()
    return re.sub(r"\brfp\b", "RFP", spaced, flags=re.IGNORECASE)
