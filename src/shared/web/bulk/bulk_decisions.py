"""What a room says so that many of its things can be decided on at once; its models say the rest."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from pkgutil import resolve_name
from typing import Any, Generic, get_origin
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, JsonValue, create_model

from shared.kernel.messages import Command, Event, S, Stamp
from shared.record.eventstore.store import EventStore
from shared.web.bulk.batches import Batch, cause_of
from shared.web.bulk.references import References, ThingItem, references_of
from shared.web.bulk.refusals import ItemReasonNeeded
from shared.web.bulk.requests import Operation, Operations, Words
from shared.web.bulk.room_things import RoomThings

CommandFacts = Callable[[Command[Any]], dict[str, JsonValue]]
FindFacts = Callable[[EventStore, Stamp], Awaitable[CommandFacts]]

OF_MANY = """\
Send JSON, NDJSON, CSV, XLSX or ODS with up to a million items, each with an id or a reference. Each is
decided as a single decision would be, and has its own outcome, in the order sent; NDJSON and CSV are answered
line by line as items are committed. `dry_run` only tries. A request that broke off continues where it stopped
when it is sent again with the same key, and does nothing twice."""
NOT_OF_ITEMS = ("decision", *ThingItem.model_fields)
TAKEN_BACK = """\
Take back what a batch decided, as a new batch. What has been decided again since then stays, and is named.

