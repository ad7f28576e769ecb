"""How a room says how its things stand, for others that wait for them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Expected:
    """How a thing stands that something else waits for: what it is, how far it has come, when it ends.

    It is `marked` where a mark stands in its title for something exempt.
    """

    title: str
    stage: str
    ended: bool
    expected_on: date | None
    marked: bool = False


# A reading of the views, and the ids asked for; things that are not there, or out of sight, are left out.
FindExpected = Callable[[Any, Sequence[UUID]], Awaitable[Mapping[UUID, Expected]]]


@dataclass(frozen=True, slots=True)
class Prerequisites:
    """Things of one kind that others may wait for: what one must be allowed to see them, and how to look."""

    kind: str
    action: str
    find: FindExpected
