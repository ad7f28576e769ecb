"""The catalogue over HTTP: its items, and looks into it that an RFP can hand in."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, and_, any_, func, literal, or_

from rfp_service.catalogue.commands.items import AddCatalogueItem, CatalogueDecision, SearchCatalogue
from rfp_service.catalogue.domain.items import CatalogueCheck, CatalogueItem
from rfp_service.catalogue.views.items import CatalogueItemRow, StoredItem, catalogue_items
from shared.kernel.calendar import day_in_london
from shared.kernel.fields import Flag, TextOrNull
from shared.kernel.messages import Receipt
from shared.web.access.areas import in_sight
from shared.web.decisions.commands import Commands, OpeningCommands, may
from shared.web.lists.filters import AT_MOST, AskedText, ListMoment, Where
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.reads.answers import CREATES, DECIDES, answer_one, one
from shared.web.reads.readings import Read
from shared.web.reads.things import thing_as_of
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

ItemId = Annotated[UUID, Path(description="The catalogue item's id.")]
CheckId = Annotated[UUID, Path(description="The catalogue check's id.")]

router = APIRouter(prefix="/v1", tags=["catalogue"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT)


def _had_by(areas: list[str], _: ListMoment) -> ColumnElement[bool]:
    """Return the condition on what any of these services can have."""
    t = catalogue_items.c
    return or_(
        func.cardinality(t.service_areas) == 0, *(literal(area) == any_(t.service_areas) for area in areas)
    )


def _available(wanted: bool, moment: ListMoment) -> ColumnElement[bool]:  # noqa: FBT001  # the value of a filter
    """Return the condition on what is, or is not, available on the day."""
    t, day = catalogue_items.c, day_in_london(moment.reading.as_of)
    can_be_had = and_(
        or_(t.available_from.is_(None), t.available_from <= day),
        or_(t.available_until.is_(None), t.available_until >= day),
    )
    return can_be_had if wanted else ~can_be_had


class CatalogueFilters(BaseModel):
    """What the catalogue can be narrowed to."""

    category: Annotated[
        list[AskedText] | None, AT_MOST, Field(description="Only those of this category.")
    ] = None
    service_area: Annotated[
        list[AskedText] | None,
        AT_MOST,
        Where(_had_by, draws_from=("service_areas",)),
        Field(description="Only those that this service can have."),
    ] = None
    available: Annotated[
        Flag | None,
        Where(_available, draws_from=("available_from", "available_until")),
        Field(description="Only those that are, or are not, available on the day."),
    ] = None


CATALOGUE_LIST = ListOf(
    name="catalogue-items",
    row=CatalogueItemRow,
    stored=StoredItem,
    table=catalogue_items,
    filters=CatalogueFilters,
)


class CatalogueCheckShown(BaseModel):
    """A search of the catalogue: what was asked, by whom, and what was shown."""

    id: UUID
    version: int
    query: str
    service_area: TextOrNull
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
    responses=CATALOGUE_LIST.responses,
)
async def list_items(query: Annotated[ListQuery, CATALOGUE_LIST.asked]) -> Response:
    """List what is available without an RFP, newest first."""
    return await CATALOGUE_LIST.answer(query)


@router.post("/catalogue-checks", status_code=201, summary="Search the catalogue", responses=CREATES)
async def check_catalogue(
    command: Annotated[SearchCatalogue, strict(SearchCatalogue), Body()], handler: OpeningCommands
) -> Receipt:
    """Search for something that meets a need; the check keeps what it showed, for the RFP."""
    return await handler.create(command, blank=CatalogueCheck())


@router.get(
    "/catalogue-checks/{check_id}",
    summary="See a catalogue check",
    dependencies=[may("read-catalogue-checks")],
    responses=one(CatalogueCheckShown),
)
async def see_check(request: Request, check_id: CheckId, reading: Read) -> Response:
    """Show what a search of the catalogue showed."""
    stream = await thing_as_of(request, reading, check_id, CatalogueCheck())
    check = stream.state
    in_sight(reading.person, reading.areas, check.service_area, check.made_by)
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
