"""Signing in and out: in the demonstration, by choosing one of its people."""

from typing import Annotated

from fastapi import Query, Request, Response

from rfp_service.console import sessions
from rfp_service.console.programme_summary import SummaryFigure, glance
from rfp_service.console.rendering import go_to, page
from rfp_service.console.routes import HOME, SIGN_IN, open_page_router, page_router
from rfp_service.console.sessions import ABSOLUTE_LIMIT, SignedIn
from rfp_service.console.visits import Sent, Visit, cookie_name, fields_of, is_over_tls
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
    "priya-procurement": "See where RFPs wait, and lead them on.",
    "sam-scrutiny": "Follow any decision, and check the record.",
    "pia-programme": "Hand a spreadsheet of projects in, and see which come too late.",
    "carlo-contracts": "See which contracts must be decided on this month.",
    "olga-outcomes": "Say how promises come on, and hand in what shows it.",
    "ada-admin": "Change a rule, and see what it would do before anybody agrees.",
}
# Where they begin, unless an address led them here; everybody else at the overview.
BEGINS_AT = {
    "hana-head": HOME,
    "rita-requester": HOME,
    "priya-procurement": f"{HOME}/bottlenecks",
    "sam-scrutiny": f"{HOME}/record",
    "pia-programme": f"{HOME}/projects/crossing",
    "carlo-contracts": f"{HOME}/contracts",
    "olga-outcomes": f"{HOME}/outcomes",
    "ada-admin": f"{HOME}/manage",
}
SHOWN_AS = "olga-outcomes"  # whose figures the demonstration shows to whoever has not chosen yet

router = page_router()
open_router = open_page_router()


def _people() -> tuple[list[Character], list[Character]]:
    """Return whom a first look begins with, and everybody else who is a person."""
    people = [each for each in CAST if each.role is not Role.SERVICE_ACCOUNT]
    first = {each.id: each for each in people if each.id in FIRST}
    return [first[name] for name in FIRST], [each for each in people if each.id not in FIRST]


def within(back: str) -> str:
    """Return an address of the console, whatever was asked for: nobody is led elsewhere."""
    return back if back == HOME or back.startswith((f"{HOME}/", f"{HOME}?")) else HOME


@open_router.get("/sign-in")
async def choose_person(
    request: Request, back: Annotated[str, Query(max_length=BACK_LIMIT)] = HOME
) -> Response:
    """Show whom one can be; where this is for real, that sign-in is not there yet."""
    if core_service(request).settings.profile is Profile.PRODUCTION:
        if not core_service(request).settings.sign_in_client_id:
            return page(request, "no_sign_in", 503)
        return page(request, "sign_in_there", back=within(back))
    first, others = _people()
    figures = [*await glance_as(request, SHOWN_AS), await on_record(request)]
    return page(
        request, "sign_in", figures=figures, first=first, others=others, what_for=FIRST, back=within(back)
    )


async def glance_as(request: Request, person: str) -> list[SummaryFigure]:
    """Return the demonstration at a glance, as one of its people sees it."""
    character = next(each for each in CAST if each.id == person)
    token = demonstration_token(core_service(request).settings.data_dir, person, [character.role])
    visit = Visit(request, SignedIn(person, character.name, (character.role.value,), token))
    return await glance(visit, for_somebody=False)


async def on_record(request: Request) -> SummaryFigure:
    """Return how long the record is, which is nobody's secret."""
    head = await core_service(request).record.head()
    said = "Who, when, on what authority: check it yourself"
    return SummaryFigure(f"{head:,}", "decisions on record", said, f"{HOME}/record")


@open_router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Begin a session as one of the demonstration's people."""
    settings = core_service(request).settings
    fields = await fields_of(request)
    chosen = next((each for each in CAST if each.id == fields.get("person")), None)
    if settings.profile is Profile.PRODUCTION or chosen is None or chosen.role is Role.SERVICE_ACCOUNT:
        raise NotFound
    token = demonstration_token(settings.data_dir, chosen.id, [chosen.role])
    who = SignedIn(chosen.id, chosen.name, (chosen.role.value,), token)
    back = within(fields.get("back", HOME))
    answer = go_to(BEGINS_AT.get(chosen.id, f"{HOME}/start") if back == HOME else back)
    await begin_session(request, answer, who)
    return answer


@router.post("/sign-out")
async def sign_out(request: Request, form: Sent) -> Response:
    """End the session, here and in the browser."""
    await sessions.end(core_service(request).pool, form.visit.who)
    answer = go_to(SIGN_IN)
    answer.headers["Clear-Site-Data"] = '"cache"'
    leave_cookie(request, answer, cookie_name(request), "", 0)
    return answer


async def begin_session(request: Request, answer: Response, who: SignedIn) -> None:
    """Begin a session, and leave its secret in the browser alone."""
    secret = await sessions.begin(core_service(request).pool, who)
    leave_cookie(request, answer, cookie_name(request), secret, int(ABSOLUTE_LIMIT.total_seconds()))


def leave_cookie(request: Request, answer: Response, name: str, value: str, seconds: int) -> None:
    """Leave a cookie that only this host gets, that no script reads and no other site sends."""
    answer.set_cookie(
        name, value, max_age=seconds, path="/", secure=is_over_tls(request), httponly=True, samesite="lax"
    )
