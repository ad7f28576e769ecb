"""How a change reaches the record over HTTP: who asks, by which role, on which version, under which key."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Annotated, Any, Self
from uuid import UUID, uuid4

from fastapi import Depends, Request, Response
from pydantic import JsonValue

from shared.kernel.errors import OutOfDate
from shared.kernel.fields import CODE_LIMIT
from shared.kernel.messages import Command, IdempotencyKey, Known, Receipt, S, Stamp
from shared.kernel.person import Person
from shared.kernel.roles import Role
from shared.record.eventstore.looks import Look
from shared.record.eventstore.store import EventStore
from shared.web.access.areas import in_sight, whose
from shared.web.access.permissions import OutsideYourAreas, Permissions
from shared.web.core_service import core_service
from shared.web.decisions.conditions import Conditions, IdempotencyKeyHeader, IfMatch, conditions
from shared.web.limits.requests_in_progress import RequestsInProgress
from shared.web.offers.facts import FactFinders

NOTHING: Mapping[str, JsonValue] = MappingProxyType({})
SamePeople = Callable[[Iterable[str]], Awaitable[tuple[tuple[str, ...], ...]]]


async def caller(request: Request) -> Person:
    """Return who asks, as the route has found out."""
    person: Person = request.state.person
    return person


Caller = Annotated[Person, Depends(caller)]


@dataclass(frozen=True, slots=True)
class Needs:
    """The check that whoever asks may do something; it also notes the areas they are limited to."""

    action: str

    async def __call__(self, request: Request, person: Caller) -> Person:
        """Refuse whoever's role may never do this."""
        permissions = core_service(request).permissions
        permissions.authority(person, self.action)
        request.state.areas = permissions.areas(person, self.action)
        return person


def may(action: str) -> Any:
    """Return a dependency that refuses whoever's role may never do this; for reads."""
    return Depends(Needs(action))


def named_in(command: Command[Any]) -> Iterator[str]:
    """Yield whatever short text a command holds that could be somebody's id."""
    for value in vars(command).values():
        for text in value if isinstance(value, list | tuple) else [value]:
            if isinstance(text, str) and len(text) <= CODE_LIMIT:
                yield text


