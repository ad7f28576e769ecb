"""What something is said about: a thing on the record, as far as whoever says it may see it."""

from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import ColumnElement, Table, or_, select

from shared.kernel.errors import NotFound
from shared.kernel.person import Person
from shared.web.access.areas import sees, whose
from shared.web.core_service import CoreService, core_service
from shared.web.lists.filters import ListMoment
from shared.web.lists.queries import ListQuery
from shared.web.reads.readings import Reading
from shared.web.reads.thing_names import Tables, names, tables_of

AREA = "service_area"


class CaseInSight(NamedTuple):
    """A thing that somebody may see: its kind, its service area, and the positions of its decisions."""

    kind: str
    service_area: str | None
    positions: frozenset[int]

    @property
    def fact(self) -> JsonValue:
        """Return what a decision about it must know of it."""
        return {"kind": self.kind, "service_area": self.service_area}

    def decided_at(self, position: int | None) -> bool:
        """Say whether one of its own decisions is at a position; of none, that is so."""
        return position is None or position in self.positions


async def case_in_sight(service: CoreService, person: Person, case_id: UUID) -> CaseInSight:
    """Return a thing of any kind; `NotFound` where there is none, or none that this person may see."""
    recorded = await service.record.stream(case_id)
    kind = type(recorded[0].event).kind if recorded else ""
    action = service.seen_with.get(kind)
    if action is None or not service.permissions.allows(person, action):
        raise NotFound
    area, raised_by = whose(recorded)
    if not sees(service.permissions.areas(person, action), area, own=raised_by in person.ids):
        raise NotFound
    return CaseInSight(kind, area, frozenset(one.position for one in recorded))


class SaidOf(NamedTuple):
    """What bounds a list of what was said about things: those in sight, and the tables that name them."""

    sight: "ColumnElement[bool]"
    tables: Tables


async def said_of(query: ListQuery, reading: Reading, said: Table) -> SaidOf:
    """Return what bounds it: its one case, where that is there for whoever asks, or all cases in sight."""
    service = core_service(query.request)
    tables = tables_of(service.views)
    if (case_id := query.asked["case_id"]) is None:
        return SaidOf(_cases_in_sight(service, reading, said, tables), tables)
    await case_in_sight(service, reading.person, case_id)
    return SaidOf(said.c.case_id == case_id, tables)


def in_sight(moment: ListMoment) -> "list[ColumnElement[bool]]":
    """Return the condition on what was said about things in sight."""
    return [moment.facts.sight]


async def add_case_names(reading: Reading, tables: Tables, items: list[dict[str, Any]]) -> None:
    """Add what the thing is called that each of them is about, where its reader may know."""
    called = await names(reading, tables, {item["case_id"]: item["case_kind"] for item in items})
    for item in items:
        item["case_name"] = called.get(item["case_id"])


def _cases_in_sight(
    service: CoreService, reading: Reading, said: Table, tables: Tables
) -> "ColumnElement[bool]":
    """Return the condition on what is said about things of any kind: each is one that the reader may see.

    A thing with a service area is in sight as it is in the list of its own kind: as it stands, not as it
    stood when something was said about it. What no view shows may have one: for whoever is limited to
    some, it is not.
    """
    person, permissions = reading.person, service.permissions
    areas_of = {kind: permissions.areas(person, action) for kind, action in service.seen_with.items()}
    may = [kind for kind, action in service.seen_with.items() if permissions.allows(person, action)]
    wide = sorted(kind for kind in may if areas_of[kind] is None)
    narrow = [k for k in may if areas_of[k] is not None and k in tables and AREA in tables[k].c]
    return or_(
        said.c.case_kind.in_(wide), *(_of_areas(reading, said, tables[k], k, areas_of[k]) for k in narrow)
    )


def _of_areas(
    reading: Reading, said: Table, table: Table, kind: str, areas: frozenset[str] | None
) -> "ColumnElement[bool]":
    """Return the condition on what is said about things of one kind in some service areas."""
    there = select(table.c.id).where(replace(reading, areas=areas).valid(table))
    return (said.c.case_kind == kind) & said.c.case_id.in_(there)
