"""How things stand that others wait for: each room says it of its own, as far as the reader may see."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from shared.web.core_service import CoreService
from shared.web.offers.prerequisites import Expected
from shared.web.reads.readings import Reading


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
