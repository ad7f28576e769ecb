"""How things stand that others wait for: each room says it of its own, as far as the reader may see."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select, true

from shared.web.core_service import CoreService
from shared.web.offers.prerequisites import Expected, FindExpected
from shared.web.reads.readings import Reading

NAMED = ("id", "reference", "title", "stage")


async def prerequisite_states(
    service: CoreService, reading: Reading, things: Iterable[tuple[str, UUID]]
) -> Mapping[UUID, Expected]:
    """Return how things stand, of the kinds and ids given; what is out of sight is left out.

    What is made for nobody's eyes, to be published, names what everybody may read.
    """
    person = reading.person
    asked = set(things)
    found: dict[UUID, Expected] = {}
    for kind, known in service.prerequisites.items():
        ids = sorted(identity for on, identity in asked if on == kind)
        if ids and (not person.id or service.permissions.allows(person, known.action)):
            theirs = replace(reading, areas=service.permissions.areas(person, known.action))
            found |= await known.find(theirs, ids)
    return found


def expected_in(
    table: Table,
    *columns: str,
    ends: Callable[[Mapping[str, Any]], tuple[bool, date | None]],
    by_days: Sequence[str] = (),
) -> FindExpected:
    """Return what looks things up in a view: `ends` says of a row whether it has ended, and when it will.

    When is not told of a thing whose days, in the fields named, its reader may not see.
    """

    async def find(reading: Reading, ids: Sequence[UUID]) -> Mapping[UUID, Expected]:
        told = (reading.may_find_by(table, *by_days) if by_days else true()).label("told")
        statement = select(*(table.c[name] for name in (*NAMED, *columns)), told)
        found = await reading.rows(statement.where(reading.valid(table), table.c.id.in_(ids)))
        rows = [dict(row) for row in found]
        await reading.redacted(rows)
        return {row["id"]: _expected(row, *ends(row)) for row in rows}

    return find


def _expected(row: Mapping[str, Any], ended: bool, on: date | None) -> Expected:  # noqa: FBT001  # as it is found
    title, marked = f"{row['reference']}: {row['title']}", "title" in row.get("withheld", {})
    return Expected(title, row["stage"], ended, on if row["told"] else None, marked)
