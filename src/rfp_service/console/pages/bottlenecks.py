"""Where RFPs wait: the sentence first, then the steps, the parties, the open cases against what is usual."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from fastapi import Request, Response
from markupsafe import Markup

from rfp_service.console.charts.cumulative_flow import cumulative_flow
from rfp_service.console.charts.rows import ages, bar
from rfp_service.console.charts.scatter import Dot, LevelLine, scatter
from rfp_service.console.flow_sentences import ageing_lead, count, flow_lead, heading, lead, scatter_lead
from rfp_service.console.links import after, begin_of, chosen
from rfp_service.console.rendering import page
from rfp_service.console.routes import HOME, page_router
from rfp_service.console.visits import Visit, Visiting
from rfp_service.console.words import day
from rfp_service.rfps.domain.routes import Route
from rfp_service.rfps.domain.stages import Stage
from shared.kernel.calendar import day_in_london

PATH = f"{HOME}/bottlenecks"
CASES, PERIOD = ("service_area", "route", "supplier"), ("from", "to")
NAMES = (*PERIOD, *CASES, "as_of")
FIRST_ROWS, FIRST_CLOSED, OPEN_LIMIT = 8, 40, 200
CURVES = {
    "draft": "Begun",
    "submitted": "Handed in",
    "approval": "Approval",
    "open": "Bids",
    "award_approval": "Award",
    "contracting": "Contract",
}
ORDER = [stage.value for stage in Stage]

router = page_router()


@router.get("/bottlenecks")
async def where_it_waits(request: Request, visit: Visiting) -> Response:
    """Show where RFPs wait, on whom, and which to act on; each figure opens its cases."""
    query = chosen(request.query_params, NAMES)
    asked = asked_of(query)
    figures, flow, stuck, areas = await asyncio.gather(
        visit.get("/v1/rfps/bottlenecks", **asked),
        visit.get("/v1/rfps/flow", **asked),
        visit.get("/v1/rfps/stuck", limit=OPEN_LIMIT, **{k: v for k, v in asked.items() if k not in PERIOD}),
        service_areas(visit),
    )
    steps, urgent = (
        None if request.query_params.get(name) == "all" else FIRST_ROWS for name in ("steps", "stuck")
    )
    days, curves = curves_of(flow, query.get("to"))
    return page(
        request,
        "bottlenecks",
        heading=heading(figures, stuck["parties"]),
        lead=lead(figures, stuck["parties"]),
        figures=figures,
        steps=steps_of(figures)[:steps],
        parties=parties_of(figures),
        ageing=ageing_of(stuck["items"]),
        ageing_lead=ageing_lead(stuck["items"], stuck["total"]),
        flow=flow,
        flow_lead=flow_lead(flow["cumulative_flow"]),
        flow_chart=flow_chart(days, curves),
        flow_months=flow_months(days, curves),
        scatter_lead=scatter_lead(figures["cases_survival"]),
        scatter_chart=scatter_chart(flow, figures["cases_survival"]),
        longest=sorted(flow["scatter"], key=lambda one: -one["days"])[:FIRST_CLOSED],
        stuck=stuck,
        first_stuck=urgent or stuck["total"],
        areas=areas,
        routes=[route.value for route in Route],
        query=query,
        asked=asked,
        path=PATH,
    )


def asked_of(query: Mapping[str, str]) -> dict[str, str]:
    """Return what the API is asked: a period begins with its first day, and ends with its last."""
    asked = {name: query[name] for name in (*CASES, "as_of") if name in query}
    if "from" in query:
        asked["from"] = begin_of(query["from"])
    if "to" in query:
        asked["to"] = after(query["to"])
    return asked


async def service_areas(visit: Visit) -> list[str]:
    """Return which services have RFPs."""
    counted = await visit.get("/v1/rfps", limit=1, count_by="service_area")
    return sorted(each["value"] for each in counted["counts"] if each["value"])


def steps_of(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the steps by what they hold of all waiting, each with its bar; what still waits is hatched."""
    stages = {row["stage"]: row for row in figures["stages"]}
    found, seen = [], set()
    for edge in sorted(figures["edges"], key=lambda edge: edge["rank_with_open"]):
        stage, first = stages.get(edge["from"], {}), edge["from"] not in seen
        seen.add(edge["from"])
        still = stage["open_working"]["sum"] if stage and first else 0.0
        waiting = stage["open"] if stage and first else 0
        found.append({**edge, "start": edge["from"], "still": still, "waiting": waiting})
    longest = max((each["working"]["sum"] + each["still"] for each in found), default=0)
    return [{**each, "bar": bar(each["working"]["sum"], each["still"], longest)} for each in found]


