"""Ordering from the catalogue, approving what is dear, and saying what became of it."""

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from typing_extensions import TypeAliasType

from rfp_service.catalogue.domain.orders import (
    OPEN,
    FulfilledAhead,
    NotDivertedToIt,
    NothingToOrder,
    Order,
    OrderApproved,
    OrderFailed,
    OrderForOwnRfp,
    OrderFulfilled,
    OrderRaised,
    OrderRefused,
    OrderSent,
    OrderStatus,
    OwnOrder,
    WrongStatus,
)
from shared.governance.scheme.tiers import must_be_of_tier, tiers_for
from shared.kernel.calendar import day_in_london
from shared.kernel.fields import WHOLE, Code, Day, PersonId, Reason, ShortText
from shared.kernel.messages import Command, Known, Stamp

QUANTITY_LIMIT = 10_000


class ItemKnown(BaseModel):
    """An item as available today, as known to an order."""

    model_config = ConfigDict(frozen=True)

    version: int
    price_pence: int
    lead_time_days: int
    approval_above_pence: int | None
    service_areas: tuple[str, ...]
    can_be_had: bool


class RfpKnown(BaseModel):
    """Whose an RFP is, to which item it is diverted just now, and who ever had a part in it."""

    model_config = ConfigDict(frozen=True)

    raised_by: str
    diverted_to: UUID | None
    parts: tuple[str, ...] = ()


_ITEM, _RFP = TypeAdapter(ItemKnown), TypeAdapter(RfpKnown)


class RaiseOrder(Command[Order]):
    """Order something from the catalogue; name the RFP whose need it meets, where there is one."""

    by_the_rules = True  # they say when its tier counts as out of reach

    item_id: UUID
    quantity: Annotated[int, Field(ge=1, le=QUANTITY_LIMIT), WHOLE] = Field(1, examples=[3])
    service_area: ShortText = Field(examples=["Registrars"])
    cost_centre: Code = Field(examples=["CC-104"])
    rfp_id: UUID | None = Field(None, description="Your RFP that was diverted to this item.")

    def decide(self, order: Order, stamp: Stamp) -> OrderRaised:
        """Raise it at today's price; above the item's limit, the tier of its value must approve it."""
        found = stamp.known.facts.get("item")
        item = _ITEM.validate_python(found, strict=False) if found else None
        if item is None or not item.can_be_had or not _theirs(item, self.service_area):
            raise NothingToOrder(item_id=str(self.item_id))
        parts = self._must_meet_a_need(stamp)
        value = item.price_pence * self.quantity
        return OrderRaised(
            **self.model_dump(),
            item_version=item.version,
            value_pence=value,
            lead_time_days=item.lead_time_days,
            raised_by=stamp.by,
            tier=_tier(item, value, stamp.known),
            scheme_version=stamp.known.scheme_version,
            kept_out=parts,
        )

    def _must_meet_a_need(self, stamp: Stamp) -> tuple[str, ...]:
        """Return who else has a part in the RFP whose need it meets; nobody if it meets none's."""
        if self.rfp_id is None:
            return ()
        found = stamp.known.facts.get("rfp")
        rfp = _RFP.validate_python(found, strict=False) if found else None
        if rfp is None or rfp.diverted_to != self.item_id or not stamp.is_from(rfp.raised_by):
            raise NotDivertedToIt(rfp_id=str(self.rfp_id))
        return tuple(person for person in rfp.parts if not stamp.is_from(person))


def _theirs(item: ItemKnown, service_area: str) -> bool:
    return not item.service_areas or service_area in item.service_areas


def _tier(item: ItemKnown, value_pence: int, known: Known) -> str:
    """Return the tier that an order needs: that of its value alone; none up to the item's limit."""
    if item.approval_above_pence is None or value_pence <= item.approval_above_pence:
        return ""
    return tiers_for(value_pence, known)[-1]


class OrderApproval(Command[Order]):
    """What an approver says to an order, for themselves or for somebody who has delegated it."""

    acting_for: PersonId | None = Field(None, description="Whom you stand in for.", examples=["hana-head"])
    reason: Reason

    @property
    def on_behalf_of(self) -> str:
        """Return whom the approver stands in for."""
        return self.acting_for or ""

    @classmethod
    def guard(cls, order: Order, stamp: Stamp) -> None:
        _their_tier(order, stamp)


