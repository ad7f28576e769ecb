"""What a room says of its register: its fields, how a row becomes a command, how a thing stands."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid5

from pydantic import TypeAdapter, ValidationError

from shared.kernel.messages import Command, S, Stamp
from shared.record.eventstore.store import EventStore
from shared.web.bulk.bulk_decisions import CommandFacts
from shared.web.bulk.room_things import RoomThings
from shared.web.tabular.headings import key_words, plain

Said = dict[str, Any]  # what a row says, by field
Held = Callable[[Any], Any]  # what gives a field's value in a thing's state
Extras = Mapping[str, Any]  # what a form says for all rows, such as the scale of its ratings


class Kind(StrEnum):
    """What sort of value a field has."""

    LINE = "line"
    TEXT = "text"
    DAY = "day"
    TIME = "time"
    COUNT = "count"
    MONEY = "money"
    PERSON = "person"
    CHOICE = "choice"
    YES_OR_NO = "yes_or_no"


OTHERWISE = "string_pattern_mismatch"  # its message is the pattern
TEXTS = (Kind.LINE, Kind.TEXT)
NEEDED = (REFERENCE, TITLE) = ("reference", "title")  # of every row
# How headings of a kind often end.
USUAL_ENDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.MONEY: ("gbp", "ex vat", "excluding vat"),
    Kind.YES_OR_NO: ("y n", "yes no"),
    Kind.DAY: ("dd mm yyyy", "dd mm yy"),
}


@dataclass(frozen=True)
class RegisterField:
    """One field: its name, the kind of its values, where a thing holds it.

    `at` is the path to its value in a thing's state, of which a `*` is the field's name, or what gives it;
    of a part that may be missing, a `?` follows it: `about.supplier?.name`.
    `not_before` names another field: a day before that one's is reported. `beside` names the field without
    which nothing holds this one, such as the supplier whose number it is. A day that `ends` something is not
    the first of a month that is shown alone, as `Mar-27`.
    """

    name: str
    kind: Kind
    at: str | Held = "about.*"
    noun: str = ""  # what a value of it is: "rating", "category"; of a yes or no, what says yes: "sme"
    withdrawable: bool = False  # whether a day of it may be taken back
    not_before: str = ""
    beside: str = ""
    ends: bool = False

    def held_by(self) -> Held:
        """Return what gives its value in a thing's state."""
        if not isinstance(self.at, str):
            return self.at
        path, may_miss, part = self.at.replace("*", self.name).partition("?.")
        whole: Held = attrgetter(path)
        if not may_miss:
            return whole
        part_of = attrgetter(part)
        return lambda thing: None if (held := whole(thing)) is None else part_of(held)


def headings_of(text: str) -> Mapping[str, tuple[str, ...]]:
    """Return what columns are called, by field, from lines like `title: name; heading`, which may go on."""
    found, field = defaultdict[str, tuple[str, ...]](tuple), ""
    for line in filter(None, map(str.strip, text.splitlines())):
        name, of, words = line.rpartition(": ")
        field = name if of else field
        found[field] += (*filter(None, map(str.strip, words.split(";"))),)
    return found


OfKnown = Callable[[Any, Said, Mapping[str, str]], Mapping[str, str]]


@dataclass(frozen=True)
class RowRules:
    """What must be known to take rows in: facts for each command, and what of a row can't be taken.

    `of_known` says of a thing that is known, what a row says and below which heading, which cells are
    not taken, and why; blank where one only says what holds already.
    """

    facts: CommandFacts = lambda _: {}
    doubts: Callable[[Said], Mapping[str, str]] = lambda _: {}
    of_known: OfKnown = lambda _thing, _said, _columns: {}


# All rows, to be read first; then what each is with what they tell together.
Survey = Callable[[Iterable[Any]], Callable[[Any], Any]]
Prepare = Callable[[EventStore, Stamp], Awaitable[RowRules]]


async def no_rules(_store: EventStore, _stamp: Stamp) -> RowRules:
    """Find nothing out: all that rows must know stands in their stamp."""
    return RowRules()


async def no_extras() -> Extras:
    """Read nothing beside the rows: all that such a register says stands in them."""
    return {}


