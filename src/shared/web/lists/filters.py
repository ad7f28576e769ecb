"""What a list can be narrowed to: one model of its query parameters, and what each asks of a row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Table, and_, func, or_, true

from shared.kernel.fields import ASKED, CODE_LIMIT
from shared.kernel.references import reference_words
from shared.record.projecting.row_models import mark
from shared.web.reads.readings import Reading

VALUES_LIMIT = 50  # of one filter

AskedText = Annotated[str, Field(max_length=200, pattern=ASKED)]
AskedCode = Annotated[str, Field(max_length=CODE_LIMIT, pattern=ASKED)]
AT_MOST = Field(max_length=VALUES_LIMIT)


class ListMoment(NamedTuple):
    """What a condition is worked out from: the reading, the list's own facts, and all that is asked."""

    reading: Reading
    facts: Any
    asked: Mapping[str, Any]


Condition = Callable[[Any, ListMoment], "ColumnElement[bool]"]


@dataclass(frozen=True)
class Where:
    """A filter with a condition of its own, and the fields that it tells something of."""

    condition: Condition
    draws_from: tuple[str, ...] = ()


def _no_condition(_: Any, __: ListMoment) -> "ColumnElement[bool]":
    return true()


BY_ITS_LIST = Where(_no_condition)  # the list itself is made by what is asked


def by_references(table: Table, thing_id: Callable[[str], UUID]) -> Where:
    """Return the filter on references: a thing of the usual source has its id by it.

    The table has `reference` and `source`; the same reference may mean a thing of each source.
    """

    def called(references: list[str], _: ListMoment) -> ColumnElement[bool]:
        words = [reference_words(reference) for reference in references]
        elsewhere = and_(table.c.source != "", func.lower(table.c.reference).in_(words))
        return or_(table.c.id.in_([thing_id(reference) for reference in references]), elsewhere)

    return Where(called, draws_from=("reference",))


class NoFilters(BaseModel):
    """A list that can't be narrowed, but by its text."""


def conditions(
    model: type[BaseModel], table: Table, moment: ListMoment
) -> "tuple[list[ColumnElement[bool]], set[str]]":
    """Return what a row must fulfil, and the fields that this tells something of.

    A filter narrows to what has one of its values in the column of its name, or by its own condition; one
    at its default narrows nothing.
    """
    found: list[ColumnElement[bool]] = []
    told: set[str] = set()
    for name, default, where in _filters_of(model):
        value = moment.asked.get(name)
        if value is None or value == default:
            continue
        if where is not None:
            found.append(where.condition(value, moment))
            told.update(where.draws_from)
        else:
            found.append(_one_of(table.c[name], value))
            told.add(name)
    return found, told


def narrows(model: type[BaseModel], asked: Mapping[str, Any]) -> bool:
    """Say whether any filter is asked for that narrows a list."""
    return any(
        (value := asked.get(name)) is not None and value != default for name, default, _ in _filters_of(model)
    )


def narrowing(model: type[BaseModel], row: type[BaseModel]) -> Sequence[tuple[str, object]]:
    """Return the filters, and their defaults, that are called like a field of the row."""
    named = ((name, default) for name, default, where in _filters_of(model) if where is None)
    return [(name, default) for name, default in named if name in row.model_fields]


@cache
def _filters_of(model: type[BaseModel]) -> Sequence[tuple[str, object, Where | None]]:
    """Return each filter's name, its default, and its own condition, if it has one."""
    return [(name, field.default, mark(model, name, Where)) for name, field in model.model_fields.items()]


def _one_of(column: Any, value: object) -> "ColumnElement[bool]":
    """Return the condition that a column has a value, or any of several; a blank asks for what has none."""
    values = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    one: ColumnElement[bool] = column == values[0] if len(values) == 1 else column.in_(values)
    return or_(one, column.is_(None)) if column.nullable and "" in values else one
