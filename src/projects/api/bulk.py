"""Hundreds of projects at once over HTTP: one request, one outcome for each, and a way back."""

from typing import Annotated, Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Body, Path, Request, Response
from fastapi.responses import StreamingResponse

from projects.api.batch_operations import CATEGORISATIONS, HANDLINGS, PRIORITISATIONS, UNDO
from projects.api.bulk_answers import BatchSeen, accepts, seen_batch
from projects.api.operations import CategorisationItem, HandlingItem, PrioritisationItem, UndoItem
from projects.commands.assessment import CategoriseProject, DecideHandling, PrioritiseProject
from projects.domain.project import Project
from projects.domain.refusals import RegisterStands, UndoStands
from shared.kernel.errors import NotFound
from shared.kernel.messages import Command, Known, Stamp
from shared.web.answers import DECIDES, answer_one, one
from shared.web.bodies import BODY_BYTES_LIMIT, StrictRoute, strict
from shared.web.bulk import bodies as bulk
from shared.web.bulk.batch_runs import BatchRun
from shared.web.bulk.batches import Batch, MarkBatchUndone, cause_of, must_be_undoable
from shared.web.bulk.items import NDJSON, Item
from shared.web.bulk.requests import BatchRequest, Words
from shared.web.bulk.responses import WHOLE_ITEMS_LIMIT, Batches
from shared.web.commands import CommandHandler, Commands, ContentCommands, may
from shared.web.readings import Read

BatchId = Annotated[UUID, Path(description="The batch's id, as its answer's `Batch` header said.")]

