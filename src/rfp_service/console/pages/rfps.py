"""RFPs: all of them with a search, and one with its waits, what may be done now or why not, its history."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response

from rfp_service.console.forms import FIRST, FORMS, THEN
from rfp_service.console.links import chosen
from rfp_service.console.rendering import page
from rfp_service.console.routes import page_router
from rfp_service.console.visits import Visiting
from rfp_service.console.words import label

PAGE_LENGTH = 25
# What figures elsewhere lead here by, under the same names as in the API.
NARROWED = ("stage", "waiting_on", "service_area", "supplier", "overdue", "on_hold", "as_of")
TEXT_LIMIT, CURSOR_LIMIT = 200, 2_000
# Refusals that say no more than that the RFP is elsewhere: nobody looks for such a decision now.
NOT_NOW = frozenset(
    {
        "wrong-stage",
        "on-hold",
        "not-on-hold",
        "no-such-hold",
        "no-advice-asked",
        "not-found",
        "not-conflicted",
    }
)

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
    request: Request,
    visit: Visiting,
    rfp_id: UUID,
    done: Annotated[str, Query(max_length=60)] = "",
    kind: Annotated[str, Query(max_length=60)] = "",
    position: Annotated[int, Query(ge=0, lt=10**11)] = 0,
) -> Response:
    """Show one RFP; what the inbox led here by counts as read."""
    if kind and position:
        mark = {"id": str(rfp_id), "kind": kind, "position": position}
        await visit.post("/v1/inbox/marks", {"items": [mark]})
    rfp = await visit.get(f"/v1/rfps/{rfp_id}")
    history = await visit.get(f"/v1/rfps/{rfp_id}/history")
    offered = rfp["next"] or []
    return page(
        request,
        "rfp",
        rfp=rfp,
        waits=with_shares(rfp["waits"]["items"]),
        buttons=buttons(offered),
        more=more(offered),
        why_not=why_not(offered),
        elsewhere=elsewhere(offered),
        history=history["items"][::-1],
        done=done if done in FORMS or done == "raise" else "",
    )


def with_shares(items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return waits, each with its length in tenths of the longest one."""
    waits = [dict(each) for each in items]
    longest = max((each["working_seconds"] for each in waits), default=0)
    for each in waits:
        each["tenths"] = round(10 * each["working_seconds"] / longest) if longest else 0
    return waits


def _allowed(offered: Iterable[Mapping[str, Any]]) -> list[str]:
    return [each["decision"] for each in offered if each["allowed"] and each["decision"] in FORMS]


def buttons(offered: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what the RFP waits for, as a rule: a yes first."""
    allowed = _allowed(offered)
    return [each for each in (*FIRST, *THEN) if each in allowed]


def more(offered: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what else has a form and is allowed."""
    return [each for each in _allowed(offered) if each not in (*FIRST, *THEN)]


def elsewhere(offered: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what is allowed, and needs more than these pages can ask."""
    return [each["decision"] for each in offered if each["allowed"] and each["decision"] not in FORMS]


def why_not(offered: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the rules that say no to what somebody might look for now, each with all it says no to."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in offered:
        no = each.get("why_not")
        if no is not None and no["type"].rpartition("/")[2] not in NOT_NOW:
            found[no["title"], str(each.get("from", ""))].append(label(each["decision"]))
    return [{"sentence": no, "from": begins, "decisions": those} for (no, begins), those in found.items()]
