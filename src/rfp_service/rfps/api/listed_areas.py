"""Which service areas the scheme lists: what an RFP is raised for must be among them, where it lists any."""

from datetime import UTC, datetime

from pydantic import JsonValue

from rfp_service.rfps.commands.amendments import AmendRfp
from rfp_service.rfps.commands.copies import CopyRfp
from rfp_service.rfps.commands.requests import RaiseRfp
from rfp_service.rfps.domain.rfp import Rfp
from shared.governance.scheme.domain import SCHEME_ID, Scheme
from shared.kernel.calendar import day_in_london
from shared.kernel.errors import NotFound
from shared.record.eventstore.store import EventStore


async def listed_area_facts(store: EventStore, command: RaiseRfp | AmendRfp) -> dict[str, JsonValue]:
    """Return the areas that are listed, where the one that a command names is not; nothing otherwise."""
    return await _unless_listed(store, command.service_area)


async def copied_area_facts(store: EventStore, command: CopyRfp) -> dict[str, JsonValue]:
    """Return the same of the area of the RFP that is copied."""
    try:
        source = (await store.load(command.copy_of, Rfp())).state
    except NotFound:  # the id is of something else
        return {}
    return await _unless_listed(store, source.need.service_area or None)


async def _unless_listed(store: EventStore, area: str | None) -> dict[str, JsonValue]:
    if area is None:
        return {}
    scheme = (await store.load(SCHEME_ID, Scheme())).state
    values = scheme.in_force(day_in_london(datetime.now(UTC))).values
    listed: list[JsonValue] = [one.name for one in values.service_areas] if values else []
    return {"areas_listed": listed} if listed and area not in listed else {}
