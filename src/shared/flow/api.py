"""Bottlenecks over HTTP: of live RFPs, or of one import in its own time."""

import asyncio
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from shared.flow.addends import Level
from shared.flow.answers import Bottlenecks
from shared.flow.case_links import CaseLinks, flow_with_cases, with_cases
from shared.flow.cases import Chosen
from shared.flow.flow_answers import ClosedCase, Flow, FlowWeek
from shared.flow.flow_figures import flow_figures
from shared.flow.flow_service import flow_service
from shared.flow.forecast_answers import ForecastOfCase, Forecasts
from shared.flow.forecast_figures import forecast_figures, told_record
from shared.flow.requests import (
    FlowView,
    answer_rows,
    answer_told,
    cases_in_sight,
    live_question,
    period,
    question_of,
)
from shared.flow.stuck_case_answers import Stuck, StuckCase
from shared.flow.stuck_cases import StuckList, cost_of_waiting
from shared.kernel.fields import Flag
from shared.web.decisions.commands import may
from shared.web.reads.answers import problems, table
from shared.web.reads.readings import INSTANT_PATTERN, After, AsOf, Read
from shared.web.requests.bodies import StrictRoute

STUCK_USUAL, STUCK_LIMIT = 50, 1_000
WITHIN_DAYS_USUAL, WITHIN_DAYS_LIMIT = 30, 3_650
SPREADS = tuple(
    f"{time}.{name}" for time in ("elapsed", "working") for name in ("mean", "p50", "p85", "p95", "sum")
)
STILL = ("open_working.sum", "open_working.p85")
# What comes as CSV, by the name of the rows: their columns.
BOTTLENECK_ROWS: dict[str, tuple[str, ...]] = {
    "edges": (
        *("from", "to", "n", "rank", "rank_with_open", "share_elapsed", "share_working", *SPREADS),
        *("sentence", "opens", "opens_taken"),
    ),
    "stages": ("entries", "n", "open", *STILL, *SPREADS, "opens", "opens_left"),
    "parties": (
        *("party", "elapsed_seconds", "working_seconds", "share_working", "open_elapsed_seconds", *STILL),
        *("sentence", "opens", "opens_waited"),
    ),
}
FLOW_ROWS: dict[str, tuple[str, ...]] = {
    "weeks": tuple(FlowWeek.model_fields),
    "months": ("on", "wip", "age_p50_days", "age_p85_days", "opens"),
    "scatter": tuple(ClosedCase.model_fields),
}

router = APIRouter(prefix="/v1/rfps", tags=["flow"], route_class=StrictRoute)


From = Annotated[
    str | None,
    Query(
        alias="from", description="What ended then or later.", json_schema_extra={"pattern": INSTANT_PATTERN}
    ),
]
To = Annotated[
    str | None,
    Query(alias="to", description="What ended before then.", json_schema_extra={"pattern": INSTANT_PATTERN}),
]
StuckFrom = Annotated[
    str | None,
    Query(
        alias="from",
        description="What came to its stage then or later.",
        json_schema_extra={"pattern": INSTANT_PATTERN},
    ),
]
StuckTo = Annotated[
    str | None,
    Query(
        alias="to",
        description="What came to its stage before then.",
        json_schema_extra={"pattern": INSTANT_PATTERN},
    ),
]
Source = Annotated[UUID | None, Query(description="An import's id; live RFPs without it.")]


@router.get(
    "/bottlenecks",
    summary="See where RFPs wait",
    dependencies=[may("read-flow")],
    responses={**table(Bottlenecks), **problems(404, 409)},
)
async def see_bottlenecks(  # noqa: PLR0913, PLR0917  # what may be asked
    request: Request,
    filters: Chosen,
    after: After = None,
    as_of: AsOf = None,
    source: Source = None,
    start: From = None,
    end: To = None,
    level: Annotated[Level, Query(description="How closely to look.")] = Level.STAGE,
    stability: Annotated[  # noqa: FBT002  # a query parameter
        Flag, Query(description="Say how often the first rank stays first where cases are drawn again.")
    ] = False,
    rows: Annotated[
        Literal["edges", "stages", "parties"], Query(description="Which rows come as CSV.")
    ] = "edges",
) -> Response:
    """Rank the steps between stages (or activities) by their share of all working time spent waiting.

    An import is read in its own time: `as_of` means what its log says of the time up to then.
    """
    view = FlowView(level, period(start, end), filters)
    asked = await question_of(request, source, after, as_of, view)
    shown = await asked.told()
    with_cases(shown, level, CaseLinks(source is None, filters, as_of, view.window))
    if stability:
        shown["stability"] = await asked.stability()
    columns = (level.value, *BOTTLENECK_ROWS[rows]) if rows == "stages" else BOTTLENECK_ROWS[rows]
    return answer_rows(request, shown[rows], columns) or answer_told(
        request, shown, lasting=as_of is not None and filters.none
    )


