"""Projects at risk over HTTP: who will miss the date, why, how likely; and how far to trust that."""

import asyncio
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from projects.api.risk_answers import (
    ActionPlanSeen,
    ProjectsAtRisk,
    RiskProject,
    RiskTotals,
    in_columns,
    probability,
)
from projects.domain.project import Origin, Way
from projects.views.at_risk import PAGE, TOTALS, RiskQuery, WorkingDaysOver, flags, late
from projects.views.calibration import calibrate
from projects.views.forecasts import QUANTILES, SlipHistory, path_of
from shared.governance.scheme.domain import SCHEME_ID, Scheme
from shared.kernel.calendar import WorkingTime, day_in_london
from shared.kernel.fields import ASKED, Day, Flag
from shared.kernel.messages import Stream
from shared.web.answers import NOT_MODIFIED, READS_MANY, answer_one, one
from shared.web.bodies import StrictRoute
from shared.web.commands import may
from shared.web.pages import CSV, JSON, NDJSON, Page, Paged, cursor_of, json_of, not_modified
from shared.web.readings import Read, Reading

OfCategory = Annotated[
    str | None, Query(max_length=200, pattern=ASKED, description="Only those of this category.")
]
OwnedBy = Annotated[str | None, Query(max_length=40, pattern=ASKED, description="Only this person's.")]
router = APIRouter(prefix="/v1/projects", tags=["projects"], route_class=StrictRoute)

TEXT = {"schema": {"type": "string"}}


@router.get(
    "/at-risk",
    summary="See which projects will miss the transition date",
    dependencies=[may("read-projects")],
    responses={
        200: {
            "model": ProjectsAtRisk,
            "description": "A page, worst first, and totals",
            "content": {CSV: TEXT, NDJSON: TEXT},
        },
        **NOT_MODIFIED,
        **READS_MANY,
    },
)
async def see_projects_at_risk(  # noqa: PLR0913, PLR0917  # the filters of one list
    request: Request,
    reading: Read,
    page: Paged,
    transition_date: Annotated[
        Day | None, Query(description="What if it were on that day? Nothing is stored.")
    ] = None,
    category: OfCategory = None,
    origin: Annotated[Origin | None, Query(description="Only those that they started.")] = None,
    handling: Annotated[Way | None, Query(description="Only those handled so.")] = None,
    owner: OwnedBy = None,
    action_plan: Annotated[Flag | None, Query(description="Only those with one, or without.")] = None,
) -> Response:
    """Flag every open project that will still run on the transition date, worst first.

    It is flagged where its forecast end and contingency reach the date, where no end is known, or where
    somebody flagged it. Beside the rule stands a probability from the programme's own history: null,
    with the reason, where it can't be estimated. Whose days are exempt is only among them for those
    who may read them. In CSV the rules stand in one cell, and a plan's and a probability's parts have a
    column each.
    """
    scheme = await _scheme(request, reading)
    in_force = scheme.in_force(day_in_london(reading.as_of)).values
    transition = transition_date or (in_force.transition_date if in_force else None)
    question = RiskQuery(
        transition,
        reading.position if reading.past else None,
        {
            "category": category,
            "origin": origin,
            "handling": handling,
            "owner": owner,
            "has_plan": action_plan,
        },
        reading.reads_exempt,
    )
    totals, items, following = await _page(
        request, reading, page, question, WorkingDaysOver(WorkingTime(scheme.closed_days()))
    )
    answer = ProjectsAtRisk(
        as_of=reading.as_of,
        position=reading.position,
        transition_date=transition,
        what_if=transition_date is not None,
        totals=totals,
        items=items,
        next=following,
    )
    return await _answered(page, reading, answer)


async def _scheme(request: Request, reading: Reading) -> Scheme:
    """Return the scheme as of a reading."""
    service = request.app.state.service
    if reading.past:
        stream: Stream[Scheme] = await service.store.load(SCHEME_ID, Scheme(), reading.position)
        return stream.state
    await service.scheme.refresh()
    scheme: Scheme = service.scheme.scheme
    return scheme


async def _page(
    request: Request, reading: Reading, page: Page, question: RiskQuery, days: WorkingDaysOver
) -> tuple[RiskTotals, list[RiskProject], str | None]:
    statement, values = question.sql(TOTALS)
    [totals] = await reading.pool.fetch(statement, *values)
    statement, values = question.sql(PAGE, page.cursor or 0)
    limit = f" ORDER BY risk_order LIMIT {page.limit + 1}"
    found = await reading.pool.fetch(statement + limit, *values)
    more, rows = len(found) > page.limit, [dict(row) for row in found[: page.limit]]
    _, history = await request.app.state.service.slips.as_of(reading)
    today = day_in_london(reading.as_of)
    items = [
        _item(row, question.transition, over, history, today)
        for row, over in zip(rows, late(rows, question.transition, days), strict=True)
    ]
    following = cursor_of(rows[-1]["risk_order"]) if more else None
    return RiskTotals.model_validate(dict(totals)), items, following


def _item(
    row: dict[str, Any], transition: date | None, over: int | None, history: SlipHistory, today: date
) -> RiskProject:
    plan = ActionPlanSeen(owner=row["plan_owner"], due=row["plan_due"]) if row["plan_due"] else None
    path = path_of(row["category"], row["sub_category"])
    odds = history.odds(path, row["start"], row["forecast_end"], today, transition)
    return RiskProject.model_validate(
        {
            **row,
            "working_days_over": over,
            "flags": flags(row, transition, over),
            "action_plan": plan,
            "probability": probability(odds),
        }
    )


async def _answered(page: Page, reading: Reading, answer: ProjectsAtRisk) -> Response:
    """Return the page in the form asked for, without what its reader may not see."""
    items = [item.model_dump() for item in answer.items]
    await reading.redacted(items)
    for item in items:
        if "withheld" in item:  # nor do its numbers say what was withheld
            item["flags"] = [{"rule": flag["rule"]} for flag in item["flags"]]
    if page.media_type == CSV:
        items = [in_columns(item) for item in items]
    if page.media_type != JSON:
        return page.answer(reading, items, answer.next)
    headers = {"Vary": "Accept, Authorization", "ETag": reading.tag, **page.link(answer.next)}
    if not_modified(page.request, reading.tag):
        return Response(status_code=304, headers=headers)
    content = {**answer.model_dump(exclude={"items"}), "items": items}
    return Response(json_of(content), media_type=JSON, headers=headers)


class ForecastCalibration(BaseModel):
    """Of the projects tested, the share that finished by the P50, P80 and P90 days of their own start."""

    finished: int
    tested: int
    within_p50: float | None
    within_p80: float | None
    within_p90: float | None


@router.get(
    "/forecast-calibration",
    summary="See how far forecasts can be trusted",
    dependencies=[may("read-projects")],
    responses=one(ForecastCalibration),
)
async def see_forecast_calibration(request: Request, reading: Read) -> Response:
    """Back-test: what forecasts would have said of finished projects when they began, and what came."""
    finished, _ = await request.app.state.service.slips.as_of(reading)
    found = await asyncio.to_thread(calibrate, finished)
    shares = {f"within_p{round(q * 100)}": w for q, w in zip(QUANTILES, found.within, strict=True)}
    shown = ForecastCalibration(finished=found.finished, tested=found.tested, **shares)
    return answer_one(request, shown, reading.tag)