@dataclass(frozen=True, slots=True)
class CommandHandler:
    """Takes one request's command to the record."""

    store: EventStore
    permissions: Permissions
    known: Callable[[Person], Awaitable[Known]]
    facts: FactFinders
    running: RequestsInProgress
    person: Person
    same: SamePeople
    conditions: Conditions
    traceparent: str
    response: Response
    acts: list[str]  # what an administrator is about to do, for the security log

    def having_seen(self, look: Look) -> Self:
        """Return this handler for a decision that follows from a look at other things."""
        return replace(self, store=self.store.as_seen(look))

    async def create(
        self, command: Command[S], *, blank: S, under: UUID | None = None, **facts: JsonValue
    ) -> Receipt:
        """Begin a new thing, under a new id; under a given one, it is begun at most once."""
        if under is not None:
            return await self._begin(under, command, blank, facts)
        async with self.store.changes.one_look():
            stamp = await self._stamp(command, facts)
            return await self._answer(
                lambda key: self.store.create(uuid4(), command, stamp, blank=blank, key=key)
            )

    async def register(self, stream_id: UUID, command: Command[S], *, blank: S) -> Receipt:
        """Begin a thing whose id follows from its name; its rules refuse to begin it twice."""
        return await self._begin(stream_id, command, blank)

    async def _begin(
        self, thing: UUID, command: Command[S], blank: S, facts: Mapping[str, JsonValue] = NOTHING
    ) -> Receipt:
        """Decide on what has no history yet, under an id that is known beforehand."""
        async with self.store.changes.one_look():
            stamp = await self._stamp(command, facts)
            return await self._answer(
                lambda key: self.store.handle(thing, command, stamp, blank=blank, key=key, absent=True)
            )

    async def handle(self, stream_id: UUID, command: Command[S], *, blank: S, **facts: JsonValue) -> Receipt:
        """Decide on a thing: 403 before it is looked at, then 404, 428, 412, and 409 by its rules."""
        async with self.store.changes.one_look():
            stamp = await self._stamp(command, facts)
            await self._must_be_in_sight(stream_id, type(command).__name__)
            if self.conditions.expected is None:
                await self.store.must_exist(stream_id, blank)
            expected = self.conditions.must_name_a_version()
            return await self._answer(
                lambda key: self.store.handle(
                    stream_id, command, stamp, blank=blank, expected=expected, key=key
                )
            )

    async def set(self, stream_id: UUID, command: Command[S], *, blank: S, **facts: JsonValue) -> Receipt:
        """Decide on the one thing of its kind, which may have no history yet: version 0."""
        async with self.store.changes.one_look():
            stamp = await self._stamp(command, facts)
            expected = self.conditions.must_name_a_version()
            return await self._answer(
                lambda key: self.store.handle(
                    stream_id, command, stamp, blank=blank, expected=expected, key=key, absent=True
                )
            )

    def must_see(self, version: int) -> None:
        """Refuse unless the caller has seen this version: absent 428, another 412."""
        if version not in self.conditions.must_name_a_version():
            raise OutOfDate(version=version)

    async def stamp_for(self, command: type[Command[Any]], named: Iterable[str] = ()) -> Stamp:
        """Vouch for who decides, by which role, knowing what; refuse who may never do this.

        It knows the other accounts of whoever decides, and of whomever the command names.
        """
        authority = self._authority_for(command)
        known, same = await self._known(named)
        return self._vouched(authority, known.as_needed_by(command, same=same))

    def areas(self, command: type[Command[Any]]) -> frozenset[str] | None:
        """Return the service areas that the caller is limited to at a command; None if they are not."""
        return self.permissions.areas(self.person, command.__name__)

    async def _stamp(self, command: Command[Any], given: Mapping[str, JsonValue]) -> Stamp:
        kind = type(command)
        authority = self._authority_for(kind)
        known, same = await self._known(named_in(command))
        areas, area = self.areas(kind), getattr(command, "service_area", None)
        if areas is not None and area is not None and area not in areas:
            raise OutsideYourAreas(yours=sorted(areas))
        facts = dict(given)
        if finder := self.facts.get(kind):
            facts |= await finder(self.store, command)
        needed = known.as_needed_by(kind, same=same, facts=facts)
        return self._vouched(authority, needed, command.on_behalf_of)

    def _authority_for(self, command: type[Command[Any]]) -> Role:
        """Return the role by which the caller may do this, and note what an administrator is about to do."""
        authority = self.permissions.authority(self.person, command.__name__)
        if self.permissions.is_administration(self.person, command.__name__):
            self.acts.append(command.__name__)
        return authority

    async def _known(self, named: Iterable[str]) -> tuple[Known, tuple[tuple[str, ...], ...]]:
        """Return what the scheme says, and who is one person, of whoever decides and those who are named."""
        return await self.known(self.person), await self.same({self.person.id, *named})

    def _vouched(self, authority: Role, known: Known, principal: str = "") -> Stamp:
        return Stamp(
            by=self.person.id,
            acting_for=principal,
            authority=authority.value,
            at=datetime.now(UTC),
            known=known,
            trace=self.traceparent,
        )

    async def _must_be_in_sight(self, stream_id: UUID, action: str) -> None:
        """Find nothing where a thing is of a service area that the caller does not act for."""
        areas = self.permissions.areas(self.person, action)
        if areas is not None:
            in_sight(self.person, areas, *whose(await self.store.reader.stream(stream_id)))

    async def _answer(self, decide: Callable[[IdempotencyKey | None], Awaitable[Receipt]]) -> Receipt:
        key = self.conditions.key
        if key is None:
            receipt = await decide(None)
        else:
            self.running.start(key)
            try:
                receipt = await decide(key)
            finally:
                self.running.end(key)
        self.response.headers["ETag"] = f'"{receipt.version}"'
        return receipt


async def command_handler(
    request: Request,
    response: Response,
    person: Caller,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKeyHeader = None,
) -> CommandHandler:
    """Return what takes the commands of one request, of whoever asks and by which right."""
    service = core_service(request)
    return CommandHandler(
        service.store,
        service.permissions,
        service.known,
        service.facts,
        service.running,
        person,
        service.people.same,
        await conditions(request, person.id, if_match, idempotency_key),
        request.state.traceparent,
        response,
        request.state.acts,
    )


async def opening_handler(
    request: Request, response: Response, person: Caller, idempotency_key: IdempotencyKeyHeader = None
) -> CommandHandler:
    """Return the handler for something new, which has no version yet."""
    return await command_handler(request, response, person, None, idempotency_key)


async def content_handler(request: Request, response: Response, person: Caller) -> CommandHandler:
    """Return the handler for what is recognised by its content."""
    return await command_handler(request, response, person)


Commands = Annotated[CommandHandler, Depends(command_handler)]
OpeningCommands = Annotated[CommandHandler, Depends(opening_handler)]
ContentCommands = Annotated[CommandHandler, Depends(content_handler)]
