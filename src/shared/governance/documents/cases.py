"""What something is said about: a thing on the record, as far as whoever says it may see it."""

from typing import NamedTuple
from uuid import UUID

from pydantic import JsonValue

from shared.kernel.errors import NotFound
from shared.kernel.person import Person
from shared.web.access.areas import sees, whose
from shared.web.core_service import CoreService


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
