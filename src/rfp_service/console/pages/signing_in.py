"""Signing in and out: in the demonstration, by choosing one of its people."""

from typing import Annotated

from fastapi import Query, Request, Response

from rfp_service.console import sessions
from rfp_service.console.rendering import go_to, page
from rfp_service.console.routes import HOME, SIGN_IN, page_router
from rfp_service.console.sessions import ABSOLUTE_LIMIT, SignedIn
from rfp_service.console.visits import Sent, cookie_name, fields_of
from rfp_service.demonstration.people import CAST, Character
from shared.kernel.errors import NotFound
from shared.kernel.roles import Role
from shared.settings import Profile
from shared.web.access.issuer import demonstration_token
from shared.web.core_service import core_service

BACK_LIMIT = 500
# Whom a first look begins with: what for, in their words.
FIRST = {
    "hana-head": "Decide on what waits for a head of service.",
    "rita-requester": "Raise an RFP, and follow it.",
    "priya-procurement": "Lead RFPs from intake to contract.",
    "sam-scrutiny": "See any RFP, and how it was decided.",
}

router = page_router()


def _people() -> tuple[list[Character], list[Character]]:
    """Return whom a first look begins with, and everybody else who is a person."""
    people = [each for each in CAST if each.role is not Role.SERVICE_ACCOUNT]
    first = {each.id: each for each in people if each.id in FIRST}
    return [first[name] for name in FIRST], [each for each in people if each.id not in FIRST]


def within(back: str) -> str:
    """Return an address of the console, whatever was asked for: nobody is led elsewhere."""
    return back if back == HOME or back.startswith((f"{HOME}/", f"{HOME}?")) else HOME


@router.get("/sign-in")
async def choose_person(
    request: Request, back: Annotated[str, Query(max_length=BACK_LIMIT)] = HOME
) -> Response:
    """Show whom one can be; where this is for real, that sign-in is not there yet."""
    if core_service(request).settings.profile is Profile.PRODUCTION:
        return page(request, "no_sign_in", 503)
    first, others = _people()
    return page(request, "sign_in", first=first, others=others, what_for=FIRST, back=within(back))


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Begin a session as one of the demonstration's people."""
    settings = core_service(request).settings
    fields = await fields_of(request)
    chosen = next((each for each in CAST if each.id == fields.get("person")), None)
    if settings.profile is Profile.PRODUCTION or chosen is None or chosen.role is Role.SERVICE_ACCOUNT:
        raise NotFound
    token = demonstration_token(settings.data_dir, chosen.id, [chosen.role])
    who = SignedIn(chosen.id, chosen.name, (chosen.role.value,), token)
    secret = await sessions.begin(core_service(request).pool, who)
    answer = go_to(within(fields.get("back", HOME)))
    _set_cookie(request, answer, secret, int(ABSOLUTE_LIMIT.total_seconds()))
    return answer


@router.post("/sign-out")
async def sign_out(request: Request, form: Sent) -> Response:
    """End the session, here and in the browser."""
    await sessions.end(core_service(request).pool, form.visit.who)
    answer = go_to(SIGN_IN)
    answer.headers["Clear-Site-Data"] = '"cache"'
    _set_cookie(request, answer, "", 0)
    return answer


def _set_cookie(request: Request, answer: Response, secret: str, seconds: int) -> None:
    """Leave a cookie that only this host gets, that no script reads and no other site sends."""
    production = core_service(request).settings.profile is Profile.PRODUCTION
    answer.set_cookie(
        cookie_name(request),
        secret,
        max_age=seconds,
        path="/",
        secure=production,
        httponly=True,
        samesite="lax",
    )