@router.get(
    "/flow",
    summary="See how RFPs arrive, move and leave",
    dependencies=[may("read-flow")],
    responses={**table(Flow), **problems(404, 409)},
)
async def see_flow(  # noqa: PLR0913, PLR0917  # what may be asked
    request: Request,
    filters: Chosen,
    after: After = None,
    as_of: AsOf = None,
    source: Source = None,
    start: From = None,
    end: To = None,
    rows: Annotated[
        Literal["weeks", "months", "scatter"], Query(description="Which rows come as CSV.")
    ] = "weeks",
) -> Response:
    """Show arrivals and throughput by week, open cases and their ages, how long cases take, and loops.

    The period is that of the scatter, the cumulative flow and the hand-overs.
    """
    view = FlowView(window=period(start, end), filters=filters)
    asked = await question_of(request, source, after, as_of, view)
    log, query, working = await asked.read()
    shown = await asyncio.to_thread(flow_figures, log, query, working)
    if source is None and (seen := await cases_in_sight(request, asked.query.position)) is not None:
        shown["scatter"] = [row if row["case"] in seen else {**row, "case": None} for row in shown["scatter"]]
    flow_with_cases(shown, CaseLinks(source is None, filters, as_of, view.window))
    found = shown["wip"]["months"] if rows == "months" else shown[rows]
    return answer_rows(request, found, FLOW_ROWS[rows]) or answer_told(
        request, shown, lasting=as_of is not None and filters.none
    )


@router.get(
    "/stuck",
    summary="See which RFPs to act on",
    dependencies=[may("read-rfps")],
    responses={**table(Stuck), **problems(404)},
)
async def see_stuck(  # what may be asked
    request: Request,
    filters: Chosen,
    read: Read,
    start: StuckFrom = None,
    end: StuckTo = None,
    limit: Annotated[int, Query(ge=1, le=STUCK_LIMIT, description="How many at most.")] = STUCK_USUAL,
) -> Response:
    """List open RFPs, likely late ones first: whom to chase, how late, why, and what waiting costs."""
    asked = await live_question(request, read, FlowView())
    cases, window = flow_service(request).live_cases, period(start, end)
    found = await cases.open(read, filters)
    log, query, working = await asked.read()
    waiting = await asyncio.to_thread(StuckList, log, query.as_of_us, working, found, window)
    told = await cases.waiting(read, filters, [each.id for each in waiting.cases[:limit]])
    rows = waiting.rows(told, limit)
    links = CaseLinks(live=True, filters=filters, as_of=request.query_params.get("as_of"))
    shown = {
        "as_of": read.as_of,
        "position": read.position,
        "total": len(waiting.cases),
        "items": rows,
        "parties": cost_of_waiting(waiting.cases, links, window),
    }
    columns = list(StuckCase.model_fields)
    return answer_rows(request, rows, columns) or answer_told(request, shown, lasting=False)


@router.get(
    "/forecasts",
    summary="See when open RFPs will likely be done",
    dependencies=[may("read-rfps")],
    responses={**table(Forecasts), **problems(404)},
)
async def see_forecasts(
    request: Request,
    filters: Chosen,
    read: Read,
    within_days: Annotated[
        int, Query(ge=1, le=WITHIN_DAYS_LIMIT, description="The horizon, in days.")
    ] = WITHIN_DAYS_USUAL,
    limit: Annotated[int, Query(ge=1, le=STUCK_LIMIT, description="How many at most.")] = STUCK_USUAL,
) -> Response:
    """Say how likely open RFPs are to be done by their day, how many by when, and how good this was before.

    Learnt from all RFPs, told of those that the reader sees. Where forecasts would have been worse than the
    base rate, or than the age of a case alone, none is told.
    """
    asked = await live_question(request, read, FlowView())
    found = await flow_service(request).live_cases.waiting(read, filters, None)
    log, query, working = await asked.read()
    by_id = {case.id: case for case in found}
    told = await asyncio.to_thread(forecast_figures, log, query.as_of_us, within_days, working, by_id)
    score = await flow_service(request).forecasts.score(log, query.as_of_us, within_days, read.position)
    rows = told["items"]
    shown = {
        "as_of": read.as_of,
        "position": read.position,
        **told,
        "record": told_record(score, within_days),
        "total": len(rows),
        "items": rows[:limit],
    }
    columns = list(ForecastOfCase.model_fields)
    return answer_rows(request, rows[:limit], columns) or answer_told(request, shown, lasting=False)
