"""What whoever asks may decide on one thing just now, as its guards and the permission table say."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from pydantic_core import to_jsonable_python
from typing_extensions import TypeAliasType

from shared.kernel.errors import Refused
from shared.kernel.messages import Command, Stamp, Stream
from shared.kernel.person import Person
from shared.record.eventstore.store import EventStore
from shared.web.access.permissions import Permissions
from shared.web.areas import in_sight, whose
from shared.web.problems import type_of
from shared.web.readings import Reading

# What has been delegated to a person, as a decision would know it of whoever delegated it.
FindDelegated = Callable[[EventStore, Sequence[str]], Awaitable[dict[str, JsonValue]]]
M = TypeVar("M", bound=BaseModel)
Owner = tuple[str | None, str | None]


class WhyNot(BaseModel):
    """The rule that says no, as the problem that the decision would be answered with, and its facts."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["/problems/standstill-running"])
    title: str = Field(examples=["No contract is signed before the standstill is over."])


class NextDecision(BaseModel):
    """One decision of the caller's roles: whether it is allowed now, or why not, and from when."""

    model_config = ConfigDict(populate_by_name=True)

    decision: str = Field(examples=["conclude-contract"])
    allowed: bool
    acting_for: list[str] = Field(
        [], description="Where you may decide it only for others, who have delegated it: name one of them."
    )
    why_not: WhyNot | None = None
    from_: datetime | None = Field(
        None, alias="from", description="When it is allowed, where it is only too early."
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
        """Return what the person may decide, of all that their roles may ever decide."""
        own = (each for each in commands if self.permissions.allows(self.person, each.__name__))
        return [self._one(state, command) for command in own]

    def _one(self, state: object, command: type[Command[Any]]) -> NextDecision:
        decision = str(command.model_fields["decision"].default)
        stamp = self._stamp_for(command, "")
        no = self._refusal(state, command, stamp)
        if no is None:
            return NextDecision(decision=decision, allowed=True)
        others = [each for each in self._others(command) if not self._refused_for(each, state, command)]
        if others:
            return NextDecision(decision=decision, allowed=True, acting_for=others)
        facts = to_jsonable_python(dict(no.facts))
        why_not = WhyNot(type=type_of(type(no)), title=no.sentence(), **facts)
        begins = self._allowed_from(no, state, command, stamp)
        return NextDecision(decision=decision, allowed=False, why_not=why_not, from_=begins)

    def _refusal(self, state: object, command: type[Command[Any]], stamp: Stamp) -> Refused | None:
        """Return why a decision is refused whatever it says; nothing where it is not."""
        try:
            self.permissions.authority(self.person, command.__name__)
            areas = self.permissions.areas(self.person, command.__name__)
            in_sight(self.person, areas, *self.owner)
            command.guard(state, stamp)
        except Refused as refusal:
            return refusal
        return None

    def _others(self, command: type[Command[Any]]) -> tuple[str, ...]:
        return self.principals if "acting_for" in command.model_fields else ()

    def _refused_for(self, principal: str, state: object, command: type[Command[Any]]) -> bool:
        return self._refusal(state, command, self._stamp_for(command, principal)) is not None

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
    return shown.model_copy(update={"next": found})


async def next_decisions(
    request: Request,
    stream: Stream[Any],
    commands: Sequence[type[Command[Any]]],
    delegated: FindDelegated | None = None,
    **facts: JsonValue,
) -> list[NextDecision]:
    """Return what whoever asks may decide on a thing; facts are what its guards must know besides."""
    service, person = request.app.state.service, request.state.person
    permissions: Permissions = service.permissions
    own = [each for each in commands if permissions.allows(person, each.__name__)]
    if not own:
        return []
    if delegated is not None and any("acting_for" in each.model_fields for each in own):
        facts |= await delegated(service.store, person.ids)
    principals = _principals(facts)
    known = await service.known(person)
    same = await service.people.same({person.id, *principals})
    limited = any(permissions.areas(person, each.__name__) is not None for each in own)
    stamp = Stamp(
        by=person.id,
        at=max(datetime.now(UTC), stream.changed_at or datetime.now(UTC)),
        known=known.model_copy(update={"same": same or known.same, "facts": facts}),
    )
    owner = whose(await service.store.reader.stream(stream.id)) if limited else (None, None)
    return Outlook(person, permissions, stamp, principals, owner).of(stream.state, own)


def _principals(facts: Mapping[str, JsonValue]) -> tuple[str, ...]:
    """Return who has delegated something to the person who asks."""
    found = facts.get("delegations")
    given = found if isinstance(found, list) else []
    return tuple(sorted({str(each["delegator"]) for each in given if isinstance(each, dict)}))