@dataclass(frozen=True, kw_only=True)
class Register(RoomThings[S]):
    """A room's register. Its name, after its things, is stored with every batch, and stays for ever.

    `headings` are what its columns are usually called beside their fields' own names; what its things are
    called may stand before each. `row` makes a command of what a row says, where that takes more than its
    words; `standing_as` says what holds of a thing by field, where its fields don't say where they are held.
    `extra_fields` are what its extras say more of another field, such as the scale of a rating: a thing holds
    each under its name, and what a blank one holds says nothing. `more_words` may stand in a heading of a
    field beside what it is usually called, where no other column holds it.
    """

    fields: tuple[RegisterField, ...]
    headings: str
    command: type[Command[Any]]
    save: type[Command[Any]]
    title: str = ""  # what it is a register of, where that is not the plural of its noun
    nouns: tuple[str, ...] = ()  # what else its things are called in headings
    is_new: Callable[[S], bool] = attrgetter("is_new")
    standing_as: Callable[[S], Mapping[str, Any]] | None = None
    unread_at: str = "about.unread"  # blank where they are kept as they were told first, and never cleared
    row: Callable[[Said, Extras], Command[S]] | None = None
    prepare: Prepare = no_rules
    extras: Callable[..., Any] = no_extras  # a dependency: the parts of the form that are this room's own
    extra_parts: Collection[str] = ()
    extra_fields: tuple[tuple[str, str], ...] = ()
    choices: Callable[[str, Extras], Collection[str]] = lambda _field, _extras: ()
    link: type[Command[Any]] | None = None  # what says that two references are one, where it is its own
    survey: Survey | None = None  # what only all rows together tell of each
    more_words: tuple[tuple[str, frozenset[str]], ...] = ()

    @property
    def name(self) -> str:
        """Return its stored name."""
        return f"{self.noun}-register"

    @property
    def address(self) -> str:
        """Return where registers are handed in, below the version."""
        return f"/{self.noun}-registers"

    @property
    def mappings(self) -> str:
        """Return where mappings of its columns are saved, below the version."""
        return f"/{self.route_prefix}register-mappings".replace("_", "-")

    @property
    def things(self) -> str:
        """Return what it is a register of, in words."""
        return self.title or self.many

    @property
    def taken_in_by(self) -> Mapping[str, type[Command[Any]]]:
        """Return its command by its name."""
        return {self.name: self.command}

    @cached_property
    def by_name(self) -> Mapping[str, RegisterField]:
        """Return the fields by their names."""
        return {field.name: field for field in self.fields}

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of its export: the id by which a row comes again, whose it is, the fields."""
        return ("id", "source", *self.by_name)

    @cached_property
    def known(self) -> Mapping[str, str]:
        """Return the field of each heading's key words, with or without what its things are called."""
        words, called = headings_of(self.headings), dict[str, str]()
        for name, field in self.by_name.items():
            ends = ("", *USUAL_ENDS.get(field.kind, ()))
            called |= {key_words(f"{one} {end}"): name for one in (name, *words[name]) for end in ends}
        nouns = (self.noun, *self.nouns)
        return {key_words(f"{noun} {one}"): name for noun in nouns for one, name in called.items()} | called

    @cached_property
    def _held(self) -> Mapping[str, Held]:
        return {
            **{field.name: field.held_by() for field in self.fields},
            **{name: attrgetter(name) for name, _ in self.extra_fields},
            "unread": attrgetter(self.unread_at),
        }

    def standing(self, thing: S) -> Mapping[str, Any]:
        """Return what holds of a thing, by field."""
        if self.standing_as is not None:
            return self.standing_as(thing)
        return {name: held(thing) for name, held in self._held.items()}

    def unread(self, thing: S) -> dict[str, str]:
        """Return the cells of a thing that could not be read, as they stood."""
        return dict(attrgetter(self.unread_at)(thing)) if self.unread_at else {}

    @cached_property
    def _texts(self) -> Mapping[str, TypeAdapter[Any]]:
        """Return the types of its texts, as the command has them, but for those that every row needs."""
        about = self.command.model_fields
        named = [each.name for each in self.fields if each.kind in TEXTS and each.name not in NEEDED]
        return {name: TypeAdapter(about[name].rebuild_annotation()) for name in named}

    def doubts(self, said: Said) -> Mapping[str, str]:
        """Return which texts of a row no field holds, and which days contradict another, and why."""
        found = {
            name: _why_not(of, said[name])
            for name, of in self._texts.items()
            if name in said and not of.validator.isinstance_python(said[name])
        }
        for field in self._days:
            day, first = said.get(field.name), said.get(field.not_before)
            if day is not None and first is not None and day < first:
                found[field.name] = f"is before the {plain(field.not_before)}|a later day"
        return found

    @cached_property
    def _days(self) -> tuple[RegisterField, ...]:
        return tuple(field for field in self.fields if field.not_before)

    def asked(self, said: Said, extras: Extras) -> Command[S]:
        """Return what a row asks."""
        return self.row(said, extras) if self.row else self.command(**said)

    def id_of(self, source: str, reference: str) -> UUID:
        """Return the id of a source's thing by its reference; ids of the default source hold no source."""
        own = self.thing_id(reference)
        return own if not source else uuid5(own, " ".join(source.split()).casefold())


def _why_not(text: TypeAdapter[Any], value: object) -> str:
    try:
        text.validate_python(value)
    except ValidationError as error:
        found = error.errors()[0]
        why = "it is written otherwise" if found["type"] == OTHERWISE else found["msg"]
        return f"can't be kept so: {why}"
    return ""
