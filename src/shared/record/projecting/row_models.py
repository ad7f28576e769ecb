"""A row stated once, as a Pydantic model: its table follows from the model, and so does what is shown.

class ThingRow(BaseModel):
    id: UUID                                  # what every state view has, wherever it shall stand
    title: Annotated[str, SEARCHED]           # a column; `q` looks into it
    moves: Annotated[str, AS_JSON]            # a column with the JSON of a part of the state
    stage: Stage                              # a column; lists sort by it, and count by it
    lead: Annotated[str | None, COUNTED]      # lists count by it, too; null where the state has it blank
    due_on: Annotated[date | None, Derived("stage", "stage_since")]   # shown, and in no table

class StoredThing(ThingRow):                  # columns that are not shown
    need: Annotated[str, Searched("title", "description")]
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin
from uuid import UUID

import orjson
from pydantic import BaseModel
from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, DateTime, Double, MetaData, Table, Text, Uuid
from sqlalchemy.types import TypeEngine

from shared.kernel.messages import State, Stream
from shared.kernel.personal import PersonalShown
from shared.record.projecting.views import STILL_VALID, Row, state_table

M = TypeVar("M")

PLACED = ("id", "version", "first_position", "opened_at", "changed_at")  # of every thing, beside its state
STANDARD = ("valid_from", "valid_to", *PLACED)
TYPES: dict[type, TypeEngine[Any]] = {
    str: Text(),
    bool: Boolean(),
    int: BigInteger(),
    float: Double(),
    date: Date(),
    datetime: DateTime(timezone=True),
    UUID: Uuid(),
    PersonalShown: Text(),  # as the record keeps it: encrypted
}


@dataclass(frozen=True)
class From:
    """Where in a thing's state a column's value is, where it is not called like the column."""

    path: str


@dataclass(frozen=True)
class Computed:
    """The row's own function says what stands in this column."""


def _as_it_is(value: object) -> object:
    return value


@dataclass(frozen=True)
class AsJson:
    """This text is the JSON of a part of the state; `shape` says it otherwise where that is wanted."""

    shape: Callable[[Any], object] = _as_it_is


@dataclass(frozen=True)
class Searched:
    """`q` looks into this text; where it is made of fields of the thing, it names them."""

    drawn_from: tuple[str, ...] = ()

    def __init__(self, *drawn_from: str) -> None:
        """Name the fields that the text is made of, where it is not one itself."""
        object.__setattr__(self, "drawn_from", drawn_from)


@dataclass(frozen=True)
class Derived:
    """Computed for each reading, and never stored; where it names the columns it needs, lists sort by it."""

    needs: tuple[str, ...] = ()
    sorts_by: str = ""

    def __init__(self, *needs: str, sorts_by: str = "") -> None:
        """Name the columns that it is computed from, and the part of it that lists sort by, if any."""
        object.__setattr__(self, "needs", needs)
        object.__setattr__(self, "sorts_by", sorts_by)


@dataclass(frozen=True)
class CountedBy:
    """Lists count by this text; by what has few values, such as a stage, they count in any case."""


@dataclass(frozen=True)
class Unsorted:
    """Lists do not sort by this: it is long."""


SEARCHED, COUNTED, UNSORTED, COMPUTED, AS_JSON = Searched(), CountedBy(), Unsorted(), Computed(), AsJson()


def mark(model: type[BaseModel], name: str, kind: type[M]) -> M | None:
    """Return a field's mark of one kind; None if it has none."""
    found = model.model_fields.get(name)
    return next((m for m in found.metadata if isinstance(m, kind)), None) if found else None


def plain(annotation: object) -> tuple[Any, bool]:
    """Return a type without None, and whether it may be None."""
    if get_origin(annotation) in (Union, UnionType):
        kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
        return kinds[0], len(kinds) < len(get_args(annotation))
    return annotation, False


def _nothing(_: Stream[Any]) -> Row:
    return {}


