"""Copies of past RFPs over HTTP: raise what was asked for before, once more."""

from typing import Annotated

from fastapi import APIRouter, Body

from rfp_service.rfps.commands.copying import CopyRfp
from rfp_service.rfps.domain.rfp import Rfp
from shared.http.answers import CREATES
from shared.http.bodies import BODY_BYTES_LIMIT, StrictRoute, strict
from shared.http.deciding import Opening
from shared.messages import Receipt

router = APIRouter(
    prefix="/v1/rfp-copies", tags=["rfps"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
)


@router.post(
    "",
    status_code=201,
    summary="Copy an RFP",
    responses=CREATES,
)
async def copy_rfp(command: Annotated[CopyRfp, strict(CopyRfp), Body()], desk: Opening) -> Receipt:
    """Raise an RFP that asks for what a past one asked for."""
    return await desk.create(command, blank=Rfp())
