"""What a deadline asks when its time has come: a command that knows which one it is, and when it was due."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import JsonValue

from shared.kernel.messages import Command, S, Stamp, State

LATE_AFTER = timedelta(minutes=5)


class DeadlineCommand(Command[S]):
    """A decision that the clock takes; it answers with nothing where its case has moved on since."""

    by_the_rules = True

    number: int
    due_at: datetime

    def is_late(self, stamp: Stamp) -> bool:
        """Say whether it is taken noticeably after its time, as when the service was away."""
        return stamp.at > self.due_at + LATE_AFTER

    def again(self, state: S, stamp: Stamp) -> datetime | None:
        """Return when to ask again, where it answered with nothing; never, unless a kind says so."""
        return None


# The store, which the core must not know, the case, and the number of the deadline.
CaseFinder = Callable[[Any, UUID, int], Awaitable[dict[str, JsonValue]]]


@dataclass(frozen=True)
class Deadline:
    """One kind of deadline: the command that it asks, and of what kind of thing.

    `find` finds what its rule must know of other things, by its case and number; one that `begins`
    its case may find nothing there yet.
    """

    kind: str
    command: type[DeadlineCommand[Any]]
    blank: State
    find: CaseFinder | None = None
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """One deadline that has come."""

    id: int
    case_id: UUID
    kind: str
    version: int
    due_at: datetime
    attempts: int