class RowOf:
    """The function from a thing to its row: what its state holds, and what is computed."""

    def __init__(self, model: type[BaseModel], computed: Callable[[Stream[Any]], Row]) -> None:
        """Find out once where each column's value is."""
        self._stated = (model, computed)
        self._computed = computed
        self._names = [name for name in model.model_fields if _is_said(model, name)]
        paths = [found.path if (found := mark(model, name, From)) else name for name in self._names]
        self._said = _values_at(paths)
        fields = model.model_fields
        marks = ((name, mark(model, name, AsJson)) for name in self._names)
        self._texts = [(name, found.shape) for name, found in marks if found is not None]
        self._lists = [n for n in self._names if get_origin(plain(fields[n].annotation)[0]) is list]
        self._said_or_null = said_or_null(model)

    def __call__(self, stream: Stream[Any]) -> Row:
        """Return a thing's row."""
        row: dict[str, Any] = dict(zip(self._names, self._said(stream.state), strict=True))
        for name in self._lists:
            row[name] = list(row[name])  # a state holds tuples, and a table gives lists back
        for name, shape in self._texts:
            row[name] = orjson.dumps(shape(row[name]), default=BaseModel.model_dump).decode()
        row |= self._computed(stream)
        for name in self._said_or_null:
            row[name] = row[name] or None
        return row

    def whole(self, stream: Stream[Any]) -> dict[str, object]:
        """Return a thing's row with where it stands in the record, as its list shows it."""
        return {**self(stream), **{name: getattr(stream, name) for name in PLACED}}

    def __reduce__(self) -> tuple[object, ...]:
        """Let another process state it again: views are rebuilt in several."""
        return (RowOf, self._stated)


def _is_said(model: type[BaseModel], name: str) -> bool:
    """Say whether a column's value is in the state as it is."""
    elsewhere = mark(model, name, Derived) is not None or mark(model, name, Computed) is not None
    return name not in STANDARD and not elsewhere


def row_of(model: type[BaseModel], computed: Callable[[Stream[Any]], Row] = _nothing) -> RowOf:
    """Return the function from a thing to its row; `computed` says what stands in columns so marked."""
    return RowOf(model, computed)


def _values_at(paths: Sequence[str]) -> Callable[[State], tuple[object, ...]]:
    """Return the function to what stands at these paths; of one alone, too, it is a tuple."""
    if len(paths) > 1:
        values: Callable[[State], tuple[object, ...]] = attrgetter(*paths)
        return values
    only = [attrgetter(path) for path in paths]
    return lambda state: tuple(value(state) for value in only)


def columns_of(model: type[BaseModel]) -> "Iterator[Column[Any]]":
    """Yield a column for each field of a model that is stored and that not every view has."""
    for name, field in model.model_fields.items():
        if name not in STANDARD and mark(model, name, Derived) is None:
            kind, nullable = plain(field.annotation)
            yield Column(name, type_of(kind), nullable=nullable)


def model_table(name: str, model: type[BaseModel]) -> Table:
    """Return the table of a state view whose rows are a model's."""
    return state_table(name, *columns_of(model))


def read_table(name: str, model: type[BaseModel], *more: "Column[Any]") -> Table:
    """Return a table that no view fills, as lists read it: a model's columns, and more."""
    own = ("valid_from", "valid_to")
    shown = (
        Column(field, type_of(plain(info.annotation)[0]))
        for field, info in model.model_fields.items()
        if field not in own and mark(model, field, Derived) is None
    )
    return Table(name, MetaData(), *shown, *more)


def type_of(kind: object) -> TypeEngine[Any]:
    """Return the column type of a field's type."""
    if get_origin(kind) is list:
        return ARRAY(type_of(get_args(kind)[0]))
    if get_origin(kind) is Literal:
        return type_of(type(get_args(kind)[0]))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return Text()
    if not isinstance(kind, type) or kind not in TYPES:
        raise TypeError(
            f"no column holds a {kind}: a list is `list[…]`, anything else that is made of parts a text"
        )
    return TYPES[kind]


@cache
def said_or_null(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the texts that are null until they are said; a state holds them blank until then."""
    stored = (name for name in model.model_fields if mark(model, name, Derived) is None)
    return tuple(name for name in stored if plain(model.model_fields[name].annotation) == (str, True))


@cache
def searched(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the fields that `q` looks into, in their order."""
    return tuple(name for name in model.model_fields if mark(model, name, Searched) is not None)


def text_of(model: type[BaseModel], table: str = "") -> str:
    """Return the SQL of the whole text that `q` looks into."""
    before = f"{table}." if table else ""
    return joined(f"coalesce({before}{name}, '')" for name in searched(model))


def joined(parts: Iterator[str]) -> str:
    """Return the SQL of texts, one after the other."""
    return " || ' ' || ".join(parts)


def words_of(model: type[BaseModel], table: str = "") -> str:
    """Return the SQL of the words of that text, as English stems: it stands so in the index as well."""
    return f"to_tsvector('english', {text_of(model, table)})"


def text_index(model: type[BaseModel]) -> str:
    """Return the index by which `q` finds what is valid now, for a view with many rows."""
    return f"USING gin ({words_of(model)}) WHERE valid_to = {STILL_VALID}"
