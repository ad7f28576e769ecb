"""What whoever asks may decide on one thing just now, as its guards and the permission table say."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from fastapi import Request
from pydantic import BaseModel, Field, JsonValue
from typing_extensions import TypeAliasType

from shared.kernel.messages import Command, Known, Stream
from shared.record.eventstore.store import EventStore
from shared.web.access.areas import whose
from shared.web.decisions.deciding_service import deciding_service
from shared.web.decisions.decisions_at_hand import GuardBasis, WatchedStamp
from shared.web.decisions.outlooks import NextDecision, Outlook, may_stand_in
from shared.web.reads.lists_at_hand import ListAtHand
from shared.web.reads.readings import Reading

# What has been delegated to a person, as a decision would know it of whoever delegated it.
FindDelegated = Callable[[EventStore, Sequence[str]], Awaitable[dict[str, JsonValue]]]
M = TypeVar("M", bound=BaseModel)


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
                        "title": "A contract can't be signed before the standstill is over.",
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
    found = await next_of(request, reading, stream, commands, delegated, **facts)
    return shown.model_copy(update={"next": found})


async def next_of(
    request: Request,
    reading: Reading,
    stream: Stream[Any],
    commands: Sequence[type[Command[Any]]],
    delegated: FindDelegated | None = None,
    **facts: JsonValue,
) -> list[NextDecision] | None:
    """Return what whoever asks may decide on a thing, as far as they may see why not; none as of the past."""
    if reading.past:
        return None
    found = await next_decisions(request, stream, commands, delegated, **facts)
    if found.names_others is None:
        found.names_others = reading.redact.names_others(_why_not(found))
    if not found.names_others:
        return found
    told = deepcopy(list(found))
    await reading.redact.draw_named(reading.person, _why_not(told))
    return told


def _why_not(found: Sequence[NextDecision]) -> list[object]:
    return [each["why_not"] for each in found if "why_not" in each]


async def next_decisions(
    request: Request,
    stream: Stream[Any],
    commands: Sequence[type[Command[Any]]],
    delegated: FindDelegated | None = None,
    **facts: JsonValue,
) -> ListAtHand[NextDecision]:
    """Return what whoever asks may decide on a thing; facts are what its guards must know besides."""
    service, person = deciding_service(request), request.state.person
    permissions, at_hand = service.permissions, service.decisions_at_hand
    own = at_hand.own(permissions, person, tuple(commands))
    if not own:
        return ListAtHand([], b"[]")
    known: Known = await service.known(person)
    found: dict[str, JsonValue] = {}
    if delegated and may_stand_in(own):
        found = await delegated(service.store, person.ids)
    same: tuple[tuple[str, ...], ...] = (person.ids,) if person.aliases else ()
    if principals := _principals(found):
        same = await service.people.same({person.id, *principals})
    # Where the record was read belongs to a decision that is recorded; no guard goes by it.
    known = known.model_copy(update={"position": 0, "same": same, "facts": facts | found})
    limited = person.areas is not None and any(
        permissions.areas(person, each.__name__) is not None for each in own
    )
    owner = whose(await service.store.reader.stream(stream.id)) if limited else (None, None)

    def ahead() -> Outlook:
        now = datetime.now(UTC)
        at = now if stream.changed_at is None else max(now, stream.changed_at)
        return Outlook(person, permissions, WatchedStamp(by=person.id, at=at, known=known), principals, owner)

    return at_hand.of(stream, person, GuardBasis(own, known, principals, owner), ahead)


def _principals(facts: Mapping[str, JsonValue]) -> tuple[str, ...]:
    """Return who has delegated something to the person who asks."""
    found = facts.get("delegations")
    given = found if isinstance(found, list) else []
    return tuple(sorted({str(each["delegator"]) for each in given if isinstance(each, dict)}))
