"""The log of reads over HTTP: who has read the audit, what, and when."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy import BigInteger, Column, DateTime, MetaData, SmallInteger, Table, Text, select

from shared.governance.audit.reads import NAME, READ_AUDIT, AuditRoute
from shared.kernel.errors import NotFound
from shared.ledger.checkpoints import Checkpoint, hash_text
from shared.ledger.notes import Note
from shared.ledger.read_checkpoints import newest_of_reads
from shared.web.answers import READS_ONE, listed
from shared.web.commands import may
from shared.web.pages import Paged
from shared.web.readings import Read

router = APIRouter(prefix="/v1/audit", tags=["audit"], route_class=AuditRoute)

reads = Table(
    "audit_reads",
    MetaData(),
    Column("position", BigInteger, primary_key=True),
    Column("read_at", DateTime(timezone=True)),
    Column("reader", Text),
    Column("authority", Text),
    Column("operation", Text),
    Column("target", Text),
    Column("status", SmallInteger),
    Column("trace", Text),
)


class ReadRow(BaseModel):
    """One reading of the audit."""

    position: int
    read_at: datetime
    reader: str
    authority: str
    operation: str
    target: str
    status: int
    trace: str


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
    note = await newest_of_reads(request.app.state.service.pool)
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
    responses=listed(ReadRow, tagged=False),
)
async def list_reads(
    reading: Read,
    page: Paged,
    reader: Annotated[
        str | None, Query(max_length=40, pattern=NAME, description="Only this person's.")
    ] = None,
) -> Response:
    """List every reading of the audit, newest first; its positions are those of its own log."""
    statement = select(reads)
    if reading.past:
        statement = statement.where(reads.c.read_at <= reading.as_of)
    if reader is not None:
        statement = statement.where(reads.c.reader == reader)
    return await page.untagged.of(reading, statement, reads.c.position)
