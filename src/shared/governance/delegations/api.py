"""Delegations over HTTP: give one, take one back, see who stands in for whom."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy import select

from shared.governance.delegations.commands import DelegationDecision, GiveDelegation
from shared.governance.delegations.domain import Delegation
from shared.governance.delegations.views import delegations, with_reasons
from shared.kernel.calendar import day_in_london
from shared.kernel.fields import ASKED, Flag
from shared.kernel.messages import Receipt
from shared.kernel.personal import PersonalShown
from shared.web.answers import CREATES, DECIDES, listed
from shared.web.bodies import BODY_BYTES_LIMIT, StrictRoute, strict
from shared.web.commands import Commands, OpeningCommands, may
from shared.web.pages import Paged
from shared.web.readings import Replay

DelegationId = Annotated[UUID, Path(description="The delegation's id.")]

router = APIRouter(
    prefix="/v1/delegations", tags=["scheme"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
)


class DelegationRow(BaseModel):
    """Who may decide for whom, up to which amount in pence without VAT; the last day counts."""

    id: UUID
    version: int
    delegator: str
    delegate: str
    limit_pence: int
    first_day: date
    last_day: date
    reason: PersonalShown
    ended: bool
    proposed_by: str
    waiting: bool = Field(description="Whether it waits for a second person to confirm it.")
    first_position: int
    changed_at: datetime


@router.post("", status_code=201, summary="Delegate", responses=CREATES)
async def delegate(
    command: Annotated[GiveDelegation, strict(GiveDelegation), Body()], handler: OpeningCommands
) -> Receipt:
    """Let somebody decide for you, up to a value, from a day until a day; an administrator's waits."""
    return await handler.create(command, blank=Delegation())


@router.post("/{delegation_id}/decisions", summary="Decide on a delegation", responses=DECIDES)
async def decide_on_delegation(
    delegation_id: DelegationId,
    command: Annotated[DelegationDecision, strict(DelegationDecision), Body()],
    handler: Commands,
) -> Receipt:
    """Confirm a delegation that was proposed for somebody, or take one back."""
    return await handler.handle(delegation_id, command, blank=Delegation())


@router.get(
    "",
    summary="List delegations",
    dependencies=[may("read-scheme")],
    responses=listed(DelegationRow, tagged=False),
)
async def list_delegations(
    reading: Replay,
    page: Paged,
    delegator: Annotated[
        str | None, Query(max_length=40, pattern=ASKED, description="Only this person's.")
    ] = None,
    delegate: Annotated[
        str | None, Query(max_length=40, pattern=ASKED, description="Only those to them.")
    ] = None,
    live: Annotated[Flag, Query(description="Only those that count on the day.")] = False,  # noqa: FBT002  # a query parameter
) -> Response:
    """List who stands in for whom, newest first."""
    t = delegations.c
    statement = select(*(t[name] for name in DelegationRow.model_fields))
    statement = statement.where(reading.valid(delegations))
    if delegator is not None:
        statement = statement.where(t.delegator == delegator)
    if delegate is not None:
        statement = statement.where(t.delegate == delegate)
    if live:
        day = day_in_london(reading.as_of)
        statement = statement.where(~t.ended, ~t.waiting, t.first_day <= day, t.last_day >= day)
    return await page.untagged.of(reading, statement, t.first_position, also=with_reasons)
