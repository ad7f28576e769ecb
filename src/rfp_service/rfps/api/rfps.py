"""RFPs over HTTP: raise, decide, list, see one as of any time, and its history."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Request, Response

from rfp_service.rfps.api.filters import RfpFilters
from rfp_service.rfps.api.rows import RfpSeen, add_due, as_seen, list_targets, targets
from rfp_service.rfps.commands.decision import Decision
from rfp_service.rfps.commands.requests import RaiseRfp
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.views import RfpRow, StoredRfp, rfps
from shared.governance.audit.history import EventHistory, answer_history
from shared.governance.notifications.first_looks import noted
from shared.kernel.errors import NotFound
from shared.kernel.messages import Receipt
from shared.web.answers import CREATES, DECIDES, one, seen_now
from shared.web.bodies import BODY_BYTES_LIMIT, StrictRoute, strict
from shared.web.commands import Commands, OpeningCommands, may
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.readings import Read

RFP_LIST = ListOf(
    name="rfps",
    row=RfpRow,
    stored=StoredRfp,
    table=rfps,
    filters=RfpFilters,
    facts=list_targets,
    derive=add_due,
)

RfpId = Annotated[UUID, Path(description="The RFP's id, as its receipt and lists say it.")]

router = APIRouter(prefix="/v1/rfps", tags=["rfps"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT)


@router.post("", status_code=201, summary="Raise an RFP", responses=CREATES)
async def raise_rfp(
    command: Annotated[RaiseRfp, strict(RaiseRfp), Body()], handler: OpeningCommands
) -> Receipt:
    """Raise an RFP: a draft that belongs to whoever asks."""
    return await handler.create(command, blank=Rfp())


@router.post("/{rfp_id}/decisions", summary="Decide on an RFP", responses=DECIDES)
async def decide(
    rfp_id: RfpId, command: Annotated[Decision, strict(Decision), Body()], handler: Commands
) -> Receipt:
    """Decide on an RFP as it stands at the version that If-Match names."""
    return await handler.handle(rfp_id, command, blank=Rfp())


@router.get("", summary="List RFPs", dependencies=[may("read-rfps")], responses=RFP_LIST.responses)
async def list_rfps(query: Annotated[ListQuery, RFP_LIST.asked]) -> Response:
    """List RFPs, newest first, as they stand or stood, with when they are due."""
    return await RFP_LIST.answer(query)


@router.get(
    "/{rfp_id}",
    summary="See an RFP",
    dependencies=[may("read-rfps"), noted()],
    responses=one(RfpSeen, lasting=False),
)
async def see_rfp(request: Request, rfp_id: RfpId, reading: Read) -> Response:
    """Show one RFP, folded from its own events, as it stands or stood."""
    store = request.app.state.service.store
    stream = await store.load(rfp_id, Rfp(), reading.position if reading.past else None)
    if stream.version == 0:
        raise NotFound
    shown = as_seen(stream, await targets(store, reading))
    return await seen_now(reading, shown, stream.version)


@router.get(
    "/{rfp_id}/history",
    summary="See an RFP's history",
    dependencies=[may("read-rfps"), noted()],
    responses=one(EventHistory),
)
async def see_history(request: Request, rfp_id: RfpId, reading: Read) -> Response:
    """Show everything that happened to one RFP, in order: who decided what, when, on what authority."""
    return await answer_history(request, reading, rfp_id, Rfp())
