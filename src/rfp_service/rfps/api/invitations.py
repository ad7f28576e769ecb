"""Invitations to tender as the Local Government Transparency Code 2015 wants them published."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, and_, not_, or_

from rfp_service.rfps.domain.stages import Stage
from rfp_service.rfps.views.board import rfps
from shared.governance.scheme.scheme_service import rules_for_list
from shared.kernel.calendar import end_of, quarter_of, start_of
from shared.record.projecting.row_models import COUNTED, SEARCHED
from shared.web.decisions.commands import may
from shared.web.lists.filters import ListMoment, Where
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.requests.bodies import StrictRoute

router = APIRouter(prefix="/v1/rfps", tags=["rfps"], route_class=StrictRoute)


class InvitationRow(BaseModel):
    """An invitation to tender or to quote: what for, by which service, since when and until when."""

    id: UUID
    reference: Annotated[str, SEARCHED]
    title: Annotated[str, SEARCHED]
    service_area: Annotated[str, SEARCHED, COUNTED]
    description: Annotated[str, SEARCHED]
    estimate_pence: int | None
    route: Annotated[str | None, COUNTED]
    stage: Stage
    asked_at: datetime | None
    responses_by: datetime | None
    first_position: int


def _asked_in(quarter: str, _: ListMoment) -> ColumnElement[bool]:
    """Return the condition that the market was asked in a quarter, by London's days."""
    first, last = quarter_of(quarter)
    return and_(rfps.c.asked_at >= start_of(first), rfps.c.asked_at < end_of(last))


class InvitationFilters(BaseModel):
    """The quarter that invitations are published for."""

    quarter: Annotated[
        str | None,
        Where(_asked_in),
        Field(pattern=r"^20[0-9]{2}-Q[1-4]$", description="Only those issued in it, such as 2026-Q3."),
    ] = None


def _to_be_published(moment: ListMoment) -> Sequence[ColumnElement[bool]]:
    """Return the conditions on what the Code wants published.

    Of an estimate that is not known, or exempt, nobody can say that it is below the limit.
    """
    t = rfps.c
    over = or_(t.estimate_pence.is_(None), t.estimate_pence > moment.facts.register_above_pence)
    may_tell = moment.reading.may_find_by(rfps, "estimate_pence")
    return [t.asked_at.is_not(None), or_(over, not_(may_tell))]


INVITATIONS = ListOf(
    name="invitations-to-tender",
    row=InvitationRow,
    table=rfps,
    filters=InvitationFilters,
    facts=rules_for_list,
    within=_to_be_published,
    replay=False,
)


@router.get(
    "/transparency-register",
    summary="See the invitations to tender to publish",
    dependencies=[may("read-rfps")],
    responses=INVITATIONS.responses,
)
async def list_invitations(query: Annotated[ListQuery, INVITATIONS.asked]) -> Response:
    """List invitations over the Code's limit; what is exempt is marked, with the reason.

    `as_of` a day or a quarter's end, it is the register as it stood then.
    """
    return await INVITATIONS.answer(query)
