"""What can be seen of orders: one row for each, and the steps of those that meet an RFP's need."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Column, DateTime, Text, Uuid

from rfp_service.catalogue.domain.orders import (
    Order,
    OrderFailed,
    OrderFulfilled,
    OrderRaised,
    OrderRefused,
    OrderStatus,
)
from shared.kernel.fields import TextOrNull
from shared.kernel.messages import Event, Recorded
from shared.record.projecting.row_models import COUNTED, SEARCHED, model_table, row_of
from shared.record.projecting.views import Journal, Row, StateView, journal_table


class OrderRow(BaseModel):
    """An order from the catalogue; the amount is without VAT, at the price of the day it was raised."""

    id: UUID
    version: int
    status: OrderStatus
    item_id: UUID
    item_version: int
    quantity: int
    value_pence: int
    service_area: Annotated[str, SEARCHED, COUNTED]
    cost_centre: Annotated[str, SEARCHED, COUNTED]
    raised_by: str
    rfp_id: UUID | None
    tier: Annotated[TextOrNull, COUNTED]
    fulfiller: Annotated[TextOrNull, SEARCHED, COUNTED]
    lead_time_days: int
    due_on: date | None
    fulfilled_on: date | None
    first_position: int
    opened_at: datetime
    changed_at: datetime


orders = model_table("catalogue_orders", OrderRow)
order_row = row_of(OrderRow)
ORDERS = StateView(orders, order_row, Order(), indexes=("(item_id)",))

# What an order says of the need that it meets: the words of demand.
MEANS: dict[type[Event[Any]], str] = {
    OrderRaised: "ordered",
    OrderFulfilled: "fulfilled",
    OrderFailed: "unfulfilled",
    OrderRefused: "unfulfilled",
}

order_steps = journal_table(
    "catalogue_order_steps",
    Column("order_id", Uuid, nullable=False),
    Column("rfp_id", Uuid),
    Column("happened_at", DateTime(timezone=True), nullable=False),
    Column("what", Text, nullable=False),
)


def step_rows(recorded: Recorded) -> Iterable[Row]:
    """Return the step that an event was; only the first names the RFP."""
    return (
        {
            "order_id": recorded.stream_id,
            "rfp_id": getattr(recorded.event, "rfp_id", None),
            "happened_at": recorded.happened_at,
            "what": MEANS[type(recorded.event)],
        },
    )


ORDER_STEPS = Journal(order_steps, step_rows, of=frozenset(MEANS))
