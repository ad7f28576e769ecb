"""Putting parts of a thing back as they were, which no amendment can; and taking a batch back, part by part.

A room says once which parts a register or a batch can change of its things, and of which type each is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

from pydantic import JsonValue, TypeAdapter

from shared.kernel.messages import Stamp
from shared.kernel.states import replace

STAGE, ABSENT = "stage", "absent"  # as every room calls them

Restated = dict[str, JsonValue]


@dataclass(frozen=True)
class RestatedPart:
    """A part of a thing that a batch can change: where it is, and the type of its values."""

    path: str
    kind: TypeAdapter[Any]


def parts(of: str, kind: Any, *names: str) -> dict[str, RestatedPart]:  # noqa: ANN401  # a type, or several
    """Return parts of one type, by name, that stand in one part of a state, or in it itself."""
    return {name: RestatedPart(f"{of}.{name}" if of else name, TypeAdapter(kind)) for name in names}


def snapshot_of(state: object, among: Mapping[str, RestatedPart]) -> Restated:
    """Return all that a batch can change of a thing, as JSON has it."""
    return {name: p.kind.dump_python(attrgetter(p.path)(state), mode="json") for name, p in among.items()}


def with_parts(state: Any, said: Restated, among: Mapping[str, RestatedPart]) -> Any:  # noqa: ANN401  # a state
    """Return a thing with these parts as they are said."""
    for name, value in said.items():
        state = _with(state, among[name].path.split("."), among[name].kind.validate_python(value))
    return state


def _with(state: Any, path: list[str], value: object) -> Any:  # noqa: ANN401  # a state, or a part of one
    name, *rest = path
    return replace(state, **{name: _with(getattr(state, name), rest, value) if rest else value})


class TakenBack(NamedTuple):
    """What taking a batch back comes to: parts as they were; or off the register, where it put the thing."""

    restored: Restated
    taken_off: bool = False


def taken_back(now: Restated, stamp: Stamp, *together: tuple[str, ...]) -> TakenBack | None:
    """Return what an undo restores: what the batch changed and nobody has decided since.

    None where the batch changed nothing, or something was decided on what it put here. What the thing was
    before the batch, and became by it, is known of its own past. Parts that mean nothing without one
    another are restored `together`.
    """
    was, became = (_object(stamp.known.facts.get(name)) for name in ("was", "became"))
    if not became:
        return None
    if was[STAGE] == ABSENT:  # what it became was kept with fewer parts once
        untouched = {name: now[name] for name in became} == became
        return TakenBack({}, taken_off=True) if untouched else None
    restored = {name: was[name] for name in was if was[name] != became[name] and now[name] == became[name]}
    for group in together:
        if {*group} & {*restored}:
            restored |= {name: was[name] for name in group}
    return TakenBack(restored)


def _object(found: JsonValue) -> Restated:
    return found if isinstance(found, dict) else {}
