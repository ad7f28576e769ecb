"""Notices over HTTP: what the tiers that you stand on have been told."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlalchemy import BigInteger, Column, DateTime, MetaData, Table, Text, Uuid, select

from shared.web.answers import listed
from shared.web.bodies import StrictRoute
from shared.web.commands import Caller, may
from shared.web.pages import Paged
from shared.web.readings import Read

router = APIRouter(prefix="/v1/notices", tags=["notices"], route_class=StrictRoute)

notices = Table(
    "notices",
    MetaData(),
    Column("id", BigInteger, primary_key=True),
    Column("position", BigInteger),
    Column("told", Text),
    Column("about", Text),
    Column("case_id", Uuid),
    Column("happened_at", DateTime(timezone=True)),
    Column("written_at", DateTime(timezone=True)),
)


class NoticeRow(BaseModel):
    """One notice: which tier was told, about what, on which case."""

    id: int
    position: int
    told: str
    about: str
    case_id: UUID
    happened_at: datetime
    written_at: datetime


@router.get(
    "",
    summary="List your notices",
    dependencies=[may("read-notices")],
    responses=listed(NoticeRow, tagged=False),
)
async def list_notices(request: Request, reading: Read, page: Paged, person: Caller) -> Response:
    """List what the approval tiers that you stand on have been told, newest first."""
    known = await request.app.state.service.known(person)
    statement = select(notices).where(
        notices.c.told.in_(known.own_tiers), notices.c.position <= reading.position
    )
    return await page.untagged.of(reading, statement, notices.c.id)
