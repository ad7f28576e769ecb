"""Webhook endpoints over HTTP: registered, changed, stopped, and told again what they missed."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import BaseModel, Field

from shared.governance.notifications.commands import EndpointDecision, ResendDelivery, RotateEndpointSecret
from shared.governance.notifications.domain import EndpointStatus, WebhookEndpoint
from shared.governance.notifications.endpoint_secrets import EndpointSecrets, new_signing_secret
from shared.governance.notifications.notification_service import notification_service
from shared.governance.notifications.registration import EndpointRegistration
from shared.governance.notifications.views import EndpointRow, endpoint_row, webhook_endpoints
from shared.kernel.messages import Receipt
from shared.web.decisions.commands import CommandHandler, Commands, OpeningCommands, may
from shared.web.decisions.next_decisions import Next, commands_in, with_next
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.reads.answers import CREATES, DECIDES, answer_now, one
from shared.web.reads.readings import Read
from shared.web.reads.things import thing_as_of
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

EndpointId = Annotated[UUID, Path(description="The endpoint's id.")]

DECISIONS = tuple(commands_in(EndpointDecision))

router = APIRouter(
    prefix="/v1/webhook-endpoints",
    tags=["notifications"],
    route_class=StrictRoute,
    max_body_size=BODY_BYTES_LIMIT,
)

ENDPOINT_LIST = ListOf(name="webhook-endpoints", row=EndpointRow, table=webhook_endpoints)

HEALTH = """
SELECT count(*) FILTER (WHERE d.status = 'pending') AS pending,
       count(*) FILTER (WHERE d.status = 'held') AS held,
       count(*) FILTER (WHERE d.status = 'failed') AS failed,
       count(*) FILTER (WHERE d.status = 'delivered') AS delivered,
       max(d.settled_at) FILTER (WHERE d.status = 'delivered') AS last_delivered_at,
       min(d.due_at) FILTER (WHERE d.status = 'pending') AS oldest_due_at,
       max(h.failures) AS failures_in_a_row, max(h.failing_since) AS failing_since,
       max(h.open_until) AS rests_until, max(h.last_failure_at) AS last_failure_at
FROM deliveries d FULL JOIN target_health h ON h.target = d.target
WHERE coalesce(d.target, h.target) = $1
"""
HAS_DELIVERY = "SELECT EXISTS (SELECT FROM deliveries WHERE id = $1 AND target = $2)"


class EndpointHealth(BaseModel):
    """How an endpoint does: what waits for it, what it took, and since when it takes nothing."""

    pending: int = 0
    held: int = 0
    failed: int = 0
    delivered: int = 0
    last_delivered_at: datetime | None = None
    last_failure_at: datetime | None = None
    oldest_due_at: datetime | None = None
    failures_in_a_row: int = 0
    failing_since: datetime | None = None
    rests_until: datetime | None = Field(
        None, description="Until when nothing is sent there, after failures in a row."
    )


class EndpointSeen(EndpointRow):
    """One endpoint with its health; of its secrets, how many sign just now."""

    signing_secrets: int
    health: EndpointHealth
    next: Next = None


class EndpointReceipt(Receipt):
    """A decision on an endpoint; `secret` is a new one, shown this once and kept encrypted."""

    secret: str | None = None


@router.post(
    "",
    status_code=201,
    summary="Register a webhook endpoint",
    dependencies=[may("RegisterEndpoint")],
    responses=CREATES,
)
async def register_endpoint(
    request: Request,
    registration: Annotated[EndpointRegistration, strict(EndpointRegistration), Body()],
    handler: OpeningCommands,
) -> EndpointReceipt:
    """Register where a program listens; it is told nothing until it has answered a signed challenge.

    A repeat shows no secret again: rotate it.
    """
    kept: EndpointSecrets = notification_service(request).endpoint_secrets
    command, why_not = registration.command(notification_service(request).receivers)
    secret = new_signing_secret()
    secret_id = await kept.keep(secret)
    facts: dict[str, Any] = {"allowed": not why_not, "secret_id": str(secret_id)}
    if why_not:
        facts["why_not"] = why_not
    if registration.address_is_secret and not why_not:
        facts["address_id"] = str(await kept.keep(registration.url))
    receipt = await handler.create(command, blank=WebhookEndpoint(), **facts)
    shown = await _shown(handler, receipt.id, secret_id, secret)
    return EndpointReceipt(**receipt.model_dump(), secret=None if registration.address_is_secret else shown)


@router.post("/{endpoint_id}/decisions", summary="Decide on a webhook endpoint", responses=DECIDES)
async def decide_on_endpoint(
    request: Request,
    endpoint_id: EndpointId,
    command: Annotated[EndpointDecision, strict(EndpointDecision), Body()],
    handler: Commands,
) -> EndpointReceipt:
    """Change what an endpoint is told, rotate its secret, pause, resume, ping, disable or delete it.

    Or have one delivery made again, or all of a period that failed or was held. A repeat shows no secret.
    """
    service = notification_service(request)
    facts: dict[str, Any] = {}
    secret, secret_id = "", None
    handler.permissions.authority(handler.person, type(command).__name__)
    if isinstance(command, RotateEndpointSecret):
        secret = new_signing_secret()
        secret_id = await service.endpoint_secrets.keep(secret)
        facts["secret_id"] = str(secret_id)
    if isinstance(command, ResendDelivery):
        facts["has_delivery"] = await service.pool.fetchval(
            HAS_DELIVERY, command.delivery_id, str(endpoint_id)
        )
    receipt = await handler.handle(endpoint_id, command, blank=WebhookEndpoint(), **facts)
    shown = await _shown(handler, endpoint_id, secret_id, secret) if secret_id else None
    return EndpointReceipt(**receipt.model_dump(), secret=shown)


@router.get(
    "",
    summary="List webhook endpoints",
    dependencies=[may("read-webhook-endpoints")],
    responses=ENDPOINT_LIST.responses,
)
async def list_endpoints(query: Annotated[ListQuery, ENDPOINT_LIST.asked]) -> Response:
    """List where programs are told what happens, newest first."""
    return await ENDPOINT_LIST.answer(query)


@router.get(
    "/{endpoint_id}",
    summary="See a webhook endpoint",
    dependencies=[may("read-webhook-endpoints")],
    responses=one(EndpointSeen, lasting=False),
)
async def see_endpoint(request: Request, endpoint_id: EndpointId, reading: Read) -> Response:
    """Show one endpoint, what it is told of, how deliveries are going, and what you may decide on it now."""
    stream = await thing_as_of(request, reading, endpoint_id, WebhookEndpoint())
    row = await reading.pool.fetchrow(HEALTH, str(endpoint_id))
    assert row is not None, "it counts, also nothing"
    shown = EndpointSeen(
        id=stream.id,
        version=stream.version,
        first_position=stream.first_position,
        opened_at=stream.opened_at,
        changed_at=stream.changed_at,
        **endpoint_row(stream),
        signing_secrets=len(stream.state.live_secrets(reading.as_of)),
        health=EndpointHealth(**{name: value for name, value in dict(row).items() if value is not None}),
    )
    shown = await with_next(request, reading, stream, shown, DECISIONS)
    return answer_now(shown, stream.version)


async def _shown(handler: CommandHandler, endpoint_id: UUID, secret_id: UUID, secret: str) -> str | None:
    """Return a new secret where it counts; nothing at a repeat, where it is another than that which does."""
    endpoint = (await handler.store.load(endpoint_id, WebhookEndpoint())).state
    counts = secret_id in endpoint.secrets and endpoint.status is not EndpointStatus.DELETED
    return secret if counts else None
