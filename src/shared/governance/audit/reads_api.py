"""The log of reads over HTTP: who has read the audit, what, and when."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement

from shared.governance.audit.reads import READ_AUDIT, AskedName, AuditRoute
from shared.kernel.errors import NotFound
from shared.ledger.checkpoints import Checkpoint, hash_text
from shared.ledger.notes import Note
from shared.ledger.read_checkpoints import newest_of_reads
from shared.record.projecting.row_models import COUNTED, SEARCHED, UNSORTED, read_table
from shared.web.core_service import core_service
from shared.web.decisions.commands import may
from shared.web.lists.filters import AT_MOST, ListMoment
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.lists.statements import NO_THING
from shared.web.reads.answers import READS_ONE

router = APIRouter(prefix="/v1/audit", tags=["audit"], route_class=AuditRoute)


class ReadRow(BaseModel):
    """One reading of the audit."""

    position: int
    read_at: datetime
    reader: Annotated[str, SEARCHED, COUNTED]
    authority: Annotated[str, SEARCHED, COUNTED]
    operation: Annotated[str, SEARCHED, COUNTED]
    target: Annotated[str, UNSORTED]
    status: int
    trace: str


reads = read_table("audit_reads", ReadRow)


class ReadFilters(BaseModel):
    """What the log of reads can be narrowed to."""

    reader: Annotated[list[AskedName] | None, AT_MOST, Field(description="Only this person's.")] = None


def _by_then(moment: ListMoment) -> list[ColumnElement[bool]]:
    """Return the condition on what had been read by then."""
    return [reads.c.read_at <= moment.reading.as_of] if moment.reading.past else []


READ_LIST = ListOf(
    name="audit-reads",
    row=ReadRow,
    table=reads,
    filters=ReadFilters,
    key="position",
    within=_by_then,
    thing=NO_THING,
    tagged=False,
)


class ReadsCheckpoint(BaseModel):
    """A signed statement of how many times the audit had been read, and of the last read's hash.

    Each read's hash covers the one before it, so whoever keeps this finds any change before it, and a cut.
    """

    origin: str
    size: int
    hash: str
    note: str


@router.get(
    "/reads/checkpoint",
    summary="See what was signed of the log of reads",
    dependencies=[may(READ_AUDIT)],
    responses=READS_ONE,
)
async def see_reads_checkpoint(request: Request) -> ReadsCheckpoint:
    """Show the newest signed checkpoint of the log of reads."""
    note = await newest_of_reads(core_service(request).pool)
    if note is None:
        raise NotFound
    checkpoint = Checkpoint.parse(Note.parse(note).text)
    return ReadsCheckpoint(
        origin=checkpoint.origin, size=checkpoint.size, hash=hash_text(checkpoint.root), note=note
    )


@router.get(
    "/reads",
    summary="List who has read the audit",
    dependencies=[may(READ_AUDIT)],
    responses=READ_LIST.responses,
)
async def list_reads(query: Annotated[ListQuery, READ_LIST.asked]) -> Response:
    """List every reading of the audit, newest first; its positions are those of its own log."""
    return await READ_LIST.answer(query)
