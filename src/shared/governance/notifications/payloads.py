"""What is sent to programs: thin CloudEvents 1.0, ids and a link, and never anything personal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import orjson
from pydantic import BaseModel, Field

from shared.governance.notifications.notification_types import NotificationType
from shared.governance.notifications.signatures import message_name

PARTY = "party:"  # what a party is told to by, as a tier is by its name
CLOUD_EVENTS = "application/cloudevents+json"


class ToldCase(BaseModel):
    """What something happened to, and where it can be looked at by whoever may."""

    kind: str = Field(examples=["rfp"])
    id: UUID
    link: str = Field(examples=["https://rfp.example/v1/rfps/0b0e0c4e-5f0a-4a53-a1b8-3d6c6f3f4a11"])
    page: str = Field(
        "",
        description="Where somebody opens it in a browser; blank where it has no page.",
        examples=["https://rfp.example/console/rfps/0b0e0c4e-5f0a-4a53-a1b8-3d6c6f3f4a11"],
    )


class ToldData(BaseModel):
    """What a notification says: nothing that is exempt, and nobody's name."""

    case: ToldCase
    tier: str = Field("", description="The tier whose turn it is or was; blank where it is nobody's.")
    party: str = Field(
        "", description="The party whose turn it is; blank where an approver is asked, or nobody is."
    )
    wait: str = Field(
        "",
        description="What is waited for, as the inbox names it, such as `evidence`; blank where a tier or a"
        " party is told.",
    )
    position: int = Field(description="Its place in the record, for the audit.", examples=[918])
    withheld: bool = Field(default=False, description="Whether something is exempt, and left out here.")
    challenge: str = Field("", description='What an endpoint answers with, as `{"challenge": …}`.')


class NotificationPayload(BaseModel):
    """A notification as a CloudEvent in its structured form."""

    specversion: Literal["1.0"] = "1.0"
    id: str = Field(description="Also `webhook-id`: the same for every repeat.", examples=["msg_0b0e0c4e"])
    source: str = Field(examples=["https://rfp.example"])
    type: NotificationType
    subject: str = Field(description="The id of the case.")
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    sequence: str = Field(description="Rises within a case: its version.", examples=["9"])
    data: ToldData


def party_of(told: str) -> str:
    """Return the party that something is told to; blank if it is a tier, or people by name."""
    return told.removeprefix(PARTY) if told.startswith(PARTY) else ""


def payload(
    row: Mapping[str, Any], path: str, page: str, source: str, *, withheld: bool, challenge: str
) -> bytes:
    """Return the bytes that are signed and sent of a notification, the same for every receiver.

    `path` and `page` are where its case, and that in a browser, are with the service at `source`.
    """
    case_id = row["case_id"]
    made = NotificationPayload(
        id=message_name(row["message_id"]),
        source=source,
        type=NotificationType(row["type"]),
        subject=str(case_id),
        time=row["happened_at"],
        sequence=str(row["sequence"]),
        data=ToldData(
            case=ToldCase(
                kind=row["case_kind"],
                id=case_id,
                link=f"{source}{path}",
                page=f"{source}{page}" if page else "",
            ),
            tier="" if withheld else row["tier"],
            party="" if withheld else party_of(row["told_tier"]),
            wait=row["wait"],
            position=row["position"],
            withheld=withheld,
            challenge=challenge,
        ),
    )
    return orjson.dumps(made.model_dump(mode="json"))
