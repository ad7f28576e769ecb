"""RFPs over HTTP: raise, decide, list, see one as of any time, and its history."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import JsonValue

from rfp_service.rfps.api.answers import RfpSeen, add_due, list_facts, targets
from rfp_service.rfps.api.filters import RfpFilters
from rfp_service.rfps.api.rfp_service import rfp_service
from rfp_service.rfps.api.warnings import RfpReceipt, raised_receipt, routed_receipt, same_need, split_need
from rfp_service.rfps.commands.approvers import Approving
from rfp_service.rfps.commands.decision import Decision
from rfp_service.rfps.commands.procurement import SelectRoute
from rfp_service.rfps.commands.requests import RaiseRfp
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.views.board import RfpRow, StoredRfp, rfps
from shared.governance.audit.history import EventHistory, answer_history
from shared.governance.delegations.views import DELEGATIONS_KNOWN, delegations_to
from shared.governance.notifications.noted_reads import noted
from shared.governance.scheme.tiers import STANDS_IN_FOR
from shared.web.decisions.commands import Commands, OpeningCommands, may
from shared.web.decisions.next_decisions import commands_in, next_of
from shared.web.lists.list_of import ListOf
from shared.web.lists.pages import answer
from shared.web.lists.queries import ListQuery
from shared.web.reads.answers import CREATES, DECIDES, one, seen_now
from shared.web.reads.readings import Read
from shared.web.reads.things import thing_as_of
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

RFP_LIST = ListOf(
    name="rfps",
    row=RfpRow,
    stored=StoredRfp,
    table=rfps,
    filters=RfpFilters,
    facts=list_facts,
    derive=add_due,
)

DECISIONS = tuple(commands_in(Decision))

RfpId = Annotated[UUID, Path(description="The RFP's id, as its receipt and lists say it.")]

router = APIRouter(prefix="/v1/rfps", tags=["rfps"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT)


@router.post("", status_code=201, summary="Raise an RFP", responses=CREATES)
async def raise_rfp(
    command: Annotated[RaiseRfp, strict(RaiseRfp), Body()], handler: OpeningCommands
) -> RfpReceipt:
    """Raise an RFP: a draft that belongs to you; the answer names open ones that ask for the same."""
    found = await same_need(handler, command)
    async with handler.store.changes.one_look():
        receipt = await handler.create(command, blank=Rfp(), same_need=found)
        return raised_receipt(receipt, (await handler.store.load(receipt.id, Rfp())).state)


@router.post("/{rfp_id:uuid}/decisions", summary="Decide on an RFP", responses=DECIDES)
async def decide(
    rfp_id: RfpId, command: Annotated[Decision, strict(Decision), Body()], handler: Commands
) -> RfpReceipt:
    """Decide on an RFP as it stands at the version that If-Match names; routing warns of split need."""
    if isinstance(command, SelectRoute):
        split = await split_need(handler, rfp_id, command)
        receipt = await handler.handle(rfp_id, command, blank=Rfp(), **split)
        return routed_receipt(receipt, (await handler.store.load(rfp_id, Rfp())).state)
    facts: dict[str, JsonValue] = {}
    if isinstance(command, Approving) and command.acting_for is None:
        delegated = await delegations_to(handler.store, handler.person.ids)
        facts = {STANDS_IN_FOR: delegated[DELEGATIONS_KNOWN]} if delegated else {}
    return RfpReceipt(**(await handler.handle(rfp_id, command, blank=Rfp(), **facts)).model_dump())


@router.get("", summary="List RFPs", dependencies=[may("read-rfps")], responses=RFP_LIST.responses)
async def list_rfps(query: Annotated[ListQuery, RFP_LIST.asked]) -> Response:
    """List RFPs, newest first, as they stand or stood, with when they are due."""
    if query.asked["figure"] is None:
        return await RFP_LIST.answer(query)
    # What some figures count changes by the minute, without a decision: it has no ETag.
    return answer(query, await RFP_LIST.page(query), columns=RFP_LIST.shown, tagged=False)


@router.get(
    "/{rfp_id:uuid}",
    summary="See an RFP",
    dependencies=[may("read-rfps"), noted()],
    responses=one(RfpSeen, lasting=False),
)
async def see_rfp(request: Request, rfp_id: RfpId, reading: Read) -> Response:
    """Show one RFP as it stands or stood and, as of now, what you may decide next."""
    service = rfp_service(request)
    async with service.store.changes.one_look():
        stream = await thing_as_of(request, reading, rfp_id, Rfp())
        parts = await service.rfps_at_hand.of(stream, reading.record)
        shown = parts.shown(await targets(service.store, reading), reading.as_of)
        shown["next"] = await next_of(request, reading, stream, DECISIONS, delegations_to)
        return await seen_now(reading, shown, stream.version, personal=parts.personal)


@router.get(
    "/{rfp_id:uuid}/history",
    summary="See an RFP's history",
    dependencies=[may("read-rfps"), noted()],
    responses=one(EventHistory),
)
async def see_history(request: Request, rfp_id: RfpId, reading: Read) -> Response:
    """Show everything that happened to one RFP, in order: who decided what, when, on what authority."""
    return await answer_history(request, reading, rfp_id, Rfp())
