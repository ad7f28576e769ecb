"""A page's route: whatever goes wrong is a page, too; who has not signed in is led to where they can."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from rfp_service.console.api_calls import ApiRefused
from rfp_service.console.people_names import with_names
from rfp_service.console.rendering import HTML, go_to, page
from rfp_service.console.visits import NotSignedIn, fields_of
from shared.kernel.errors import NotFound, Refused
from shared.web.limits.rate_limits import TooManyAtOnce
from shared.web.requests.problems import HEADERS, answer_to, status_of
from shared.web.security.address_turns import OpenRoute, turn_of_address
from shared.web.security.security_log import note_refusal

FORM_BYTES_LIMIT = 256 * 1024
HOME = "/console"
SIGN_IN = f"{HOME}/sign-in"
HEADINGS = {
    403: "You can't open this",
    404: "This page can't be found",
    422: "This can't be shown so",
    429: "Too much is asked at once",
    503: "The service can't answer just now",
}
NEVER_TYPED = frozenset({"form_token", "key", "version", "acting_for", "check"})
UNFORESEEN = "Something went wrong"

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    """Answers people: with pages."""

    def get_route_handler(self) -> Handler:
        """Return what answers, also where something is refused."""
        handler = super().get_route_handler()

        async def named(request: Request) -> Response:
            answer = await _shown(handler, request)
            try:
                return await _named(request, answer)
            except Exception as error:  # noqa: BLE001  # it is logged; the page of it names nobody
                return await _unforeseen(request, error)

        return named


async def _named(request: Request, answer: Response) -> Response:
    """Return a page on which everybody is called by name."""
    if answer.media_type == HTML:
        answer.body = (await with_names(request, bytes(answer.body).decode())).encode()
        answer.headers["Content-Length"] = str(len(answer.body))
    return answer


async def _shown(handler: Handler, request: Request) -> Response:
    """Return a page, also where something is refused."""
    try:
        return await _signed_in(handler, request)
    except ApiRefused as refused:
        return _fault(request, refused.answer.status, refused.sentence)
    except RequestValidationError:
        return _fault(request, status_of(NotFound), "")
    except Refused as refusal:
        status = status_of(type(refusal))
        note_refusal(request, refusal, status)
        return _fault(request, status, refusal.sentence())
    except HTTPException:  # the framework's own
        raise
    except Exception as error:  # noqa: BLE001  # it is logged, and whoever reads is owed a page
        return await _unforeseen(request, error)


async def _unforeseen(request: Request, error: Exception) -> Response:
    """Return the page in place of the problem that an error is."""
    problem = await answer_to(request, error)
    return _fault(request, problem.status_code, orjson.loads(problem.body)["title"])


async def _signed_in(handler: Handler, request: Request) -> Response:
    try:
        return await handler(request)
    except NotSignedIn:
        async with turn_of_address(request, SIGN_IN):
            return await _sign_in_first(request)


class OpenPageRoute(PageRoute, OpenRoute):
    """Answers whoever has not signed in: a few requests of an address at once, and also that with a page."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer once it is the address's turn."""
        try:
            await super().handle(scope, receive, send)
        except TooManyAtOnce as refusal:
            request = Request(scope)
            note_refusal(request, refusal, status_of(TooManyAtOnce))
            await _fault(request, status_of(TooManyAtOnce), refusal.sentence())(scope, receive, send)


def page_router(bytes_limit: int = FORM_BYTES_LIMIT) -> APIRouter:
    return APIRouter(prefix=HOME, route_class=PageRoute, include_in_schema=False, max_body_size=bytes_limit)


def open_page_router() -> APIRouter:
    """Return a router for pages that nobody has to sign in for."""
    return APIRouter(
        prefix=HOME, route_class=OpenPageRoute, include_in_schema=False, max_body_size=FORM_BYTES_LIMIT
    )


async def _sign_in_first(request: Request) -> Response:
    """Lead to where one signs in, and from there back to what was asked for; nothing typed is lost."""
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method == "GET":
        return go_to(_sign_in_for(back))
    fields = await fields_of(request)
    typed = {name: said for name, said in fields.items() if said and name not in NEVER_TYPED}
    again = _sign_in_for(HOME if back == f"{HOME}/sign-out" else back.removesuffix("/confirmed"))
    return page(request, "signed_out", 401, typed=typed, again=again)


def sign_in_anew(back: str) -> str:
    """Return where somebody says again who they are, before what can't be taken back."""
    return f"{SIGN_IN}/begin?{urlencode({'again': 'yes', 'back': back})}"


def _sign_in_for(back: str) -> str:
    return SIGN_IN if back == HOME else f"{SIGN_IN}?{urlencode({'back': back})}"


def _fault(request: Request, status: int, sentence: str) -> Response:
    if status == status_of(NotFound):
        sentence = "It is not here, or not for you to see. Check the address, or look for it among the RFPs."
    fault = page(request, "fault", status, heading=HEADINGS.get(status, UNFORESEEN), sentence=sentence)
    fault.headers.update(HEADERS.get(status, {}))
    return fault
