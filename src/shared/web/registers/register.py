"""What a room says of its register: its fields, how a row becomes a command, how a thing stands; no more."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Generic
from uuid import UUID, uuid5

from sqlalchemy import Table

from shared.kernel.messages import Command, S, Stamp
from shared.record.eventstore.store import EventStore
from shared.web.bulk.bulk_decisions import CommandFacts
from shared.web.tabular.headings import plain

Said = dict[str, Any]  # what a row says, by field
Extras = Mapping[str, Any]  # what a form says for all rows, such as the scale of its ratings


class Kind(StrEnum):
    """What sort of value a field has."""

    LINE = "line"
    TEXT = "text"
    DAY = "day"
    COUNT = "count"
    MONEY = "money"
    PERSON = "person"
    CHOICE = "choice"
    YES_OR_NO = "yes_or_no"


@dataclass(frozen=True)
class RegisterField:
    """One field: its name, the kind of its values, and what its column is usually called."""

    name: str
    kind: Kind
    called: tuple[str, ...] = ()
    noun: str = ""  # what a value of it is: "rating", "category"; of a yes or no, what says yes: "sme"
    withdrawable: bool = False  # whether a day of it may be taken back


@dataclass(frozen=True)
class RowRules:
    """What must be known to take rows in: facts for each command, and what of a row can't be taken."""

    facts: CommandFacts
    doubts: Callable[[Said], Mapping[str, str]] = lambda _: {}


# All rows, to be read first; then what each is with what they tell together.
Survey = Callable[[Iterable[Any]], Callable[[Any], Any]]
Prepare = Callable[[EventStore, Stamp], Awaitable[RowRules]]


async def no_extras() -> Extras:
    """Read nothing beside the rows: all that such a register says stands in them."""
    return {}


@dataclass(frozen=True)
class Register(Generic[S]):
    """A room's register. `name` is stored with every batch, and stays for ever.

    `standing` says what holds of a thing by field, blank where nothing does; `row` makes a command of what
    a row says. `table` is the room's state view, with `reference`, `source` and `is_open`.
    """

    name: str
    noun: str
    path: str
    mappings: str
    tag: str
    read: str
    blank: S
    fields: tuple[RegisterField, ...]
    command: type[Command[Any]]
    save: type[Command[Any]]
    thing_id: Callable[[str], UUID]
    is_new: Callable[[S], bool]
    standing: Callable[[S], Mapping[str, Any]]
    unread: Callable[[S], Mapping[str, str]]
    row: Callable[[Said, Extras], Command[S]]
    prepare: Prepare
    table: Table
    extras: Callable[..., Any] = no_extras  # a dependency: the parts of the form that are this room's own
    extra_parts: Collection[str] = ()
    choices: Callable[[str, Extras], Collection[str]] = lambda _field, _extras: ()
    prefix: str = ""  # of the names of its routes and the ids of its mappings
    link: type[Command[Any]] | None = None  # what says that two references are one, where it is its own
    survey: Survey | None = None  # what only all rows together tell of each

    @cached_property
    def by_name(self) -> Mapping[str, RegisterField]:
        """Return the fields by their names."""
        return {field.name: field for field in self.fields}

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of its export: the id by which a row comes again, whose it is, the fields."""
        return ("id", "source", *(field.name for field in self.fields))

    @cached_property
    def known(self) -> Mapping[str, str]:
        """Return which field a heading of these words stands for; a field's own name stands for it."""
        called = {name: field.name for field in self.fields for name in field.called}
        return {plain(field.name): field.name for field in self.fields} | called

    def id_of(self, source: str, reference: str) -> UUID:
        """Return the id of the thing of a reference in a source; the default source's are as ever."""
        own = self.thing_id(reference)
        return own if not source else uuid5(own, " ".join(source.split()).casefold())
