"""What things of any kind are called, as the views of their kinds have it now."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import Table, select

from shared.record.projecting.views import STILL_VALID, StateView, View
from shared.web.reads.readings import Reading

REFERENCE = "reference"
CALLED_BY = ("title", "name", "statement", "what", "about")

Tables = Mapping[str, Table]


def tables_of(views: Iterable[View]) -> Tables:
    """Return the table that shows the things of each kind."""
    return {view.blank.kind: view.table for view in views if isinstance(view, StateView)}


async def references(reading: Reading, tables: Tables, things: Mapping[UUID, str]) -> dict[UUID, str]:
    """Return the references of things, by their kinds: of those that have one, and may be found by it."""
    return await _said(reading, tables, things, (REFERENCE,))


async def names(reading: Reading, tables: Tables, things: Mapping[UUID, str]) -> dict[UUID, str]:
    """Return what things are called, by their kinds: of those whose reader may find them by that."""
    found = await _said(reading, tables, things, CALLED_BY)
    beside = await references(reading, tables, {thing: things[thing] for thing in found})
    return {thing: f"{name} ({beside[thing]})" if thing in beside else name for thing, name in found.items()}


async def _said(
    reading: Reading, tables: Tables, things: Mapping[UUID, str], columns: Iterable[str]
) -> dict[UUID, str]:
    """Return what stands in the first of some columns that the table of each thing has."""
    found: dict[UUID, str] = {}
    for kind in sorted({*things.values()} & tables.keys()):
        table = tables[kind]
        name = next((each for each in columns if each in table.c), None)
        if name is None:
            continue
        of_kind = [thing for thing, its in things.items() if its == kind]
        statement = select(table.c.id, table.c[name]).where(
            table.c.id.in_(of_kind), table.c.valid_to == STILL_VALID, reading.may_find_by(table, name)
        )
        found |= {row["id"]: str(row[name]) for row in await reading.rows(statement) if row[name]}
    return found
