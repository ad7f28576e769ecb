"""How a room lists decisions on its own cases in a report of another: what, by whom, and why."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ReportDecision:
    """One decision on a case, as its reader may see it; `what` says it, `kind` is what it is counted as.

    The amount is what the case was worth then; null where that is not known or not shown. Nobody took it,
    and `by` is blank, where a period had ended. `withheld` has the marks of what its reader may not see.
    """

    position: int
    thing: UUID
    title: str
    path: str
    on: date
    kind: str
    what: str
    by: str
    reason: str
    pence: int | None = None
    withheld: Mapping[str, str] = field(default_factory=dict)


# The service, a reading of its views, and the position after which it was decided: those first that matter
# most, always in the same order.
FindDecisions = Callable[[Any, Any, int], Awaitable[Sequence[ReportDecision]]]


@dataclass(frozen=True, slots=True)
class DecisionsOffered:
    """Decisions of one body of work: what they are called, which they are, and how to look.

    `kinds` names all that are counted, in the order of their weight. `action` is what one must be allowed
    to see them.
    """

    body_of_work: str
    title: str
    about: str
    action: str
    kinds: Mapping[str, str]
    find: FindDecisions
