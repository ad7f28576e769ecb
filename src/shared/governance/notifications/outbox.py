"""The outbox of what is to be told: rows that reactions write, each once, in the order of the record."""

from collections.abc import Iterable, Sequence
from uuid import UUID, uuid5

from shared.governance.notifications.domain import (
    DeliveryResent,
    EndpointChallenged,
    EndpointDeleted,
    EndpointDisabled,
    EndpointFailing,
    EndpointPinged,
    EndpointRegistered,
    PeriodRecovered,
)
from shared.governance.notifications.notification_types import NotificationType
from shared.kernel.messages import Recorded
from shared.record.projecting.reactions import Reaction
from shared.record.projecting.views import Row

MESSAGES = UUID("5c1f0e8a-6e0e-4d2b-9d53-3f1d9a4b7c10")

OF_ENDPOINTS = {
    EndpointRegistered: NotificationType.ENDPOINT_CHALLENGE,
    EndpointChallenged: NotificationType.ENDPOINT_CHALLENGE,
    EndpointPinged: NotificationType.ENDPOINT_PING,
    EndpointFailing: NotificationType.ENDPOINT_FAILING,
    EndpointDisabled: NotificationType.ENDPOINT_DISABLED,
}


def notification_row(
    recorded: Recorded, kind: NotificationType, tier: str = "", people: Sequence[str] = (), told: str = ""
) -> Row:
    """Return what is to be told of an event: to a tier, or to people, or to whoever asks for its type.

    `told` is another tier, or a party, that is told instead.
    """
    return {
        "message_id": uuid5(MESSAGES, f"{recorded.position} {kind.value} {tier or told} {' '.join(people)}"),
        "position": recorded.position,
        "type": kind.value,
        "case_kind": recorded.event.kind,
        "case_id": recorded.stream_id,
        "sequence": recorded.version,
        "tier": tier,
        "told_tier": told,
        "people": list(people),
        "caused_by": recorded.by,
        "happened_at": recorded.happened_at,
    }


def tell_of_endpoints(recorded: Recorded) -> Iterable[Row]:
    """Return what an endpoint, or whoever answers for it, is told."""
    kind = OF_ENDPOINTS.get(type(recorded.event))
    return () if kind is None else (notification_row(recorded, kind),)


def order_deliveries(recorded: Recorded) -> Iterable[Row]:
    """Return what is to be done with deliveries that have been made already."""
    blank: dict[str, object] = {"delivery_id": None, "since": None, "until": None}
    match recorded.event:
        case DeliveryResent(delivery_id=delivery_id):
            said: dict[str, object] = {"order_kind": "resend", **blank, "delivery_id": delivery_id}
        case PeriodRecovered(since=since, until=until):
            said = {"order_kind": "recover", **blank, "since": since, "until": until}
        case EndpointDeleted():
            said = {"order_kind": "drop", **blank}
        case _:
            return ()
    return ({"position": recorded.position, "target": str(recorded.stream_id), **said},)


TELL_OF_ENDPOINTS = Reaction("tell_of_endpoints", "notifications", tell_of_endpoints)
ORDER_DELIVERIES = Reaction("order_deliveries", "delivery_orders", order_deliveries)
