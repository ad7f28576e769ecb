"""Deflection over HTTP: how much demand the catalogue took off the RFP process, with its parts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from rfp_service.deflected_demand import demand_read
from rfp_service.rfps.views.demand import FULFILLED, ORDERED, UNFULFILLED, Chain
from shared.web.decisions.commands import may
from shared.web.reads.answers import READS_MANY
from shared.web.reads.readings import INSTANT_PATTERN, Read, instant_of
from shared.web.requests.bodies import StrictRoute

router = APIRouter(prefix="/v1/catalogue", tags=["catalogue"], route_class=StrictRoute)


class DeflectionReport(BaseModel):
    """Demand by what became of it; a need counts once, however often it was reopened or asked again."""

    as_of: datetime
    position: int
    needs: int = Field(description="Needs that were diverted or submitted.")
    diverted: int = Field(description="Of those, what the catalogue was tried for.")
    failed: int = Field(description="Of the diverted, those that failed within 30 days.")
    failed_later: int = Field(description="Of the diverted, those that failed after that.")
    submitted: int = Field(description="What went to procurement, at once or after a failure.")
    deflected: int = Field(
        description="Diverted, not failed within 30 days, never submitted; and where something was ordered"
        " for it, fulfilled."
    )
    ordered: int = Field(description="Needs for which something was ordered from the catalogue.")
    orders: int = Field(description="What was ordered for them.")
    orders_fulfilled: int
    orders_failed: int = Field(description="Orders that failed or were refused.")
    orders_open: int
    deflection: float | None = Field(description="Deflected ÷ needs; null where there are none.")


@router.get(
    "/deflection",
    summary="See how much demand the catalogue deflects",
    dependencies=[may("read-catalogue")],
    responses={**READS_MANY, 200: {"description": "The share, and its parts", "model": DeflectionReport}},
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
    """Show the share of needs that the catalogue met, and everything that figure is made of."""
    chains = (await demand_read(reading)).between(instant_of(start), instant_of(end))
    deflected = sum(chain.deflected for chain in chains)
    shown = DeflectionReport(
        as_of=reading.as_of,
        position=reading.position,
        needs=len(chains),
        diverted=sum(chain.diverted is not None for chain in chains),
        failed=sum(chain.failed for chain in chains),
        failed_later=sum(chain.failed_later for chain in chains),
        submitted=sum(chain.submitted for chain in chains),
        deflected=deflected,
        deflection=deflected / len(chains) if chains else None,
        **_orders_of(chains),
    )
    return Response(shown.model_dump_json(), media_type="application/json")


def _orders_of(chains: Sequence[Chain]) -> dict[str, int]:
    became = [what for chain in chains for what in chain.orders.values()]
    return {
        "ordered": sum(bool(chain.orders) for chain in chains),
        "orders": len(became),
        "orders_fulfilled": became.count(FULFILLED),
        "orders_failed": became.count(UNFULFILLED),
        "orders_open": became.count(ORDERED),
    }
