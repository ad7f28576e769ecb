"""Projects over HTTP: register, decide, list, see one as of any time, and its history."""

from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Body, Path, Request, Response

from projects.api.answers import ProjectSeen, shown
from projects.api.filters import ProjectFilters
from projects.api.risk_answers import without_told
from projects.api.risk_facts import facts_of
from projects.commands.decision import ProjectDecision
from projects.commands.identification import IdentifyProject
from projects.domain.project import Project, project_id
from projects.views.register import ProjectRow, StoredProject, projects
from shared.governance.audit.history import EventHistory, answer_history
from shared.kernel.messages import Receipt
from shared.web.decisions.commands import Commands, OpeningCommands, may
from shared.web.decisions.next_decisions import commands_in, with_next
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.reads.answers import CREATES, DECIDES, one, seen_now
from shared.web.reads.readings import Read
from shared.web.reads.things import thing_as_of
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

ProjectId = Annotated[UUID, Path(description="The project's id, as its receipt and lists say it.")]

DECISIONS = tuple(commands_in(ProjectDecision))

PROJECT_LIST = ListOf(
    name="projects", row=ProjectRow, stored=StoredProject, table=projects, filters=ProjectFilters
)

router = APIRouter(
    prefix="/v1/projects", tags=["projects"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
)


@router.post("", status_code=201, summary="Identify a project", responses=CREATES)
async def identify_project(
    command: Annotated[IdentifyProject, strict(IdentifyProject), Body()], handler: OpeningCommands
) -> Receipt:
    """Add a project in flight to the register; its id follows from its reference."""
    reference = command.reference or f"PRJ-{uuid4().hex[:10].upper()}"
    command = command.model_copy(update={"reference": reference})
    return await handler.register(project_id(reference), command, blank=Project())


@router.post("/{project_id:uuid}/decisions", summary="Decide on a project", responses=DECIDES)
async def decide_on_project(
    project_id: ProjectId,
    command: Annotated[ProjectDecision, strict(ProjectDecision), Body()],
    handler: Commands,
) -> Receipt:
    """Decide on a project as it stands at the version that If-Match names."""
    return await handler.handle(project_id, command, blank=Project())


@router.get(
    "", summary="List projects", dependencies=[may("read-projects")], responses=PROJECT_LIST.responses
)
async def list_projects(query: Annotated[ListQuery, PROJECT_LIST.asked]) -> Response:
    """List projects, newest first, as they stand or stood."""
    return await PROJECT_LIST.answer(query)


@router.get(
    "/{project_id:uuid}",
    summary="See a project",
    dependencies=[may("read-projects")],
    responses=one(ProjectSeen, lasting=False),
)
async def see_project(request: Request, project_id: ProjectId, reading: Read) -> Response:
    """Show one project as it stands or stood, how likely it is late and, as of now, what you may decide."""
    stream = await thing_as_of(request, reading, project_id, Project())
    facts = await facts_of(request, reading)
    project = await with_next(request, reading, stream, shown(stream, facts), DECISIONS)
    return await seen_now(reading, project, stream.version, told=without_told)


@router.get(
    "/{project_id:uuid}/history",
    summary="See a project's history",
    dependencies=[may("read-projects")],
    responses=one(EventHistory),
)
async def see_project_history(request: Request, project_id: ProjectId, reading: Read) -> Response:
    """Show everything that happened to one project, in order: who decided what, when, knowing what."""
    return await answer_history(request, reading, project_id, Project())
