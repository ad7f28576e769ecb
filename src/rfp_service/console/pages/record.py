"""The record, for scrutiny: every decision, one explained, one case's story, two times compared, a period."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query, Request, Response

from rfp_service.console.disclosure_facts import PATHS
from rfp_service.console.links import address, after, begin_of, chosen, thing_page
from rfp_service.console.rendering import page
from rfp_service.console.routes import HOME, page_router
from rfp_service.console.visits import Visit, Visiting
from rfp_service.events import EVENTS
from shared.kernel.calendar import day_in_london

PATH = f"{HOME}/record"
PERIOD = ("from", "to")
FILTERS = ("q", "decision", "by", "body_of_work", *PERIOD, "as_of")
WORKS = ("rfps", "projects", "contracts", "outcomes", "administration")
KINDS = sorted(event.__name__ for event in EVENTS)
PAGE_LENGTH, COMPARED_LENGTH, PEOPLE_LIMIT = 30, 20, 200
CURSOR_LIMIT, LARGEST = 2_000, 10**11
# In this order, what a scrutiny member asks of a period first.
ASKED_FIRST = {
    "late_approvals": "Late approvals",
    "told_late": "Told late",
    "overrides": "Overrides",
    "urgencies": "Special urgency",
    "exceptions": "General exception",
    "waivers_asked": "Waivers asked for",
    "waivers": "Waivers granted",
    "call_ins": "Call-ins",
    "by_delegation": "By delegation",
    "conflicts_declared": "Conflicts declared",
    "unconfirmed": "Without a second person",
    "corrections": "Corrections",
}

Cursor = Annotated[str, Query(max_length=CURSOR_LIMIT)]

router = page_router()


def instants_of(query: dict[str, str]) -> dict[str, str]:
    """Return what is asked of the API: a period from the beginning of a day to the end of another."""
    asked = dict(query)
    if "from" in asked:
        asked["from"] = begin_of(asked["from"])
    if "to" in asked:
        asked["to"] = after(asked["to"])
    return asked


@router.get("/record")
async def decisions(request: Request, visit: Visiting, cursor: Cursor = "") -> Response:
    """List every decision, newest first, by whom, of which kind and when."""
    query = chosen(request.query_params, FILTERS)
    asked = instants_of(query)
    seen, signed, people = await asyncio.gather(
        visit.get("/v1/audit/decisions", limit=PAGE_LENGTH, cursor=cursor, count=True, **asked),
        newest_checkpoint(visit),
        visit.maybe("/v1/people", limit=PEOPLE_LIMIT),
    )
    return page(
        request,
        "record",
        seen=seen,
        signed=signed,
        query=query,
        asked=asked,
        path=PATH,
        works=WORKS,
        kinds=KINDS,
        people=people["items"] if people else (),
        is_first=not cursor,
    )


async def newest_checkpoint(visit: Visit) -> dict[str, Any]:
    """Return what was signed last of the record."""
    signed: dict[str, Any] = await visit.get("/v1/audit/checkpoint")
    return signed


@router.get("/record/cases/{case_id}")
async def one_case(request: Request, visit: Visiting, case_id: UUID) -> Response:
    """Tell a case from its first decision to its last, as it was known at a day."""
    query = chosen(request.query_params, ("as_of",))
    story = await visit.get(f"/v1/audit/streams/{case_id}", **query)
    itself = thing_page(PATHS.get(story["kind"], ""), str(case_id))
    return page(
        request, "record_case", story=story, query=query, path=f"{PATH}/cases/{case_id}", itself=itself
    )


@router.get("/record/compared")
async def compared(request: Request, visit: Visiting, cursor: Cursor = "") -> Response:
    """Show what is different between two days: each case on which something was decided, before and after."""
    query = chosen(request.query_params, (*PERIOD, "case")) or _last_days(7)
    asked = {"as_of": query.get("to", ""), "from": query.get("from", ""), "stream_id": query.get("case", "")}
    seen = None
    if asked["from"]:
        seen = await visit.get(
            "/v1/audit/comparisons", limit=COMPARED_LENGTH, cursor=cursor, count=True, **asked
        )
    return page(
        request, "record_compared", seen=seen, query=query, path=f"{PATH}/compared", is_first=not cursor
    )


@router.get("/record/period")
async def one_period(request: Request, visit: Visiting) -> Response:
    """Count a period's decisions, and those that were out of the ordinary."""
    query = chosen(request.query_params, PERIOD)
    query = {**_last_days(91), **query}
    shown = await visit.get("/v1/audit/periods", **instants_of(query))
    then, now = shown["known_then"], shown["recorded_now"]
    rows = [
        {"name": name, "called": said, "meaning": shown["meaning"][name], **now[name]}
        for name, said in ASKED_FIRST.items()
    ]
    late = now["decisions"] - then["decisions"]
    heading = period_heading(rows)
    return page(
        request,
        "record_period",
        heading=heading,
        rows=rows,
        now=now,
        late=late,
        query=query,
        asked=instants_of(query),
        path=f"{PATH}/period",
        list_address=address(PATH, query),
    )


@router.get("/record/{position}")
async def one_decision(
    request: Request, visit: Visiting, position: Annotated[int, Path(ge=1, lt=LARGEST)]
) -> Response:
    """Explain one decision: the rule, the authority, what was known, what it changed, and its proof."""
    explained, proof = await asyncio.gather(
        visit.get(f"/v1/audit/decisions/{position}"), visit.get(f"/v1/audit/proofs/{position}")
    )
    return page(request, "record_line", line=explained, proof=proof)


def period_heading(rows: list[dict[str, Any]]) -> str:
    """Return the sentence that a period's page begins with."""
    counts = {row["name"]: row["n"] for row in rows}
    late, told = counts["late_approvals"], counts["told_late"]
    if not late and not told:
        return "No approval came late, and every approver had been told in time"
    one = f"{late or 'No'} approval{'' if late == 1 else 's'} came late"
    return (
        f"{one}; {told or 'none'} {'were' if told > 1 else 'was'} by somebody who had not been told in time"
    )


def _last_days(number: int) -> dict[str, str]:
    today = day_in_london(datetime.now(UTC))
    return {"from": str(today - timedelta(days=number)), "to": str(today)}
