"""What was asked, kept with what was decided, so that the decision can be taken again from its record."""

from collections.abc import Mapping
from typing import Any

from shared.messages import Command
from shared.personal import is_sealed

NAME, ASKED = "name", "asked"
PERSONAL = "[personal]"


def commanded(command: Command[Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Return a command as its first event keeps it: its name, and those words that the event lacks.

    Mostly an event repeats what was asked under the same names, so this adds some twenty bytes to it.
    """
    own = command.model_dump(mode="json", exclude={"decision"})
    told = {name: value for name, value in own.items() if not _known(command, name, value, said)}
    return {NAME: type(command).__name__, **({ASKED: told} if told else {})}


def _known(command: Command[Any], name: str, value: object, said: Mapping[str, Any]) -> bool:
    """Say whether the event says this word too, or leaves it out as nothing, which it is by default."""
    if name in said:
        return bool(said[name] == value) or is_sealed(said[name])
    return value is None and type(command).model_fields[name].default is None


def _open(value: Any) -> Any:
    """Return a word for the command's; what was personal in it may be destroyed, and is not needed."""
    return PERSONAL if is_sealed(value) else value


def asked_again(
    cls: type[Command[Any]], kept: Mapping[str, Any], said: Mapping[str, Any]
) -> Any:  # the command
    """Return the command that an event keeps; raise `ValidationError` where it no longer is one."""
    from_event = {name: _open(said[name]) for name in cls.model_fields if name in said}
    return cls.model_validate({**from_event, **kept.get(ASKED, {})})
