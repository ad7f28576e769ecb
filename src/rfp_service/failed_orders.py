"""From an order that failed back to its need: its RFP is a draft again, or one is raised that says so."""

from collections.abc import Iterable
from uuid import UUID

from pydantic import JsonValue

from rfp_service.catalogue.domain.orders import (
    OPEN,
    Order,
    OrderEvent,
    OrderFailed,
    OrderRefused,
    OrderStatus,
)
from rfp_service.rfps.api.listed_areas import listed_area_facts
from rfp_service.rfps.commands.failed_orders import ReopenAfterOrder
from rfp_service.rfps.commands.requests import RaiseRfp
from rfp_service.rfps.domain.rfp import Rfp
from shared.kernel.messages import Recorded
from shared.record.deadlines.deadline import Deadline
from shared.record.deadlines.table import deadline_row
from shared.record.eventstore.store import EventStore
from shared.record.projecting.reactions import Reaction
from shared.record.projecting.views import Row
from shared.web.context import Context

REOPENS = "rfp-after-failed-order"
ENDED_BADLY = (OrderStatus.FAILED, OrderStatus.REFUSED)
MAY_MEET_IT = (*OPEN, OrderStatus.FULFILLED)
OF_RFP = "SELECT DISTINCT order_id FROM catalogue_order_steps WHERE rfp_id = $1"


def reopen_its_rfp(recorded: Recorded) -> Iterable[Row]:
    """Return the deadline, due at once, at which the RFP of a failed order is a draft again."""
    event = recorded.event
    if not isinstance(event, OrderFailed | OrderRefused) or event.rfp_id is None:
        return ()
    return (deadline_row(event.rfp_id, REOPENS, recorded.position, recorded.happened_at),)


async def failure_facts(store: EventStore, rfp_id: UUID, position: int) -> dict[str, JsonValue]:
    """Return the order that failed at a position, and whether another one of its RFP may meet the need."""
    [recorded] = await store.reader.at([position])
    ids = [row["order_id"] for row in await store.reader.rows(OF_RFP, rfp_id)]
    others = [(await store.load(each, Order())).state.status for each in ids if each != recorded.stream_id]
    event = recorded.event
    assert isinstance(event, OrderFailed | OrderRefused), "the policy above names it"
    failed = await _order(store, recorded.stream_id)
    assert failed is not None, "what failed was raised"
    return {"order": {**failed, "reason": event.reason, "others": any(s in MAY_MEET_IT for s in others)}}


async def failed_order_facts(store: EventStore, command: RaiseRfp) -> dict[str, JsonValue]:
    """Return the order that an RFP is raised after, and the areas that are listed, where its own is not."""
    listed = await listed_area_facts(store, command)
    order = await _order(store, command.order_id) if command.order_id else None
    return {**listed, "order": order} if order else listed


async def _order(store: EventStore, order_id: UUID) -> dict[str, JsonValue] | None:
    events = await store.reader.stream(order_id)
    if not events or not isinstance(events[0].event, OrderEvent):
        return None
    order = (await store.load(order_id, Order())).state
    return {
        "order_id": str(order_id),
        "raised_by": order.raised_by,
        "reason": "",
        "failed": order.status in ENDED_BADLY,
        "rfp_id": str(order.rfp_id) if order.rfp_id else None,
    }


FAILED_ORDERS = Context(
    reactions=(Reaction("reopen_its_rfp", "deadlines", reopen_its_rfp),),
    deadlines=(Deadline(REOPENS, ReopenAfterOrder, Rfp(), failure_facts),),
)
