"""What something is said about: a thing on the record, as far as whoever says it may see it."""

from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import ColumnElement, Table, false, or_, select

from shared.kernel.errors import NotFound
from shared.kernel.person import Person
from shared.record.projecting.views import StateView
from shared.web.access.areas import sees, whose
from shared.web.core_service import CoreService, core_service
from shared.web.lists.queries import ListQuery
from shared.web.reads.readings import Reading

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


async def must_be_in_sight(query: ListQuery) -> None:
    """Find nothing where the one case that a list is asked of is not there, or not for whoever asks."""
    if (case_id := query.asked["case_id"]) is not None:
        await case_in_sight(core_service(query.request), query.reading.person, case_id)


def about_cases_in_sight(service: CoreService, reading: Reading, said: Table) -> "ColumnElement[bool]":
    """Return the condition on what is said about things of any kind: each is one that the reader may see.

    A thing with a service area is in sight as it is in the list of its own kind: as it stands, not as it
    stood when something was said about it.
    """
    person, permissions = reading.person, service.permissions
    areas_of = {kind: permissions.areas(person, action) for kind, action in service.seen_with.items()}
    may = [kind for kind, action in service.seen_with.items() if permissions.allows(person, action)]
    states = [view for view in service.views if isinstance(view, StateView)]
    placed = {view.blank.kind: view.table for view in states if AREA in view.table.c}
    kind_of, case = said.c.case_kind, said.c.case_id
    narrow = [kind for kind in may if areas_of[kind] is not None and kind in placed]
    wide = sorted(set(may).difference(narrow))
    return or_(
        kind_of.in_(wide) if wide else false(),
        *(
            (kind_of == kind)
            & case.in_(
                select(placed[kind].c.id).where(replace(reading, areas=areas_of[kind]).valid(placed[kind]))
            )
            for kind in narrow
        ),
    )
