"""The catalogue over HTTP: its items, and looks into it that an RFP can hand in."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy import and_, any_, func, literal, or_, select

from rfp_service.catalogue.commands import AddCatalogueItem, CatalogueDecision, SearchCatalogue
from rfp_service.catalogue.domain import CatalogueCheck, CatalogueItem
from rfp_service.catalogue.views import catalogue_items
from shared.kernel.calendar import day_in_london
from shared.kernel.errors import NotFound
from shared.kernel.fields import ASKED, Flag
from shared.kernel.messages import Receipt
from shared.web.answers import CREATES, DECIDES, answer_one, listed, one
from shared.web.bodies import BODY_BYTES_LIMIT, StrictRoute, strict
from shared.web.commands import Commands, OpeningCommands, may
from shared.web.pages import Paged
from shared.web.readings import Read, Replay

ItemId = Annotated[UUID, Path(description="The catalogue item's id.")]
CheckId = Annotated[UUID, Path(description="The catalogue check's id.")]

router = APIRouter(prefix="/v1", tags=["catalogue"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT)


class CatalogueItemRow(BaseModel):
    """Something that can be had without an RFP."""

    id: UUID
    version: int
    name: str
    description: str
    category: str
    price_pence: int
    lead_time_days: int
    service_areas: list[str]
    available_from: date | None
    available_until: date | None
    first_position: int
    changed_at: datetime


class CatalogueCheckShown(BaseModel):
    """A look into the catalogue: what was asked, by whom, and what was shown."""

    id: UUID
    version: int
    query: str
    service_area: str
    made_by: str
    made_at: datetime
    catalogue_position: int
    shown: list[UUID]


@router.post("/catalogue-items", status_code=201, summary="Add a catalogue item", responses=CREATES)
async def add_item(
    command: Annotated[AddCatalogueItem, strict(AddCatalogueItem), Body()], handler: OpeningCommands
) -> Receipt:
    """Add something that services can have without an RFP."""
    return await handler.create(command, blank=CatalogueItem())


@router.post("/catalogue-items/{item_id}/decisions", summary="Decide on a catalogue item", responses=DECIDES)
async def decide_on_item(
    item_id: ItemId,
    command: Annotated[CatalogueDecision, strict(CatalogueDecision), Body()],
    handler: Commands,
) -> Receipt:
    """Revise a catalogue item, or retire it."""
    return await handler.handle(item_id, command, blank=CatalogueItem())


@router.get(
    "/catalogue-items",
    summary="List the catalogue",
    dependencies=[may("read-catalogue")],
    responses=listed(CatalogueItemRow),
)
async def list_items(
    reading: Replay,
    page: Paged,
    category: Annotated[
        str | None, Query(max_length=200, pattern=ASKED, description="Only those of this category.")
    ] = None,
    service_area: Annotated[
        str | None, Query(max_length=200, pattern=ASKED, description="Only those that this service can have.")
    ] = None,
    available: Annotated[
        Flag | None, Query(description="Only those that can, or can't, be had on the day.")
    ] = None,
) -> Response:
    """List what can be had without an RFP, newest first."""
    t = catalogue_items.c
    statement = select(
        t.id,
        t.version,
        t.name,
        t.description,
        t.category,
        t.price_pence,
        t.lead_time_days,
        t.service_areas,
        t.available_from,
        t.available_until,
        t.first_position,
        t.changed_at,
    ).where(reading.valid(catalogue_items))
    statement = statement.where(reading.found_by(catalogue_items, {"category": category}))
    if service_area is not None:
        statement = statement.where(reading.may_find_by(catalogue_items, "service_areas"))
        everybodys = func.cardinality(t.service_areas) == 0
        statement = statement.where(or_(everybodys, literal(service_area) == any_(t.service_areas)))
    if available is not None:
        days = ("available_from", "available_until")
        statement = statement.where(reading.may_find_by(catalogue_items, *days))
        day = day_in_london(reading.as_of)
        can_be_had = and_(
            or_(t.available_from.is_(None), t.available_from <= day),
            or_(t.available_until.is_(None), t.available_until >= day),
        )
        statement = statement.where(can_be_had if available else ~can_be_had)
    return await page.of(reading, statement, t.first_position)


@router.post("/catalogue-checks", status_code=201, summary="Look into the catalogue", responses=CREATES)
async def check_catalogue(
    command: Annotated[SearchCatalogue, strict(SearchCatalogue), Body()], handler: OpeningCommands
) -> Receipt:
    """Look for something that meets a need; the check keeps what it showed, for the RFP."""
    return await handler.create(command, blank=CatalogueCheck())


@router.get(
    "/catalogue-checks/{check_id}",
    summary="See a catalogue check",
    dependencies=[may("read-catalogue")],
    responses=one(CatalogueCheckShown),
)
async def see_check(request: Request, check_id: CheckId, reading: Read) -> Response:
    """Show what a look into the catalogue showed."""
    store = request.app.state.service.store
    stream = await store.load(check_id, CatalogueCheck(), reading.position if reading.past else None)
    if stream.version == 0:
        raise NotFound
    check = stream.state
    shown = CatalogueCheckShown(
        id=check_id,
        version=stream.version,
        query=check.query,
        service_area=check.service_area,
        made_by=check.made_by,
        made_at=stream.opened_at,
        catalogue_position=check.catalogue_position,
        shown=list(check.shown),
    )
    return answer_one(request, shown, f'"{stream.version}"')
