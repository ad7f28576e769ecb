"""Transition readiness in one read: what is ready, at risk, blocked, and on whose data.

Each room says it of its own; a room that offers it joins by itself.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from projects.api.fact_finders import values_in_force
from rfp_service.readiness.readiness_service import readiness_service
from shared.kernel.calendar import day_in_london
from shared.web.decisions.commands import may
from shared.web.offers.readiness import ReadinessLine, ReadinessOffered
from shared.web.reads.answers import answer_untagged, one
from shared.web.reads.readings import Read
from shared.web.requests.bodies import StrictRoute

router = APIRouter(prefix="/v1/readiness", tags=["readiness"], route_class=StrictRoute)


class TransitionReadiness(BaseModel):
    """How ready the council is, by outcome and by body of work, as of one reading of the record."""

    as_of: datetime
    position: int
    day: date
    transition_date: date | None
    days_left: int | None
    items: list[ReadinessLine]


@router.get(
    "",
    summary="See how ready the transition is",
    dependencies=[may("read-readiness")],
    responses=one(TransitionReadiness, lasting=False),
)
async def see_readiness(request: Request, reading: Read) -> Response:
    """Show for each outcome and body of work that you may see what is ready, at risk or blocked, and by whom.

    Of an outcome its milestones are counted; of projects, contracts and RFPs each of them. What is blocked
    waits for something that is late, on hold or refused, or that comes only after its own day.
    """
    service, day = readiness_service(request), day_in_london(reading.as_of)
    offered: Sequence[ReadinessOffered] = service.readiness
    lines: list[ReadinessLine] = []
    for body in offered:
        if service.permissions.allows(reading.person, body.action):
            theirs = replace(reading, areas=service.permissions.areas(reading.person, body.action))
            lines += await body.read(request, theirs)
    values = await values_in_force(service.store, day, reading.until)
    transition = values.transition_date if values else None
    shown = TransitionReadiness(
        as_of=reading.as_of,
        position=reading.position,
        day=day,
        transition_date=transition,
        days_left=None if transition is None else (transition - day).days,
        items=lines,
    )
    return answer_untagged(shown.model_dump())
