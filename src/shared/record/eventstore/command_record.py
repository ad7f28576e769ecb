"""What was asked, kept with what was decided, so that the decision can be taken again from its record."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel

from shared.kernel.messages import Command, Event
from shared.kernel.personal import PERSONAL, NotSealed, is_sealed, personal_texts_in

NAME, ASKED = "name", "asked"


def commanded(
    command: Command[Any],
    said: Mapping[str, Any],
    personal: Sequence[str] = (),
    words: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return a command as its first event keeps it: its name, and those words that the event lacks.

    Mostly an event repeats what was asked under the same names, so this adds some twenty bytes to it.
    Personal texts, which the event keeps encrypted, are never kept beside it in the clear. The command's
    `words` are given where they are at hand.
    """
    nothing = none_by_default(type(command))
    told = {
        name: _without(value, personal) if personal else value
        for name, value in (_words(command) if words is None else words).items()
        if ((value is not None or name not in nothing) if name not in said else not _known(value, said[name]))
    }
    return {NAME: type(command).__name__, **({ASKED: told} if told else {})}


def asked_again(
    cls: type[Command[Any]], kept: Mapping[str, Any], said: Mapping[str, Any]
) -> Any:  # the command
    """Return the command that an event keeps; raise `ValidationError` where it no longer is one."""
    from_event = {name: _open(said[name]) for name in cls.model_fields if name in said}
    return cls.model_validate({**from_event, **kept.get(ASKED, {})})


def _open(value: Any) -> Any:
    """Return a word for the command's; what was personal in it may be destroyed, and is not needed."""
    return PERSONAL if is_sealed(value) else value


def personal_texts(events: Iterable[Event[Any]]) -> list[str]:
    """Return the personal texts of events that are about to be sealed, each once."""
    found = (text.text for event in events for text in personal_texts_in(event))
    return list(dict.fromkeys(text for text in found if text))


def _words(command: Command[Any]) -> dict[str, Any]:
    try:
        return command.model_dump(mode="json", exclude={"decision"})
    except NotSealed:  # a command that holds the sealed kind of text itself
        return {
            name: PERSONAL if list(personal_texts_in(getattr(command, name))) else value
            for name in type(command).model_fields
            if name != "decision"
            for value in [getattr(command, name)]
        }


def _without(value: object, personal: Sequence[str]) -> object:
    """Return a value with a mark in place of each personal text."""
    if isinstance(value, str):
        return PERSONAL if any(text in value for text in personal) else value
    if isinstance(value, Mapping):
        return {name: _without(inner, personal) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without(inner, personal) for inner in value]
    return value


def _known(value: object, said: object) -> bool:
    """Say whether what the event says under the same name says this word too."""
    return bool(said == value) or is_sealed(said)


@cache
def none_by_default(cls: type[BaseModel]) -> frozenset[str]:
    """Return the fields that are None by default; None need not be written of them."""
    return frozenset(name for name, field in cls.model_fields.items() if field.default is None)
