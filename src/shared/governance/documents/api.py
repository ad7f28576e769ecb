"""Documents over HTTP: add one by its link or as a file, say what it is evidence of, give its file out."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Body, Form, Path, Request, Response, UploadFile
from pydantic import BaseModel, Field

from shared.governance.documents.cases import SaidOf, add_case_names, case_in_sight, in_sight, said_of
from shared.governance.documents.commands import AddDocument, AttachDocument, DocumentDecision, KeepDocument
from shared.governance.documents.domain import (
    FILE_BYTES_LIMIT,
    Document,
    DocumentIsWithdrawn,
    DocumentType,
    kept_document_id,
)
from shared.governance.documents.file_store import hash_of_file, keep_file, kept_file
from shared.governance.documents.views import (
    DocumentRow,
    ListedDocument,
    StoredDocument,
    document_row,
    documents,
)
from shared.kernel.errors import NotFound
from shared.kernel.fields import ONE_LINE, SHORT_TEXT_LIMIT, Flag
from shared.kernel.messages import Receipt, Stream
from shared.web.core_service import core_service
from shared.web.decisions.commands import Commands, ContentCommands, OpeningCommands, may
from shared.web.lists.list_of import ListOf
from shared.web.lists.queries import ListQuery
from shared.web.reads.answers import CREATES, DECIDES, one, problems, seen
from shared.web.reads.readings import Read, Reading
from shared.web.requests.bodies import BODY_BYTES_LIMIT, StrictRoute, must_be_known, strict

FORM_BYTES = FILE_BYTES_LIMIT + BODY_BYTES_LIMIT
PARTS = frozenset({"file", "case_id", "title", "media_type", "content_sha256", "evidence_of"})
BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
EXTENSIONS = {DocumentType.PDF: "pdf", DocumentType.PNG: "png", DocumentType.JPEG: "jpg"} | {
    DocumentType.TEXT: "txt",
    DocumentType.CSV: "csv",
    DocumentType.DOCX: "docx",
    DocumentType.XLSX: "xlsx",
    DocumentType.ODT: "odt",
    DocumentType.ODS: "ods",
}

DocumentId = Annotated[UUID, Path(description="The document's id.")]

router = APIRouter(
    prefix="/v1/documents", tags=["documents"], route_class=StrictRoute, max_body_size=BODY_BYTES_LIMIT
)
# A form with a file is larger than any other body.
files_router = APIRouter(
    prefix="/v1/documents", tags=["documents"], route_class=StrictRoute, max_body_size=FORM_BYTES
)


class DocumentFilters(BaseModel):
    """What a list of documents is narrowed to, such as those about one case."""

    case_id: Annotated[UUID | None, Field(description="Only those about this thing.")] = None
    withdrawn: Annotated[Flag | None, Field(description="Only those that are, or are not.")] = None


async def _bounds(query: ListQuery, reading: Reading) -> SaidOf:
    return await said_of(query, reading, documents)


async def _named(reading: Reading, bounds: SaidOf, items: list[dict[str, Any]]) -> None:
    await add_case_names(reading, bounds.tables, items)


DOCUMENT_LIST = ListOf(
    name="documents",
    row=ListedDocument,
    stored=StoredDocument,
    table=documents,
    filters=DocumentFilters,
    facts=_bounds,
    within=in_sight,
    derive=_named,
    thing="case_id",
)


@router.post(
    "",
    status_code=201,
    summary="Add a document by its link",
    dependencies=[may("AddDocument")],
    responses=problems(404) | CREATES,
)
async def add_document(
    request: Request, command: Annotated[AddDocument, strict(AddDocument), Body()], handler: OpeningCommands
) -> Receipt:
    """Add a document that is kept elsewhere to a case that you may see."""
    case = await case_in_sight(core_service(request), handler.person, command.case_id)
    return await handler.create(
        command, blank=Document(), case=case.fact, is_a_decision=case.decided_at(command.evidence_of)
    )


@files_router.post(
    "/files",
    status_code=201,
    summary="Add a document with its file",
    dependencies=[may("KeepDocument")],
    responses=problems(404) | CREATES,
)
async def keep_document(  # noqa: PLR0913, PLR0917  # the parts of one form
    request: Request,
    handler: ContentCommands,
    file: UploadFile,
    case_id: Annotated[UUID, Form(description="What it is about.")],
    title: Annotated[str, Form(min_length=1, max_length=SHORT_TEXT_LIMIT, pattern=ONE_LINE)],
    media_type: Annotated[DocumentType, Form(description="What the file must look like, too.")],
    content_sha256: Annotated[
        str | None, Form(pattern="^[0-9a-f]{64}$", description="What its hash must be, where it is said.")
    ] = None,
    evidence_of: Annotated[int | None, Form(ge=1, lt=10**15)] = None,
) -> Receipt:
    """Add a document to a case that you may see, and keep its file here, at most 5 MB."""
    must_be_known(await request.form(), PARTS)
    service = core_service(request)
    case = await case_in_sight(service, handler.person, case_id)
    content = await file.read(FILE_BYTES_LIMIT + 1)
    found = hash_of_file(content, media_type, content_sha256)
    command = KeepDocument(
        case_id=case_id,
        title=title,
        media_type=media_type,
        content_sha256=found,
        size_bytes=len(content),
        evidence_of=evidence_of,
    )
    await keep_file(service.pool, found, content)
    receipt = await handler.create(
        command,
        blank=Document(),
        under=kept_document_id(case_id, title, found),
        case=case.fact,
        is_a_decision=case.decided_at(evidence_of),
    )
    await keep_file(service.pool, found, content)  # were it destroyed with another record just now
    return receipt


@router.post("/{document_id:uuid}/decisions", summary="Decide on a document", responses=DECIDES)
async def decide_on_document(
    request: Request,
    document_id: DocumentId,
    command: Annotated[DocumentDecision, strict(DocumentDecision), Body()],
    handler: Commands,
) -> Receipt:
    """Say which decision a document is evidence of, or withdraw it."""
    service = core_service(request)
    service.permissions.authority(handler.person, type(command).__name__)
    stream = await service.store.load(document_id, Document())
    if stream.state.case_id is None:
        raise NotFound
    case = await case_in_sight(service, handler.person, stream.state.case_id)
    position = command.position if isinstance(command, AttachDocument) else None
    return await handler.handle(
        document_id, command, blank=Document(), is_a_decision=case.decided_at(position)
    )


@router.get(
    "",
    summary="List documents",
    dependencies=[may("read-documents")],
    responses=problems(404) | DOCUMENT_LIST.responses,
)
async def list_documents(query: Annotated[ListQuery, DOCUMENT_LIST.asked]) -> Response:
    """List the documents about a case, or about all that you may see, newest first."""
    return await DOCUMENT_LIST.answer(query)


@router.get(
    "/{document_id:uuid}",
    summary="See a document",
    dependencies=[may("read-documents")],
    responses=one(DocumentRow),
)
async def see_document(request: Request, document_id: DocumentId, reading: Read) -> Response:
    """Show what a document is, as it stands or stood."""
    stream = await _seen(request, document_id, reading)
    shown = DocumentRow(
        id=stream.id,
        version=stream.version,
        first_position=stream.first_position,
        opened_at=stream.opened_at,
        changed_at=stream.changed_at,
        **{name: value for name, value in document_row(stream).items() if name != "service_area"},
    )
    return await seen(request, reading, shown, f'"{stream.version}"')


@router.get(
    "/{document_id:uuid}/file",
    summary="Fetch a document's file",
    dependencies=[may("read-documents")],
    responses={
        200: {
            "description": "The file, to be saved: never shown inline",
            "content": {kind.value: BINARY for kind in DocumentType},
        },
        **problems(404, 409),
    },
)
async def fetch_document(request: Request, document_id: DocumentId, reading: Read) -> Response:
    """Return a file that is kept here, after checking that it has not changed."""
    document = (await _seen(request, document_id, reading)).state
    if not document.kept:
        raise NotFound
    if document.withdrawn:
        raise DocumentIsWithdrawn
    records = (document_id, document.case_id) if document.case_id else (document_id,)
    content = await kept_file(core_service(request).pool, document.content_sha256, *records)
    name = f"{document.title}.{EXTENSIONS[DocumentType(document.media_type)]}"
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "Cache-Control": "private, no-store",
        "Vary": "Authorization",
    }
    # Whatever it is, a browser saves it: only these types are kept, and none of them is run.
    return Response(content, media_type=document.media_type, headers=headers)


async def _seen(request: Request, document_id: UUID, reading: Reading) -> Stream[Document]:
    """Return a document whose case its reader may see."""
    service = core_service(request)
    stream: Stream[Document] = await service.store.load(document_id, Document(), reading.until)
    if stream.state.case_id is None:
        raise NotFound
    await case_in_sight(service, reading.person, stream.state.case_id)
    return stream
