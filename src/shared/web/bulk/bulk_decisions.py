"""What a room says so that many of its things can be decided on at once; its models say the rest."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Generic, get_origin
from uuid import UUID

from pydantic import BaseModel, JsonValue
from sqlalchemy import Table

from shared.kernel.messages import Command, Event, S, Stamp
from shared.record.eventstore.store import EventStore
from shared.web.bulk.batches import Batch, cause_of
from shared.web.bulk.references import References, ThingItem, references_of
from shared.web.bulk.refusals import ItemReasonNeeded
from shared.web.bulk.requests import Operation, Operations, Words

CommandFacts = Callable[[Command[Any]], dict[str, JsonValue]]
FindFacts = Callable[[EventStore, Stamp], Awaitable[CommandFacts]]


class UndoItem(ThingItem):
    """A thing on which a batch decided."""


async def no_facts(_store: EventStore, _stamp: Stamp) -> CommandFacts:
    """Find nothing: the rules of these decisions look at nothing but the thing."""
    return lambda _: {}


@dataclass(frozen=True)
class BulkDecision:
    """One decision that can be taken on many things: stored name, path, models, what it must know.

    An item's fields go into the command's of the same names, or as they are `called`; what an item can't say
    is left to the command. A command and an event that say the same by
    their common fields are the same decision. `sees` are the parts of a thing that the rule looks at.
    """

    name: str
    path: str
    route: str
    summary: str
    description: str
    item: type[ThingItem]
    command: type[Command[Any]]
    event: type[Event[Any]]
    example: Mapping[str, JsonValue]
    sees: tuple[str, ...] = ()
    facts: FindFacts = no_facts
    called: Mapping[str, str] = field(default_factory=dict)  # how items call fields of the command

    def fields(self) -> dict[str, str]:
        """Return the fields of the command that an item says, and how it calls each."""
        names = (name for name in self.command.model_fields if name not in ("decision", "reason"))
        calls = {name: self.called.get(name, name) for name in names}
        return {name: call for name, call in calls.items() if call in self.item.model_fields}


@dataclass(frozen=True)
class BulkUndo:
    """How a room takes back what a batch decided: stored name, command, and the event that says so."""

    name: str
    command: Callable[..., Command[Any]]  # of `undone` and `reason`
    events: tuple[type[Event[Any]], ...]
    description: str
    registers: Mapping[str, type[Command[Any]]] = field(default_factory=dict)  # what may change any field
    snapshot: Callable[[Any], dict[str, JsonValue]] | None = None  # all that they can have changed


@dataclass(frozen=True)
class Things(Generic[S]):
    """The things of a room, by many of which a batch can decide."""

    path: str
    batches: str
    tag: str
    read: str
    blank: S
    by_reference: Callable[[str], UUID]
    decisions: tuple[BulkDecision, ...]
    undo: BulkUndo
    table: Table | None = None  # its state view, with `reference` and `source`
    row: type[BaseModel] | None = None  # of its list, whose other columns an item may have beside its own
    exported: tuple[str, ...] = ()  # the columns of its register, which an item may have beside them, too
    prefix: str = ""  # of the names of its routes, which are all different
    numbered: bool = False  # whether the table's references are numbers that the service gave

    @property
    def commands(self) -> Mapping[str, type[Command[Any]]]:
        """Return the commands of all batches that can be taken back, by the names of their operations."""
        return {decision.name: decision.command for decision in self.decisions} | dict(self.undo.registers)

    def decided_by(self, operation: str) -> bool:
        """Say whether batches of an operation are about these things."""
        return operation == self.undo.name or operation in self.commands

    def operations(self) -> Operations:
        """Return its operations by the names that they are kept under, to be made for each batch."""
        made = {decision.name: self._making(decision) for decision in self.decisions}
        return {**made, self.undo.name: self._undoing}

    def _making(self, decision: BulkDecision) -> Callable[[EventStore, Stamp, Words], Awaitable[Any]]:
        async def made(store: EventStore, stamp: Stamp, said: Words) -> Operation[Any, S]:
            references = await references_of(store, self.table, self.by_reference, numbered=self.numbered)
            facts = await decision.facts(store, stamp)
            return _operation(self, decision, facts, references.target, _reason(said))

        return made

    async def _undoing(self, store: EventStore, _stamp: Stamp, said: Words) -> Operation[Any, S]:
        undone, events = UUID(str(said["undone"])), self.undo.events
        batch = (await store.load(undone, Batch())).state
        asked = self.undo.command(undone=undone, reason=str(said["reason"]))
        return Operation(
            self.undo.name,
            UndoItem,
            self.blank,
            References(self.by_reference, {}).target,
            _version,
            lambda _: asked,
            lambda _: {},
            lambda _, found: isinstance(found, events) and getattr(found, "undone", None) == undone,
            takes_back=cause_of(undone),
            snapshot=self.undo.snapshot if batch.operation in self.undo.registers else None,
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
    said = [name for name in (*asked, "reason") if name in event.model_fields]
    gives_reason = "reason" in command.model_fields

    def made(item: ThingItem) -> Command[Any]:
        if not gives_reason:
            return make(**{name: getattr(item, name) for name in asked})
        why = item.reason or reason
        if why is None:
            raise ItemReasonNeeded
        return make(**{name: getattr(item, call) for name, call in asked.items()}, reason=why)

    def same(one: Command[Any], found: Event[Any]) -> bool:
        return isinstance(found, event) and all(
            _comparable(getattr(one, name)) == _comparable(getattr(found, name)) for name in said
        )

    return Operation(
        decision.name,
        decision.item,
        things.blank,
        target,
        _version,
        made,
        facts,
        same,
        sees=decision.sees,
        words=_words(command, asked),
        beside=frozenset((*things.exported, *(() if things.row is None else things.row.model_fields))),
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
