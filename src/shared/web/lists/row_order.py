"""The order of a list: by named fields, then by its own key; and what comes after a page's last row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cmp_to_key
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, literal, or_
from sqlalchemy.types import TypeEngine

from shared.web.reads.cursors import UnreadableCursor


@dataclass(frozen=True, slots=True)
class SortKey:
    """One field that a list is sorted by; nothing (NULL) comes last either way."""

    name: str
    descending: bool
    column: "ColumnElement[Any] | None"  # None of what is derived
    kind: TypeEngine[Any]
    may_be_null: bool = True
    needs: tuple[str, ...] = ()
    part: str = ""
    read_as: str = ""  # how a row that was read names its value, where not by the key's place

    def told(self, row: Mapping[str, Any]) -> Any:
        """Return the value that a row is sorted by, where it is derived."""
        value = row[self.name]
        return value[self.part] if self.part and value is not None else value

    def ordered(self, *, found_first: bool = False) -> "ColumnElement[Any]":
        """Return what a statement is ordered by.

        Where rows are found first and then put in order, no index is to be walked in this order: the
        planner can't know how few have the words asked for, and might look through all to find seven.
        """
        assert self.column is not None, "what is derived is sorted by hand"
        column = func.coalesce(self.column, self.column) if found_first else self.column
        ordered = column.desc() if self.descending else column.asc()
        return ordered.nulls_last() if self.may_be_null else ordered

    def beyond(self, value: object) -> "ColumnElement[bool]":
        """Return the condition that a row comes after one with this value."""
        assert self.column is not None, "what is derived is sorted by hand"
        if value is None:
            return false()
        bound = literal(value, self.column.type)
        after = self.column < bound if self.descending else self.column > bound
        return or_(after, self.column.is_(None)) if self.may_be_null else after

    def same(self, value: object) -> "ColumnElement[bool]":
        """Return the condition that a row has the same value."""
        assert self.column is not None, "what is derived is sorted by hand"
        return self.column.is_(None) if value is None else self.column == literal(value, self.column.type)


def after(keys: Sequence[SortKey], values: Sequence[object]) -> "ColumnElement[bool]":
    """Return the condition that a row comes after the one with these values."""
    found, before = [], list[ColumnElement[bool]]()
    for key, value in zip(keys, values, strict=True):
        found.append(and_(*before, key.beyond(value)))
        before.append(key.same(value))
    return or_(*found) if len(found) > 1 else found[0]


def sorted_by(keys: Sequence[SortKey], rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return rows in the order of these keys, as the database would put them."""

    def compare(one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
        return compared(keys, values_of(keys, one), values_of(keys, other))

    return sorted(rows, key=cmp_to_key(compare))


def values_of(keys: Sequence[SortKey], row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what a row is sorted by."""
    return tuple(row[name] for name in names_of(keys))


def names_of(keys: Sequence[SortKey]) -> list[str]:
    """Return how rows name what they are sorted by."""
    return [key.read_as or f"sort_{number}" for number, key in enumerate(keys)]


def compared(keys: Sequence[SortKey], one: Sequence[Any], other: Sequence[Any]) -> int:
    """Return below 0 where one comes before another, above 0 where it comes after."""
    for key, mine, theirs in zip(keys, one, other, strict=True):
        if mine == theirs:
            continue
        if mine is None or theirs is None:
            return 1 if mine is None else -1
        return -1 if (mine < theirs) is not key.descending else 1
    return 0


def typed(value: object, kind: TypeEngine[Any]) -> object:
    """Return a value of a cursor as the database has it; refuse what is none."""
    if value is None:
        return None
    try:
        return _typed(value, kind.python_type)
    except (ValueError, TypeError, OverflowError):
        raise UnreadableCursor from None


def _typed(value: object, kind: type) -> object:
    if kind is datetime:
        instant = datetime.fromisoformat(str(value))
        if instant.tzinfo is None:
            raise ValueError
        return instant
    if kind is date:
        return date.fromisoformat(str(value))
    if kind is UUID:
        return UUID(str(value))
    if kind is float and isinstance(value, int | float):
        return float(value)
    if type(value) is not kind or (kind is int and not -(2**63) <= value < 2**63):  # type: ignore[operator]  # an int
        raise ValueError
    if kind is str and "\x00" in value:  # type: ignore[operator]  # a text
        raise ValueError
    return value
