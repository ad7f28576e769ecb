"""The routes of a room's batches: one for each of its bulk decisions, one to see a batch, one to undo it."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Body, Path, Request, Response
from fastapi.responses import StreamingResponse

from shared.kernel.errors import NotFound
from shared.kernel.messages import Command, Stamp, Stream
from shared.web.bulk import bodies as bulk
from shared.web.bulk.batch_answers import BatchSeen, accepts, answers, seen_batch
from shared.web.bulk.batch_runs import BatchRun
from shared.web.bulk.batch_service import batch_service
from shared.web.bulk.batches import Batch, MarkBatchUndone, cause_of, must_be_undoable
from shared.web.bulk.bulk_decisions import OF_MANY, TAKEN_BACK, BulkDecision, Things, UndoItem
from shared.web.bulk.items import NDJSON, Item
from shared.web.bulk.refusals import UndoStands
from shared.web.bulk.requests import BatchRequest, Words, known_to_all
from shared.web.bulk.responses import WHOLE_ITEMS_LIMIT, Batches
from shared.web.decisions.commands import CommandHandler, Commands, ContentCommands, may
from shared.web.reads.answers import DECIDES, answer_one, one
from shared.web.reads.readings import Read
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

BatchId = Annotated[UUID, Path(description="The batch's id, as its answer's `Batch` header said.")]
LINES_IN_ONE_PIECE = 20_000


def bulk_routes(things: Things[Any]) -> APIRouter:
    """Return the routes by which many of a room's things are decided on at once."""
    router = APIRouter(
        prefix=things.of.path,
        tags=[things.of.tag],
        route_class=StrictRoute,
        max_body_size=bulk.BODY_BYTES_LIMIT,
    )
    for decision in things.decisions:
        _add_decision(router, things.named(decision), decision)
    return router


def _add_decision(router: APIRouter, name: str, decision: BulkDecision) -> None:
    async def decide_on_many(
        request: Request, body: bulk.Body, options: bulk.AsWished, handler: ContentCommands
    ) -> Response:
        asked = BatchRequest(
            await batch_stamp(handler, decision.command, body.batch),
            options.mode,
            options.dry_run,
            options.known_position,
            handler.areas(decision.command),
        )
        said: Words = {"reason": options.reason}
        return await _batches(request).answer(request, name, asked, body, said)

    router.post(
        f"/{decision.path}",
        status_code=207,
        name=decision.route,
        summary=decision.summary,
        description=f"{decision.description}\n\n{OF_MANY}".strip(),
        response_class=StreamingResponse,
        dependencies=[may(decision.command.__name__)],
        **accepts(decision.item, dict(decision.example)),
    )(decide_on_many)


def _batches(request: Request) -> Batches:
    batches: Batches = batch_service(request).batches
    return batches


async def batch_stamp(
    handler: CommandHandler, command: type[Command[Any]], batch: UUID, decides: Any = None
) -> Stamp:
    """Return the stamp that all decisions of a batch share: one cause, and what these rules need to know.

    Where another command `decides` than the one that is allowed, it is known what that one needs.
    """
    stamp = await handler.stamp_for(command)
    if decides is not None:
        whole = await handler.known(handler.person)
        stamp = stamp.model_copy(update={"known": whole.model_copy(update={"same": stamp.known.same})})
    known = known_to_all(stamp, decides or command)
    return stamp.model_copy(update={"known": known, "causation": cause_of(batch)})


def batch_routes(things: Things[Any]) -> APIRouter:
    """Return the routes by which a room's batches are seen and undone."""
    router = APIRouter(
        prefix=things.batches, tags=[things.of.tag], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
    )
    _add_sight(router, things)
    _add_undo(router, things)
    return router


def _add_sight(router: APIRouter, things: Things[Any]) -> None:
    @router.get(
        "/{batch_id}",
        name=f"see_{things.of.route_prefix}batch",
        summary="See a batch",
        dependencies=[may(things.of.read)],
        responses=one(BatchSeen),
    )
    async def see_batch(request: Request, batch_id: BatchId, reading: Read) -> Response:
        """Show what a batch asked for, what became of its items, and whether it was undone."""
        store = batch_service(request).store
        stream = await store.load(batch_id, Batch(), reading.until)
        if stream.version == 0 or not things.decided_by(stream.state.operation):
            raise NotFound
        return answer_one(request, seen_batch(stream), f'"{stream.version}"')


def _add_undo(router: APIRouter, things: Things[Any]) -> None:
    @router.post(
        "/{batch_id}/decisions",
        status_code=207,
        name=f"undo_{things.of.route_prefix}batch",
        summary="Undo a batch",
        description=TAKEN_BACK + things.undo.says,
        response_class=StreamingResponse,
        responses={**answers(), **DECIDES},
    )
    async def undo_batch(
        request: Request,
        batch_id: BatchId,
        command: Annotated[MarkBatchUndone, strict(MarkBatchUndone), Body()],
        handler: Commands,
    ) -> Response:
        await handler.stamp_for(MarkBatchUndone)
        stream = await handler.store.load(batch_id, Batch())
        must_be_undoable(stream.state)
        await handler.stamp_for(_undoable(things, stream.state.operation))
        handler.must_see(stream.version)
        ids = await handler.store.reader.caused(
            cause_of(batch_id), things.of.blank.kind, stream.first_position, stream.position
        )
        return await _undone(request, handler, things, stream, command, ids)


def _undoable(things: Things[Any], operation: str) -> type[Command[Any]]:
    """Return what a batch decided, which its undoer must be allowed to; refuse an undo, or another room's."""
    if operation == things.undo_name:
        raise UndoStands
    if operation not in things.commands:
        raise NotFound
    return things.commands[operation]


async def _undone(
    request: Request,
    handler: CommandHandler,
    things: Things[Any],
    stream: Stream[Batch],
    command: MarkBatchUndone,
    ids: list[UUID],
) -> Response:
    """Carry an undo out: at once where it is small, as a job where it is large."""
    undoing = uuid5(stream.id, "undo")
    stamp = await batch_stamp(handler, MarkBatchUndone, undoing, things.undo.command)
    said: Words = {"undone": str(stream.id), "reason": command.reason}
    batches = _batches(request)
    work = BatchRun(
        undoing,
        await batches.runs.operation(things.undo_name, stamp, said),
        BatchRequest(stamp, areas=handler.areas(MarkBatchUndone)),
        str(stream.id),
        _items(ids),
        len(ids),
        said,
        stream.id,
    )
    if len(ids) > WHOLE_ITEMS_LIMIT:
        return await batches.jobs.begin(work, NDJSON, _pieces(ids))
    await batches.runs.begin(work)
    return await batches.at_once(work)


def _items(ids: Iterable[UUID]) -> Iterator[Item[UndoItem]]:
    """Yield the items of an undo as they are needed."""
    return (Item(number, UndoItem(id=one)) for number, one in enumerate(ids, start=1))


def _pieces(ids: list[UUID]) -> Iterator[bytes]:
    """Yield the lines of an undo that goes on as a job, many in one piece: each is written by itself."""
    for first in range(0, len(ids), LINES_IN_ONE_PIECE):
        yield b"".join(
            b'{"id":"%s"}\n' % str(one).encode() for one in ids[first : first + LINES_IN_ONE_PIECE]
        )
