"""Near-duplicates over HTTP: who asked for nearly the same lately, before one asks again."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from rfp_service.rfps.domain.stages import Stage
from rfp_service.rfps.views.similarity import FOUND_LIMIT, NEAR_ENOUGH, near
from shared.kernel.fields import ASKED
from shared.record.projecting.row_models import COUNTED, SEARCHED
from shared.web.decisions.commands import may
from shared.web.lists.filters import BY_ITS_LIST
from shared.web.lists.queries import ListQuery
from shared.web.lists.short_list import ShortList
from shared.web.requests.bodies import StrictRoute

NEED_FIELDS = ["title", "description"]  # what a need is found by
TWELVE_MONTHS = timedelta(days=365)

router = APIRouter(prefix="/v1/rfps", tags=["rfps"], route_class=StrictRoute)


class NearDuplicateRow(BaseModel):
    """An RFP that asks, or asked, for nearly the same."""

    id: UUID
    reference: Annotated[str, SEARCHED]
    title: Annotated[str, SEARCHED]
    service_area: Annotated[str, SEARCHED, COUNTED]
    stage: Stage
    raised_by: str
    opened_at: datetime
    first_position: int
    nearness: float = Field(description="From 0 to 1: shared words and shared spelling.")


class NeedAsked(BaseModel):
    """What is needed."""

    need: Annotated[
        str,
        BY_ITS_LIST,
        Field(
            min_length=1,
            max_length=500,
            pattern=ASKED,
            description="What is needed, in a few words.",
            examples=["Laptops for the registrars"],
        ),
    ]


NEAR_LIST = ShortList(name="near-duplicates", row=NearDuplicateRow, filters=NeedAsked, tagged=False)


@router.get(
    "/near-duplicates",
    summary="Find near-duplicates of a need",
    dependencies=[may("read-rfps")],
    responses=NEAR_LIST.responses,
)
async def list_near_duplicates(query: Annotated[ListQuery, NEAR_LIST.asked]) -> Response:
    """List RFPs of the past twelve months that ask for nearly the same, nearest first."""
    reading = await NEAR_LIST.reading(query)
    since = reading.as_of - TWELVE_MONTHS
    rows = await reading.pool.fetch(
        near(past=reading.past),
        query.asked["need"],
        since,
        FOUND_LIMIT,
        [] if reading.reads_exempt else NEED_FIELDS,
        list(reading.person.ids),
        None if reading.areas is None else sorted(reading.areas),
        NEAR_ENOUGH,
        [],
        *([reading.position] if reading.past else []),
    )
    items = [dict(row) for row in rows]
    places = {item["id"]: number for number, item in enumerate(items)}
    return await NEAR_LIST.answer(query, reading, items, lambda item: places[item["id"]] + 1)