def parties_of(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return on whom RFPs waited, each with its bar."""
    rows = [row for row in figures["parties"] if row["working_seconds"] or row["open_working"]["sum"]]
    longest = max((row["working_seconds"] + row["open_working"]["sum"] for row in rows), default=0)
    return [{**row, "bar": bar(row["working_seconds"], row["open_working"]["sum"], longest)} for row in rows]


def ageing_of(items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the stages that open cases are in, each with its cases' ages against what is usual there."""
    by_stage: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for item in items:
        by_stage[item["stage"]].append(item)
    every = [item for those in by_stage.values() for item in those]
    longest = max(
        (max(item["working_days_in_stage"], item["stage_p85_working_days"] or 0) for item in every), default=0
    )
    rows = []
    for stage, those in sorted(by_stage.items(), key=lambda one: ORDER.index(one[0])):
        half, most = those[0]["stage_p50_working_days"], those[0]["stage_p85_working_days"]
        inside = [item["working_days_in_stage"] for item in those]
        drawn = ages(inside, half, most, longest * 1.02)
        rows.append(
            {
                "stage": stage,
                "n": len(those),
                "half": half,
                "most": most,
                "oldest": max(inside),
                "chart": drawn,
            }
        )
    return rows


Curves = Mapping[str, Sequence[int]]


def curves_of(flow: Mapping[str, Any], last: str | None) -> tuple[list[date], Curves]:
    """Return the days to a last one, and those curves that tell how far RFPs had come by each.

    The API's days end with that on which the period is over: the day after its last.
    """
    shown = flow["cumulative_flow"]
    days = [date.fromisoformat(each) for each in shown["days"] if last is None or each <= last]
    curves = {name: shown["stages"].get(stage, [])[: len(days)] for stage, name in CURVES.items()}
    return days, {name: counts for name, counts in curves.items() if counts and counts[-1]}


def flow_chart(days: Sequence[date], curves: Curves) -> Markup:
    """Return cumulative flow as a picture; nothing if no day is in it."""
    if len(days) < 2 or not curves:
        return Markup("")
    said = "; ".join(f"{name} {counts[-1]}" for name, counts in curves.items())
    description = (
        f"How often each had been come to, from {day(days[0])} to {day(days[-1])}. At the end: {said}."
    )
    return cumulative_flow("Cumulative flow", description, days, list(curves.items()))


def flow_months(days: Sequence[date], curves: Curves) -> dict[str, Any]:
    """Return cumulative flow at the ends of months, as a table says it."""
    last = [n for n, each in enumerate(days) if n + 1 == len(days) or days[n + 1].month != each.month]
    rows = [(days[number], [counts[number] for counts in curves.values()]) for number in last]
    return {"names": list(curves), "rows": rows}


def scatter_chart(flow: Mapping[str, Any], survival: Mapping[str, Any]) -> Markup:
    """Return what closed as a picture; nothing if nothing did."""
    dots = []
    for each in flow["scatter"]:
        on = day_in_london(datetime.fromisoformat(each["closed_at"]))
        says = f"Closed {day(on)}, {count(round(each['days']), 'day')}"
        opens = f"{HOME}/rfps/{each['case']}" if each["case"] else None
        dots.append(Dot(on, each["days"], says, opens))
    if not dots:
        return Markup("")
    levels = [
        LevelLine(f"{says} within {survival[name]:.0f} days", survival[name])
        for name, says in (("p50_days", "half"), ("p85_days", "85%"))
        if survival[name] is not None
    ]
    title = "How long those took that closed"
    return scatter(title, f"{count(len(dots), 'RFP')}, by the day on which each closed.", dots, levels)
