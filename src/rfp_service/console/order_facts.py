"""What pages say of orders from the catalogue: what was ordered, by whom, and how far it has come."""

import asyncio
from typing import Any

from rfp_service.console.administration_facts import FactsSaid, Said
from rfp_service.console.visits import Visit
from rfp_service.console.words import capitalize_first, day, name_of
from shared.kernel.wording import counted, pounds

ITEMS_LIMIT = 100
ORDER_STANDS = {
    "waits_for_approval": "Waits for approval",
    "ready": "Waits to be sent",
    "sent": "On its way",
    "fulfilled": "There",
    "failed": "Will not come",
    "refused": "Refused",
}
TIER_SAYS = {"waits_for_approval": "Must be approved by", "refused": "Refused by"}


async def name_what_was_ordered(visit: Visit, orders: list[dict[str, Any]]) -> None:
    """Say with each order what its item is called today."""
    items = sorted({order["item_id"] for order in orders})
    found = await asyncio.gather(*(visit.maybe(f"/v1/catalogue-items/{item}") for item in items))
    names = {item: seen["name"] for item, seen in zip(items, found, strict=True) if seen}
    for order in orders:
        order["item_name"] = names.get(order["item_id"], "something from the catalogue")


async def what_can_be_ordered(visit: Visit) -> dict[str, list[tuple[str, str]]]:
    """Return the items that can be ordered."""
    seen = await visit.get("/v1/catalogue-items", limit=ITEMS_LIMIT, available="true")
    items = [(each["id"], f"{each['name']}, {pounds(each['price_pence'])}") for each in seen["items"]]
    return {"item_id": items}


def order_title(order: Said) -> str:
    """Return how many of what were ordered."""
    return f"{order['quantity']} × {order['item_name']}"  # noqa: RUF001  # as a bill says it


def order_lead(order: Said) -> str:
    """Return what an order waits for, or what became of it."""
    match order["status"]:
        case "waits_for_approval":
            return f"It waits for the {order['tier']}: it is worth more than the item's limit."
        case "ready":
            return "It waits to be sent to whoever fulfils it; its days begin then."
        case "sent":
            return f"It is on its way from {order['fulfiller']}, and due on {day(order['due_on'])}."
        case "fulfilled":
            return f"It came on {day(order['fulfilled_on'])}; it was due on {day(order['due_on'])}."
        case "refused":
            return "It was refused. An RFP that it was for can be asked for again."
    return "It will not come. An RFP that it was for can be asked for again."


def order_facts(order: Said) -> FactsSaid:
    """Return what an order is worth, for whom, and who asked for it."""
    found = [
        ("Value", f"{pounds(order['value_pence'])} without VAT"),
        ("For", order["service_area"]),
        ("Cost centre", order["cost_centre"]),
        ("Ordered by", name_of(order["raised_by"])),
        ("Stands", ORDER_STANDS[order["status"]]),
        ("Comes within", f"{counted(order['lead_time_days'], 'day')} of being sent"),
    ]
    if order["tier"]:
        said = TIER_SAYS.get(order["status"], "Approved by")
        found.append((said, capitalize_first(order["tier"])))
    return found
