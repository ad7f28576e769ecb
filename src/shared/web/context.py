"""What a room offers the roof: its views, reactions, routes and the like, and nothing else."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter

from shared.kernel.messages import State
from shared.record.deadlines.deadline import Deadline
from shared.record.projecting.reactions import Reaction
from shared.record.projecting.views import View
from shared.web.readiness import ReadinessOffered
from shared.web.waiting import WaitingThings


def _nobody(_: Any) -> str:
    """Return nobody."""
    return ""


@dataclass(frozen=True, slots=True)
class Expected:
    """How a thing stands that something else waits for: what it is, how far it has come, when it ends."""

    title: str
    stage: str
    ended: bool
    expected_on: date | None


# A reading of the views, and the ids asked for; things that are not there, or out of sight, are left out.
FindExpected = Callable[[Any, Sequence[UUID]], Awaitable[Mapping[UUID, Expected]]]


@dataclass(frozen=True, slots=True)
class Prerequisites:
    """Things of one kind that others may wait for: what one must be allowed to see them, and how to look."""

    kind: str
    action: str
    find: FindExpected


# The service and a reading of its views; nothing where there is nothing to measure.
ReadMeasure = Callable[[Any, Any], Awaitable[float | None]]


@dataclass(frozen=True, slots=True)
class MeasureOffered:
    """A figure by name: what it says, in which unit, which way is better, who may see it, and where it is.

    A unit is `share` (0 to 1), `count` or `pence`; better is `higher` or `lower`.
    """

    name: str
    title: str
    unit: str
    better: Literal["higher", "lower"]
    action: str
    cases: str
    read: ReadMeasure


@dataclass(frozen=True, slots=True)
class NotificationSubject:
    """What may be said of a thing of one kind that somebody is told of: where it is, and of which area.

    `requester` is whoever asked for it, or answers for it, blank where nobody does; `barred` are those who
    can't decide on it.
    """

    kind: str
    path: str
    blank: State
    area: Callable[[Any], str]
    requester: Callable[[Any], str] = _nobody
    barred: Callable[[Any], Sequence[str]] = _nobody


@dataclass(frozen=True)
class Context:
    """One room's contribution."""

    views: tuple[View, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    routers: tuple[APIRouter, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    prerequisites: tuple[Prerequisites, ...] = ()
    subjects: tuple[NotificationSubject, ...] = ()
    waiting: tuple[WaitingThings, ...] = ()
    readiness: tuple[ReadinessOffered, ...] = ()
    operations: Mapping[str, Any] = field(default_factory=dict)  # on many things, by their stored names
