"""What whoever asks may decide on one thing just now, as its guards and the permission table say."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from types import UnionType
from typing import Annotated, Any, NotRequired, TypeVar, Union, get_args, get_origin

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from typing_extensions import TypeAliasType, TypedDict

from shared.kernel.errors import Refused
from shared.kernel.messages import Command, Stamp, Stream
from shared.kernel.person import Person
from shared.record.eventstore.store import EventStore
from shared.web.access.areas import in_sight, whose
from shared.web.access.permissions import Permissions
from shared.web.core_service import core_service
from shared.web.reads.readings import Reading
from shared.web.requests.problems import type_of

# What has been delegated to a person, as a decision would know it of whoever delegated it.
FindDelegated = Callable[[EventStore, Sequence[str]], Awaitable[dict[str, JsonValue]]]
M = TypeVar("M", bound=BaseModel)
Owner = tuple[str | None, str | None]


class WhyNot(TypedDict):
    """The rule that says no, as the problem that the decision would be answered with, and its facts."""

    __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]  # Pydantic's own way

    type: Annotated[str, Field(examples=["/problems/standstill-running"])]
    title: Annotated[str, Field(examples=["No contract is signed before the standstill is over."])]


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


Next = Annotated[
    list[NextDecision] | None,
    Field(
        description="What you may decide just now; none of it as of the past.",
        examples=[
            [
                {"decision": "record-challenge", "allowed": True},
                {
                    "decision": "conclude-contract",
                    "allowed": False,
                    "why_not": {
                        "type": "/problems/standstill-running",
                        "title": "No contract is signed before the standstill is over.",
                        "ends_at": "2026-03-12T00:00:00Z",
                    },
                    "from": "2026-03-12T00:00:00Z",
                },
            ]
        ],
    ),
]


def commands_in(hint: Any) -> Iterator[type[Command[Any]]]:  # any annotation at all
    """Yield the commands that something may be, however they are joined."""
    if isinstance(hint, TypeAliasType):
        yield from commands_in(hint.__value__)
    elif get_origin(hint) is Annotated:
        yield from commands_in(get_args(hint)[0])
    elif get_origin(hint) in (Union, UnionType):
        for choice in get_args(hint):
            yield from commands_in(choice)
    elif isinstance(hint, type) and issubclass(hint, Command):
        yield hint


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
        return [self._one(state, command) for command in commands]

    def _one(self, state: object, command: type[Command[Any]]) -> NextDecision:
        decision, stands_in = _fields_of(command)
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
        """Return why a decision is refused whatever it says; nothing where it is not."""
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


async def with_next(
    request: Request,
    reading: Reading,
    stream: Stream[Any],
    shown: M,
    commands: Sequence[type[Command[Any]]],
    delegated: FindDelegated | None = None,
    **facts: JsonValue,
) -> M:
    """Return what is shown of a thing with what whoever asks may decide on it, unless it is of the past."""
    if reading.past:
        return shown
    found = await next_decisions(request, stream, commands, delegated, **facts)
    facts_said = [each["why_not"] for each in found if "why_not" in each]
    await reading.redact.draw_named(reading.person, facts_said)
    return shown.model_copy(update={"next": found})


async def next_decisions(
    request: Request,
    stream: Stream[Any],
    commands: Sequence[type[Command[Any]]],
    delegated: FindDelegated | None = None,
    **facts: JsonValue,
) -> list[NextDecision]:
    """Return what whoever asks may decide on a thing; facts are what its guards must know besides."""
    service, person = core_service(request), request.state.person
    permissions = service.permissions
    own = of_their_roles(permissions, person, commands)
    if not own:
        return []
    stands_in = any(_fields_of(each)[1] for each in own)
    known, found = await asyncio.gather(
        service.known(person), delegated(service.store, person.ids) if delegated and stands_in else _nothing()
    )
    same: tuple[tuple[str, ...], ...] = (person.ids,) if person.aliases else ()
    if principals := _principals(found):
        same = await service.people.same({person.id, *principals})
    limited = any(permissions.areas(person, each.__name__) is not None for each in own)
    now = datetime.now(UTC)
    stamp = Stamp(
        by=person.id,
        at=now if stream.changed_at is None else max(now, stream.changed_at),
        known=known.model_copy(update={"same": same, "facts": facts | found}),
    )
    owner = whose(await service.store.reader.stream(stream.id)) if limited else (None, None)
    return Outlook(person, permissions, stamp, principals, owner).of(stream.state, own)


async def _nothing() -> dict[str, JsonValue]:
    return {}


@cache
def _fields_of(command: type[Command[Any]]) -> tuple[str, bool]:
    """Return what a decision is called, and whether it may be taken for somebody else."""
    return str(command.model_fields["decision"].default), "acting_for" in command.model_fields


@cache
def _problem(refusal: type[Refused]) -> dict[str, str]:
    return {"type": type_of(refusal), "title": refusal.sentence()}


def _principals(facts: Mapping[str, JsonValue]) -> tuple[str, ...]:
    """Return who has delegated something to the person who asks."""
    found = facts.get("delegations")
    given = found if isinstance(found, list) else []
    return tuple(sorted({str(each["delegator"]) for each in given if isinstance(each, dict)}))