class ApproveOrder(OrderApproval):
    """Approve an order for your tier."""

    decision: Literal["approve-order"] = "approve-order"

    def decide(self, order: Order, stamp: Stamp) -> OrderApproved:
        """Let it be sent."""
        return OrderApproved(
            tier=_their_tier(order, stamp),
            reason=self.reason,
            scheme_version=stamp.known.scheme_version,
            decided_by=stamp.by,
            acting_for=stamp.acting_for,
        )


class RefuseOrder(OrderApproval):
    """Refuse an order for your tier; an RFP that was diverted to it can be asked for again."""

    decision: Literal["refuse-order"] = "refuse-order"

    def decide(self, order: Order, stamp: Stamp) -> OrderRefused:
        """End it."""
        return OrderRefused(
            tier=_their_tier(order, stamp),
            reason=self.reason,
            scheme_version=stamp.known.scheme_version,
            decided_by=stamp.by,
            acting_for=stamp.acting_for,
            rfp_id=order.rfp_id,
        )


class SendOrder(Command[Order]):
    """Send an order to whoever fulfils it."""

    decision: Literal["send-order"] = "send-order"
    fulfiller: ShortText = Field(examples=["IT stores"])

    @classmethod
    def guard(cls, order: Order, stamp: Stamp) -> None:
        _must_be(order, OrderStatus.READY)

    def decide(self, order: Order, stamp: Stamp) -> OrderSent:
        """Start the lead time: so many days after today."""
        today = day_in_london(stamp.at)
        due_on = today + timedelta(days=order.lead_time_days)
        return OrderSent(fulfiller=self.fulfiller, sent_on=today, due_on=due_on)


class FulfilOrder(Command[Order]):
    """Say that what was ordered is there."""

    decision: Literal["fulfil-order"] = "fulfil-order"
    fulfilled_on: Day = Field(examples=["2026-03-13"])

    @classmethod
    def guard(cls, order: Order, stamp: Stamp) -> None:
        _must_be(order, OrderStatus.SENT)

    def decide(self, order: Order, stamp: Stamp) -> OrderFulfilled:
        """End it well, in its lead time or after it."""
        assert order.due_on is not None, "what was sent has its day"
        sent_on = order.due_on - timedelta(days=order.lead_time_days)
        if not sent_on <= self.fulfilled_on <= day_in_london(stamp.at):
            raise FulfilledAhead(sent_on=sent_on)
        return OrderFulfilled(
            fulfilled_on=self.fulfilled_on, lead_time_kept=self.fulfilled_on <= order.due_on
        )


class FailOrder(Command[Order]):
    """Say that what was ordered will not come, or did not do after all; its RFP can be asked for again."""

    decision: Literal["fail-order"] = "fail-order"
    reason: Reason

    @classmethod
    def guard(cls, order: Order, stamp: Stamp) -> None:
        _must_be(order, *OPEN, OrderStatus.FULFILLED)

    def decide(self, order: Order, stamp: Stamp) -> OrderFailed:
        """End it, also where it had been fulfilled: the need is not met."""
        return OrderFailed(reason=self.reason, rfp_id=order.rfp_id)


def _their_tier(order: Order, stamp: Stamp) -> str:
    """Return the tier, once whoever decides is of it and has no part in what was ordered."""
    _must_be(order, OrderStatus.WAITS_FOR_APPROVAL)
    if stamp.is_from(order.raised_by):
        raise OwnOrder(raised_by=order.raised_by)
    for person in order.kept_out:
        if stamp.is_from(person):
            raise OrderForOwnRfp(person=person)
    return must_be_of_tier(order.tier, order.value_pence, stamp)


def _must_be(order: Order, *statuses: OrderStatus) -> None:
    if order.status not in statuses:
        raise WrongStatus(order_status=order.status, allowed_in=list(statuses))


OrderDecision = TypeAliasType(
    "OrderDecision",
    Annotated[
        ApproveOrder | RefuseOrder | SendOrder | FulfilOrder | FailOrder, Field(discriminator="decision")
    ],
)
