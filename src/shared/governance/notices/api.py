"""Notices over HTTP: what the tiers that you stand on have been told."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy import ColumnElement

from shared.kernel.messages import Known
from shared.record.projecting.row_models import COUNTED, SEARCHED, read_table
from shared.web.bodies import StrictRoute
from shared.web.commands import may
from shared.web.lists.filters import ListMoment
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.readings import Reading

router = APIRouter(prefix="/v1/notices", tags=["notices"], route_class=StrictRoute)


class NoticeRow(BaseModel):
    """One notice: which tier was told, about what, on which case."""

    id: int
    position: int
    told: Annotated[str, SEARCHED, COUNTED]
    about: Annotated[str, SEARCHED, COUNTED]
    case_id: UUID
    happened_at: datetime
    written_at: datetime


notices = read_table("notices", NoticeRow)


async def _tiers(query: ListQuery, reading: Reading) -> tuple[str, ...]:
    """Return the tiers that the reader stands on."""
    known: Known = await query.request.app.state.service.known(reading.person)
    return known.own_tiers


def _to_them(moment: ListMoment) -> list[ColumnElement[bool]]:
    """Return the condition on what these tiers had been told by then."""
    return [notices.c.told.in_(moment.facts), notices.c.position <= moment.reading.position]


NOTICE_LIST = ListOf(
    name="notices",
    row=NoticeRow,
    table=notices,
    key="id",
    facts=_tiers,
    within=_to_them,
    thing="case_id",
    tagged=False,
)


@router.get(
    "", summary="List your notices", dependencies=[may("read-notices")], responses=NOTICE_LIST.responses
)
async def list_notices(query: Annotated[ListQuery, NOTICE_LIST.asked]) -> Response:
    """List what the approval tiers that you stand on have been told, newest first."""
    return await NOTICE_LIST.answer(query)
