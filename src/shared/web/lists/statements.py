"""What is stated of a list: its row, its filters, its key; what it can be sorted and counted by follows."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from functools import cached_property
from typing import Any, Literal, get_origin
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Column, ColumnElement, Select, Table, select, true

from shared.record.projecting.row_models import CountedBy, Derived, Unsorted, mark, plain, searched
from shared.web.lists.filters import ListMoment, NoFilters
from shared.web.lists.queries import ListQuery
from shared.web.reads.readings import Reading

SORTABLE = (str, int, float, bool, date, datetime, UUID)
NO_THING = ""

Facts = Callable[[ListQuery, Reading], Awaitable[Any]]
Derivation = Callable[[Reading, Any, list[dict[str, Any]]], Awaitable[None]]
Bounds = Callable[[ListMoment], "Sequence[ColumnElement[bool]]"]
WordsFound = Callable[[ListMoment], "ColumnElement[bool]"]


class UnboundedList(TypeError):
    """A list of what no state view holds says itself what is in it as of a reading."""


@dataclass(frozen=True)
class ListStatement:
    """A list: which rows, out of which table, narrowed by what.

    `row` is what is shown; `stored` has columns beside, which are not. `key` names each row and gives the
    usual order, the largest first. `facts` finds what conditions and `derive` need beside the reading;
    `derive` fills fields that are computed. `within` is what bounds a list out of a table that is no
    state view's: there, validity and sight by service area hold by themselves. `finds` is the condition on
    what has the words looked for, where no column holds them in the clear. `thing` is the column of what
    exemptions are about. A list that changes otherwise than by the record and the day is not `tagged`; one
    that can't be read as recorded now of the past does not `replay`. Where no event of what it lists seals
    anything, it is not `sealed`.
    """

    name: str
    row: type[BaseModel]
    table: Table
    stored: type[BaseModel] | None = None
    filters: type[BaseModel] = NoFilters
    key: str = "first_position"
    ascending: bool = False
    facts: Facts | None = None
    derive: Derivation | None = None
    within: Bounds | None = None
    finds: WordsFound | None = None
    thing: str = "id"
    tagged: bool = True
    replay: bool = True
    sealed: bool = True
    columns: "Mapping[str, ColumnElement[Any]]" = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a list that nothing bounds."""
        if "valid_from" not in self.table.c and self.within is None:
            raise UnboundedList(self.name)

    @property
    def searches(self) -> bool:
        """Say whether a text can be looked for in it."""
        return self.finds is not None or bool(searched(self.model))

    @property
    def is_of_states(self) -> bool:
        """Say whether its table is a state view's, with every version of a thing."""
        return "valid_from" in self.table.c

    @property
    def model(self) -> type[BaseModel]:
        """Return the model of all that the table holds."""
        return self.stored or self.row

    @cached_property
    def selected(self) -> "tuple[ColumnElement[Any], ...]":
        """Return the columns of what is shown, and those that what is derived needs beside."""
        stored = [name for name in self.row.model_fields if mark(self.row, name, Derived) is None]
        return tuple(self.column(name) for name in dict.fromkeys([*stored, *self.beside]))

    @cached_property
    def listed(self) -> "Select[Any]":
        """Return the statement that reads all that is shown; it is put together once."""
        return select(*self.selected)

    @cached_property
    def usual_pages(self) -> dict[int, tuple[str, list[object]]]:
        """Return the SQL and the values of its usual first pages, by how many rows they read, once made."""
        return {}

    @cached_property
    def beside(self) -> tuple[str, ...]:
        """Return the columns that are needed, and not shown."""
        needed = [need for name in self.row.model_fields for need in self.needs(name)]
        return tuple(name for name in dict.fromkeys(needed) if name not in self.row.model_fields)

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """Return the names of what is shown: what is stored, then what is derived."""
        derived = tuple(name for name in self.row.model_fields if mark(self.row, name, Derived) is not None)
        return (*(name for name in self.row.model_fields if name not in derived), *derived)

    def column(self, name: str) -> "ColumnElement[Any]":
        """Return the column of a field."""
        return self.field(name).label(name) if name in self.columns else self.table.c[name]

    def field(self, name: str) -> "ColumnElement[Any]":
        """Return the column of a field as an expression, without its label."""
        return self.columns[name] if name in self.columns else self.table.c[name]

    def may_be_null(self, name: str) -> bool:
        """Say whether a field may have no value."""
        return name in self.columns or bool(self.table.c[name].nullable)

    @cached_property
    def sorts(self) -> tuple[str, ...]:
        """Return the fields that it can be sorted by."""
        return tuple(name for name in self.row.model_fields if self._is_sortable(name))

    @cached_property
    def counts(self) -> tuple[str, ...]:
        """Return the fields that it can be counted by: those of few values, and those marked."""
        return tuple(n for n in counted(self.row) if mark(self.row, n, Derived) is None)

    def needs(self, name: str) -> tuple[str, ...]:
        """Return the columns that a derived field is computed from."""
        derived = mark(self.row, name, Derived)
        return derived.needs if derived is not None else ()

    def _is_sortable(self, name: str) -> bool:
        derived = mark(self.row, name, Derived)
        if derived is None:
            return is_plain(self.row, name)
        return bool(derived.needs and (is_plain(self.row, name) or derived.sorts_by))

    def may_find(self, reading: Reading, fields: Sequence[str]) -> "ColumnElement[bool]":
        """Return the condition that a row may be found by these fields."""
        if not fields or self.thing == NO_THING:
            return true()
        return reading.may_find_by(self.table, *fields, thing=self.thing)

    @property
    def key_column(self) -> "Column[Any]":
        """Return the column that names each row."""
        return self.table.c[self.key]


def is_plain(row: type[BaseModel], name: str) -> bool:
    """Say whether a field has an order that lists can be in."""
    kind, _ = plain(row.model_fields[name].annotation)
    return isinstance(kind, type) and issubclass(kind, SORTABLE) and mark(row, name, Unsorted) is None


def counted(row: type[BaseModel]) -> tuple[str, ...]:
    """Return the fields that can be counted by: those of few values, and those marked."""
    return tuple(
        name
        for name, info in row.model_fields.items()
        if mark(row, name, CountedBy) is not None or _has_few_values(plain(info.annotation)[0])
    )


def _has_few_values(kind: Any) -> bool:
    return get_origin(kind) is Literal or (isinstance(kind, type) and issubclass(kind, Enum | bool))
