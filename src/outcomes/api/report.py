"""The committee's paper over HTTP: made anew of any reading, issued for a meeting, had again as issued."""

import asyncio
import hashlib
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy import select

from outcomes.api.commitments import reading_since
from outcomes.api.facts import opened, rows_of, working_days
from outcomes.api.forms.pages import HTML, ODT, PDF, Meeting, html, pdf
from outcomes.api.forms.text_document import odt
from outcomes.api.paper_content import PaperShown, paper_content
from outcomes.api.programmes import OfProgramme
from outcomes.commands.papers import IssuePaper, PaperMade
from outcomes.domain.paper import IssuedDocument, Paper
from outcomes.domain.refusals import NotUnderCheckpointYet, PdfNotMade
from outcomes.views.registers import papers
from shared.kernel.calendar import WorkingDays
from shared.kernel.errors import NotFound
from shared.kernel.messages import Receipt
from shared.web.answers import CREATES, READS_ONE, answer_untagged, one, problems
from shared.web.bodies import BODY_BYTES_LIMIT, StrictRoute, strict
from shared.web.commands import OpeningCommands, may
from shared.web.pages import JSON
from shared.web.readings import AS_OF_PATTERN, Read, Reading
from shared.web.readings import reading as read

router = APIRouter(prefix="/v1", tags=["outcomes"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT)

KEEP = """
INSERT INTO issued_documents (sha256, media_type, content) VALUES ($1, $2, $3)
ON CONFLICT (sha256) DO NOTHING
"""
KEPT = "SELECT content FROM issued_documents WHERE sha256 = $1"
TEXT = {"schema": {"type": "string"}}
FILE = {"schema": {"type": "string", "contentMediaType": PDF}}


class PaperForm(StrEnum):
    """The forms that a paper has."""

    JSON = "json"
    HTML = "html"
    PDF = "pdf"
    ODT = "odt"


MEDIA = {PaperForm.JSON: JSON, PaperForm.HTML: HTML, PaperForm.PDF: PDF, PaperForm.ODT: ODT}
InForm = Annotated[PaperForm, Query(description="The form of the paper.")]


class PaperRow(BaseModel):
    """A paper as it was issued."""

    id: UUID
    version: int
    programme: UUID
    meeting: str
    meeting_on: date
    publish_by: date
    issued_on: date
    late_because: str
    as_of: datetime
    since: datetime | None
    position: int
    since_position: int
    release: str
    documents: list[IssuedDocument]
    withheld: dict[str, str] = {}


class PaperList(BaseModel):
    """The papers issued for a programme, the newest first."""

    position: int
    items: list[PaperRow]


@router.get(
    "/outcomes/report",
    summary="Make the committee's paper",
    dependencies=[may("read-outcomes")],
    responses={
        **problems(404, 409),
        200: {"description": "The paper", "model": PaperShown, "content": {HTML: TEXT, PDF: FILE, ODT: FILE}},
    },
)
async def make_report(
    request: Request,
    reading: Read,
    programme: OfProgramme,
    since: Annotated[
        str | None,
        Query(
            max_length=40,
            description="The earlier reading whose promises are followed; otherwise the last paper's.",
            examples=["2026-03-01T00:00Z"],
            json_schema_extra={"pattern": AS_OF_PATTERN},
        ),
    ] = None,
    form: InForm = PaperForm.JSON,
) -> Response:
    """Make the paper of a programme as of any time: the open part, the same whoever asks.

    Made twice of one reading by one release of the service, its bytes are the same.
    """
    before = await _before(reading, programme, since)
    paper = await paper_content(request, reading, before, programme)
    return _sent(MEDIA[form], await _made(request, paper, None, form))


async def _before(reading: Reading, programme: UUID, since: str | None) -> Reading | None:
    """Return the earlier reading: the one named, or that of the last paper issued by then."""
    if since is not None:
        return await reading_since(reading, since)
    issued = await rows_of(reading, papers, papers.c.programme == programme)
    last = max((row["position"] for row in issued), default=0)
    return await reading_since(reading, str(last)) if 0 < last < reading.position else None


async def _made(request: Request, paper: PaperShown, meeting: Meeting | None, form: PaperForm) -> bytes:
    """Return the bytes of one form of a paper."""
    base = str(request.base_url).rstrip("/")
    if form is PaperForm.JSON:
        return paper.model_dump_json().encode()
    if form is PaperForm.ODT:
        return await asyncio.to_thread(odt, paper, meeting)
    page = await asyncio.to_thread(html, paper, meeting, base)
    return page if form is PaperForm.HTML else await asyncio.to_thread(pdf, page, paper.board.as_of)


def _sent(media_type: str, content: bytes) -> Response:
    return Response(content, media_type=media_type, headers={"Vary": "Authorization"})


@router.post(
    "/papers",
    status_code=201,
    summary="Issue a paper",
    dependencies=[may("IssuePaper")],
    responses={**CREATES, **problems(404)},
)
async def issue_paper(
    request: Request, command: Annotated[IssuePaper, strict(IssuePaper), Body()], handler: OpeningCommands
) -> Receipt:
    """Issue the paper for a meeting; a form that this machine can't make is left out.

    Its bytes are kept as they are: whatever is released or erased later changes a paper made anew only.
    """
    wanted = command.as_of.isoformat() if command.as_of else None
    head = await request.app.state.service.record.head()  # what was said before a paper is in it
    now = await read(request, head, wanted)
    since = command.since.isoformat() if command.since else None
    before = await _before(now, command.programme, since)
    paper = await paper_content(request, now, before, command.programme)
    if paper.record.root is None:
        raise NotUnderCheckpointYet
    meeting = Meeting(command.meeting, command.meeting_on)
    made = PaperMade(
        publish_by=publish_by(await working_days(request, now), command.meeting_on, command.clear_days),
        as_of=now.as_of,
        since=before and before.as_of,
        position=now.position,
        since_position=before.position if before else 0,
        release=paper.release,
        documents=await _kept(request, paper, meeting),
    )
    return await handler.create(command, blank=Paper(), paper=made.model_dump(mode="json"))


async def _kept(request: Request, paper: PaperShown, meeting: Meeting) -> tuple[IssuedDocument, ...]:
    """Keep every form of a paper under its hash, and return which they are."""
    documents = []
    for form in PaperForm:
        try:
            content = await _made(request, paper, meeting, form)
        except PdfNotMade:
            continue
        digest = hashlib.sha256(content).hexdigest()
        await request.app.state.service.pool.execute(KEEP, digest, MEDIA[form], content)
        documents.append(IssuedDocument(media_type=MEDIA[form], sha256=digest, size=len(content)))
    return tuple(documents)


def publish_by(days: WorkingDays, meeting_on: date, clear_days: int) -> date:
    """Return the last working day with so many working days between it and a meeting."""
    day = meeting_on - timedelta(days=1)
    while clear_days > 0 or not days.works(day):
        clear_days -= days.works(day)
        day -= timedelta(days=1)
    return day


@router.get(
    "/papers",
    summary="List papers",
    dependencies=[may("read-outcomes")],
    responses=one(PaperList, lasting=False),
)
async def list_papers(reading: Read, programme: OfProgramme) -> Response:
    """List the papers issued for a programme, the newest first."""
    rows = await rows_of(reading, papers, papers.c.programme == programme)
    items = [PaperRow.model_validate(row) for row in reversed(rows)]
    return answer_untagged(PaperList(position=reading.position, items=items).model_dump())


@router.get(
    "/papers/{paper_id:uuid}/document",
    summary="Have a paper as it was issued",
    dependencies=[may("read-outcomes")],
    responses={
        **READS_ONE,
        200: {
            "description": "The bytes that were issued",
            "model": PaperShown,
            "content": {HTML: TEXT, PDF: FILE, ODT: FILE},
        },
    },
)
async def see_paper_as_issued(
    paper_id: Annotated[UUID, Path(description="The paper's id, as its receipt says it.")],
    reading: Read,
    form: InForm = PaperForm.HTML,
) -> Response:
    """Return the very bytes that were issued, for good."""
    found: list[Any] = await reading.rows(
        select(papers.c.documents).where(reading.valid(papers), papers.c.id == paper_id)
    )
    documents = [] if not found else opened(dict(found[0]))["documents"]
    hashes = [d["sha256"] for d in documents if d["media_type"] == MEDIA[form]]
    content = await reading.pool.fetchval(KEPT, hashes[0]) if hashes else None
    if content is None:
        raise NotFound
    return _sent(MEDIA[form], content)
