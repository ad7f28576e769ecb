"""What needs two rooms: the facts that one room's command must know of another."""

from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from projects.api.finding import weights_and_rank, whether_it_is_named
from projects.commands.identifying import IdentifyProject
from projects.commands.judging import CategoriseProject, PrioritiseProject
from rfp_service.catalogue.commands import SearchCatalogue
from rfp_service.catalogue.domain import CatalogueCheck
from rfp_service.catalogue.views import found
from rfp_service.rfps.commands.asking import CheckCatalogue
from shared.disclosure.commands import DeclareExempt
from shared.disclosure.facts import what_may_be_exempt
from shared.errors import NotFound
from shared.eventstore.store import EventStore
from shared.http.deciding import FactFinder
from shared.messages import Command
from shared.people.commands import ErasePerson, LinkPersons, UnlinkPerson
from shared.people.facts import who_is_known


async def what_the_catalogue_shows(
    store: EventStore, command: SearchCatalogue
) -> dict[str, JsonValue]:
    """Return what a search finds just now, and the position it was found at."""
    async with store.reader.snapshot() as (connection, position):
        shown = await found(connection, command.query)
    return {"catalogue": {"position": position, "shown": [str(item) for item in shown]}}


async def what_a_check_showed(store: EventStore, command: CheckCatalogue) -> dict[str, JsonValue]:
    """Return the catalogue check that a requester hands in; nothing where there is none."""
    try:
        stream = await store.load(command.check_id, CatalogueCheck())
    except NotFound:  # the id is of something else
        return {}
    if stream.version == 0:
        return {}
    check = stream.state
    return {
        "catalogue_check": {
            "query": check.query,
            "made_by": check.made_by,
            "position": check.catalogue_position,
            "shown": [str(item) for item in check.shown],
        }
    }


FACTS: Mapping[type[Command[Any]], FactFinder] = {
    SearchCatalogue: what_the_catalogue_shows,
    CheckCatalogue: what_a_check_showed,
    DeclareExempt: what_may_be_exempt,
    LinkPersons: who_is_known,
    UnlinkPerson: who_is_known,
    ErasePerson: who_is_known,
    IdentifyProject: whether_it_is_named,
    CategoriseProject: whether_it_is_named,
    PrioritiseProject: weights_and_rank,
}
