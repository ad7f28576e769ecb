"""One outcome, and its milestones: behind each figure, and one by one, with what may be decided on them."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response

from rfp_service.console.decided_things import THINGS
from rfp_service.console.links import chosen
from rfp_service.console.outcome_sentences import COLOURS, HORIZONS, WAITED_FOR
from rfp_service.console.pages.cases import case_page
from rfp_service.console.pages.outcomes import programme_asked
from rfp_service.console.rendering import HEADERS, page
from rfp_service.console.routes import HOME, page_router
from rfp_service.console.visits import Visiting

NARROWED = ("q", "programme", "horizon", "outcome_number", "overdue", "priority", "as_of")
PAGE_LENGTH, CURSOR_LIMIT = 30, 2_000
OUTCOME, MILESTONE = THINGS["outcomes"], THINGS["milestones"]
BY_HORIZON = ("next_6_months", "later", "undated", "achieved", "dropped")

Done = Annotated[str, Query(max_length=60)]

router = page_router()


@router.get("/milestones")
async def milestones(
    request: Request, visit: Visiting, cursor: Annotated[str, Query(max_length=CURSOR_LIMIT)] = ""
) -> Response:
    """List the milestones behind a figure."""
    query: dict[str, Any] = chosen(request.query_params, NARROWED)
    if horizons := [each for each in request.query_params.getlist("horizon") if each]:
        query["horizon"] = horizons
    if "programme" not in query:
        query["programme"] = (await programme_asked(visit, query))[1]
    seen = await visit.get("/v1/milestones", limit=PAGE_LENGTH, cursor=cursor, count=True, **query)
    said = {**query, "horizon": ", ".join(HORIZONS.get(each, each) for each in horizons)}
    return page(
        request,
        "milestones",
        seen=seen,
        query=query,
        said={name: value for name, value in said.items() if value and name != "programme"},
        horizons=HORIZONS,
        colours=COLOURS,
        path=f"{HOME}/milestones",
        is_first=not cursor,
    )


@router.get("/outcomes/{outcome_id:uuid}")
async def one_outcome(request: Request, visit: Visiting, outcome_id: UUID, done: Done = "") -> Response:
    """Show one outcome: how sure it is, its milestones by when they are due, and what may be decided."""
    shown = await case_page(visit, OUTCOME, str(outcome_id), done)
    seen = shown["seen"]
    listed = [(name, seen[name]) for name in BY_HORIZON if seen[name]]
    return page(request, "outcome", outcome=seen, listed=listed, colours=COLOURS, **shown)


@router.get("/milestones/{milestone_id}")
async def one_milestone(request: Request, visit: Visiting, milestone_id: UUID, done: Done = "") -> Response:
    """Show one milestone: how its day moved, what shows that it is met, what may be decided, its history."""
    query = chosen(request.query_params, ("as_of",))
    shown = await case_page(visit, MILESTONE, str(milestone_id), done, **query)
    seen = shown["seen"]
    outcome = await visit.get(f"/v1/outcomes/{seen['outcome']}", **query)
    return page(
        request,
        "milestone",
        milestone=seen,
        outcome=outcome,
        is_past=bool(query),
        colours=COLOURS,
        waited_for=WAITED_FOR,
        **shown,
    )


@router.get("/milestones/{milestone_id}/history")
async def history_of(milestone_id: UUID, _: Visiting) -> Response:
    """Lead to the page that shows it: the paper names it by itself."""
    return Response(
        status_code=303, headers={**HEADERS, "Location": f"{HOME}/milestones/{milestone_id}#history"}
    )
