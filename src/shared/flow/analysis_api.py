"""Why some RFPs take long, over HTTP: what they have in common, which ways they went, before and after."""

import asyncio
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request, Response

from shared.flow.analysis_answers import Excess, ExcessGroup, PeriodComparison, Variant, VariantReport
from shared.flow.api import From, To
from shared.flow.cases import Chosen
from shared.flow.completed_cases import completed_by
from shared.flow.excess import excess
from shared.flow.flow_service import flow_service
from shared.flow.log import FlowLog
from shared.flow.periods import Span, compared_times, rate_ratio
from shared.flow.requests import (
    COMPLETED,
    REACHED_PROCUREMENT,
    FlowView,
    PeriodBackwards,
    answer_rows,
    answer_told,
    live_question,
    period,
)
from shared.flow.variants import Paths
from shared.flow.waits import Waits
from shared.kernel.calendar import Microseconds, WorkingTime, day_in_london, microseconds, start_of
from shared.web.answers import one, problems, table
from shared.web.bodies import StrictRoute
from shared.web.commands import may
from shared.web.readings import Read

router = APIRouter(prefix="/v1/rfps", tags=["flow"], route_class=StrictRoute)

FirstDay = Annotated[date, Query(description="On which a period begins.", examples=["2026-01-05"])]
LastDay = Annotated[date, Query(description="Before which it ends.", examples=["2026-03-02"])]


@router.get(
    "/excess",
    summary="See what RFPs that took long have in common",
    dependencies=[may("read-rfps")],
    responses={**table(Excess), **problems(404)},
)
async def see_excess(
    request: Request, filters: Chosen, read: Read, start: From = None, end: To = None
) -> Response:
    """Compare completed RFPs by area, route, band of value and supplier, guarded against chance findings."""
    facts = {case.id: case for case in await flow_service(request).live_cases.facts(read, filters)}
    asked = replace(await live_question(request, read, FlowView()), chosen=frozenset(facts))
    log, working = await asked.log()
    window = period(start, end)

    def told() -> dict[str, Any]:
        then, _, completed = completed_by(log, asked.query.as_of_us, working, COMPLETED)
        completed = completed.within(window)
        groups = excess(then, completed, facts)
        return {
            "as_of": read.as_of,
            "position": read.position,
            "cases": len(completed.case),
            "groups": groups,
        }

    shown = await asyncio.to_thread(told)
    rows = answer_rows(request, shown["groups"], list(ExcessGroup.model_fields))
    return rows or answer_told(request, shown, lasting=False)


@router.get(
    "/variants",
    summary="See which ways RFPs went",
    dependencies=[may("read-flow")],
    responses={**table(VariantReport), **problems(404)},
)
async def see_variants(
    request: Request, filters: Chosen, read: Read, start: From = None, end: To = None
) -> Response:
    """Show the ways that completed RFPs went, and what it cost to leave the scheme's path.

    The path is of the stages that the scheme in force has targets for, in its order.
    """
    asked = await live_question(request, read, FlowView(filters=filters))
    log, working = await asked.log()
    window = period(start, end)
    values = flow_service(request).scheme.scheme.in_force(day_in_london(read.as_of)).values
    path = [target.stage for target in values.stage_targets] if values else []

    def told() -> dict[str, Any]:
        _, visits, completed = completed_by(log, asked.query.as_of_us, working, COMPLETED)
        paths = Paths(visits, completed.within(window))
        return {
            "as_of": read.as_of,
            "position": read.position,
            "cases": len(paths.paths),
            "variants": paths.variants(),
            "conformance": paths.conformance(path),
        }

    shown = await asyncio.to_thread(told)
    rows = answer_rows(request, shown["variants"], list(Variant.model_fields))
    return rows or answer_told(request, shown, lasting=False)


@router.get(
    "/comparison",
    summary="Compare two periods",
    dependencies=[may("read-flow")],
    responses={**one(PeriodComparison), **problems(404)},
)
async def see_comparison(  # two periods
    request: Request,
    filters: Chosen,
    read: Read,
    before_from: FirstDay,
    before_to: LastDay,
    after_from: FirstDay,
    after_to: LastDay,
) -> Response:
    """Say whether RFPs take longer or come more often than before, such as before the catalogue was there.

    Each period goes from its first day to before its last. One that is not over is not compared.
    """
    before, after = _span(before_from, before_to), _span(after_from, after_to)
    asked = await live_question(request, read, FlowView(filters=filters))
    log, working = await asked.log()
    as_of = asked.query.as_of_us
    over = max(before.end, after.end) <= as_of
    figures = await asyncio.to_thread(_compared, log, as_of, working, before, after) if over else NOT_COMPARED
    shown = {
        "as_of": read.as_of,
        "position": read.position,
        "before": {"begins_on": before_from, "ends_before": before_to},
        "after": {"begins_on": after_from, "ends_before": after_to},
        "compared": over,
        **figures,
    }
    return answer_told(request, shown, lasting=False)


NOT_COMPARED: dict[str, Any] = {
    "cycle_time": None,
    "raised": None,
    "reached_procurement": None,
    "sentences": ["One of these periods is not over yet, so they are not compared."],
}


def _span(first: date, last: date) -> Span:
    if first >= last:
        raise PeriodBackwards(**{"from": first, "to": last})
    return Span(microseconds(start_of(first)), microseconds(start_of(last)))


def _compared(log: FlowLog, as_of: int, working: WorkingTime, before: Span, after: Span) -> dict[str, Any]:
    then, visits, completed = completed_by(log, as_of, working, COMPLETED)
    told = {
        "cycle_time": compared_times(completed, before, after),
        "raised": rate_ratio(then.cases.opened, before, after),
        "reached_procurement": rate_ratio(_first_entries(visits, REACHED_PROCUREMENT), before, after),
    }
    return {**told, "sentences": _sentences(told)}


def _first_entries(visits: Waits, stage: str) -> Microseconds:
    """Return when each case first came to a stage."""
    if stage not in visits.place.names:
        return visits.began[:0]
    rows = np.flatnonzero(visits.place.codes == visits.place.names.index(stage))
    entries: Microseconds = visits.began[rows[np.diff(visits.case[rows], prepend=-1) != 0]]
    return entries


def _sentences(told: dict[str, Any]) -> list[str]:
    said = []
    times = told["cycle_time"]
    if (days := times["difference_working_days"]) is not None:
        low, high = times["interval"]
        longer = "longer" if days >= 0 else "shorter"
        said.append(
            f"RFPs took {abs(days):.1f} working days {longer} than before, by the median"
            f" (95 %: {low:+.1f} to {high:+.1f})."
        )
    for name, what in (("raised", "were raised"), ("reached_procurement", "came to procurement")):
        rates = told[name]
        if rates["ratio"] is not None:
            low, high = rates["interval"]
            said.append(
                f"{rates['ratio']:.2f} times as many RFPs {what} a day as before"
                f" (95 %: {low:.2f} to {high:.2f})."
            )
    return said
