"""An order from the catalogue: raised, approved where its price needs it, sent, fulfilled or failed."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.kernel.errors import Refused
from shared.kernel.messages import Event
from shared.kernel.states import replace


class OrderStatus(StrEnum):
    """How far an order has come."""

    ABSENT = "absent"
    WAITS_FOR_APPROVAL = "waits_for_approval"
    READY = "ready"
    SENT = "sent"
    FULFILLED = "fulfilled"
    FAILED = "failed"
    REFUSED = "refused"


OPEN = (OrderStatus.WAITS_FOR_APPROVAL, OrderStatus.READY, OrderStatus.SENT)


@dataclass(frozen=True)
class Order:
    """One order; amounts in pence, without VAT, by the price on the day it was raised."""

    kind: ClassVar[str] = "catalogue-order"

    status: OrderStatus = OrderStatus.ABSENT
    item_id: UUID | None = None
    item_version: int = 0
    quantity: int = 0
    value_pence: int = 0
    lead_time_days: int = 0
    service_area: str = ""
    cost_centre: str = ""
    raised_by: str = ""
    rfp_id: UUID | None = None  # whose need it meets
    tier: str = ""  # that must approve it; blank if none must
    fulfiller: str = ""
    due_on: date | None = None
    fulfilled_on: date | None = None
    kept_out: tuple[str, ...] = ()  # who has, or had, a part in the RFP whose need it meets

    @property
    def barred(self) -> tuple[str, ...]:
        """Return who doesn't approve it: whoever ordered, and whoever has a part in its RFP."""
        return (self.raised_by, *self.kept_out)


class OrderEvent(Event[Order]):
    """Something that happened to an order."""

    kind: ClassVar[str] = "catalogue-order"
    body_of_work: ClassVar[str] = "rfps"


class OrderRaised(OrderEvent):
    """A service orders something from the catalogue."""

    item_id: UUID
    item_version: int
    quantity: int
    value_pence: int
    lead_time_days: int
    service_area: str
    cost_centre: str
    raised_by: str
    rfp_id: UUID | None = None
    tier: str = ""
    scheme_version: int = 0
    kept_out: tuple[str, ...] = ()

    def apply(self, order: Order) -> Order:
        """Return the order, ready to be sent unless a tier must approve it."""
        return Order(
            OrderStatus.WAITS_FOR_APPROVAL if self.tier else OrderStatus.READY,
            self.item_id,
            self.item_version,
            self.quantity,
            self.value_pence,
            self.lead_time_days,
            self.service_area,
            self.cost_centre,
            self.raised_by,
            self.rfp_id,
            self.tier,
            kept_out=self.kept_out,
        )


class OrderTierPassedUp(OrderEvent):
    """Nobody of the tier that must approve an order could: the next one's grant counts for both."""

    tier: str
    next_tier: str
    after_working_days: int
    scheme_version: int

    def apply(self, order: Order) -> Order:
        """Return the order that waits for the other tier."""
        return replace(order, tier=self.next_tier)


class OrderApproved(OrderEvent):
    """The tier of its value approved an order."""

    tier: str
    reason: str
    scheme_version: int
    decided_by: str
    acting_for: str

    def apply(self, order: Order) -> Order:
        """Return the order, ready to be sent."""
        return replace(order, status=OrderStatus.READY)


class OrderRefused(OrderEvent):
    """The tier of its value refused an order; it ends."""

    tier: str
    reason: str
    scheme_version: int
    decided_by: str
    acting_for: str
    rfp_id: UUID | None = None  # whose need it was to meet

    def apply(self, order: Order) -> Order:
        """Return the order at its end."""
        return replace(order, status=OrderStatus.REFUSED)


class OrderSent(OrderEvent):
    """An order went to whoever fulfils it: the lead time runs."""

    fulfiller: str
    sent_on: date
    due_on: date

    def apply(self, order: Order) -> Order:
        """Return the order with its fulfiller and its day."""
        return replace(order, status=OrderStatus.SENT, fulfiller=self.fulfiller, due_on=self.due_on)


class OrderFulfilled(OrderEvent):
    """What was ordered is there, in its lead time or after it."""

    fulfilled_on: date
    lead_time_kept: bool

    def apply(self, order: Order) -> Order:
        """Return the order at its good end."""
        return replace(order, status=OrderStatus.FULFILLED, fulfilled_on=self.fulfilled_on)


class OrderFailed(OrderEvent):
    """What was ordered will not come, or did not do."""

    reason: str
    rfp_id: UUID | None = None  # whose need it was to meet

    def apply(self, order: Order) -> Order:
        """Return the order at its end."""
        return replace(order, status=OrderStatus.FAILED)


class WrongStatus(Refused):
    """This can't be decided at the order's present stage."""


class NothingToOrder(Refused):
    """The catalogue has no such item for this service today."""


class NotDivertedToIt(Refused):
    """An order can name only an RFP of yours that was diverted to this item."""


class OwnOrder(Refused):
    """Nobody can approve their own order."""


class OrderForOwnRfp(Refused):
    """Whoever asked for an RFP, led it or judged its bids can't approve an order for it."""


class FulfilledAhead(Refused):
    """An order can't be fulfilled on a future day, or before it was sent."""


ORDER_EVENTS = (
    OrderRaised,
    OrderTierPassedUp,
    OrderApproved,
    OrderRefused,
    OrderSent,
    OrderFulfilled,
    OrderFailed,
)
