"""Signing in where it is for real: to the council's own provider and back, and out everywhere."""

from typing import Annotated

from fastapi import Query, Request, Response

from rfp_service.console import oidc, sessions
from rfp_service.console.oidc import AskedAtProvider, SignInFailed
from rfp_service.console.pages.sign_in import BACK_LIMIT, begin_session, leave_cookie, within
from rfp_service.console.rendering import go_to, page
from rfp_service.console.routes import HOME, SIGN_IN, open_page_router, page_router
from rfp_service.console.sessions import SignedIn
from rfp_service.console.visits import Sent, Visiting, is_over_tls
from shared.kernel.errors import NotFound
from shared.settings import Settings
from shared.web.core_service import core_service

CODE_LIMIT, STATE_LIMIT = 4_000, 200
MINUTES_AT_PROVIDER = 10
ON_THE_WAY, ON_THE_WAY_OVER_TLS = "rfp-signing-in", "__Host-rfp-signing-in"

router = page_router()
open_router = open_page_router()


def _settings(request: Request) -> Settings:
    settings = core_service(request).settings
    if not (settings.token_issuer and settings.sign_in_client_id):
        raise NotFound
    return settings


def _on_the_way(request: Request) -> str:
    return ON_THE_WAY_OVER_TLS if is_over_tls(request) else ON_THE_WAY


@open_router.get("/sign-in/begin")
async def begin(
    request: Request, back: Annotated[str, Query(max_length=BACK_LIMIT)] = HOME, again: str = ""
) -> Response:
    """Lead to the council's sign-in; what it must send back with the code stays in this browser."""
    settings = _settings(request)
    asked = AskedAtProvider.anew(within(back), again=bool(again))
    answer = go_to(await oidc.address_at_provider(settings, asked))
    leave_cookie(request, answer, _on_the_way(request), asked.kept(), 60 * MINUTES_AT_PROVIDER)
    return answer


@open_router.get("/sign-in/done")
async def done(
    request: Request,
    code: Annotated[str, Query(max_length=CODE_LIMIT)] = "",
    state: Annotated[str, Query(max_length=STATE_LIMIT)] = "",
) -> Response:
    """Begin a session as whoever the provider says has signed in, in the browser that they began in."""
    settings = _settings(request)
    asked = AskedAtProvider.found(request.cookies.get(_on_the_way(request), ""))
    if asked is None or not code or not asked.is_answered_by(state):
        raise SignInFailed
    found = await oidc.exchanged(settings, asked, code)
    service = core_service(request)
    person = await service.person(found.token)  # the API's own rules say whether the token counts
    roles = tuple(role.value for role in person.roles)
    name = (await service.people.names([person.id])).get(person.id) or found.name or person.id
    who = SignedIn(person.id, name, roles, found.token, signed_in_at=found.signed_in_at)
    answer = go_to(asked.back)
    leave_cookie(request, answer, _on_the_way(request), "", 0)
    await begin_session(request, answer, who)
    return answer


@router.get("/account")
async def account(request: Request, _: Visiting) -> Response:
    """Show who one is here, and how to leave."""
    return page(request, "account")


@router.post("/sign-out/everywhere")
async def sign_out_everywhere(request: Request, form: Sent) -> Response:
    """End every session of whoever has signed in, on all their devices."""
    await sessions.end_all(core_service(request).pool, form.visit.who)
    answer = go_to(SIGN_IN)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer
