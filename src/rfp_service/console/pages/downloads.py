"""What a page shows, as a file for a spreadsheet: the API's own, by the same choices."""

from collections.abc import Mapping

from fastapi import Request, Response

from rfp_service.console.rendering import HEADERS
from rfp_service.console.routes import page_router
from rfp_service.console.visits import Visiting
from shared.kernel.errors import NotFound
from shared.web.reads.media_types import CSV

# Each by the name of its file; those that come in pages are put together again.
FILES: Mapping[str, str] = {
    "steps": "/v1/rfps/bottlenecks",
    "weeks": "/v1/rfps/flow",
    "stuck": "/v1/rfps/stuck",
    "rfps": "/v1/rfps",
    "decisions": "/v1/audit/decisions",
    "milestones": "/v1/milestones",
}
IN_PAGES = frozenset({"rfps", "decisions", "milestones"})
ZIP = "application/zip"
PAGE_LENGTH, PAGES_LIMIT = 200, 250

router = page_router()


@router.get("/files/{name}.csv")
async def download(request: Request, visit: Visiting, name: str) -> Response:
    """Return a list as CSV, whole as far as fifty thousand rows."""
    if name not in FILES:
        raise NotFound
    query: dict[str, object] = {key: request.query_params.getlist(key) for key in request.query_params}
    if name in IN_PAGES:
        query["limit"] = PAGE_LENGTH
    file = await visit.file(FILES[name], CSV, **query)
    parts = [file.content]
    while file.cursor and len(parts) < PAGES_LIMIT:
        file = await visit.file(FILES[name], CSV, **query, cursor=file.cursor)
        parts.append(file.content.partition(b"\n")[2])  # without its headings again
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(b"".join(parts), media_type=file.media_type, headers=headers)


@router.get("/files/bundle.zip")
async def bundle(request: Request, visit: Visiting) -> Response:
    """Return a part of the record with its proofs: one case, or a period."""
    file = await visit.file("/v1/audit/bundles", ZIP, **dict(request.query_params))
    headers = {**HEADERS, "Content-Disposition": 'attachment; filename="bundle.zip"'}
    return Response(file.content, media_type=ZIP, headers=headers)
