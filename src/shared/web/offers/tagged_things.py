"""How a room says what its own things cost and risk, for reads that go across rooms."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TaggedStanding:
    """How a thing stands: what it is, whether it goes on, what it costs, what its risk is.

    The amount is null where nobody knows it, or where its reader may not see it; `risk` is blank where
    there is none.
    """

    title: str
    stage: str
    is_open: bool
    path: str
    pence: int | None = None
    risk: str = ""


# A request, a reading of the views, and the ids asked for; what is not there, or out of sight, is left out.
FindTagged = Callable[[Any, Any, Sequence[UUID]], Awaitable[Mapping[UUID, TaggedStanding]]]


@dataclass(frozen=True, slots=True)
class TaggedThings:
    """Things of one kind that may be tagged: what one must be allowed to see them, and how to look."""

    kind: str
    action: str
    find: FindTagged
