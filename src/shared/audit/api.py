"""The audit list over HTTP: every decision, oldest or newest first, as of any time."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, JsonValue
from sqlalchemy import select

from shared.audit.journal import decisions
from shared.audit.reads import AuditRoute
from shared.http.answers import listed
from shared.http.deciding import may
from shared.http.pages import Paged
from shared.http.reading import Read

router = APIRouter(prefix="/v1/audit", tags=["audit"], route_class=AuditRoute)


class DecisionRow(BaseModel):
    """One decision: who took it, on what authority, when it happened and was recorded, what it said."""

    position: int
    stream_id: UUID
    version: int
    kind: str
    decision: str
    by: str
    acting_for: str
    authority: str
    scheme_version: int
    happened_at: datetime
    recorded_at: datetime
    said: dict[str, JsonValue]


@router.get(
    "/decisions",
    summary="List every decision",
    dependencies=[may("read-audit")],
    responses=listed(DecisionRow),
)
async def list_decisions(
    reading: Read,
    page: Paged,
    by: Annotated[str | None, Query(max_length=40, description="Only this person's.")] = None,
    kind: Annotated[
        str | None, Query(max_length=40, description="Only about this kind of thing.")
    ] = None,
    decision: Annotated[
        str | None, Query(max_length=60, description="Only this kind of event.")
    ] = None,
    stream_id: Annotated[UUID | None, Query(description="Only about this one thing.")] = None,
) -> Response:
    """List what was decided, newest first; imported history is not in it."""
    statement = select(decisions).where(decisions.c.position <= reading.position)
    for column, value in (
        ("by", by),
        ("kind", kind),
        ("decision", decision),
        ("stream_id", stream_id),
    ):
        if value is not None:
            statement = statement.where(decisions.c[column] == value)
    return await page.of(reading, statement, decisions.c.position, also=_with_what_was_said)


async def _with_what_was_said(reading: Read, items: list[dict[str, Any]]) -> None:
    """Add each decision's own words, which only the record holds."""
    said = {r.position: r for r in await reading.record.at([item["position"] for item in items])}
    for item in items:
        item["said"] = said[item["position"]].envelope["data"]
