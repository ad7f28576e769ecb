"""Finding what a decision of the catalogue must know: what a search shows, and who stands in for whom."""

from pydantic import JsonValue

from rfp_service.catalogue.commands.items import SearchCatalogue
from rfp_service.catalogue.commands.orders import ApproveOrder, RefuseOrder
from rfp_service.catalogue.domain.synonyms import SYNONYMS_ID, Synonyms
from rfp_service.catalogue.views.items import found
from shared.governance.delegations.facts import principal_facts
from shared.record.eventstore.store import EventStore
from shared.web.offers.facts import FactFinders


async def search_facts(store: EventStore, command: SearchCatalogue) -> dict[str, JsonValue]:
    """Return what a search finds just now, and the position it was found at."""
    groups = (await store.load(SYNONYMS_ID, Synonyms())).state.groups
    async with store.reader.snapshot() as (connection, position):
        shown = await found(connection, command.query, command.service_area or "", groups=groups)
    return {"catalogue": {"position": position, "shown": [str(item) for item in shown]}}


FACTS: FactFinders = {
    SearchCatalogue: search_facts,
    **dict.fromkeys((ApproveOrder, RefuseOrder), principal_facts),
}
