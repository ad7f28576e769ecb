"""Webhook endpoints of which somebody must do something: prove that they listen, or be sent to again."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select

from shared.governance.notifications.domain import EndpointStatus, WebhookEndpoint
from shared.governance.notifications.views import webhook_endpoints
from shared.kernel.roles import Role
from shared.web.reads.readings import Reading
from shared.web.reads.waiting_things import ThingShown, ThingStanding, Wait, Waiter, WaitingThings

WHY = {
    EndpointStatus.UNVERIFIED: "It has still to answer its challenge: nothing is sent there yet.",
    EndpointStatus.DISABLED: "Nothing is sent there any more: mend and resume it, or delete it.",
}


def _waits(endpoint: WebhookEndpoint, waiter: Waiter) -> Iterator[Wait]:
    """Yield an endpoint that nothing is sent to, for whoever answers for it."""
    if endpoint.owner in waiter.ids and waiter.has(Role.ADMINISTRATOR) and endpoint.status in WHY:
        yield Wait("webhook-endpoint", WHY[endpoint.status], turn=endpoint.status)


def _candidates(reading: Reading, waiter: Waiter) -> "Select[Any] | None":
    if not waiter.has(Role.ADMINISTRATOR):
        return None
    t = webhook_endpoints.c
    theirs = t.owner.in_(waiter.ids) & t.status.in_(list(WHY))
    return select(t.id).where(reading.valid(webhook_endpoints), theirs)


def _shown(standing: ThingStanding) -> ThingShown:
    endpoint: WebhookEndpoint = standing.state
    return ThingShown("", endpoint.name, "", endpoint.status)


ENDPOINTS_WAITING = WaitingThings(
    "webhook-endpoint", "ResumeEndpoint", WebhookEndpoint(), _candidates, _waits, _shown
)
