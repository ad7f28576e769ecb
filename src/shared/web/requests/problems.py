"""The only place that knows HTTP codes: refusals become RFC 9457 problems, and no value sent is echoed."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from copy import deepcopy
from http import HTTPStatus
from typing import Any
from uuid import UUID

import structlog
from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match, Route

from shared.kernel.errors import (
    DatabaseAway,
    DatabaseCantWrite,
    NotAcceptable,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    NotReady,
    OutOfDate,
    Refused,
    StillRunning,
    TooLarge,
    TooMany,
    Unacceptable,
    VersionNeeded,
    WrongMediaType,
)
from shared.kernel.fields import ASKED, ONE_LINE, PRINTABLE
from shared.record.database import AWAY, CANT_WRITE
from shared.web.core_service import core_service
from shared.web.requests.problem_types import type_of
from shared.web.security.address_turns import in_turn
from shared.web.security.security_log import note_refusal

MEDIA_TYPE = "application/problem+json"
POINTER_LIMIT = 200
QUOTE = "'"  # Pydantic's, around names
CONTROLS = "control characters, nor any that turn the direction of text"
IN_WORDS = {
    PRINTABLE: f"Must not hold {CONTROLS}",
    ASKED: f"Must not hold {CONTROLS}",
    ONE_LINE: f"Must be one line without {CONTROLS}",
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

STATUS: Sequence[tuple[type[Refused], int]] = (
    (NotAuthenticated, 401),
    (NotAllowed, 403),
    (NotFound, 404),
    (NotAcceptable, 406),
    (StillRunning, 409),
    (OutOfDate, 412),
    (TooLarge, 413),
    (WrongMediaType, 415),
    (Unacceptable, 422),
    (VersionNeeded, 428),
    (TooMany, 429),
    (NotReady, 503),
    (Refused, 409),
)
HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "2"}}

log = structlog.get_logger(__name__)


def status_of(refusal: type[Refused]) -> int:
    """Return the HTTP status of a kind of refusal."""
    return next(status for kind, status in STATUS if issubclass(refusal, kind))


def problem(request: Request, status: int, type_: str, title: str, **members: object) -> Response:
    """Return a problem; its `instance` is the request's trace id."""
    trace = getattr(request.state, "trace_id", None)
    content = {
        "type": type_,
        "title": title,
        "status": status,
        **({"instance": f"urn:uuid:{UUID(trace)}"} if trace else {}),
        **members,
    }
    return JSONResponse(jsonable_encoder(content), status, headers=HEADERS.get(status), media_type=MEDIA_TYPE)


async def refused(request: Request, refusal: Refused) -> Response:
    """Say which rule says no, and the facts it says no by, as far as whoever asks may see them."""
    try:
        facts = await _told(request, refusal)
    except NotReady as unknown:  # what is exempt of the things that it names can't be told just now
        refusal, facts = unknown, unknown.facts
    status = status_of(type(refusal))
    note_refusal(request, refusal, status)
    return problem(request, status, type_of(type(refusal)), refusal.sentence(), **facts)


async def _told(request: Request, refusal: Refused) -> Mapping[str, object]:
    """Return the facts of a refusal without what is exempt of other things that these name."""
    person = getattr(request.state, "person", None)
    if person is None or not any(isinstance(fact, list | Mapping) for fact in refusal.facts.values()):
        return refusal.facts
    facts: dict[str, object] = deepcopy(dict(refusal.facts))
    await core_service(request).redact.draw_named(person, facts)
    return facts


async def invalid(request: Request, error: RequestValidationError) -> Response:
    """Point at what is wrong with a request, without repeating what it said."""
    errors = [pointed(found) for found in error.errors()]
    return problem(
        request, 422, "/problems/invalid-request", "Some of this request can't be understood.", errors=errors
    )


async def of_the_framework(request: Request, error: HTTPException) -> Response:
    """Give the framework's own answers (no such path, wrong method, body too large) the same form.

    They come before anybody is asked for a token, so whoever sends hundreds waits for themselves.
    """
    if error.status_code == HTTPStatus.BAD_REQUEST:  # a form that falls apart
        return await refused(request, Unacceptable())
    try:
        return await in_turn(request, lambda: _framed(request, error))
    except TooMany as refusal:
        return await refused(request, refusal)


