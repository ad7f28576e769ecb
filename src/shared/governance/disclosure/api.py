"""Exemptions over HTTP: what is exempt, under which paragraph, until when; declared, reviewed, released."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy import select

from shared.governance.disclosure.commands import DeclareExempt, ExemptionDecision
from shared.governance.disclosure.domain import Exemption, ExemptionStatus
from shared.governance.disclosure.views import exemption_row, exemptions
from shared.kernel.errors import NotFound
from shared.kernel.fields import DayAsked
from shared.kernel.messages import Receipt
from shared.web.answers import CREATES, DECIDES, answer_one, listed, one
from shared.web.bodies import BODY_BYTES_LIMIT, StrictRoute, strict
from shared.web.commands import Commands, OpeningCommands, may
from shared.web.pages import Paged
from shared.web.readings import Read

ExemptionId = Annotated[UUID, Path(description="The exemption's id.")]

router = APIRouter(
    prefix="/v1/exemptions", tags=["exemptions"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
)


class ExemptionRow(BaseModel):
    """Something exempt: of which thing and decision (0: the whole), which fields (by a space), and why."""

    id: UUID
    version: int
    status: ExemptionStatus
    matter_id: UUID
    matter_kind: str
    matter_version: int
    fields: str
    paragraph: int
    reason: str
    public_interest: str
    review_on: date
    declared_by: str
    first_position: int
    opened_at: datetime
    changed_at: datetime


@router.post("", status_code=201, summary="Declare something exempt", responses=CREATES)
async def declare_exempt(
    command: Annotated[DeclareExempt, strict(DeclareExempt), Body()], handler: OpeningCommands
) -> Receipt:
    """Keep fields of a thing, or of one decision on it, from those without the right to them."""
    return await handler.create(command, blank=Exemption())


@router.post("/{exemption_id}/decisions", summary="Decide on an exemption", responses=DECIDES)
async def decide_on_exemption(
    exemption_id: ExemptionId,
    command: Annotated[ExemptionDecision, strict(ExemptionDecision), Body()],
    handler: Commands,
) -> Receipt:
    """Keep it exempt until another review, or release it."""
    return await handler.handle(exemption_id, command, blank=Exemption())


@router.get(
    "", summary="List exemptions", dependencies=[may("read-exemptions")], responses=listed(ExemptionRow)
)
async def list_exemptions(
    reading: Read,
    page: Paged,
    status: Annotated[ExemptionStatus | None, Query(description="Only those that stand so.")] = None,
    matter_id: Annotated[UUID | None, Query(description="Only those of this thing.")] = None,
    review_by: Annotated[
        DayAsked | None, Query(description="Only those whose review is due by this day.")
    ] = None,
) -> Response:
    """List what is or was exempt, newest first: that it exists, not what it says."""
    columns = [exemptions.c[name] for name in ExemptionRow.model_fields]
    statement = select(*columns).where(reading.valid(exemptions))
    wanted: dict[str, Any] = {"status": status, "matter_id": matter_id}
    for name, value in wanted.items():
        if value is not None:
            statement = statement.where(exemptions.c[name] == value)
    if review_by is not None:
        statement = statement.where(exemptions.c.review_on <= review_by)
    return await page.of(reading, statement, exemptions.c.first_position)


@router.get(
    "/{exemption_id}",
    summary="See an exemption",
    dependencies=[may("read-exemptions")],
    responses=one(ExemptionRow),
)
async def see_exemption(request: Request, exemption_id: ExemptionId, reading: Read) -> Response:
    """Show one exemption, as it stands or stood."""
    store = request.app.state.service.store
    stream = await store.load(exemption_id, Exemption(), reading.position if reading.past else None)
    if stream.version == 0:
        raise NotFound
    shown = ExemptionRow(
        id=stream.id,
        version=stream.version,
        first_position=stream.first_position,
        opened_at=stream.opened_at,
        changed_at=stream.changed_at,
        **exemption_row(stream),
    )
    return answer_one(request, shown, f'"{stream.version}"')
