"""How ready the council is for the transition: each body of work, what holds it up, and whom it waits for."""

from fastapi import Request, Response

from rfp_service.console.charts.parts import parts_bar
from rfp_service.console.links import chosen
from rfp_service.console.outcome_sentences import STANDINGS, readiness_heading
from rfp_service.console.rendering import page
from rfp_service.console.routes import HOME, page_router
from rfp_service.console.visits import Visiting

WORST_FIRST = ("blocked", "at_risk", "on_track", "ready", None)  # an outcome may have no milestone yet
SHOWN_PARTS = 12

router = page_router()


@router.get("/readiness")
async def readiness(request: Request, visit: Visiting) -> Response:
    """Show what is ready, on track, at risk and blocked, why, and on whose data or decision it waits."""
    query = chosen(request.query_params, ("as_of",))
    seen = await visit.get("/v1/readiness", **query)
    items = sorted(seen["items"], key=lambda item: WORST_FIRST.index(item["standing"]))
    drawn = [
        {**item, "number": number, "bar": parts_bar([(name, item[name]) for name in STANDINGS])}
        for number, item in enumerate(items, 1)
    ]
    return page(
        request,
        "readiness",
        heading=readiness_heading(seen["days_left"], items),
        seen=seen,
        items=drawn,
        standings=STANDINGS,
        shown_parts=SHOWN_PARTS,
        query=query,
        path=f"{HOME}/readiness",
    )