def _framed(request: Request, error: HTTPException) -> Response:
    title = HTTPStatus(error.status_code).phrase
    response = problem(request, error.status_code, "about:blank", title)
    response.headers.update(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        methods = _methods(request)
        response.headers["Allow"] = ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
    return response


def _methods(request: Request) -> set[str]:
    """Return every method of a path; the framework names those of its first operation only.

    A path that some route has word for word is that one, though it could be read as another with an id in it.
    """
    routes = request.app.routes
    if itself := [each for each in routes if isinstance(each, Route) and each.path == request.url.path]:
        return {method for route in itself for method in route.methods or ()} & set(METHODS)
    return {
        method
        for method in METHODS
        for route in routes
        if route.matches({**request.scope, "method": method})[0] is Match.FULL
    }


async def away(request: Request, error: Exception) -> Response:
    """Say that the database is away, and log what it said."""
    log.warning("database away", error=type(error).__name__)
    return await refused(request, DatabaseAway())


async def cant_write(request: Request, error: Exception) -> Response:
    """Say that the database takes nothing in, and log what it said."""
    log.error("database takes nothing in", error=type(error).__name__)
    return await refused(request, DatabaseCantWrite())


async def hung_up(request: Request, _: ClientDisconnect) -> Response:
    """Answer who has gone before their request was whole, for the count: nobody reads it."""
    return await refused(request, Unacceptable())


async def unforeseen(request: Request, error: Exception) -> Response:
    """Admit a fault of the service without a detail; the log has it."""
    log.error("unforeseen", exc_info=error, path=request.url.path)
    return problem(request, 500, "/problems/fault", "The service made a mistake; it has been logged.")


ANSWERS: Mapping[type[Exception], Callable[[Request, Any], Awaitable[Response]]] = {
    Refused: refused,
    RequestValidationError: invalid,
    HTTPException: of_the_framework,
    ClientDisconnect: hung_up,
    **dict.fromkeys(AWAY, away),
    **dict.fromkeys(CANT_WRITE, cant_write),
}


def install(app: FastAPI) -> None:
    """Let the app answer all that goes wrong as problems."""
    for kind, answer in ANSWERS.items():
        app.add_exception_handler(kind, answer)
    app.add_exception_handler(Exception, unforeseen)


async def answer_to(request: Request, error: Exception) -> Response:
    """Return the problem that an error is answered with, as the app would."""
    answer = next((ANSWERS[kind] for kind in type(error).__mro__ if kind in ANSWERS), unforeseen)
    return await answer(request, error)


def pointed(error: dict[str, Any]) -> dict[str, str]:
    """Return where an error is and what was expected there."""
    where, *path = [str(part) for part in (*error["loc"], *_tag(error))]
    detail = _expected(error)
    if where == "body":
        escaped = [part.replace("~", "~0").replace("/", "~1") for part in path]
        return {"pointer": "#" + "".join(f"/{p}" for p in escaped)[:POINTER_LIMIT], "detail": detail}
    return {"in": where, "parameter": ".".join(path)[:POINTER_LIMIT], "detail": detail}


def _tag(error: dict[str, Any]) -> list[str]:
    """Return the name of the field that tells one kind of thing from others, where that is wrong."""
    if not error["type"].startswith("union_tag"):
        return []
    name = error["ctx"]["discriminator"].strip(QUOTE)
    return [name] if name.isidentifier() else []


def _expected(error: dict[str, Any]) -> str:
    """Return what was expected in plain words; a pattern that only keeps out what nobody means is none."""
    match error:
        case {"type": "union_tag_invalid", "ctx": {"expected_tags": tags}}:
            return f"Not one of the values known here: {str(tags).replace(QUOTE, '')}"
        case {"type": "union_tag_not_found"}:
            return "Field required"
        case {"type": "string_too_short" | "string_pattern_mismatch", "input": str(text)} if not text.strip():
            return "Must not be blank"
        case {"type": "string_pattern_mismatch", "ctx": {"pattern": str(pattern)}}:
            return IN_WORDS.get(pattern, str(error["msg"]))
    return str(error["msg"])
