"""The operations on many projects by the names they are kept under: made once, and again where a job goes on.

Each knows the scheme, and the ranks, as they were at the position that the batch was begun at.
"""

from typing import Any
from uuid import UUID

from projects.api.fact_finders import keys_of_the_ranked, values_in_force
from projects.api.operations import categorisations, handlings, prioritisations, undoing
from projects.domain.project import Project
from shared.governance.scheme.domain import SchemeValues
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Stamp
from shared.record.eventstore.store import EventStore
from shared.web.bulk.requests import Operation, Operations, Words

CATEGORISATIONS = "project-categorisations"
PRIORITISATIONS = "project-prioritisations"
HANDLINGS = "project-handlings"
UNDO = "project-undo"


async def _values(store: EventStore, stamp: Stamp) -> SchemeValues | None:
    return await values_in_force(store, day_in_london(stamp.at), stamp.known.position)


def _reason(said: Words) -> str | None:
    reason = said.get("reason")
    return None if reason is None else str(reason)


async def _categorisations(store: EventStore, stamp: Stamp, said: Words) -> Operation[Any, Project]:
    return categorisations(await _values(store, stamp), _reason(said))


async def _prioritisations(store: EventStore, stamp: Stamp, said: Words) -> Operation[Any, Project]:
    ranked = await keys_of_the_ranked(store, stamp.known.position)
    return prioritisations(await _values(store, stamp), _reason(said), ranked)


async def _handlings(_store: EventStore, _stamp: Stamp, said: Words) -> Operation[Any, Project]:
    return handlings(_reason(said))


async def _undo(_store: EventStore, _stamp: Stamp, said: Words) -> Operation[Any, Project]:
    return undoing(UUID(str(said["undone"])), str(said["reason"]))


OPERATIONS: Operations = {
    CATEGORISATIONS: _categorisations,
    PRIORITISATIONS: _prioritisations,
    HANDLINGS: _handlings,
    UNDO: _undo,
}