many = APIRouter(
    prefix="/v1/projects", tags=["projects"], route_class=StrictRoute, max_body_size=bulk.BODY_BYTES_LIMIT
)
batches = APIRouter(
    prefix="/v1/project-batches", tags=["projects"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
)

JUDGED = {CATEGORISATIONS: "category", PRIORITISATIONS: "priority", HANDLINGS: "handling"}
OF_BATCH = "SELECT DISTINCT id FROM projects WHERE {part}_batch = $1"


@many.post(
    "/categorisations",
    status_code=207,
    summary="Categorise many projects",
    response_class=StreamingResponse,
    dependencies=[may("CategoriseProject")],
    **accepts(CategorisationItem, {"reference": "ICT-0042", "category": "Networks", "reason": "Cables."}),
)
async def categorise_projects(
    request: Request, body: bulk.Body, options: bulk.AsWished, handler: ContentCommands
) -> Response:
    """Categorise up to a million projects: JSON, NDJSON, CSV, XLSX or ODS, by id or reference.

    Each item is decided as a single decision would be, and has its own outcome, in the order sent. NDJSON
    and CSV are answered line by line as blocks are committed. The same key again goes on where a broken
    request stopped, and does nothing twice.
    """
    return await _answer(request, handler, CategoriseProject, CATEGORISATIONS, body, options)


@many.post(
    "/prioritisations",
    status_code=207,
    summary="Prioritise many projects",
    response_class=StreamingResponse,
    dependencies=[may("PrioritiseProject")],
    **accepts(PrioritisationItem, {"reference": "ICT-0042", "moscow": "must", "reason": "It is old."}),
)
async def prioritise_projects(
    request: Request, body: bulk.Body, options: bulk.AsWished, handler: ContentCommands
) -> Response:
    """Prioritise many projects by the weights in force; as with categorisations."""
    return await _answer(request, handler, PrioritiseProject, PRIORITISATIONS, body, options)


@many.post(
    "/handlings",
    status_code=207,
    summary="Decide the handling of many projects",
    response_class=StreamingResponse,
    dependencies=[may("DecideHandling")],
    **accepts(HandlingItem, {"reference": "ICT-0042", "handling": "internal", "reason": "We can."}),
)
async def decide_handlings(
    request: Request, body: bulk.Body, options: bulk.AsWished, handler: ContentCommands
) -> Response:
    """Decide who handles many projects; as with categorisations."""
    return await _answer(request, handler, DecideHandling, HANDLINGS, body, options)


async def _answer(
    request: Request,
    handler: CommandHandler,
    command: type[Command[Project]],
    operation: str,
    body: bulk.Received,
    options: bulk.BatchOptions,
) -> Response:
    asked = BatchRequest(
        await _stamp(handler, command, body.batch),
        options.mode,
        options.dry_run,
        options.known_position,
        handler.areas(command),
    )
    said: Words = {"reason": options.reason}
    return await _batches(request).answer(request, operation, asked, body, said)


def _batches(request: Request) -> Batches:
    batches: Batches = request.app.state.service.batches
    return batches


async def _stamp(handler: CommandHandler, command: type[Command[Any]], batch: UUID) -> Stamp:
    """Return the stamp that all decisions of a batch share: one cause, and what these rules need to know."""
    stamp = await handler.stamp_for(command)
    known = Known(
        position=stamp.known.position, roles=stamp.known.roles, scheme_version=stamp.known.scheme_version
    )
    return stamp.model_copy(update={"known": known, "causation": cause_of(batch)})


@batches.get(
    "/{batch_id}", summary="See a batch", dependencies=[may("read-projects")], responses=one(BatchSeen)
)
async def see_batch(request: Request, batch_id: BatchId, reading: Read) -> Response:
    """Show what a batch asked for, what became of its items, and whether it was undone."""
    store = request.app.state.service.store
    stream = await store.load(batch_id, Batch(), reading.position if reading.past else None)
    if stream.version == 0:
        raise NotFound
    return answer_one(request, seen_batch(stream), f'"{stream.version}"')


@batches.post(
    "/{batch_id}/decisions",
    status_code=207,
    summary="Undo a batch",
    response_class=StreamingResponse,
    responses={**accepts(UndoItem, {})["responses"], **DECIDES},
)
async def undo_batch(
    request: Request,
    batch_id: BatchId,
    command: Annotated[MarkBatchUndone, strict(MarkBatchUndone), Body()],
    handler: Commands,
) -> Response:
    """Take back what a batch decided, as a new batch: what was decided anew since stands, and is said.

    So does what later stages build upon. Categorisations, prioritisations and handlings can be undone; a
    register can't: a corrected one is handed in. Nor can an undo.
    """
    await handler.stamp_for(MarkBatchUndone)
    stream = await handler.store.load(batch_id, Batch())
    must_be_undoable(stream.state)
    part = _part_of(stream.state.operation)
    handler.must_see(stream.version)
    undoing_it = uuid5(batch_id, "undo")
    stamp = await _stamp(handler, MarkBatchUndone, undoing_it)
    projects = await _decided_by(request, batch_id, part)
    items = [UndoItem(id=project) for project in projects]
    said: Words = {"undone": str(batch_id), "reason": command.reason}
    work = BatchRun(
        undoing_it,
        await _batches(request).operation(UNDO, stamp, said),
        BatchRequest(stamp, areas=handler.areas(MarkBatchUndone)),
        str(batch_id),
        iter([Item(n, item) for n, item in enumerate(items, start=1)]),
        len(items),
        said,
        batch_id,
    )
    if len(projects) > WHOLE_ITEMS_LIMIT:
        lines = (item.model_dump_json(exclude_none=True).encode() + b"\n" for item in items)
        return await _batches(request).as_job(work, NDJSON, lines)
    await _batches(request).begin(work)
    return await _batches(request).at_once(work)


def _part_of(operation: str) -> str:
    """Return what of a project a batch decided; refuse one of which nothing can be taken back."""
    if operation in JUDGED:
        return JUDGED[operation]
    raise UndoStands if operation == UNDO else RegisterStands


async def _decided_by(request: Request, batch: UUID, part: str) -> list[UUID]:
    """Return the projects that a batch decided on, once the views have come to the end of the record."""
    service = request.app.state.service
    await bulk.views_have_come(service.record, service.visibility)
    rows = await service.pool.fetch(OF_BATCH.format(part=part), batch)
    return sorted(row["id"] for row in rows)
