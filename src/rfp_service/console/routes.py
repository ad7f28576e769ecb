"""A page's route: whatever goes wrong is a page, too; who has not signed in is led to where they can."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from rfp_service.console.asking import ApiRefused
from rfp_service.console.rendering import go_to, page
from rfp_service.console.visits import NotSignedIn
from shared.kernel.errors import NotFound, Refused
from shared.web.problems import status_of
from shared.web.security_log import note_refusal

FORM_BYTES_LIMIT = 256 * 1024
HOME = "/console"
SIGN_IN = f"{HOME}/sign-in"
HEADINGS = {
    403: "You can't open this",
    404: "This page can't be found",
    503: "The service can't answer just now",
}
UNFORESEEN = "Something went wrong"


class PageRoute(APIRoute):
    """Answers people: with pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers, also where something is refused."""
        handler = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                return await handler(request)
            except NotSignedIn:
                return _sign_in_first(request)
            except ApiRefused as refused:
                if refused.answer.status == 401:
                    return _sign_in_first(request)
                return _fault(request, refused.answer.status, str(refused.answer.body.get("title", "")))
            except RequestValidationError:
                return _fault(request, status_of(NotFound), "")
            except Refused as refusal:
                status = status_of(type(refusal))
                note_refusal(request, refusal, status)
                return _fault(request, status, refusal.sentence())

        return shown


def page_router() -> APIRouter:
    """Return a router for pages."""
    return APIRouter(
        prefix=HOME, route_class=PageRoute, include_in_schema=False, max_body_size=FORM_BYTES_LIMIT
    )


def _sign_in_first(request: Request) -> Response:
    """Lead to where one signs in, and from there back to what was asked for."""
    if request.method != "GET":
        return page(request, "signed_out", 401)
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return go_to(SIGN_IN if back == HOME else f"{SIGN_IN}?{urlencode({'back': back})}")


def _fault(request: Request, status: int, sentence: str) -> Response:
    if status == status_of(NotFound):
        sentence = "It is not here, or not for you to see. Check the address, or look for it among the RFPs."
    return page(request, "fault", status, heading=HEADINGS.get(status, UNFORESEEN), sentence=sentence)
