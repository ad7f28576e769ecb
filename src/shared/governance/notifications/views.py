"""What can be seen of webhook endpoints; no secret is in any view."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel

from shared.governance.notifications.domain import EndpointStatus, TargetKind, WebhookEndpoint
from shared.kernel.fields import TextOrNull
from shared.record.projecting.row_models import COUNTED, SEARCHED, model_table, row_of
from shared.record.projecting.views import StateView


class EndpointRow(BaseModel):
    """An endpoint: where it listens, who answers for it, and what it is told of."""

    id: UUID
    version: int
    status: EndpointStatus
    target: TargetKind
    name: Annotated[str, SEARCHED]
    owner: Annotated[str, SEARCHED, COUNTED]
    host: Annotated[TextOrNull, SEARCHED, COUNTED]
    url: TextOrNull
    types: list[str]
    people: list[str]
    teams: list[str]
    areas: list[str]
    in_order: bool
    first_position: int
    opened_at: datetime
    changed_at: datetime


webhook_endpoints = model_table("webhook_endpoints", EndpointRow)


endpoint_row = row_of(EndpointRow)

WEBHOOK_ENDPOINTS = StateView(webhook_endpoints, endpoint_row, WebhookEndpoint())
