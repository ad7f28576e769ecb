"""How a state becomes the next one: `dataclasses.replace`, five times as fast, for millions are folded.

Fields are taken as they are and no `__init__` runs, so states have no `__slots__` and no `__post_init__`.
"""

from typing import TYPE_CHECKING, Any, TypeVar

T = TypeVar("T")
new_object, set_attribute = object.__new__, object.__setattr__


def fields_of(state: object) -> dict[str, Any]:
    """Return a state's fields by name, to be changed and made a state of again."""
    return state.__dict__.copy()


def state_of(cls: type[T], fields: dict[str, Any]) -> T:
    """Return the state of a class with all its fields given.

    No type checker sees whether a field exists: `replace` names them, and is the rule.
    """
    state = new_object(cls)
    set_attribute(state, "__dict__", fields)
    return state


if TYPE_CHECKING:
    from dataclasses import replace as replace  # noqa: PLC0414  # the type checker knows its fields
else:

    def replace(state: T, /, **changes: object) -> T:
        """Return a copy with some fields changed."""
        new = new_object(state.__class__)
        set_attribute(new, "__dict__", state.__dict__ | changes)
        return new
