"""How a state becomes the next one: `dataclasses.replace`, five times as fast, for millions are folded."""

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from dataclasses import replace as replace  # noqa: PLC0414  # the type checker knows its fields
else:
    T = TypeVar("T")

    def replace(state: T, /, **changes: object) -> T:
        """Return a copy with some fields changed.

        It copies the fields as they are and runs no `__init__`, so states have no `__slots__` and no
        `__post_init__`; a field that does not exist is the type checker's to find.
        """
        new = object.__new__(state.__class__)
        object.__setattr__(new, "__dict__", state.__dict__ | changes)
        return new
