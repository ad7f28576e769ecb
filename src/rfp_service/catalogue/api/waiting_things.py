"""Which orders wait for somebody: for their tier, to be sent, or to be said of whether they have come."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from rfp_service.catalogue.commands.orders import ApproveOrder
from rfp_service.catalogue.domain.orders import OPEN, Order, OrderStatus
from rfp_service.catalogue.views.orders import orders
from shared.kernel.roles import Role
from shared.web.reads.readings import Reading
from shared.web.reads.waiting_things import ThingShown, ThingStanding, Wait, Waiter, WaitingThings

ASKED = "Asked whether it could be decided."  # never recorded


def waits(order: Order, waiter: Waiter) -> Iterator[Wait]:
    """Yield why an order waits for somebody; nothing if it does not."""
    if order.status is OrderStatus.WAITS_FOR_APPROVAL and waiter.has(Role.APPROVER):
        acting_for = waiter.deciding_for(lambda whom: ApproveOrder(acting_for=whom, reason=ASKED), order)
        if acting_for is not None:
            yield Wait("order-approval", "An order waits for your tier.", acting_for, order.tier)
    if order.status is OrderStatus.READY and waiter.has(Role.PROCUREMENT_OFFICER):
        yield Wait("order", "An order waits to be sent.", turn="send")
    if order.status is OrderStatus.SENT and order.raised_by in waiter.ids:
        why = "You ordered it: say whether it has come."
        yield Wait("order", why, turn="receive", due_on=order.due_on)


def candidates(reading: Reading, waiter: Waiter) -> "Select[Any] | None":
    """Return the orders that may wait for somebody: a few more than do."""
    t = orders.c
    one_of: list[ColumnElement[bool]] = [and_(t.status == OrderStatus.SENT, t.raised_by.in_(waiter.ids))]
    if waiter.has(Role.APPROVER) and waiter.tiers:
        one_of.append(and_(t.status == OrderStatus.WAITS_FOR_APPROVAL, t.tier.in_(waiter.tiers)))
    if waiter.has(Role.PROCUREMENT_OFFICER):
        one_of.append(t.status == OrderStatus.READY)
    found = and_(t.status.in_(OPEN), or_(*one_of))
    return select(t.id).where(reading.valid(orders), found).order_by(t.first_position)


def _shown(standing: ThingStanding) -> ThingShown:
    order: Order = standing.state
    title = f"{order.quantity} from the catalogue, for {order.cost_centre}"
    return ThingShown("", title, order.service_area, order.status, order.raised_by)


ORDERS_WAITING = WaitingThings("catalogue-order", "read-catalogue", Order(), candidates, waits, _shown)
