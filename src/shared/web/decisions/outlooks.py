"""Somebody before one thing: what the guards and the permission table say of each decision."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Annotated, Any, NotRequired

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from shared.kernel.errors import Refused
from shared.kernel.messages import Command, Stamp
from shared.kernel.person import Person
from shared.web.access.areas import in_sight
from shared.web.access.permissions import Permissions
from shared.web.requests.problem_types import type_of

Owner = tuple[str | None, str | None]


class WhyNot(TypedDict):
    """The rule that says no, as the problem that the decision would be answered with, and its facts."""

    __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]  # Pydantic's own way

    type: Annotated[str, Field(examples=["/problems/standstill-running"])]
    title: Annotated[str, Field(examples=["A contract can't be signed before the standstill is over."])]


# One decision of the caller's roles. A plain dictionary, for there are dozens of them in an answer.
NextDecision = TypedDict(
    "NextDecision",
    {
        "decision": Annotated[str, Field(examples=["conclude-contract"])],
        "allowed": bool,
        "acting_for": NotRequired[
            Annotated[
                list[str],
                Field(description="Only for these, who have delegated it to you: name one of them."),
            ]
        ],
        "why_not": NotRequired[WhyNot],
        "from": NotRequired[
            Annotated[datetime, Field(description="When it is allowed, where it is only too early.")]
        ],
    },
)
NextDecision.__doc__ = (
    "One decision of the caller's roles: whether it is allowed now, or why not, and from when."
)


@dataclass(frozen=True, slots=True)
class Outlook:
    """Somebody before one thing, with all that its guards must know, found once for all of them."""

    person: Person
    permissions: Permissions
    stamp: Stamp
    principals: tuple[str, ...] = ()
    owner: Owner = (None, None)
    _stamps: dict[tuple[bool, bool, str], Stamp] = field(default_factory=dict)

    def of(self, state: object, commands: Sequence[type[Command[Any]]]) -> list[NextDecision]:
        """Return what the person may decide now, of what their roles may ever decide."""
        return [self.one(state, command) for command in commands]

    def one(self, state: object, command: type[Command[Any]]) -> NextDecision:
        """Return whether the person may decide one thing now, or why not, and from when."""
        decision, stands_in = fields_of(command)
        stamp = self._stamp_for(command, "")
        no = self._refusal(state, command, stamp)
        if no is None:
            return {"decision": decision, "allowed": True}
        if stands_in and (others := list(self._principals_for(state, command))):
            return {"decision": decision, "allowed": True, "acting_for": others}
        why_not: Any = {**_problem(type(no)), **no.facts}  # type: ignore[arg-type]  # a class is hashable
        refused: NextDecision = {"decision": decision, "allowed": False, "why_not": why_not}
        if begins := self._allowed_from(no, state, command, stamp):
            refused["from"] = begins
        return refused

    def _refusal(self, state: object, command: type[Command[Any]], stamp: Stamp) -> Refused | None:
        """Return why a decision is refused whatever it says; nothing if it is not."""
        try:
            if self.person.reads_only:
                self.permissions.authority(self.person, command.__name__)
            if self.person.areas is not None:
                in_sight(self.person, self.permissions.areas(self.person, command.__name__), *self.owner)
            command.guard(state, stamp)
        except Refused as refusal:
            return refusal.with_traceback(None)  # which would hold this call in a circle, for the collector
        return None

    def _principals_for(self, state: object, command: type[Command[Any]]) -> Iterator[str]:
        """Yield those for whom the person may decide it."""
        for principal in self.principals:
            if self._refusal(state, command, self._stamp_for(command, principal)) is None:
                yield principal

    def _allowed_from(
        self, no: Refused, state: object, command: type[Command[Any]], stamp: Stamp
    ) -> datetime | None:
        """Return from when it is allowed, where nothing but time must pass."""
        begins = no.facts.get(no.allowed_from)
        if not isinstance(begins, datetime):
            return None
        then = stamp.model_copy(update={"at": begins})
        return begins if self._refusal(state, command, then) is None else None

    def _stamp_for(self, command: type[Command[Any]], principal: str) -> Stamp:
        """Return a stamp with what a command goes by; those that go by the same share it."""
        by = (command.by_the_rules, command.by_the_contract_rules, principal)
        if by not in self._stamps:
            known = self.stamp.known.as_needed_by(command)
            self._stamps[by] = self.stamp.model_copy(update={"known": known, "acting_for": principal})
        return self._stamps[by]


def of_their_roles(
    permissions: Permissions, person: Person, commands: Sequence[type[Command[Any]]]
) -> list[type[Command[Any]]]:
    """Return what a person's roles may ever decide."""
    return [each for each in commands if permissions.allows(person, each.__name__)]


@cache
def fields_of(command: type[Command[Any]]) -> tuple[str, bool]:
    """Return what a decision is called, and whether it may be taken for somebody else."""
    return str(command.model_fields["decision"].default), "acting_for" in command.model_fields


@cache
def may_stand_in(commands: tuple[type[Command[Any]], ...]) -> bool:
    """Say whether any of some decisions may be taken for somebody else."""
    return any(fields_of(each)[1] for each in commands)


@cache
def _problem(refusal: type[Refused]) -> dict[str, str]:
    return {"type": type_of(refusal), "title": refusal.sentence()}