"""
ROUTES = "shared.web.registers.routes:routes_of"  # loaded where they are served


class UndoItem(ThingItem):
    """A thing on which a batch decided."""


def item_of(command: type[Command[Any]], name: str, says: str) -> type[ThingItem]:
    """Return the model of items that say what a command says, under the name it has in the API file."""
    fields: dict[str, Any] = {
        field: (about.annotation, about)
        for field, about in command.model_fields.items()
        if field not in NOT_OF_ITEMS
    }
    made: type[ThingItem] = create_model(name, __base__=ThingItem, __doc__=says, **fields)
    return made


async def no_facts(_store: EventStore, _stamp: Stamp) -> CommandFacts:
    """Find nothing: the rules of these decisions look at nothing but the thing."""
    return lambda _: {}


@dataclass(frozen=True)
class BulkDecision:
    """One decision that can be taken on many things: its path, models, what it must know.

    Its stored name is the things' noun and its path. An item's fields go into the command's of the same
    names, or as they are `called`; what an item can't say is left to the command. A command and an event
    that say the same by their common fields are the same decision. `sees` are the parts of a thing that the
    rule looks at. `restores` says that its undo puts back what the thing was before, field by field.
    """

    path: str
    route: str
    summary: str
    item: type[ThingItem]
    command: type[Command[Any]]
    event: type[Event[Any]]
    example: Mapping[str, JsonValue]
    description: str = ""  # what the summary does not say; the rest is the same for all
    sees: tuple[str, ...] = ()
    facts: FindFacts = no_facts
    called: Mapping[str, str] = field(default_factory=dict)  # how items call fields of the command
    restores: bool = True

    def fields(self) -> dict[str, str]:
        """Return the fields of the command that an item says, and how it calls each."""
        names = (name for name in self.command.model_fields if name not in ("decision", "reason"))
        calls = {name: self.called.get(name, name) for name in names}
        return {name: call for name, call in calls.items() if call in self.item.model_fields}


@dataclass(frozen=True)
class BulkUndo:
    """How a room takes back what a batch decided: its command, the events that say so, what else it says."""

    command: Callable[..., Command[Any]]  # of `undone` and `reason`
    events: tuple[type[Event[Any]], ...]
    snapshot: Callable[
        [Any], dict[str, JsonValue]
    ]  # all that a register, or a batch that restores, can change
    says: str


@dataclass(frozen=True)
class Things(Generic[S]):
    """The things of a room, by many of which a batch can decide, and which a register may bring."""

    of: RoomThings[S]
    row: type[BaseModel]  # of its list, whose other columns an item may have beside its own
    decisions: tuple[BulkDecision, ...]
    undo: BulkUndo
    numbered: bool = False  # whether the table's references are numbers that the service gave

    @property
    def batches(self) -> str:
        """Return where its batches are over HTTP."""
        return f"/v1/{self.of.noun}-batches"

    @property
    def undo_name(self) -> str:
        """Return the stored name of an undo."""
        return f"{self.of.noun}-undo"

    def named(self, decision: BulkDecision) -> str:
        """Return the stored name of a decision on many."""
        return f"{self.of.noun}-{decision.path}"

    @cached_property
    def commands(self) -> Mapping[str, type[Command[Any]]]:
        """Return the commands of all batches that can be taken back, by the names of their operations."""
        return {self.named(decision): decision.command for decision in self.decisions} | dict(self._restored)

    @cached_property
    def _restored(self) -> Mapping[str, type[Command[Any]]]:
        """Return those whose undo must know what a thing was before."""
        restoring = (decision for decision in self.decisions if decision.restores)
        return {**self.of.taken_in_by, **{self.named(each): each.command for each in restoring}}

    def decided_by(self, operation: str) -> bool:
        """Say whether batches of an operation are about these things."""
        return operation == self.undo_name or operation in self.commands

    def operations(self) -> Operations:
        """Return its operations by the names that they are kept under, to be made for each batch."""
        made = {self.named(decision): self._making(decision) for decision in self.decisions}
        return {**made, self.undo_name: self._undoing}

    def routers(self) -> Sequence[APIRouter]:
        """Return its routes: of many at once, of batches, of its register."""
        found: Sequence[APIRouter] = resolve_name(ROUTES)(self)
        return found

    def _making(self, decision: BulkDecision) -> Callable[[EventStore, Stamp, Words], Awaitable[Any]]:
        async def made(store: EventStore, stamp: Stamp, said: Words) -> Operation[Any, S]:
            of = self.of
            references = await references_of(store, of.table, of.thing_id, numbered=self.numbered)
            facts = await decision.facts(store, stamp)
            return _operation(self, decision, facts, references.target, _reason(said))

        return made

    async def _undoing(self, store: EventStore, _stamp: Stamp, said: Words) -> Operation[Any, S]:
        undone, events = UUID(str(said["undone"])), self.undo.events
        batch = (await store.load(undone, Batch())).state
        asked = self.undo.command(undone=undone, reason=str(said["reason"]))
        return Operation(
            self.undo_name,
            UndoItem,
            self.of.blank,
            References(self.of.thing_id, {}).target,
            _version,
            lambda _: asked,
            lambda _: {},
            lambda _, found: isinstance(found, events) and getattr(found, "undone", None) == undone,
            takes_back=cause_of(undone),
            snapshot=self.undo.snapshot if batch.operation in self._restored else None,
        )


def _operation(
    things: Things[S],
    decision: BulkDecision,
    facts: CommandFacts,
    target: Callable[[Any], UUID],
    reason: str | None,
) -> Operation[Any, S]:
    """Return how one decision is taken on many things, by the fields that its models have in common."""
    command, event = decision.command, decision.event
    make: Callable[..., Command[Any]] = command
    asked = decision.fields()
    alike = [name for name in (*asked, "reason") if name in event.model_fields]
    gives_reason = "reason" in command.model_fields

    def made(item: ThingItem) -> Command[Any]:
        said = {name: getattr(item, call) for name, call in asked.items()}
        if not gives_reason:
            return make(**said)
        why = item.reason or reason
        if why is None:
            raise ItemReasonNeeded
        return make(**said, reason=why)

    def same(one: Command[Any], found: Event[Any]) -> bool:
        return isinstance(found, event) and all(
            _comparable(getattr(one, name)) == _comparable(getattr(found, name)) for name in alike
        )

    return Operation(
        things.named(decision),
        decision.item,
        things.of.blank,
        target,
        _version,
        made,
        facts,
        same,
        sees=decision.sees,
        words=_words(command, asked),
        beside=frozenset((*things.of.columns, *things.row.model_fields)),
    )


def _words(command: type[Command[Any]], asked: Mapping[str, str]) -> Callable[[Any], Any]:
    """Return what gives all that an item says, so that it can be looked up."""
    said = attrgetter(*asked.values(), "reason")
    if any(get_origin(command.model_fields[name].annotation) in (list, dict) for name in asked):
        return lambda item: tuple(map(_comparable, said(item)))
    return said


def _comparable(value: object) -> object:
    if isinstance(value, dict):
        return tuple(value.items())
    return tuple(value) if isinstance(value, list) else value


def _version(item: ThingItem) -> int | None:
    return item.version


def _reason(said: Words) -> str | None:
    reason = said.get("reason")
    return None if reason is None else str(reason)
