"""Taking a decision again from its record: the same command, state and stamp must answer the same."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import BaseModel, JsonValue, ValidationError
from pydantic_core import to_jsonable_python

from shared.governance.audit.replay.states import steps
from shared.kernel.errors import Refused
from shared.kernel.messages import Command, Event, Recorded, State
from shared.kernel.personal import PERSONAL, Personal
from shared.record.eventstore.command_record import NAME, asked_again

NOT_KEPT = "What was asked was not kept with this event, so the rule can't be asked again."
UNKNOWN = "The rule that took this decision is no longer part of the service."
UNREADABLE = "What was asked then can no longer be read."
SAME = "The rule, asked again with what was known then, answers exactly as recorded."
OTHERWISE = "The rule answers otherwise today than it is recorded to have answered."
REFUSES = "The rule refuses today what it is recorded to have allowed."


class Reexecution(BaseModel):
    """What came out when a decision was taken again; `same` is null where it can't be."""

    same: bool | None
    explanation: str
    rule: str
    asked: JsonValue = None
    came_out: list[dict[str, JsonValue]] = []


def commands_known() -> dict[str, type[Command[Any]]]:
    """Return every command of the service by its name."""
    return {cls.__name__: cls for cls in _below(Command) if "[" not in cls.__name__}


def _below(cls: type[Command[Any]]) -> Iterator[type[Command[Any]]]:
    for below in cls.__subclasses__():
        yield below
        yield from _below(below)


def reexecuted(events: Sequence[Recorded], position: int) -> Reexecution:
    """Take the decision at a position again, from one thing's events up to its end at least."""
    whole = list(steps(events))
    index = next(n for n, (recorded, _, _) in enumerate(whole) if recorded.position == position)
    first = index - _part(whole[index][0])
    recorded, before, _ = whole[first]
    return taken_again(before, [recorded, *_parts(events[first + 1 :])])


def taken_again(before: State, decision: Sequence[Recorded]) -> Reexecution:
    """Take a decision again, given the state before it and all the events that it was."""
    recorded = decision[0]
    kept = recorded.envelope.get("command")
    if not isinstance(kept, dict):
        return Reexecution(same=None, explanation=NOT_KEPT, rule="")
    rule = str(kept.get(NAME, ""))
    cls = commands_known().get(rule)
    said = recorded.envelope["data"]
    if cls is None or not isinstance(said, dict):
        return Reexecution(same=None, explanation=UNKNOWN, rule=rule)
    try:
        command = asked_again(cls, kept, said)
    except ValidationError:
        return Reexecution(same=None, explanation=UNREADABLE, rule=rule)
    return _compared(command, before, decision)


def _compared(command: Command[Any], before: State, decision: Sequence[Recorded]) -> Reexecution:
    rule, asked = type(command).__name__, command.model_dump(mode="json")
    try:
        decided = command.decide(before, decision[0].stamp)
    except Refused as refusal:
        sentence = f"{REFUSES} {refusal.sentence()}"
        return Reexecution(same=False, explanation=sentence, rule=rule, asked=asked)
    came_out = list(decided) if isinstance(decided, Sequence) else [decided]
    recorded = [one.event for one in decision]
    same = len(came_out) == len(recorded) and all(map(agree, came_out, recorded))
    return Reexecution(
        same=same,
        explanation=SAME if same else OTHERWISE,
        rule=rule,
        asked=asked,
        came_out=[{"decision": type(event).__name__, "said": _said(event)[1]} for event in came_out],
    )


def agree(now: Event[Any], then: Event[Any]) -> bool:
    """Say whether two events say the same.

    What was kept openly once may be a personal text today; what events did not say yet then was not said.
    """
    if type(now) is not type(then):
        return False
    openly = {
        name: text.clear
        for name in type(then).model_fields
        if isinstance(text := getattr(then, name), Personal) and text.clear
    }
    for name, text in openly.items():
        said = getattr(now, name)
        if not isinstance(said, Personal) or text not in (said.text, said.clear):
            return False
    without = openly.keys() | _not_said_yet(then)
    return bool(to_jsonable_python(_fields(now, without)) == to_jsonable_python(_fields(then, without)))


def _not_said_yet(then: Event[Any]) -> set[str]:
    """Return the fields that came to an event after it was stored: but for None, each it had is there."""
    fields = type(then).model_fields
    return {name for name in fields.keys() - then.model_fields_set if fields[name].default is not None}


def _fields(event: Event[Any], without: Iterable[str] = ()) -> dict[str, object]:
    names = type(event).model_fields.keys() - set(without)
    return {name: _open(getattr(event, name)) for name in names}


def _said(event: Event[Any]) -> tuple[str, JsonValue]:
    """Return what an event says; of a personal text, which is encrypted again each time, about whom it is."""
    said: JsonValue = to_jsonable_python(
        {name: _open(getattr(event, name)) for name in type(event).model_fields}
    )
    return type(event).__name__, said


def _open(value: object) -> object:
    if isinstance(value, Personal):
        return value.clear or {"about": value.about, "text": PERSONAL}
    if isinstance(value, tuple | list):
        return [_open(inner) for inner in value]
    return value


def _part(recorded: Recorded) -> int:
    part = recorded.envelope.get("part", 0)
    return part if isinstance(part, int) else 0


def _parts(following: Sequence[Recorded]) -> Iterator[Recorded]:
    for recorded in following:
        if not _part(recorded):
            return
        yield recorded
