"""Why some RFPs take long, over HTTP: what they have in common, which ways they went, before and after."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from shared.flow.analysis_answers import Excess, ExcessGroup, PeriodComparison, Variant, VariantReport
from shared.flow.api import From, Source, To
from shared.flow.bottlenecks import FlowQuery
from shared.flow.case_links import CaseLinks, periods_with_cases, ways_with_cases
from shared.flow.cases import Chosen
from shared.flow.completed_cases import completed_by
from shared.flow.excess import excess
from shared.flow.flow_service import flow_service
from shared.flow.log import FlowLog
from shared.flow.periods import COMPARED_COLUMNS, Span, compared_rows, compared_times, rate_ratio
from shared.flow.requests import (
    COMPLETED,
    LIVE_SOURCE,
    REACHED_PROCUREMENT,
    FlowView,
    PeriodBackwards,
    answer_rows,
    answer_told,
    live_question,
    period,
    question_of,
)
from shared.flow.variants import Paths, way_sentences
from shared.flow.waits import Waits
from shared.kernel.calendar import Microseconds, WorkingTime, day_in_london, microseconds, start_of
from shared.kernel.fields import ASKED, SHORT_TEXT_LIMIT
from shared.web.decisions.commands import may
from shared.web.reads.answers import problems, table
from shared.web.reads.readings import After, AsOf, Read
from shared.web.requests.bodies import StrictRoute

PATH_LIMIT = 50

router = APIRouter(prefix="/v1/rfps", tags=["flow"], route_class=StrictRoute)

FirstDay = Annotated[date, Query(description="On which a period begins.", examples=["2026-01-05"])]
StageName = Annotated[str, Field(max_length=SHORT_TEXT_LIMIT, pattern=ASKED)]
PathAsked = Annotated[
    list[StageName] | None,
    Query(max_length=PATH_LIMIT, description="The stages to go through, in order; the scheme's without it."),
]
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
    log, query, working = await asked.read()
    window = period(start, end)
    links = CaseLinks(live=True, filters=filters, as_of=request.query_params.get("as_of"), window=window)

    def told() -> dict[str, Any]:
        then, _, completed = completed_by(log, query.as_of_us, working, COMPLETED)
        completed = completed.within(window)
        groups = excess(then, completed, facts, links)
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
    responses={**table(VariantReport), **problems(404, 409)},
)
async def see_variants(  # noqa: PLR0913, PLR0917  # what may be asked
    request: Request,
    filters: Chosen,
    after: After = None,
    as_of: AsOf = None,
    source: Source = None,
    start: From = None,
    end: To = None,
    path: PathAsked = None,
) -> Response:
    """Show the ways that completed cases went, and what it cost to leave the path.

    The path is of the stages that the scheme in force has targets for, in its order, unless another is
    asked for. An import is read in its own time, and beside the scheme that is in force today.
    """
    window = period(start, end)
    asked = await question_of(request, source, after, as_of, FlowView(filters=filters))
    log, query, working = await asked.read()
    wanted = await _scheme_path(request, query.as_of, log, source) if path is None else path
    outcomes = query.manner.outcomes

    def told() -> dict[str, Any]:
        _, visits, completed = completed_by(log, query.as_of_us, working, outcomes)
        paths = Paths(visits, completed.within(window))
        ways, kept = paths.variants(), paths.conformance(wanted)
        return {
            "as_of": query.as_of,
            "position": query.position,
            "source": query.source,
            "cases": len(paths.paths),
            "variants": ways,
            "conformance": kept,
            "sentences": way_sentences(ways, kept),
        }

    shown = await asyncio.to_thread(told)
    ways_with_cases(shown, CaseLinks(source is None, filters, as_of, window))
    rows = answer_rows(request, shown["variants"], list(Variant.model_fields))
    return rows or answer_told(request, shown, lasting=False)


async def _scheme_path(request: Request, as_of: datetime, log: FlowLog, source: UUID | None) -> list[str]:
    """Return the scheme's path; none if an import knows none of its stages."""
    scheme = flow_service(request).scheme
    await scheme.refresh()
    day = day_in_london(as_of if source is None else datetime.now(UTC))
    values = scheme.scheme.in_force(day).values
    stages = [target.stage for target in values.stage_targets] if values else []
    return stages if source is None or not {*stages}.isdisjoint(log.stage.names) else []


@router.get(
    "/comparison",
    summary="Compare two periods",
    dependencies=[may("read-flow")],
    responses={**table(PeriodComparison), **problems(404, 409)},
)
async def see_comparison(  # noqa: PLR0913, PLR0917  # two periods
    request: Request,
    filters: Chosen,
    before_from: FirstDay,
    before_to: LastDay,
    after_from: FirstDay,
    after_to: LastDay,
    after: After = None,
    as_of: AsOf = None,
    source: Source = None,
) -> Response:
    """Say whether cases take longer or arrive more often than before, for example before the catalogue.

    Each period goes from its first day to before its last. One that is not over is not compared; an import
    is read in its own time.
    """
    first, second = _span(before_from, before_to), _span(after_from, after_to)
    asked = await question_of(request, source, after, as_of, FlowView(filters=filters))
    log, query, working = await asked.read()
    over = max(first.end, second.end) <= query.as_of_us
    figures = await asyncio.to_thread(_compared, log, query, working, first, second) if over else NOT_COMPARED
    shown = {
        "as_of": query.as_of,
        "position": query.position,
        "source": query.source,
        "before": {"begins_on": before_from, "ends_before": before_to},
        "after": {"begins_on": after_from, "ends_before": after_to},
        "compared": over,
        **figures,
    }
    periods_with_cases(shown, CaseLinks(source is None, filters, as_of), REACHED_PROCUREMENT)
    rows = answer_rows(request, compared_rows(shown), COMPARED_COLUMNS)
    return rows or answer_told(request, shown, lasting=False)


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


def _compared(
    log: FlowLog, query: FlowQuery, working: WorkingTime, before: Span, after: Span
) -> dict[str, Any]:
    then, visits, completed = completed_by(log, query.as_of_us, working, query.manner.outcomes)
    told = {
        "cycle_time": compared_times(completed, before, after),
        "raised": rate_ratio(then.cases.opened, before, after),
        "reached_procurement": rate_ratio(_first_entries(visits, REACHED_PROCUREMENT), before, after),
    }
    return {**told, "sentences": _sentences(told, "RFPs" if query.source == LIVE_SOURCE else "cases")}


def _first_entries(visits: Waits, stage: str) -> Microseconds:
    """Return when each case first came to a stage."""
    if stage not in visits.place.names:
        return visits.began[:0]
    rows = np.flatnonzero(visits.place.codes == visits.place.names.index(stage))
    entries: Microseconds = visits.began[rows[np.diff(visits.case[rows], prepend=-1) != 0]]
    return entries


def _sentences(told: dict[str, Any], things: str) -> list[str]:
    said = []
    times = told["cycle_time"]
    if (days := times["difference_working_days"]) is not None:
        low, high = times["interval"]
        longer = "longer" if days >= 0 else "shorter"
        begins = things[0].upper() + things[1:]
        said.append(
            f"{begins} took {abs(days):.1f} working days {longer} than before, by the median"
            f" (95%: {low:+.1f} to {high:+.1f})."
        )
    for name, what in (("raised", "were raised"), ("reached_procurement", "came to procurement")):
        rates = told[name]
        if rates["ratio"] is not None:
            low, high = rates["interval"]
            said.append(
                f"{rates['ratio']:.2f} times as many {things} {what} a day as before"
                f" (95%: {low:.2f} to {high:.2f})."
            )
    return said
