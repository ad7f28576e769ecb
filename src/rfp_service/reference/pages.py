"""The first page and the API reference over HTTP, for everybody: they say nothing of any case.

The reference is Swagger UI as its makers publish it, kept in this package, so that no page asks anybody else
for anything; what it may do in a browser is said by a strict policy.
"""

import asyncio
import gzip
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import Any, NamedTuple

import orjson
from fastapi import APIRouter, Request, Response

from rfp_service.version import VERSION
from shared.kernel.errors import NotFound
from shared.web.security.address_turns import OpenRoute

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HTML = "text/html; charset=utf-8"
CONSOLE = "/console"


class PageFile(NamedTuple):
    """A file of a page: what it is, and whether it is kept compressed."""

    media_type: str
    compressed: bool = False


# What can be asked for by name: nothing else in the folder is served.
FILES: Mapping[str, PageFile] = {
    "page.css": PageFile("text/css; charset=utf-8"),
    "reference.js": PageFile("text/javascript; charset=utf-8"),
    "swagger-ui.css": PageFile("text/css; charset=utf-8", compressed=True),
    "swagger-ui-bundle.js": PageFile("text/javascript; charset=utf-8", compressed=True),
}

WRITING = Lock()

router = APIRouter(route_class=OpenRoute)


@cache
def kept(name: str) -> bytes:
    """Return a file of this package as it is kept."""
    return files("rfp_service.reference").joinpath("files", name).read_bytes()


def _page(name: str) -> Response:
    text = kept(name).decode().replace("{version}", VERSION)
    return Response(text, media_type=HTML, headers={"Content-Security-Policy": POLICY})


@router.get("/", include_in_schema=False)
async def first_page(request: Request) -> Response:
    """Lead a browser to the console; say to everything else what this is, and where to go on."""
    if "text/html" in request.headers.get("accept", ""):
        return Response(status_code=303, headers={"Location": CONSOLE, "Vary": "Accept"})
    answer = _page("first.html")
    answer.headers["Vary"] = "Accept"
    return answer


@router.get("/openapi.json", include_in_schema=False)
async def api_file(request: Request) -> Response:
    """Return the API file; nobody else waits for the seconds that it takes to be written once."""
    content = await asyncio.to_thread(_one_at_a_time, request.app.openapi)
    return Response(content, media_type="application/json")


def _one_at_a_time(document: Callable[[], dict[str, Any]]) -> bytes:
    """Let whoever asks while the file is being written wait for it, instead of writing it as well."""
    with WRITING:
        return _api_file(document)


@cache
def _api_file(document: Callable[[], dict[str, Any]]) -> bytes:
    """Write an app's API file once: it is large, and asked for by whoever likes."""
    return orjson.dumps(document())


@router.get("/docs", include_in_schema=False)
async def reference() -> Response:
    """Show the API reference."""
    return _page("docs.html")


@router.get("/docs/{name}", include_in_schema=False)
async def page_file(request: Request, name: str) -> Response:
    """Return a file that these pages need, compressed where it is kept so and that is understood."""
    if (file := FILES.get(name)) is None:
        raise NotFound
    headers = {"Vary": "Accept-Encoding", "Cross-Origin-Resource-Policy": "same-origin"}
    if not file.compressed:
        return Response(kept(name), media_type=file.media_type, headers=headers)
    content = kept(f"{name}.gz")
    if "gzip" in request.headers.get("accept-encoding", "").lower():
        headers["Content-Encoding"] = "gzip"
    else:
        content = gzip.decompress(content)
    return Response(content, media_type=file.media_type, headers=headers)
