"""One catalogue item over HTTP, with every version that there was of it."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel

from rfp_service.catalogue.commands.items import CatalogueDecision
from rfp_service.catalogue.domain.items import ITEM_FIELDS, CatalogueItem
from shared.kernel.errors import NotFound
from shared.kernel.fields import TextOrNull
from shared.web.core_service import core_service
from shared.web.decisions.commands import may
from shared.web.decisions.next_decisions import Next, commands_in, next_decisions
from shared.web.reads.answers import answer_untagged, one
from shared.web.reads.readings import Read, Reading
from shared.web.requests.bodies import StrictRoute

DECISIONS = tuple(commands_in(CatalogueDecision))

router = APIRouter(prefix="/v1/catalogue-items", tags=["catalogue"], route_class=StrictRoute)


class ItemVersion(BaseModel):
    """An item as one decision left it: who took it, when, and why; its first version needs no reason."""

    id: UUID
    version: int
    decision: str
    by: str
    changed_at: datetime
    reason: TextOrNull
    name: str
    description: str
    category: str
    price_pence: int
    lead_time_days: int
    service_areas: list[str]
    available_from: date | None
    available_until: date | None
    approval_above_pence: int | None


class CatalogueItemSeen(ItemVersion):
    """One item as it stands or stood, and every version until then, oldest first."""

    versions: list[ItemVersion]
    next: Next = None


@router.get(
    "/{item_id}",
    summary="See a catalogue item",
    dependencies=[may("read-catalogue")],
    responses=one(CatalogueItemSeen, lasting=False),
)
async def see_item(
    request: Request, item_id: Annotated[UUID, Path(description="The catalogue item's id.")], reading: Read
) -> Response:
    """Show an item with its versions (name and price over time) and, as of now, what you may decide."""
    versions = await _versions(reading, item_id)
    shown = [*versions, dict(versions[-1])]
    await reading.redacted(shown)
    last = {**shown.pop(), "versions": shown, "next": None}
    if not reading.past:
        stream = await core_service(request).store.load(item_id, CatalogueItem())
        last["next"] = await next_decisions(request, stream, DECISIONS)
    withheld = any("withheld" in version for version in shown)
    return answer_untagged(last, **({} if withheld else {"ETag": f'"{last["version"]}"'}))


async def _versions(reading: Reading, item_id: UUID) -> list[dict[str, Any]]:
    events = await reading.record.stream(item_id, reading.until)
    if not events or type(events[0].event).kind != CatalogueItem.kind:
        raise NotFound
    item, found = CatalogueItem(), []
    for recorded in events:
        item = recorded.event.apply(item)
        said = {name: getattr(item, name) for name in ITEM_FIELDS}
        found.append(
            {
                "id": item_id,
                "version": recorded.version,
                "decision": type(recorded.event).__name__,
                "by": recorded.by,
                "changed_at": recorded.happened_at,
                "reason": getattr(recorded.event, "reason", None) or None,
                **said,
                "service_areas": list(item.service_areas),
            }
        )
    return found
