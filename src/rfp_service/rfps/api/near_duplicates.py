"""Near-duplicates over HTTP: who asked for nearly the same lately, before one asks again."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from rfp_service.rfps.domain.stages import Stage
from rfp_service.rfps.similarity import FOUND_LIMIT, near
from shared.kernel.fields import ASKED
from shared.web.answers import listed
from shared.web.bodies import StrictRoute
from shared.web.commands import may
from shared.web.pages import Paged
from shared.web.readings import Read

NEED_FIELDS = ["title", "description"]  # what a need is found by
TWELVE_MONTHS = timedelta(days=365)

router = APIRouter(prefix="/v1/rfps", tags=["rfps"], route_class=StrictRoute)


class NearDuplicateRow(BaseModel):
    """An RFP that asks, or asked, for nearly the same."""

    id: UUID
    reference: str
    title: str
    service_area: str
    stage: Stage
    raised_by: str
    opened_at: datetime
    first_position: int
    nearness: float = Field(description="From 0 to 1: shared words and shared spelling.")


@router.get(
    "/near-duplicates",
    summary="Find near-duplicates of a need",
    dependencies=[may("read-rfps")],
    responses=listed(NearDuplicateRow, tagged=False),
)
async def list_near_duplicates(
    reading: Read,
    page: Paged,
    need: Annotated[
        str,
        Query(
            min_length=1,
            max_length=500,
            pattern=ASKED,
            description="What is needed, in a few words.",
            examples=["Laptops for the registrars"],
        ),
    ],
) -> Response:
    """List RFPs of the twelve months before that ask for nearly the same, nearest first."""
    since = reading.as_of - TWELVE_MONTHS
    rows = await reading.pool.fetch(
        near(past=reading.past),
        need,
        since,
        FOUND_LIMIT,
        [] if reading.reads_exempt else NEED_FIELDS,
        list(reading.person.ids),
        None if reading.areas is None else sorted(reading.areas),
        *([reading.position] if reading.past else []),
    )
    items = [dict(row) for row in rows]
    places = {item["id"]: number for number, item in enumerate(items)}
    return await page.untagged.numbered(reading, items, lambda item: places[item["id"]] + 1)
