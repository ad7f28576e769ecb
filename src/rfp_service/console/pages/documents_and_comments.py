"""What goes with a thing of any kind: its documents, with their files, and what people say of it."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import Request, Response

from rfp_service.console.api_calls import ApiAnswer
from rfp_service.console.decided_things import thing_of
from rfp_service.console.rendering import HEADERS, go_to, page
from rfp_service.console.routes import page_router
from rfp_service.console.visits import Sent, SentForm, SentWithFile, Visit, Visiting
from shared.governance.documents.domain import FILE_BYTES_LIMIT, DocumentType

SHOWN_LIMIT = 100
FORM_BYTES = FILE_BYTES_LIMIT + 64 * 1024
TYPES: Mapping[str, DocumentType] = {
    "pdf": DocumentType.PDF,
    "png": DocumentType.PNG,
    "jpg": DocumentType.JPEG,
    "jpeg": DocumentType.JPEG,
    "txt": DocumentType.TEXT,
    "csv": DocumentType.CSV,
    "docx": DocumentType.DOCX,
    "xlsx": DocumentType.XLSX,
    "odt": DocumentType.ODT,
    "ods": DocumentType.ODS,
}
KINDS = "PDF, Word, Excel, OpenDocument, text, CSV, PNG or JPEG, at most 5 MB."
# Not what comes after a letter, as in an address of mail; a full stop behind it ends the sentence.
MENTION = re.compile(r"(?<![A-Za-z0-9._%+-])@([A-Za-z0-9](?:[A-Za-z0-9._-]{0,38}[A-Za-z0-9])?)")
KEPT = ("content-type", "content-disposition", "x-content-type-options")

router = page_router()
files_router = page_router(FORM_BYTES)


async def documents_and_comments(visit: Visit, thing_id: str) -> dict[str, Any]:
    """Return a thing's documents and comments, as far as whoever asks may see them."""
    documents = await visit.maybe("/v1/documents", case_id=thing_id, limit=SHOWN_LIMIT)
    comments = await visit.maybe("/v1/comments", case_id=thing_id, limit=SHOWN_LIMIT)
    return {
        "documents": documents["items"] if documents else None,
        "comments": comments["items"][::-1] if comments else None,
    }


@router.post("/{path}/{thing_id}/comments")
async def comment(request: Request, sent: Sent, path: str, thing_id: UUID) -> Response:
    """Say something of a thing; whoever is named with @ is told."""
    thing = thing_of(path)
    said = sent["text"]
    if not said:
        return await _again(request, sent, path, thing_id, {"text": "Enter what you want to say"})
    body: dict[str, Any] = {"case_id": str(thing_id), "text": said}
    if named := MENTION.findall(said):
        body["mentions"] = sorted(set(named))
    answer = await sent.visit.post("/v1/comments", body, sent["key"])
    if answer.is_success:
        return go_to(f"{thing.page(str(thing_id))}?done=comment#said")
    return await _again(request, sent, path, thing_id, {"text": _problem(answer)}, answer.status)


@files_router.post("/{path}/{thing_id}/documents")
async def add_document(request: Request, sent: SentWithFile, path: str, thing_id: UUID) -> Response:
    """Keep a file with a thing."""
    thing = thing_of(path)
    file = sent.file
    media_type = TYPES.get(file.name.rpartition(".")[2].lower()) if file else None
    if file is None or media_type is None:
        error = "Choose a file" if file is None else f"Choose a file of another kind: {KINDS}"
        return await _again(request, sent, path, thing_id, {"file": error})
    title = sent["title"] or file.name.rpartition(".")[0]
    parts = {"case_id": str(thing_id), "title": title, "media_type": media_type.value}
    answer = await sent.visit.send_file("/v1/documents/files", file, parts, sent["key"])
    if answer.is_success:
        return go_to(f"{thing.page(str(thing_id))}?done=document#documents")
    return await _again(request, sent, path, thing_id, {"file": _problem(answer)}, answer.status)


@router.get("/documents/{document_id}/file")
async def document_file(visit: Visiting, document_id: UUID) -> Response:
    """Give a document's file out, to be saved."""
    found = await visit.file(f"/v1/documents/{document_id}/file", "*/*")
    kept = {name: found.headers[name] for name in KEPT if name in found.headers}
    return Response(found.content, headers={**HEADERS, **kept})


def _problem(answer: ApiAnswer) -> str:
    errors = answer.body.get("errors", ())
    return str(errors[0]["detail"]) if errors else answer.sentence


async def _again(  # what it is shown with
    request: Request, sent: SentForm, path: str, thing_id: UUID, errors: Mapping[str, str], status: int = 422
) -> Response:
    """Ask again for what was not taken, and keep what was typed."""
    thing = thing_of(path)
    seen = await sent.visit.get(thing.api(str(thing_id)))
    typed = {name: sent[name] for name in ("text", "title")}
    shown: dict[str, Any] = {
        "thing": thing,
        "seen": seen,
        "typed": typed,
        "errors": errors,
        "key": sent["key"],
    }
    return page(request, "beside_again", status, **shown)
