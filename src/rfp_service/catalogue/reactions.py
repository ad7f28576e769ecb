"""What an order's events set off: word to the tier that must approve it, and to whoever has the next step."""

from collections.abc import Iterable, Sequence
from typing import Any

from rfp_service.catalogue.deadlines import ORDER_TIER
from rfp_service.catalogue.domain.orders import (
    OPEN,
    Order,
    OrderApproved,
    OrderFailed,
    OrderFulfilled,
    OrderRaised,
    OrderRefused,
    OrderSent,
    OrderStatus,
    OrderTierPassedUp,
)
from shared.governance.notifications.notification_types import NotificationType
from shared.governance.notifications.outbox import notification_row
from shared.governance.notifications.payloads import PARTY
from shared.governance.scheme.passing_up import when_to_look
from shared.governance.scheme.tiers import step_pence
from shared.kernel.messages import Event, Known, Recorded
from shared.kernel.roles import Role
from shared.record.deadlines.table import deadline_row
from shared.record.projecting.reactions import Reaction
from shared.record.projecting.views import Row

SENDERS, ORDERER = f"{PARTY}{Role.PROCUREMENT_OFFICER}", f"{PARTY}{Role.REQUESTER}"
WAITS_FOR = {SENDERS: OrderStatus.READY, ORDERER: OrderStatus.SENT}


def set_order_clocks(recorded: Recorded) -> Iterable[Row]:
    """Return when to see whether anybody of the tier whose turn began can act, where the scheme wants it."""
    if _tier_asked(recorded.event) and (look_at := when_to_look(recorded)) is not None:
        yield deadline_row(recorded.stream_id, ORDER_TIER, recorded.version, look_at)


def _tier_asked(event: Event[Any]) -> str:
    """Return the tier whose turn begins with an event; blank if none's does."""
    match event:
        case OrderRaised(tier=tier) | OrderTierPassedUp(next_tier=tier):
            return tier
        case _:
            return ""


def tell_of_orders(recorded: Recorded) -> Iterable[Row]:
    """Return what is to be told: a turn that began or is over, and an order's end."""
    event = recorded.event
    if asked := _tier_asked(event):
        yield notification_row(recorded, NotificationType.APPROVAL_REQUESTED, asked)
    match event:
        case OrderApproved(tier=tier) | OrderRefused(tier=tier):
            yield notification_row(recorded, NotificationType.APPROVAL_DECIDED, tier)
    match event:
        case OrderRaised(tier="") | OrderApproved():
            yield notification_row(recorded, NotificationType.TURN_BEGAN, told=SENDERS)
        case OrderSent():
            yield notification_row(recorded, NotificationType.TURN_BEGAN, told=ORDERER)
        case OrderRefused() | OrderFulfilled() | OrderFailed():
            yield notification_row(recorded, NotificationType.REQUEST_ENDED)


def people_of_order(order: Order, party: str) -> Sequence[str]:
    """Return the people of a party by name; nobody if it is a whole role."""
    return (order.raised_by,) if party == Role.REQUESTER else ()


def order_waits(order: Order, _type: str, told: str) -> bool:
    """Say whether an order still waits for whoever was told."""
    return order.status is WAITS_FOR.get(told, order.status) and order.status in OPEN


def amount_of_order(order: Order, known: Known) -> int:
    """Return what a stand-in must have been delegated."""
    return step_pence(order.tier, order.value_pence, known)


SET_ORDER_CLOCKS = Reaction("set_order_clocks", "deadlines", set_order_clocks)
TELL_OF_ORDERS = Reaction("tell_of_orders", "notifications", tell_of_orders)
