"""Retention over HTTP: the schedule, what is due by it, and disposals."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID, uuid5

from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, DateTime, Table, literal, not_, select, true

from shared.governance.documents.file_store import destroy_files
from shared.governance.retention.commands import DisposeOfRecord, ScheduleRetention, due_since
from shared.governance.retention.domain import DISPOSALS, SCHEDULE_ID, Disposal, Line, RetentionSchedule
from shared.governance.retention.views import DisposalRow, disposals
from shared.kernel.errors import Unacceptable
from shared.kernel.fields import CODE_LIMIT, ONE_LINE
from shared.kernel.messages import Receipt
from shared.record.projecting.views import StateView, View, state_table
from shared.web.core_service import core_service
from shared.web.decisions.commands import Commands, OpeningCommands, may
from shared.web.lists.filters import ListMoment, Where
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.reads.answers import CREATES, DECIDES, answer_one, one
from shared.web.reads.readings import Read
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

router = APIRouter(
    prefix="/v1/retention", tags=["retention"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
)


class NoSuchKind(Unacceptable):
    """The schedule has no line for this kind of record, or the service does not list such records."""


class ScheduleSeen(BaseModel):
    """The retention schedule: a line for each kind of record."""

    version: int
    lines: dict[str, Line]


class DueRow(BaseModel):
    """A record whose time has come."""

    id: UUID
    record_kind: str
    last_decision_at: datetime
    ground: str
    first_position: int


def _is_of_the_table(_: str, __: ListMoment) -> ColumnElement[bool]:
    """Return no condition: which kind is asked for says which table is read."""
    return true()


class DueFilters(BaseModel):
    """Which kind of record is asked for."""

    record_kind: Annotated[
        str,
        Where(_is_of_the_table),
        Field(max_length=CODE_LIMIT, pattern=ONE_LINE, description="Which kind, such as `rfp`."),
    ]


# Each kind's records are in a table of their own, which takes this one's place.
DUE_LIST = ListOf(
    name="retention-due", row=DueRow, table=state_table("due"), filters=DueFilters, tagged=False
)
DISPOSAL_LIST = ListOf(name="disposals", row=DisposalRow, table=disposals)


@router.get(
    "",
    summary="See the retention schedule",
    dependencies=[may("read-retention")],
    responses=one(ScheduleSeen),
)
async def see_schedule(request: Request, reading: Read) -> Response:
    """Show how long each kind of record is kept whole."""
    store = core_service(request).store
    stream = await store.load(SCHEDULE_ID, RetentionSchedule(), reading.until)
    shown = ScheduleSeen(version=stream.version, lines=dict(stream.state.lines))
    return answer_one(request, shown, f'"{stream.version}"')


@router.post("/decisions", summary="Fix the retention schedule", responses=DECIDES)
async def decide_on_schedule(
    command: Annotated[ScheduleRetention, strict(ScheduleRetention), Body()], handler: Commands
) -> Receipt:
    """Set or change the line of one kind of record; If-Match is the schedule's version."""
    return await handler.set(SCHEDULE_ID, command, blank=RetentionSchedule())


@router.get(
    "/due",
    summary="List records that are due",
    dependencies=[may("read-retention")],
    responses=DUE_LIST.responses,
)
async def list_due(request: Request, query: Annotated[ListQuery, DUE_LIST.asked]) -> Response:
    """List records of a kind that have been kept whole for as long as the schedule says."""
    service, kind = core_service(request), query.asked["record_kind"]
    stream = await service.store.load(SCHEDULE_ID, RetentionSchedule())
    line = stream.state.lines.get(kind)
    table = _tables(service.views).get(kind)
    if line is None or table is None:
        raise NoSuchKind(known=sorted(stream.state.lines.keys() & _tables(service.views).keys()))
    until = literal(due_since(datetime.now(UTC), line.years), DateTime(timezone=True))
    gone = select(disposals.c.record_id).where(disposals.c.record_id == table.c.id).exists()
    due = replace(
        DUE_LIST,
        table=table,
        within=lambda _: [table.c.changed_at <= until, not_(gone)],
        columns={
            "record_kind": literal(kind),
            "last_decision_at": table.c.changed_at,
            "ground": literal(line.ground),
        },
    )
    return await due.answer(query)


@router.get(
    "/disposals",
    summary="List disposals",
    dependencies=[may("read-retention")],
    responses=DISPOSAL_LIST.responses,
)
async def list_disposals(query: Annotated[ListQuery, DISPOSAL_LIST.asked]) -> Response:
    """List what was disposed of, latest first."""
    return await DISPOSAL_LIST.answer(query)


@router.post("/disposals", status_code=201, summary="Dispose of a record", responses=CREATES)
async def dispose_of(
    request: Request,
    command: Annotated[DisposeOfRecord, strict(DisposeOfRecord), Body()],
    handler: OpeningCommands,
) -> Receipt:
    """Destroy the personal texts and files of a record that is due; its decisions can still be proved."""
    disposal_id = uuid5(DISPOSALS, str(command.record_id))
    receipt = await handler.create(command, blank=Disposal(), under=disposal_id)
    service = core_service(request)
    await service.texts.destroy(things=[command.record_id])
    await destroy_files(service.pool, [command.record_id])
    return receipt


def _tables(views: Sequence[View]) -> dict[str, Table]:
    """Return the table of each kind of record that the service lists."""
    return {view.blank.kind: view.table for view in views if isinstance(view, StateView)}
