"""Two periods side by side: whether RFPs take longer or come more often, and where they waited in each."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fastapi import Request, Response

from rfp_service.console.charts.rows import bar
from rfp_service.console.flow_sentences import change_heading
from rfp_service.console.links import after, begin_of, chosen
from rfp_service.console.pages.bottlenecks import service_areas
from rfp_service.console.rendering import page
from rfp_service.console.routes import HOME, page_router
from rfp_service.console.visits import Visit, Visiting
from shared.kernel.calendar import day_in_london

PATH = f"{HOME}/bottlenecks/compared"
DAYS = ("before_from", "before_to", "after_from", "after_to")
QUARTER, SHOWN = timedelta(days=91), 10

router = page_router()


@router.get("/bottlenecks/compared")
async def two_periods(request: Request, visit: Visiting) -> Response:
    """Compare two periods: cycle times, what came, and the share of waiting that each step held."""
    query = chosen(request.query_params, (*DAYS, "service_area"))
    query = {**_last_two_quarters(), **query}
    narrowed = {"service_area": query.get("service_area", "")}
    compared, before, later, areas = await asyncio.gather(
        visit.get("/v1/rfps/comparison", **_whole_days(query), **narrowed),
        _figures(visit, query["before_from"], query["before_to"], narrowed),
        _figures(visit, query["after_from"], query["after_to"], narrowed),
        service_areas(visit),
    )
    return page(
        request,
        "two_periods",
        heading=change_heading(compared),
        compared=compared,
        steps=side_by_side(before, later),
        query=query,
        areas=areas,
        path=PATH,
    )


async def _figures(visit: Visit, first: str, last: str, narrowed: Mapping[str, str]) -> dict[str, Any]:
    window = {"from": begin_of(first), "to": after(last)}
    shown: dict[str, Any] = await visit.get("/v1/rfps/bottlenecks", **window, **narrowed)
    return shown


def _last_two_quarters() -> dict[str, str]:
    """Return the last 91 days that are over, and the 91 before them."""
    yesterday = day_in_london(datetime.now(UTC)) - timedelta(days=1)
    middle = yesterday - QUARTER
    begins = (middle - QUARTER + timedelta(days=1), middle, middle + timedelta(days=1), yesterday)
    return {name: str(begin) for name, begin in zip(DAYS, begins, strict=True)}


def _whole_days(query: Mapping[str, str]) -> dict[str, str]:
    """Return the days as the API takes them, each last one being no longer part; others are its to refuse."""
    asked = {name: query[name] for name in DAYS}
    for name in ("before_to", "after_to"):
        try:
            asked[name] = str(date.fromisoformat(asked[name]) + timedelta(days=1))
        except ValueError:
            continue
    return asked


def side_by_side(before: Mapping[str, Any], later: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the steps that held most of all waiting in either period, each with both shares."""
    then, now = ({(e["from"], e["to"]): e for e in figures["edges"]} for figures in (before, later))

    def share(edges: Mapping[tuple[str, str], Any], step: tuple[str, str]) -> float:
        return float(edges[step]["share_working"]) if step in edges else 0.0

    steps = sorted({*then, *now}, key=lambda step: (-max(share(then, step), share(now, step)), step))[:SHOWN]
    longest = max((max(share(then, step), share(now, step)) for step in steps), default=0.0)
    return [
        {
            "start": step[0],
            "to": step[1],
            "before": share(then, step),
            "after": share(now, step),
            "n": tuple(edges[step]["n"] if step in edges else 0 for edges in (then, now)),
            "bars": (bar(share(then, step), 0, longest), bar(share(now, step), 0, longest)),
        }
        for step in steps
    ]
