"""Clarifications over HTTP: what bidders asked of the RFPs one may see, and what stands as the answer."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, exists, select

from rfp_service.rfps.views.board import rfps
from rfp_service.rfps.views.clarifications import ClarificationRow, clarifications
from shared.web.decisions.commands import may
from shared.web.lists.filters import ListMoment
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.reads.readings import Reading
from shared.web.requests.bodies import StrictRoute

router = APIRouter(prefix="/v1/clarifications", tags=["rfps"], route_class=StrictRoute)


class ClarificationFilters(BaseModel):
    """What a list of clarifications is narrowed to."""

    rfp_id: Annotated[UUID | None, Field(description="Only those about this RFP.")] = None


def _that_stand(moment: ListMoment) -> "list[ColumnElement[bool]]":
    """Return the conditions on what was said by then of RFPs in sight, and was not corrected by then."""
    reading, said, later = moment.reading, clarifications, clarifications.alias("later")
    corrected = exists().where(
        later.c.rfp_id == said.c.rfp_id,
        later.c.number == said.c.number,
        later.c.answer.is_not(None),
        later.c.position > said.c.position,
        later.c.position <= reading.position,
    )
    stands = [said.c.position <= reading.position, said.c.answer.is_(None) | ~corrected]
    if reading.areas is None:
        return stands
    return [*stands, said.c.rfp_id.in_(select(rfps.c.id).where(reading.valid(rfps)))]


async def _with_titles(reading: Reading, _: None, items: list[dict[str, Any]]) -> None:
    """Add what each RFP is called."""
    asked = rfps.c.id.in_({item["rfp_id"] for item in items})
    named = select(rfps.c.id, rfps.c.reference, rfps.c.title).where(reading.valid(rfps), asked)
    called = {row["id"]: row for row in await reading.rows(named)}
    for item in items:
        item |= {name: called[item["rfp_id"]][name] for name in ("reference", "title")}


CLARIFICATION_LIST = ListOf(
    name="clarifications",
    row=ClarificationRow,
    table=clarifications,
    filters=ClarificationFilters,
    key="position",
    within=_that_stand,
    derive=_with_titles,
    thing="rfp_id",
)


@router.get(
    "", summary="List clarifications", dependencies=[may("read-rfps")], responses=CLARIFICATION_LIST.responses
)
async def list_clarifications(query: Annotated[ListQuery, CLARIFICATION_LIST.asked]) -> Response:
    """List bidders' questions and the answers, latest first; who asked is not shown."""
    return await CLARIFICATION_LIST.answer(query)
