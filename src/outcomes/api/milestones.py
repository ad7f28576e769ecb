"""Milestones of outcomes over HTTP: schedule, decide, see one as of any time, and its history."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Request, Response

from outcomes.api.answers import MilestoneSeenAlone
from outcomes.api.conclusions import milestones_shown
from outcomes.api.facts import programme_facts, rows_of
from outcomes.commands.milestone_decision import MilestoneDecision
from outcomes.commands.milestones import ScheduleMilestone
from outcomes.domain.milestone import Milestone
from outcomes.views.registers import milestones, outcomes
from shared.governance.audit.history import EventHistory, answer_history
from shared.kernel.errors import NotFound
from shared.kernel.messages import Receipt
from shared.web.core_service import core_service
from shared.web.decisions.commands import Commands, OpeningCommands, may
from shared.web.decisions.next_decisions import commands_in, with_next
from shared.web.reads.answers import CREATES, DECIDES, answer_untagged, one
from shared.web.reads.readings import Read
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

MilestoneId = Annotated[UUID, Path(description="The milestone's id, as its receipt says it.")]

DECISIONS = tuple(commands_in(MilestoneDecision))

router = APIRouter(
    prefix="/v1/milestones", tags=["outcomes"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
)


@router.post("", status_code=201, summary="Schedule a milestone", responses=CREATES)
async def schedule_milestone(
    command: Annotated[ScheduleMilestone, strict(ScheduleMilestone), Body()], handler: OpeningCommands
) -> Receipt:
    """Give an outcome a milestone."""
    return await handler.create(command, blank=Milestone())


@router.post("/{milestone_id:uuid}/decisions", summary="Decide on a milestone", responses=DECIDES)
async def decide_on_milestone(
    milestone_id: MilestoneId,
    command: Annotated[MilestoneDecision, strict(MilestoneDecision), Body()],
    handler: Commands,
) -> Receipt:
    """Decide on a milestone as it stands at the version that If-Match names."""
    return await handler.handle(milestone_id, command, blank=Milestone())


@router.get(
    "/{milestone_id:uuid}",
    summary="See a milestone",
    dependencies=[may("read-outcomes")],
    responses=one(MilestoneSeenAlone, lasting=False),
)
async def see_milestone(request: Request, milestone_id: MilestoneId, reading: Read) -> Response:
    """Show one milestone with its horizon and colour; its version is what If-Match takes."""
    found = await rows_of(reading, milestones, milestones.c.id == milestone_id)
    if not found:
        raise NotFound
    [outcome] = await rows_of(reading, outcomes, outcomes.c.id == found[0]["outcome"])
    facts = await programme_facts(core_service(request), reading, outcome["programme"])
    [shown] = [each for each in milestones_shown(facts) if each.id == milestone_id]
    alone = MilestoneSeenAlone.model_validate(shown.model_dump())
    stream = await core_service(request).store.load(milestone_id, Milestone(), reading.position)
    alone = await with_next(request, reading, stream, alone, DECISIONS)
    return answer_untagged(alone.model_dump(by_alias=True))


@router.get(
    "/{milestone_id:uuid}/history",
    summary="See a milestone's history",
    dependencies=[may("read-outcomes")],
    responses=one(EventHistory),
)
async def see_milestone_history(request: Request, milestone_id: MilestoneId, reading: Read) -> Response:
    """Show everything that happened to one milestone, in order."""
    return await answer_history(request, reading, milestone_id, Milestone())
