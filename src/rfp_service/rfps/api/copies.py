"""Copies of past RFPs over HTTP: raise again what was asked for before."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Request

from rfp_service.rfps.commands.copies import CopiedNeed, CopyRfp
from rfp_service.rfps.domain.refusals import ExemptIsNotCopied
from rfp_service.rfps.domain.rfp import Need, Rfp
from shared.kernel.errors import NotFound
from shared.kernel.messages import Receipt
from shared.web.access.areas import sees
from shared.web.access.permissions import OutsideYourAreas
from shared.web.core_service import core_service
from shared.web.decisions.commands import CommandHandler, OpeningCommands, may
from shared.web.reads.answers import CREATES
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

router = APIRouter(
    prefix="/v1/rfp-copies", tags=["rfps"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
)


@router.post("", status_code=201, summary="Copy an RFP", dependencies=[may("CopyRfp")], responses=CREATES)
async def copy_rfp(
    request: Request, command: Annotated[CopyRfp, strict(CopyRfp), Body()], handler: OpeningCommands
) -> Receipt:
    """Raise an RFP that asks for what a past one asked for, as far as you may see that one."""
    if (need := await _need_in_sight(handler, command.copy_of)) is None:
        return await handler.create(command, blank=Rfp())
    said = CopiedNeed.of(need).model_dump(mode="json")
    redact = core_service(request).redact
    if exempt := await redact.exempt_in(command.copy_of, said):
        raise ExemptIsNotCopied(exempt=exempt)
    return await handler.create(command, blank=Rfp(), source=said)


async def _need_in_sight(handler: CommandHandler, rfp_id: UUID) -> Need | None:
    """Return what an RFP asks for; nothing if there is none, or none that whoever asks may see.

    Whoever raised it sees it in every service area, and yet raises nothing for one that is not theirs.
    """
    try:
        stream = await handler.store.load(rfp_id, Rfp())
    except NotFound:  # the id is of something else
        return None
    need, areas = stream.state.need, handler.areas(CopyRfp)
    own = stream.state.raised_by in handler.person.ids
    if stream.version == 0 or not sees(areas, need.service_area, own=own):
        return None
    if areas is not None and need.service_area not in areas:
        raise OutsideYourAreas(yours=sorted(areas))
    return need
