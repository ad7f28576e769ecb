"""The clock of an order: when its tier could not answer, whether the next one has to."""

from uuid import UUID

from pydantic import JsonValue

from rfp_service.catalogue.commands.unreachable_tiers import PassOrderUp, order_step_of
from rfp_service.catalogue.domain.orders import Order
from shared.governance.delegations.reach import find_who_can_act
from shared.record.deadlines.deadline import Deadline
from shared.record.eventstore.store import EventStore

ORDER_TIER = "unreachable-order-tier"


async def find_order_step(store: EventStore, order_id: UUID, _: int) -> dict[str, JsonValue]:
    """Find out which tier an order waits for, since which version, and whether anybody can approve it."""
    order, began = Order(), 0
    for recorded in await store.reader.stream(order_id):
        before, order = order_step_of(order), recorded.event.apply(order)
        if order_step_of(order) != before:
            began = recorded.version
    tier = order_step_of(order)
    found = await find_who_can_act(store, tier, order.value_pence, order.barred)
    return {"step": began if tier else 0, **found}


DEADLINES = (Deadline(ORDER_TIER, PassOrderUp, Order(), find=find_order_step),)
