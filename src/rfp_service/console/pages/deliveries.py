"""The log of deliveries as pages: what was to be sent to whom, every attempt, and that none was changed."""

from typing import Annotated

from fastapi import Path, Query, Request, Response

from rfp_service.console.columns import COLUMNS
from rfp_service.console.links import address
from rfp_service.console.managed_kinds import kinds_for
from rfp_service.console.notification_facts import came_back, name_targets, told_type
from rfp_service.console.pages.cases import list_page
from rfp_service.console.rendering import page
from rfp_service.console.routes import HOME, page_router
from rfp_service.console.visits import Visiting

PATH = f"{HOME}/deliveries"
STATUSES = ("pending", "held", "delivered", "failed", "dropped")
NARROWED = ("target", "status", "type", "case_id")
LARGEST = 2**62
TOLD_BY = {"mail": "by mail", "digest": "by mail, with others", "teams": "in Teams"}

router = page_router()


@router.get("/deliveries")
async def deliveries(request: Request, visit: Visiting, checked: str = "") -> Response:
    """List what was to be sent to whom, newest first; on request, check the attempts against the record."""
    shown = await list_page(request, visit, "/v1/deliveries", NARROWED)
    await name_targets(visit, shown["items"])
    proof = await visit.get_from_log("/v1/deliveries/proof") if checked else None
    said = dict(shown["query"])
    if "target" in said and shown["items"]:
        said["target"] = shown["items"][0]["to"]
    if "type" in said:
        said["type"] = told_type(said["type"])
    return page(
        request,
        "deliveries",
        kinds=kinds_for(visit.who),
        columns=COLUMNS["deliveries"],
        statuses=STATUSES,
        opens=lambda row: address(f"{PATH}/{row['id']}", {name: row[name] for name in ("target", "type")}),
        called=lambda row: told_type(row["type"]),
        under=lambda row: ", ".join(filter(None, (row["to"], TOLD_BY.get(row["target_kind"])))),
        said=said,
        proof=proof,
        path=PATH,
        **shown,
    )


@router.get("/deliveries/{delivery_id}")
async def one_delivery(
    request: Request,
    visit: Visiting,
    delivery_id: Annotated[int, Path(ge=1, le=LARGEST)],
    target: Annotated[str, Query(max_length=64)] = "",
    type: Annotated[str, Query(max_length=64)] = "",  # noqa: A002  # as the log calls it
) -> Response:
    """Show every attempt at one delivery, and what came back."""
    seen = await visit.get_from_log(f"/v1/deliveries/{delivery_id}/attempts")
    endpoint = await visit.maybe(f"/v1/webhook-endpoints/{target}") if target.count("-") == 4 else None
    return page(
        request,
        "delivery",
        kinds=kinds_for(visit.who),
        id=delivery_id,
        told=told_type(type) if type else "",
        endpoint=endpoint,
        attempts=seen["attempts"],
        came_back=came_back,
        path=PATH,
    )
