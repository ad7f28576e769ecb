"""Notices over HTTP: what you have been told, by the tiers that you stand on or as a party of a case."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy import ColumnElement, or_

from shared.governance.notices.notice_service import notice_service
from shared.kernel.messages import Known
from shared.record.projecting.row_models import COUNTED, SEARCHED, read_table
from shared.web.decisions.commands import may
from shared.web.lists.filters import ListMoment
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.reads.readings import Reading
from shared.web.requests.bodies import StrictRoute

router = APIRouter(prefix="/v1/notices", tags=["notices"], route_class=StrictRoute)


class NoticeRow(BaseModel):
    """One notice: which tier or party was told, about what, on which case."""

    id: int
    position: int
    told: Annotated[str, SEARCHED, COUNTED]
    about: Annotated[str, SEARCHED, COUNTED]
    case_id: UUID
    happened_at: datetime
    written_at: datetime


notices = read_table("notices", NoticeRow)


async def _told(query: ListQuery, reading: Reading) -> ColumnElement[bool]:
    """Return the condition on what tells the reader: by a tier they stand on, or as a party of a case."""
    service = notice_service(query.request)
    known: Known = await service.known(reading.person)
    return or_(notices.c.told.in_(known.own_tiers), service.notified(notices, reading.person))


def _to_them(moment: ListMoment) -> list[ColumnElement[bool]]:
    """Return the condition on what they had been told by then."""
    return [moment.facts, notices.c.position <= moment.reading.position]


NOTICE_LIST = ListOf(
    name="notices",
    row=NoticeRow,
    table=notices,
    key="id",
    facts=_told,
    within=_to_them,
    thing="case_id",
    tagged=False,
)


@router.get(
    "", summary="List your notices", dependencies=[may("read-notices")], responses=NOTICE_LIST.responses
)
async def list_notices(query: Annotated[ListQuery, NOTICE_LIST.asked]) -> Response:
    """List what you have been told, newest first: by your approval tier, or as a party of a case."""
    return await NOTICE_LIST.answer(query)
