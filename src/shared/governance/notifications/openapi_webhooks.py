"""The `webhooks` of the API file: what a receiver is sent of each type, with an example."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body
from fastapi.routing import APIRoute

from shared.governance.notifications.notification_types import MEANINGS, NotificationType
from shared.governance.notifications.payloads import CLOUD_EVENTS, NotificationPayload

CASE = "0b0e0c4e-5f0a-4a53-a1b8-3d6c6f3f4a11"
HEADERS = (
    "Signed by Standard Webhooks: `webhook-id`, `webhook-timestamp` and `webhook-signature` (`v1`,"
    " HMAC-SHA256 by every live secret). A repeat has the same id and body, and another time. Answer with"
    " 2xx within 15 seconds; anything else is tried again, but for 400, 413, 415 and 422, which are not, and"
    " 410, which disables the endpoint."
)

# What each family of types is about, and where that is; all others are about RFPs.
THINGS = {
    "endpoint": ("webhook-endpoint", "webhook-endpoints"),
    "contract": ("contract", "contracts"),
    "round": ("review-round", "renewal-rounds"),
    "pipeline": ("pipeline-year", "pipeline-notices"),
    "plan": ("project", "projects"),
    "milestone": ("milestone", "milestones"),
    "job": ("batch", "jobs"),
}

webhooks = APIRouter(route_class=APIRoute)


def examples(kind: NotificationType) -> list[dict[str, Any]]:
    """Return what one type may look like: of a turn, also one of those that the inbox shows."""
    if kind is NotificationType.TURN_ENDED:
        return [example(kind, "evidence")]
    return [example(kind), *([example(kind, "evidence")] if kind is NotificationType.TURN_BEGAN else ())]


def example(kind: NotificationType, wait: str = "") -> dict[str, Any]:
    """Return what one type may look like."""
    what, path = THINGS.get("milestone" if wait else kind.value.partition(".")[0], ("rfp", "rfps"))
    return {
        "specversion": "1.0",
        "id": "msg_6f0d7e0a3b5c4f7c9f2c1f0a8f6f2b11",
        "source": "https://rfp.example",
        "type": kind.value,
        "subject": CASE,
        "time": "2026-03-02T10:00:00Z",
        "datacontenttype": "application/json",
        "sequence": "9",
        "data": {
            "case": {
                "kind": what,
                "id": CASE,
                "link": f"https://rfp.example/v1/{path}/{CASE}",
                "page": f"https://rfp.example/console/rfps/{CASE}" if what == "rfp" else "",
            },
            "tier": "head" if kind.value.startswith("approval.") else "",
            "party": "procurement" if kind is NotificationType.TURN_BEGAN and not wait else "",
            "wait": wait,
            "position": 918,
            "withheld": False,
            "challenge": "k3Qf0" if kind is NotificationType.ENDPOINT_CHALLENGE else "",
        },
    }


def _told(kind: NotificationType) -> Callable[..., None]:
    """Return the operation of a receiver that is sent this type."""

    def told(
        payload: Annotated[NotificationPayload, Body(media_type=CLOUD_EVENTS, examples=examples(kind))],
    ) -> None:
        """Be told."""

    told.__doc__ = HEADERS
    return told


for _kind in NotificationType:
    webhooks.add_api_route(
        _kind.value,
        _told(_kind),
        methods=["POST"],
        name=f"receive_{_kind.value.replace('.', '_').replace('-', '_')}",
        summary=MEANINGS[_kind].rstrip("."),
        tags=["notifications"],
        status_code=204,
        openapi_extra={"security": []},  # it is signed
        responses={"4XX": {"description": "Not taken"}, "5XX": {"description": "Not taken just now"}},
    )
