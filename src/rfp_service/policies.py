"""What one room's command must know of another room: facts that only the roof can find."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from pydantic import JsonValue

from outcomes.api.fact_finders import programme_there_facts
from outcomes.commands.programme import AddOutcome, AmendOutcome
from rfp_service.catalogue.commands.orders import RaiseOrder
from rfp_service.catalogue.domain.items import CatalogueCheck, CatalogueItem
from rfp_service.concluded_contracts import reprocurement_facts
from rfp_service.contracts.commands.execution import StartReprocurement
from rfp_service.failed_orders import failed_order_facts
from rfp_service.handover.commands import HandWorkOver
from rfp_service.measures.room_figures import MEASURES
from rfp_service.rfps.commands.requests import CheckCatalogue, RaiseRfp
from rfp_service.rfps.commands.unreachable_tiers import kept_out_of
from rfp_service.rfps.domain.events import DemandDiverted
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.domain.stages import Stage
from shared.governance.accounts.commands import IssueApiKey, OpenServiceAccount, RotateApiKey
from shared.governance.delegations.commands import GiveDelegation
from shared.governance.people.commands import LinkPersons
from shared.governance.scheme.commands import AdoptScheme
from shared.kernel.calendar import day_in_london
from shared.kernel.errors import NotFound
from shared.kernel.four_eyes import FACT, Eyes
from shared.kernel.messages import Command
from shared.record.eventstore.store import EventStore
from shared.web.offers.facts import FactFinders


async def catalogue_check_facts(store: EventStore, command: CheckCatalogue) -> dict[str, JsonValue]:
    """Return the catalogue check that a requester hands in; nothing if there is none."""
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


async def order_facts(store: EventStore, command: RaiseOrder) -> dict[str, JsonValue]:
    """Return the item as available today, and the RFP whose need it is to meet, where one is named."""
    found: dict[str, JsonValue] = {}
    with suppress(NotFound):  # the id is of something else
        stream = await store.load(command.item_id, CatalogueItem())
        if stream.version:
            found["item"] = _as_ordered(stream.state, stream.version)
    if command.rfp_id is None:
        return found
    events = await store.reader.stream(command.rfp_id)
    if events and events[0].event.kind == Rfp.kind:
        rfp, last = Rfp(), None
        for recorded in events:
            rfp = recorded.event.apply(rfp)
            if isinstance(recorded.event, DemandDiverted):
                last = str(recorded.event.item_id)
        diverted = last if rfp.stage is Stage.DIVERTED else None
        parts: list[JsonValue] = [*kept_out_of(rfp)]
        found["rfp"] = {"raised_by": rfp.raised_by, "diverted_to": diverted, "parts": parts}
    return found


def _as_ordered(item: CatalogueItem, version: int) -> dict[str, JsonValue]:
    today = day_in_london(datetime.now(UTC))
    begun = item.available_from is None or item.available_from <= today
    ended = item.available_until is not None and item.available_until < today
    return {
        "version": version,
        "price_pence": item.price_pence,
        "lead_time_days": item.lead_time_days,
        "approval_above_pence": item.approval_above_pence,
        "service_areas": list(item.service_areas),
        "can_be_had": begun and not ended,
    }


async def programme_and_measures(store: EventStore, command: AddOutcome) -> dict[str, JsonValue]:
    """Find out whether there is a programme of an id, and name the measures that are answered."""
    there = await programme_there_facts(store, command)
    return {**there, "measures": list[JsonValue](MEASURES)}


async def measures_answered(_: EventStore, command: AmendOutcome) -> dict[str, JsonValue]:
    """Name the measures that are answered, where a command names any."""
    return {"measures": list[JsonValue](MEASURES)} if command.measures else {}


def facts_for(of_rooms: FactFinders, *, single_administrator: bool) -> FactFinders:
    """Return what each command must know, and with it how many people it takes to give power here."""
    facts = {**of_rooms, **POLICIES}
    eyes: dict[str, JsonValue] = {FACT: (Eyes.TWO if single_administrator else Eyes.FOUR).value}

    async def with_eyes(store: EventStore, command: Command[Any]) -> dict[str, JsonValue]:
        finder = facts.get(type(command))
        return {**(await finder(store, command) if finder else {}), **eyes}

    return {**facts, **dict.fromkeys(GIVING, with_eyes)}


# What gives power, and so needs a second person.
GIVING: tuple[type[Command[Any]], ...] = (
    AdoptScheme,
    GiveDelegation,
    HandWorkOver,
    LinkPersons,
    OpenServiceAccount,
    IssueApiKey,
    RotateApiKey,
)

# What one room's command must know of another room.
POLICIES: FactFinders = {
    RaiseRfp: failed_order_facts,
    CheckCatalogue: catalogue_check_facts,
    RaiseOrder: order_facts,
    AddOutcome: programme_and_measures,
    AmendOutcome: measures_answered,
    StartReprocurement: reprocurement_facts,
}
