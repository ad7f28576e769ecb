"""RFPs over HTTP: raise, decide, list, see one as of any time, and its history."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy import select

from rfp_service.rfps.commands.asking import RaiseRfp
from rfp_service.rfps.commands.decision import Decision
from rfp_service.rfps.domain.rfp import Party, Rfp, Stage
from rfp_service.rfps.views import board, rfps
from shared.audit.history import History, history
from shared.errors import NotFound
from shared.fields import Flag
from shared.http.answers import CREATES, DECIDES, answer_one, listed, one, seen
from shared.http.bodies import BODY_BYTES_LIMIT, StrictRoute, must_be_json, strict
from shared.http.deciding import Caller, Opening, Store, may
from shared.http.pages import Paged
from shared.http.reading import Read
from shared.messages import Receipt

RfpId = Annotated[UUID, Path(description="The RFP's id, as its receipt and lists say it.")]

router = APIRouter(
    prefix="/v1/rfps", tags=["rfps"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
)


class RfpRow(BaseModel):
    """An RFP on the board; amounts in pence."""

    id: UUID
    version: int
    reference: str
    stage: Stage
    waiting_on: Party
    on_hold: bool
    title: str
    service_area: str
    raised_by: str
    lead: str
    cost_centre: str
    needed_by: date | None
    estimate_pence: int | None
    estimate_with_vat_pence: int | None
    regime: str | None
    route: str | None
    lots: int
    rework_loops: int
    budget_code: str
    approval_waits_for: str
    first_position: int
    opened_at: datetime
    changed_at: datetime


class RfpSeen(RfpRow):
    """One RFP with everything that was said of it."""

    description: str
    catalogue_check_id: UUID | None
    approval_tiers: list[str]
    approvals_granted: int


@router.post(
    "",
    status_code=201,
    summary="Raise an RFP",
    responses=CREATES,
    dependencies=[Depends(must_be_json)],
)
async def raise_rfp(
    command: Annotated[RaiseRfp, strict(RaiseRfp), Body()], desk: Opening
) -> Receipt:
    """Raise an RFP: a draft that belongs to whoever asks."""
    return await desk.create(command, blank=Rfp())


@router.post(
    "/{rfp_id}/decisions",
    summary="Decide on an RFP",
    responses=DECIDES,
    dependencies=[Depends(must_be_json)],
)
async def decide(
    rfp_id: RfpId,
    command: Annotated[Decision, strict(Decision), Body()],
    desk: Store,
) -> Receipt:
    """Decide on an RFP as it stands at the version that If-Match names."""
    return await desk.handle(rfp_id, command, blank=Rfp())


@router.get("", summary="List RFPs", dependencies=[may("read-rfps")], responses=listed(RfpRow))
async def list_rfps(
    reading: Read,
    page: Paged,
    person: Caller,
    stage: Annotated[Stage | None, Query(description="Only those in this stage.")] = None,
    waiting_on: Annotated[
        Party | None, Query(description="Only those that wait on this party.")
    ] = None,
    service_area: Annotated[
        str | None, Query(max_length=200, description="Only those of this service.")
    ] = None,
    mine: Annotated[Flag, Query(description="Only those that you raised.")] = False,  # noqa: FBT002  # a query parameter
) -> Response:
    """List RFPs, newest first, as they stand or stood."""
    columns = [rfps.c[name] for name in RfpRow.model_fields]
    statement = select(*columns).where(reading.valid(rfps))
    wanted = {"stage": stage, "waiting_on": waiting_on, "service_area": service_area}
    wanted["raised_by"] = person.id if mine else None
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(rfps.c[name] == value)
    return await page.of(reading, statement, rfps.c.first_position)


@router.get(
    "/{rfp_id}", summary="See an RFP", dependencies=[may("read-rfps")], responses=one(RfpSeen)
)
async def see_rfp(request: Request, rfp_id: RfpId, reading: Read) -> Response:
    """Show one RFP, folded from its own events, as it stands or stood."""
    store = request.app.state.service.store
    stream = await store.load(rfp_id, Rfp(), reading.position if reading.past else None)
    if stream.version == 0:
        raise NotFound
    rfp = stream.state
    shown = RfpSeen(
        id=stream.id, version=stream.version, first_position=stream.first_position,
        opened_at=stream.opened_at, changed_at=stream.changed_at, **board(stream),
        description=rfp.need.description, catalogue_check_id=rfp.check.id,
        approval_tiers=list(rfp.approval.tiers), approvals_granted=rfp.approval.granted,
    )  # fmt: skip
    return await seen(request, reading, shown, f'"{stream.version}"')


@router.get(
    "/{rfp_id}/history",
    summary="See an RFP's history",
    dependencies=[may("read-rfps")],
    responses=one(History),
)
async def see_history(request: Request, rfp_id: RfpId, reading: Read) -> Response:
    """Show everything that happened to one RFP, in order: who decided what, when, on what authority."""
    shown = await history(reading, rfp_id, Rfp())
    return answer_one(request, shown, f'"{shown.version}"')
