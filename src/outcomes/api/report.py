"""The committee's paper over HTTP: made from any reading, issued for a meeting, fetched again as issued."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import select

from outcomes.api.commitments import SinceLastPaper
from outcomes.api.facts import opened, rows_of
from outcomes.api.forms.pages import HTML, ODT, PDF
from outcomes.api.issued_papers import MEDIA, PaperForm, before_of, made, paper_made
from outcomes.api.paper_content import PaperShown, paper_content
from outcomes.api.programmes import OfProgramme
from outcomes.commands.papers import IssuePaper
from outcomes.domain.paper import IssuedDocument, Paper
from outcomes.views.registers import StoredPaper, papers
from shared.kernel.errors import NotFound
from shared.kernel.messages import Receipt
from shared.web.core_service import core_service
from shared.web.decisions.commands import OpeningCommands, may
from shared.web.reads.answers import CREATES, READS_ONE, answer_untagged, one, problems
from shared.web.reads.readings import Read
from shared.web.reads.readings import reading as read
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, strict

router = APIRouter(prefix="/v1", tags=["outcomes"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT)

KEPT = "SELECT content FROM issued_documents WHERE sha256 = $1"
TEXT = {"schema": {"type": "string"}}
FILE = {"schema": {"type": "string", "contentMediaType": PDF}}
InForm = Annotated[PaperForm, Query(description="The form of the paper.")]


class PaperRow(StoredPaper):
    """A paper as it was issued."""

    documents: list[IssuedDocument]  # type: ignore[assignment]  # what the stored JSON says
    withheld: dict[str, str] = Field({})


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
    since: SinceLastPaper = None,
    form: InForm = PaperForm.JSON,
) -> Response:
    """Make the paper of a programme as of any time: the open part, the same whoever asks.

    Made twice of one reading by one release of the service, its bytes are the same.
    """
    before = await before_of(reading, programme, since)
    service, app = core_service(request), request.app
    paper = await paper_content(service, app.version, reading, before, programme)
    return _sent(MEDIA[form], await made(paper, None, form, _base(request)))


def _base(request: Request) -> str:
    """Return where links begin: where the service says it is reached, or else where it was asked."""
    settings = core_service(request).settings
    told = "public_url" in settings.model_fields_set
    return settings.public_url if told else str(request.base_url).rstrip("/")


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

    Its bytes are kept as they are: what is released or erased later changes only papers made after that.
    """
    service = core_service(request)
    wanted = command.as_of.isoformat() if command.as_of else None
    head = await service.record.head()  # what was said before a paper is in it
    now = await read(request, head, wanted)
    issued = await paper_made(service, request.app.version, command, now, _base(request))
    return await handler.create(command, blank=Paper(), paper=issued.model_dump(mode="json"))


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
    summary="Fetch a paper as it was issued",
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
    """Return exactly the bytes that were issued."""
    found: list[Any] = await reading.rows(
        select(papers.c.documents).where(reading.valid(papers), papers.c.id == paper_id)
    )
    documents = [] if not found else opened(dict(found[0]))["documents"]
    hashes = [d["sha256"] for d in documents if d["media_type"] == MEDIA[form]]
    content = await reading.pool.fetchval(KEPT, hashes[0]) if hashes else None
    if content is None:
        raise NotFound
    return _sent(MEDIA[form], content)
