"""RFPs: all of them with a search, and one with its waits, what may be done now or why not, its history."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Query, Request, Response

from rfp_service.console.available_decisions import offers
from rfp_service.console.changed_values import with_changes
from rfp_service.console.charts.waits import drawn_waits, usual_waits
from rfp_service.console.decided_things import THINGS
from rfp_service.console.links import chosen
from rfp_service.console.pages.cases import done_words
from rfp_service.console.pages.documents_and_comments import documents_and_comments
from rfp_service.console.rendering import page
from rfp_service.console.routes import page_router
from rfp_service.console.visits import Visit, Visiting

PAGE_LENGTH = 25
# What figures elsewhere lead here by, under the same names as in the API.
NARROWED = (
    *("stage", "waiting_on", "service_area", "supplier", "overdue", "on_hold", "as_of"),
    *("route", "awarded_to", "value_from", "value_to", "requester_kind", "figure"),
)
TEXT_LIMIT, CURSOR_LIMIT = 200, 2_000
DONE = {"raise": "The RFP is raised.", "comment": "Said.", "document": "The document is added."}
THING = THINGS["rfps"]

router = page_router()


@router.get("/rfps")
async def list_rfps(
    request: Request,
    visit: Visiting,
    q: Annotated[str, Query(max_length=TEXT_LIMIT)] = "",
    cursor: Annotated[str, Query(max_length=CURSOR_LIMIT)] = "",
    mine: Annotated[str, Query(max_length=4)] = "",
) -> Response:
    """Show RFPs, newest first: all, or those that some words find or a figure counts."""
    only = "true" if mine else ""
    narrowed = chosen(request.query_params, NARROWED)
    seen = await visit.get(
        "/v1/rfps", limit=PAGE_LENGTH, q=q, cursor=cursor, mine=only, count=True, **narrowed
    )
    return page(
        request,
        "rfps",
        items=seen["items"],
        total=seen["total"],
        next=seen["next"],
        q=q,
        mine=bool(mine),
        is_first=not cursor,
        narrowed=narrowed,
        query={"q": q, "mine": mine, **narrowed},
    )


@router.get("/rfps/{rfp_id}")
async def one_rfp(
    request: Request, visit: Visiting, rfp_id: UUID, done: Annotated[str, Query(max_length=60)] = ""
) -> Response:
    """Show one RFP: its waits, what may be decided, and what was."""
    rfp = await visit.get(f"/v1/rfps/{rfp_id}")
    history = await visit.get(f"/v1/rfps/{rfp_id}/history")
    return page(
        request,
        "rfp",
        rfp=rfp,
        thing=THING,
        offers=offers(rfp["next"], THING),
        waits=drawn_waits(rfp["waits"]["items"], await _usual(visit)),
        bids=await visit.maybe(f"/v1/rfps/{rfp_id}/comparison") if rfp["bids_received"] else None,
        shown=await _what_the_catalogue_had(visit, rfp),
        history=with_changes(history["items"])[::-1],
        done=done if done in THING.forms or done in DONE else "",
        done_said=DONE.get(done) or done_words(THING, done),
        key=str(uuid4()),
        **await documents_and_comments(visit, str(rfp_id)),
    )


async def _usual(visit: Visit) -> dict[str, float]:
    """Return how long stays in each stage usually are, to those who may see it."""
    seen = await visit.maybe("/v1/rfps/bottlenecks")
    return usual_waits(seen["stages"]) if seen else {}


async def _what_the_catalogue_had(visit: Visit, rfp: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what a search of the catalogue showed, as long as it still matters."""
    if rfp["stage"] != "catalogue_check" or not rfp["catalogue_check_id"]:
        return []
    check = await visit.get(f"/v1/catalogue-checks/{rfp['catalogue_check_id']}")
    return [await visit.get(f"/v1/catalogue-items/{item}") for item in check["shown"]]
