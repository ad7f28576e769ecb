"""A page's route: whatever goes wrong is a page, too; who has not signed in is led to where they can."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from rfp_service.console.api_calls import ApiRefused
from rfp_service.console.rendering import go_to, page
from rfp_service.console.visits import NotSignedIn, fields_of
from shared.kernel.errors import NotFound, Refused
from shared.web.problems import status_of
from shared.web.security_log import note_refusal

FORM_BYTES_LIMIT = 256 * 1024
HOME = "/console"
SIGN_IN = f"{HOME}/sign-in"
HEADINGS = {
    403: "You can't open this",
    404: "This page can't be found",
    422: "This can't be shown so",
    503: "The service can't answer just now",
}
NEVER_TYPED = frozenset({"form_token", "key", "version", "acting_for", "check"})
UNFORESEEN = "Something went wrong"


class PageRoute(APIRoute):
    """Answers people: with pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers, also where something is refused."""
        handler = super().get_route_handler()

        async def signed_in(request: Request) -> Response:
            try:
                return await handler(request)
            except NotSignedIn:
                return await _sign_in_first(request)

        async def shown(request: Request) -> Response:
            try:
                return await signed_in(request)
            except ApiRefused as refused:
                return _fault(request, refused.answer.status, refused.sentence)
            except RequestValidationError:
                return _fault(request, status_of(NotFound), "")
            except Refused as refusal:
                status = status_of(type(refusal))
                note_refusal(request, refusal, status)
                return _fault(request, status, refusal.sentence())

        return shown


def page_router(bytes_limit: int = FORM_BYTES_LIMIT) -> APIRouter:
    """Return a router for pages."""
    return APIRouter(prefix=HOME, route_class=PageRoute, include_in_schema=False, max_body_size=bytes_limit)


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
    """Return where somebody says once more who they are, before what can't be taken back."""
    return f"{SIGN_IN}/begin?{urlencode({'again': 'yes', 'back': back})}"


def _sign_in_for(back: str) -> str:
    return SIGN_IN if back == HOME else f"{SIGN_IN}?{urlencode({'back': back})}"


def _fault(request: Request, status: int, sentence: str) -> Response:
    if status == status_of(NotFound):
        sentence = "It is not here, or not for you to see. Check the address, or look for it among the RFPs."
    return page(request, "fault", status, heading=HEADINGS.get(status, UNFORESEEN), sentence=sentence)
