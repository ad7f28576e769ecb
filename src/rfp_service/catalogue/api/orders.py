"""Orders from the catalogue over HTTP: raised, decided on, listed, and how lead times were kept."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import select

from rfp_service.catalogue.commands.orders import OrderDecision, RaiseOrder
from rfp_service.catalogue.domain.orders import Order, OrderStatus
from rfp_service.catalogue.views.items import catalogue_items
from rfp_service.catalogue.views.orders import OrderRow, order_row, orders
from shared.governance.audit.history import EventHistory, answer_history
from shared.governance.delegations.views import delegations_to
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Receipt
from shared.record.projecting.row_models import SEARCHED
from shared.web.decisions.commands import Commands, OpeningCommands, may
from shared.web.decisions.next_decisions import Next, commands_in, with_next
from shared.web.lists.filters import AT_MOST
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.lists.short_list import ShortList
from shared.web.reads.answers import CREATES, DECIDES, one, seen_now
from shared.web.reads.readings import Read
from shared.web.reads.things import thing_as_of
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

ORDERS_LIMIT = 100_000  # that lead times are counted from

router = APIRouter(prefix="/v1", tags=["catalogue"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT)

DECISIONS = tuple(commands_in(OrderDecision))

OrderId = Annotated[UUID, Path(description="The order's id.")]


class OrderFilters(BaseModel):
    """What orders can be narrowed to."""

    status: Annotated[
        list[OrderStatus] | None, AT_MOST, Field(description="Only those that have come so far.")
    ] = None


ORDER_LIST = ListOf(name="catalogue-orders", row=OrderRow, table=orders, filters=OrderFilters)


class OrderSeen(OrderRow):
    """One order with what may be decided on it."""

    next: Next = None


class LeadTimes(BaseModel):
    """How an item's lead time was kept, by the orders of it."""

    id: UUID
    name: Annotated[str, SEARCHED]
    lead_time_days: int
    first_position: int
    kept: int = Field(description="Orders fulfilled by their day.")
    broken: int = Field(description="Orders fulfilled after their day, or not there though it has passed.")
    open: int = Field(description="Orders on their way whose day has not passed.")
    failed: int = Field(description="Orders that failed or were refused.")


LEAD_TIMES = ShortList(name="lead-times", row=LeadTimes)


@router.post("/catalogue-orders", status_code=201, summary="Order from the catalogue", responses=CREATES)
async def raise_order(
    command: Annotated[RaiseOrder, strict(RaiseOrder), Body()], handler: OpeningCommands
) -> Receipt:
    """Order an item, for an RFP that was diverted to it or without one."""
    return await handler.create(command, blank=Order())


@router.post("/catalogue-orders/{order_id}/decisions", summary="Decide on an order", responses=DECIDES)
async def decide_on_order(
    order_id: OrderId, command: Annotated[OrderDecision, strict(OrderDecision), Body()], handler: Commands
) -> Receipt:
    """Approve or refuse an order, send it, and say that it is fulfilled or has failed."""
    return await handler.handle(order_id, command, blank=Order())


@router.get(
    "/catalogue-orders",
    summary="List orders",
    dependencies=[may("read-catalogue")],
    responses=ORDER_LIST.responses,
)
async def list_orders(query: Annotated[ListQuery, ORDER_LIST.asked]) -> Response:
    """List orders from the catalogue, newest first."""
    return await ORDER_LIST.answer(query)


@router.get(
    "/catalogue-orders/{order_id}",
    summary="See an order",
    dependencies=[may("read-catalogue")],
    responses=one(OrderSeen, lasting=False),
)
async def see_order(request: Request, order_id: OrderId, reading: Read) -> Response:
    """Show one order as it stands, and what you may decide on it now."""
    stream = await thing_as_of(request, reading, order_id, Order())
    seen = OrderSeen.model_validate(order_row.whole(stream))
    shown = await with_next(request, reading, stream, seen, DECISIONS, delegations_to)
    return await seen_now(reading, shown, stream.version)


@router.get(
    "/catalogue-orders/{order_id}/history",
    summary="See an order's history",
    dependencies=[may("read-catalogue")],
    responses=one(EventHistory),
)
async def see_order_history(request: Request, order_id: OrderId, reading: Read) -> Response:
    """Show everything that happened to an order, in order."""
    return await answer_history(request, reading, order_id, Order())


@router.get(
    "/catalogue/lead-times",
    summary="See how lead times are kept",
    dependencies=[may("read-catalogue")],
    responses=LEAD_TIMES.responses,
)
async def list_lead_times(query: Annotated[ListQuery, LEAD_TIMES.asked]) -> Response:
    """List the items that were ordered, with how often their lead times were kept and broken."""
    reading = await LEAD_TIMES.reading(query)
    t, i = orders.c, catalogue_items.c
    rows = await reading.rows(
        select(t.item_id, t.status, t.due_on, t.fulfilled_on).where(reading.valid(orders)).limit(ORDERS_LIMIT)
    )
    today = day_in_london(reading.as_of)
    by_item: dict[UUID, list[str]] = {}
    for row in rows:
        by_item.setdefault(row["item_id"], []).append(became(dict(row), today))
    columns = (i.id, i.name, i.lead_time_days, i.first_position)
    items = await reading.rows(
        select(*columns).where(reading.valid(catalogue_items), i.id.in_(list(by_item)))
    )
    shown = [{**dict(item), **_counts(by_item[item["id"]])} for item in items]
    return await LEAD_TIMES.answer(query, reading, shown, lambda item: int(item["first_position"]))


def became(order: Mapping[str, Any], today: date) -> str:
    """Return what became of an order's lead time: kept, broken, open or failed."""
    if order["status"] in (OrderStatus.FAILED, OrderStatus.REFUSED):
        return "failed"
    if order["due_on"] is None:
        return "open"
    there_on = order["fulfilled_on"]
    if (there_on or today) > order["due_on"]:
        return "broken"
    return "kept" if there_on is not None else "open"


def _counts(what: Sequence[str]) -> dict[str, int]:
    return {name: what.count(name) for name in ("kept", "broken", "open", "failed")}
