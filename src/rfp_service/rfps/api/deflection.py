"""Deflection over HTTP: how much demand the catalogue took off the RFP process, with its parts."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy import select

from rfp_service.rfps.demand import Demand, DemandStep, demand
from shared.web.answers import READS_MANY
from shared.web.bodies import StrictRoute
from shared.web.commands import may
from shared.web.readings import INSTANT_PATTERN, Read, instant_of

router = APIRouter(prefix="/v1/catalogue", tags=["catalogue"], route_class=StrictRoute)


class Deflection(BaseModel):
    """Demand by what became of it; a need counts once, however often it was reopened or asked again."""

    as_of: datetime
    position: int
    needs: int = Field(description="Needs that were diverted or submitted.")
    diverted: int = Field(description="Of those, what the catalogue was tried for.")
    failed: int = Field(description="Of the diverted, those that failed within 30 days.")
    failed_later: int = Field(description="Of the diverted, those that failed after that.")
    submitted: int = Field(description="What went to procurement, at once or after a failure.")
    deflected: int = Field(description="Diverted, not failed within 30 days, never submitted.")
    deflection: float | None = Field(description="Deflected ÷ needs; null where there are none.")


@router.get(
    "/deflection",
    summary="See how much demand the catalogue deflects",
    dependencies=[may("read-catalogue")],
    responses={**READS_MANY, 200: {"description": "The share, and its parts", "model": Deflection}},
)
async def see_deflection(
    reading: Read,
    start: Annotated[
        str | None,
        Query(
            alias="from",
            description="Needs first met or submitted then or later.",
            json_schema_extra={"pattern": INSTANT_PATTERN},
        ),
    ] = None,
    end: Annotated[
        str | None,
        Query(
            alias="to",
            description="Needs first met or submitted before then.",
            json_schema_extra={"pattern": INSTANT_PATTERN},
        ),
    ] = None,
) -> Response:
    """Show the share of needs that the catalogue met for good, and everything it is made of."""
    t = demand.c
    steps = await reading.rows(
        select(t.rfp_id, t.duplicate_of, t.happened_at, t.what)
        .where(t.position <= reading.position)
        .order_by(t.position)
    )
    chains = Demand.of([DemandStep(*row) for row in steps]).between(instant_of(start), instant_of(end))
    deflected = sum(chain.deflected for chain in chains)
    shown = Deflection(
        as_of=reading.as_of,
        position=reading.position,
        needs=len(chains),
        diverted=sum(chain.diverted is not None for chain in chains),
        failed=sum(chain.failed for chain in chains),
        failed_later=sum(chain.failed_later for chain in chains),
        submitted=sum(chain.submitted for chain in chains),
        deflected=deflected,
        deflection=deflected / len(chains) if chains else None,
    )
    return Response(shown.model_dump_json(), media_type="application/json")
