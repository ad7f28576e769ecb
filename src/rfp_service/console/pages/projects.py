"""Projects: the register, one of them, what matters most, the way across, and categories for many at once."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Query, Request, Response

from projects.api.report_cases import in_words
from projects.domain.project import Moscow, Way
from projects.views.at_risk import RiskFlag
from rfp_service.console.charts.crossing import drawn_days, drawn_projects
from rfp_service.console.decided_things import THINGS
from rfp_service.console.links import chosen
from rfp_service.console.pages.cases import case_page, choices, list_page
from rfp_service.console.rendering import go_to, page
from rfp_service.console.routes import HOME, page_router
from rfp_service.console.visits import Sent, SentForm, Visit, Visiting
from shared.kernel.fields import FIRST_DAY, LAST_DAY

NARROWED = (
    *("q", "stage", "category", "moscow", "handling", "service_area", "owner", "supplier"),
    *("paused", "is_open"),
)
CROSSING = ("q", "category", "service_area", "supplier", "flag", "transition_date")
CHOSEN_LIMIT = 50
OPEN_ONES: Mapping[str, Any] = {"is_open": True, "limit": 1, "count": True}
STEPS = {"Three months earlier": -3, "A month earlier": -1, "A month later": 1, "Three months later": 3}
RULES = {
    "ends_on_or_after_transition": "ending too late",
    "overdue_forecast": "overdue already",
    "no_end_known": "with no known end",
    "flagged_by_hand": "flagged by hand",
}
BETWEEN = " / "
Categories = Mapping[str, tuple[str, str]]
PROJECT = THINGS["projects"]
BULK = "/v1/projects/categorisations"

router = page_router()


@router.get("/projects")
async def register(request: Request, visit: Visiting) -> Response:
    """Show the register of projects, narrowed by what its address says."""
    shown = await list_page(request, visit, "/v1/projects", NARROWED)
    found = await choices(visit, "/v1/projects", "stage", "category", "service_area")
    may = "programme_officer" in visit.who.roles
    return page(request, "projects", choices=found, moscow=tuple(Moscow), may=may, **shown)


@router.get("/projects/priorities")
async def priorities(request: Request, visit: Visiting) -> Response:
    """Show how many open projects matter how much and are handled how, and which rank highest."""
    rows = []
    for moscow in Moscow:
        seen = await visit.get("/v1/projects", **OPEN_ONES, count_by="handling", moscow=moscow.value)
        counts = {each["value"]: each["count"] for each in seen["counts"]}
        rows.append((moscow.value, counts, seen["total"]))
    ranking = await visit.get("/v1/projects/ranking", limit=25)
    all_of_them = await visit.get("/v1/projects", **OPEN_ONES)
    unsaid = all_of_them["total"] - sum(total for *_, total in rows)
    return page(request, "priorities", rows=rows, handlings=tuple(Way), ranking=ranking, unsaid=unsaid)


@router.get("/projects/crossing")
async def crossing(request: Request, visit: Visiting) -> Response:
    """Show when projects end against the day of the transition, or another day put in its place."""
    asked = chosen(request.query_params, CROSSING)
    risk = await visit.get("/v1/projects/at-risk", limit=1, **asked)
    shown = await list_page(request, visit, "/v1/projects/timeline", CROSSING)
    seen = await visit.get("/v1/projects/timeline", limit=1, **asked)
    found = await choices(visit, "/v1/projects", "category", "service_area")
    day = seen["transition_date"]
    return page(
        request,
        "crossing",
        day=day,
        what_if=seen["what_if"],
        totals=risk["totals"],
        drawn=drawn_projects(shown["items"], day),
        scale=drawn_days(shown["items"], day),
        moved=_moved(day),
        choices=found,
        **shown,
    )


@router.get("/projects/at-risk")
async def at_risk(request: Request, visit: Visiting) -> Response:
    """List the projects that may still be running at the transition, the worst first, each with why."""
    shown = await list_page(request, visit, "/v1/projects/at-risk", CROSSING)
    asked = {name: said for name, said in shown["query"].items() if name != "flag"}
    risk = await visit.get("/v1/projects/at-risk", limit=1, **asked)
    for each in shown["items"]:
        flags = [RiskFlag.model_validate(flag) for flag in each["flags"]]
        each["why"] = in_words(flags, told="withheld" not in each)
    said = {name: risk[name] for name in ("totals", "what_if")}
    return page(request, "at_risk", day=risk["transition_date"], rules=RULES.items(), **said, **shown)


def _moved(day: str | None) -> list[tuple[str, str]]:
    """Return to which days the line of the transition can be moved by one press, each with its words."""
    if day is None:
        return []
    that = date.fromisoformat(day)
    there = {said: _months_from(that, by) for said, by in STEPS.items()}
    return [(f"{moved}", said) for said, moved in there.items() if moved]


def _months_from(day: date, by: int) -> date | None:
    """Return the same day of another month, or that month's last; none beyond the days that a form takes."""
    year, month = divmod(day.year * 12 + day.month - 1 + by, 12)
    if not FIRST_DAY.year <= year <= LAST_DAY.year:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@router.get("/projects/categories")
