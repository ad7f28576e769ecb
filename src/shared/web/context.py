"""What a room offers the roof: its views, reactions, routes and the like, and nothing else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pkgutil import resolve_name
from typing import Any, Protocol
from uuid import UUID

from fastapi import APIRouter

from shared.kernel.messages import Known, State
from shared.kernel.roles import Role
from shared.record.deadlines.deadline import Deadline
from shared.record.projecting.reactions import Reaction
from shared.record.projecting.views import View
from shared.web.offers.facts import FactFinders
from shared.web.offers.prerequisites import Prerequisites
from shared.web.offers.readiness import ReadinessOffered
from shared.web.offers.report_cases import CasesOffered
from shared.web.offers.report_decisions import DecisionsOffered
from shared.web.offers.tagged_things import TaggedThings
from shared.web.reads.waiting_things import WaitingThings


def _nobody(_: Any) -> str:
    """Return nobody."""
    return ""


def _of_no_party(_: Any, __: str) -> Sequence[str]:
    """Return nobody."""
    return ()


def _still(_: Any, __: str, ___: str) -> bool:
    """Say that it still waits: nothing is known to the contrary."""
    return True


def _role_named(_: Any, party: str) -> Sequence[Role]:
    """Return the role of that name."""
    return [role for role in Role if role == party]


def _nothing(_: Any, __: Known) -> int:
    """Return no amount."""
    return 0


@dataclass(frozen=True, slots=True)
class NotificationSubject:
    """What may be said of a thing of one kind that somebody is told of: where it is, and of which area.

    `requester` is whoever asked for it, or answers for it, blank where nobody does; `barred` are those who
    can't decide on it. `party` are the people of one of its parties, and `waits` says whether what was
    told, by its type and to whom, still waits. `page` is where people look at it, with `{id}` in place of
    its id, blank where there is none; where it has no address of its own, it is among others at its path.
    `roles` are whose people are told of a party of which it knows nobody, and `amount` is what somebody must
    have been delegated who decides on it in another's stead.
    """

    kind: str
    path: str
    blank: State
    area: Callable[[Any], str]
    requester: Callable[[Any], str] = _nobody
    barred: Callable[[Any], Sequence[str]] = _nobody
    party: Callable[[Any, str], Sequence[str]] = _of_no_party
    waits: Callable[[Any, str, str], bool] = _still
    page: str = ""
    roles: Callable[[Any, str], Sequence[Role]] = _role_named
    amount: Callable[[Any, Known], int] = _nothing
    among_others: bool = False

    def where(self, thing: UUID) -> tuple[str, str]:
        """Return the path of one, and of its page."""
        path = self.path if self.among_others else f"{self.path}/{thing}"
        return path, self.page.replace("{id}", str(thing))


class ManyThings(Protocol):
    """Things that a batch can decide on, or a register bring."""

    def operations(self) -> Mapping[str, Any]:
        """Return what can be done to many of them, by stored names."""
        ...

    def routers(self) -> Sequence[APIRouter]:
        """Return their routers."""
        ...


@dataclass(frozen=True)
class Context:
    """One room's contribution."""

    views: tuple[View, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    # Where its routers are, `module:name`, and things that batches decide on: loaded when an app is made.
    routes: tuple[str | ManyThings, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    prerequisites: tuple[Prerequisites, ...] = ()
    tagged: tuple[TaggedThings, ...] = ()
    subjects: tuple[NotificationSubject, ...] = ()
    waiting: tuple[WaitingThings, ...] = ()
    readiness: tuple[ReadinessOffered, ...] = ()
    report_cases: tuple[CasesOffered, ...] = ()
    report_decisions: tuple[DecisionsOffered, ...] = ()
    facts: FactFinders = field(default_factory=dict)  # what its commands must know from outside their streams
    tags: Mapping[str, str] = field(
        default_factory=dict
    )  # of its operations in the API file, and what each means
    seen_with: Mapping[str, str] = field(
        default_factory=dict
    )  # by kind of thing, the right it takes to see one
    never_told: tuple[str, ...] = ()  # kinds of which nobody who follows the record is told

    @cached_property
    def operations(self) -> Mapping[str, Any]:
        """Return what can be done to many of its things, by stored names."""
        many = [each for each in self.routes if not isinstance(each, str)]
        return {name: made for things in many for name, made in things.operations().items()}

    @cached_property
    def routers(self) -> tuple[APIRouter, ...]:
        """Return its routers; a process that answers nobody over HTTP never asks, and loads none of them."""
        found = [[resolve_name(each)] if isinstance(each, str) else each.routers() for each in self.routes]
        return tuple(router for some in found for router in some)
