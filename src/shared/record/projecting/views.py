"""A view is a table and a pure function that returns its rows; rooms write no SQL to change one."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from operator import itemgetter
from typing import Any, ClassVar, Generic

from sqlalchemy import BigInteger, Column, ColumnElement, DateTime, MetaData, Table, Uuid
from sqlalchemy.dialects.postgresql import asyncpg as postgresql
from sqlalchemy.schema import CreateTable

from shared.kernel.messages import Event, Recorded, S, State, Stream

Row = Mapping[str, object]
Picking = Callable[[Row], tuple[object, ...]]

STILL_VALID = 2**63 - 1
DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def state_table(name: str, *columns: "Column[Any]") -> Table:
    """Return the table of a state view: one row for each version of a thing, valid over positions."""
    return Table(
        name,
        MetaData(),
        Column("id", Uuid, primary_key=True),
        Column("valid_from", BigInteger, primary_key=True),
        Column("valid_to", BigInteger, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("first_position", BigInteger, nullable=False),
        Column("opened_at", DateTime(timezone=True), nullable=False),
        Column("changed_at", DateTime(timezone=True), nullable=False),
        *columns,
    )


def journal_table(name: str, *columns: "Column[Any]") -> Table:
    """Return the table of a journal: rows that are only ever added, in the order of the record."""
    return Table(
        name, MetaData(), Column("position", BigInteger, primary_key=True, autoincrement=False), *columns
    )


@dataclass(frozen=True)
class StateView(Generic[S]):
    """One current row for each thing of a kind, and every row that was current once."""

    table: Table
    row: Callable[[Stream[S]], Row]
    blank: S
    indexes: tuple[str, ...] = ()
    revision: int = 1

    STANDARD_INDEXES: ClassVar[tuple[str, ...]] = (
        f"(id) WHERE valid_to = {STILL_VALID}",
        f"(first_position) WHERE valid_to = {STILL_VALID}",
        "(first_position, valid_from, valid_to)",
    )

    @property
    def name(self) -> str:
        """Return the name of the view, which is its table's."""
        return self.table.name

    def values(self, stream: Stream[S], valid_to: int) -> tuple[object, ...]:
        """Return the row of a stream's present state as values in the order of the columns."""
        stream_id, _, version, first_position, position, opened_at, changed_at, _ = stream
        return (
            stream_id,
            position,
            valid_to,
            version,
            first_position,
            opened_at,
            changed_at,
            *self._picked(self.row(stream)),
        )

    @cached_property
    def _picked(self) -> Picking:
        return _picking(self.table, 7)


@dataclass(frozen=True)
class Journal:
    """Rows that are only ever added: what happened, seen for one purpose.

    `of` names the only events that may have rows, where they are few. `passes` says of an event that
    can't be read whether the journal may go past it, with or without a row.
    """

    table: Table
    rows: Callable[[Recorded], Iterable[Row]]
    indexes: tuple[str, ...] = ()
    revision: int = 1
    of: frozenset[type[Event[Any]]] | None = None
    passes: Callable[[Recorded], bool] | None = None

    STANDARD_INDEXES: ClassVar[tuple[str, ...]] = ()

    @property
    def name(self) -> str:
        """Return the name of the journal, which is its table's."""
        return self.table.name

    def values(self, block: Iterable[Recorded]) -> list[tuple[object, ...]]:
        """Return the rows of a block of events as values in the order of the columns."""
        picked, rows, of = self._picked, self.rows, self.of
        return [
            (recorded.position, *picked(row))
            for recorded in block
            if of is None or type(recorded.event) in of
            for row in rows(recorded)
        ]

    @cached_property
    def _picked(self) -> Picking:
        return _picking(self.table, 1)


View = StateView[Any] | Journal


def _picking(table: Table, standard: int) -> Picking:
    """Return the function that puts a row's own values in the order of the table's columns."""
    names = [column.name for column in table.columns][standard:]
    return itemgetter(*names) if len(names) > 1 else partial(_only, names[0])


def _only(name: str, row: Row) -> tuple[object, ...]:
    return (row[name],)


def valid_at(table: Table, position: int | None) -> "ColumnElement[bool]":
    """Return the condition that picks each thing's row as of a position; as it stands now without one."""
    if position is None:
        return table.c.valid_to == STILL_VALID
    return (table.c.valid_from <= position) & (table.c.valid_to > position)


def create_table(view: View, name: str) -> str:
    """Return the SQL that makes a view's table under a name, without its key and indexes."""
    columns = (Column(c.name, c.type, nullable=c.nullable) for c in view.table.columns)
    return str(CreateTable(Table(name, MetaData(), *columns)).compile(dialect=DIALECT))


def create_indexes(view: View, name: str) -> list[str]:
    """Return the SQL of a view's key and indexes on its table under a name; PostgreSQL names them."""
    key = ", ".join(column.name for column in view.table.primary_key.columns)
    return [
        f"ALTER TABLE {name} ADD PRIMARY KEY ({key})",
        *(f"CREATE INDEX ON {name} {columns}" for columns in view.STANDARD_INDEXES),
        *(f"CREATE INDEX ON {name} {columns}" for columns in view.indexes),
    ]


def fingerprint(view: View) -> str:
    """Return what changes when a view must be rebuilt: its columns, indexes or revision."""
    text = "\n".join([create_table(view, "t"), *create_indexes(view, "t"), str(view.revision)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def columns_of(view: View) -> list[str]:
    """Return the names of all columns in the order in which values are given."""
    return [column.name for column in view.table.columns]


def blanks(views: Iterable[View]) -> dict[str, State]:
    """Return the blank state of every kind of stream that some state view shows."""
    return {view.blank.kind: view.blank for view in views if isinstance(view, StateView)}