async def choose(request: Request, visit: Visiting) -> Response:
    """Ask which projects are of which category."""
    return await _choose(request, visit, {}, {})


@router.post("/projects/categories")
async def categorise(request: Request, sent: Sent) -> Response:
    """Show what categorising many would do; once that was seen, do it."""
    ticked = [name.removeprefix("project.") for name in sent.fields if name.startswith("project.")]
    typed = {name: sent[name] for name in ("category", "reason")} | {
        f"project.{each}": "yes" for each in ticked
    }
    needed = {"category": "Choose a category", "reason": "Give a reason"}
    errors = {name: said for name, said in needed.items() if not typed[name]}
    if not ticked:
        errors["projects"] = "Choose at least one project"
    if errors:
        return await _choose(request, sent.visit, typed, errors, status=422)
    named = await _categories(sent.visit)
    body = {"items": [_item(each, sent, named) for each in ticked]}
    if sent["act"] == "confirm":
        answer = await sent.visit.post(BULK, body, sent["key"])
        if answer.is_success:
            return go_to(f"{HOME}/batches/project-batches/{answer.body['batch']}?done=accepted")
    else:
        answer = await sent.visit.post(f"{BULK}?dry_run=true", body)
    if not answer.is_success:
        return await _choose(request, sent.visit, typed, {"": answer.sentence}, status=answer.status)
    shown: dict[str, Any] = {"answer": answer.body, "typed": typed, "key": sent["key"]}
    return page(request, "categories_preview", **shown)


def _item(project: str, sent: SentForm, named: Categories) -> Mapping[str, str]:
    category, below = named.get(sent["category"], (sent["category"], ""))
    item = {"id": project, "category": category, "reason": sent["reason"]}
    return item | ({"sub_category": below} if below else {})


async def _choose(
    request: Request, visit: Visit, typed: Mapping[str, str], errors: Mapping[str, str], status: int = 200
) -> Response:
    asked = chosen(request.query_params, ("q", "service_area"))
    # Those without a category come first; where words are searched for, all that they find.
    seen = await visit.get("/v1/projects", limit=CHOSEN_LIMIT, sort="category", is_open=True, **asked)
    return page(
        request,
        "categories",
        status,
        items=[each for each in seen["items"] if asked or not each["category"]],
        query=asked,
        categories=list(await _categories(visit)),
        typed=typed,
        errors=errors,
        key=str(uuid4()),
    )


async def _categories(visit: Visit) -> Categories:
    """Return the scheme's categories, each with what stands below it, by how they are shown."""
    scheme = await visit.get("/v1/scheme")
    return categories_shown(scheme["values"]["project_categories"])


def categories_shown(said: Sequence[Mapping[str, Any]]) -> Categories:
    """Return categories and what is within them, by how they are shown; a name may have a slash itself."""
    found: dict[str, tuple[str, str]] = {}
    for each in said:
        found.setdefault(each["name"], (each["name"], ""))
        for below in each["sub_categories"]:
            found.setdefault(f"{each['name']}{BETWEEN}{below}", (each["name"], below))
    return found


@router.get("/projects/{project_id}")
async def one_project(
    request: Request, visit: Visiting, project_id: UUID, done: Annotated[str, Query(max_length=60)] = ""
) -> Response:
    """Show one project: when it ends and how surely, what it needs, what may be decided."""
    shown = await case_page(visit, PROJECT, str(project_id), done)
    return page(request, "project", project=shown["seen"], **shown)
