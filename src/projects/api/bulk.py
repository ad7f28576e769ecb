"""Hundreds of projects at once over HTTP: one request, one outcome for each, and a way back."""

from typing import Annotated, Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Body, Path, Request, Response
from fastapi.responses import StreamingResponse

from projects.api.bulk_answers import BatchSeen, accepts, seen_batch
from projects.api.operations import (
    CategorisationItem,
    HandlingItem,
    PrioritisationItem,
    UndoItem,
)
from projects.api.undertaking import CATEGORISATIONS, HANDLINGS, PRIORITISATIONS, UNDO
from projects.commands.judging import (
    CategoriseProject,
    DecideHandling,
    PrioritiseProject,
)
from projects.domain.project import Project
from projects.domain.refusals import RegisterStands, UndoStands
from shared.bulk import desk as bulk
from shared.bulk.answering import WHOLE_ITEMS_LIMIT, Batches
from shared.bulk.asking import Asked, Words
from shared.bulk.batches import Batch, MarkBatchUndone, cause_of, must_be_undoable
from shared.bulk.carrying import Undertaking
from shared.bulk.items import NDJSON, Item
from shared.errors import NotFound
from shared.http.answers import DECIDES, answer_one, one
from shared.http.bodies import BODY_BYTES_LIMIT, StrictRoute, strict
from shared.http.deciding import Acting, Desk, Store, may
from shared.http.reading import Read
from shared.messages import Command, Known, Stamp

BatchId = Annotated[UUID, Path(description="The batch's id, as its answer's `Batch` header said.")]

many = APIRouter(
    prefix="/v1/projects", tags=["projects"], route_class=StrictRoute,
    max_body_size=bulk.BODY_BYTES_LIMIT,
)  # fmt: skip
batches = APIRouter(
    prefix="/v1/project-batches", tags=["projects"], route_class=StrictRoute,
    max_body_size=BODY_BYTES_LIMIT,
)  # fmt: skip

JUDGED = {CATEGORISATIONS: "category", PRIORITISATIONS: "priority", HANDLINGS: "handling"}
OF_BATCH = "SELECT DISTINCT id FROM projects WHERE {part}_batch = $1"


@many.post(
    "/categorisations",
    status_code=207,
    summary="Categorise many projects",
    response_class=StreamingResponse,
    dependencies=[may("CategoriseProject")],
    **accepts(
        CategorisationItem, {"reference": "ICT-0042", "category": "Networks", "reason": "Cables."}
    ),
)
async def categorise_projects(
    request: Request, body: bulk.Body, wishes: bulk.AsWished, desk: Acting
) -> Response:
    """Categorise up to a million projects: JSON, NDJSON, CSV, XLSX or ODS, by id or reference.

    Each item is decided as a single decision would be, and has its own outcome, in the order sent. NDJSON
    and CSV are answered line by line as blocks are committed. The same key again goes on where a broken
    request stopped, and does nothing twice.
    """
    return await _answer(request, desk, CategoriseProject, CATEGORISATIONS, body, wishes)


@many.post(
    "/prioritisations",
    status_code=207,
    summary="Prioritise many projects",
    response_class=StreamingResponse,
    dependencies=[may("PrioritiseProject")],
    **accepts(
        PrioritisationItem, {"reference": "ICT-0042", "moscow": "must", "reason": "It is old."}
    ),
)
async def prioritise_projects(
    request: Request, body: bulk.Body, wishes: bulk.AsWished, desk: Acting
) -> Response:
    """Prioritise many projects by the weights in force; as with categorisations."""
    return await _answer(request, desk, PrioritiseProject, PRIORITISATIONS, body, wishes)


@many.post(
    "/handlings",
    status_code=207,
    summary="Decide the handling of many projects",
    response_class=StreamingResponse,
    dependencies=[may("DecideHandling")],
    **accepts(HandlingItem, {"reference": "ICT-0042", "handling": "internal", "reason": "We can."}),
)
async def decide_handlings(
    request: Request, body: bulk.Body, wishes: bulk.AsWished, desk: Acting
) -> Response:
    """Decide who handles many projects; as with categorisations."""
    return await _answer(request, desk, DecideHandling, HANDLINGS, body, wishes)


async def _answer(
    request: Request, desk: Desk, command: type[Command[Project]], operation: str,
    body: bulk.Received, wishes: bulk.Wishes,
) -> Response:  # fmt: skip
    asked = Asked(
        await _stamp(desk, command, body.batch), wishes.mode, wishes.dry_run,
        wishes.known_position, desk.areas(command),
    )  # fmt: skip
    said: Words = {"reason": wishes.reason}
    return await _batches(request).answer(request, operation, asked, body, said)


def _batches(request: Request) -> Batches:
    batches: Batches = request.app.state.service.batches
    return batches


async def _stamp(desk: Desk, command: type[Command[Any]], batch: UUID) -> Stamp:
    """Return the stamp that all decisions of a batch share: one cause, and what these rules need to know."""
    stamp = await desk.stamp_for(command)
    known = Known(
        position=stamp.known.position,
        roles=stamp.known.roles,
        scheme_version=stamp.known.scheme_version,
    )
    return stamp.model_copy(update={"known": known, "causation": cause_of(batch)})


@batches.get(
    "/{batch_id}",
    summary="See a batch",
    dependencies=[may("read-projects")],
    responses=one(BatchSeen),
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
    desk: Store,
) -> Response:
    """Take back what a batch decided, as a new batch: what was decided anew since stands, and is said.

    So does what later stages build upon. Categorisations, prioritisations and handlings can be undone; a
    register can't: a corrected one is handed in. Nor can an undo.
    """
    await desk.stamp_for(MarkBatchUndone)
    stream = await desk.store.load(batch_id, Batch())
    must_be_undoable(stream.state)
    part = _part_of(stream.state.operation)
    desk.must_see(stream.version)
    undoing_it = uuid5(batch_id, "undo")
    stamp = await _stamp(desk, MarkBatchUndone, undoing_it)
    projects = await _decided_by(request, batch_id, part)
    items = [UndoItem(id=project) for project in projects]
    said: Words = {"undone": str(batch_id), "reason": command.reason}
    work = Undertaking(
        undoing_it, await _batches(request).operation(UNDO, stamp, said),
        Asked(stamp, areas=desk.areas(MarkBatchUndone)), str(batch_id),
        iter([Item(n, item) for n, item in enumerate(items, start=1)]), len(items), said, batch_id,
    )  # fmt: skip
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
