"""Projects at risk over HTTP: who will miss the date, why, how likely; and how far to trust that."""

import asyncio
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlalchemy import ColumnElement
from sqlalchemy.sql.elements import True_

from projects.api.filters import RiskFilters
from projects.api.risk_answers import ProjectsAtRisk, RiskProject, RiskTotals, in_columns, probability
from projects.views.at_risk import WorkingDaysOver, flags, is_at_risk, late, totals
from projects.views.calibration import calibrate
from projects.views.forecasts import QUANTILES, SlipHistory, path_of
from projects.views.register import projects
from shared.governance.scheme.domain import SCHEME_ID, Scheme
from shared.kernel.calendar import WorkingTime, day_in_london
from shared.kernel.messages import Stream
from shared.web.answers import NOT_MODIFIED, answer_one, one, problems
from shared.web.bodies import StrictRoute
from shared.web.commands import may
from shared.web.lists.filters import ListMoment
from shared.web.lists.list_of import ListOf
from shared.web.lists.list_readings import conditions_of
from shared.web.lists.pages import answer
from shared.web.lists.queries import ListQuery
from shared.web.media_types import CSV, NDJSON
from shared.web.readings import Read, Reading

router = APIRouter(prefix="/v1/projects", tags=["projects"], route_class=StrictRoute)

TEXT = {"schema": {"type": "string"}}


class RiskFacts(NamedTuple):
    """What risk is judged by: the transition date, the calendar, the programme's history, and the day."""

    transition: date | None
    days: WorkingDaysOver
    history: SlipHistory
    today: date


async def _facts(query: ListQuery, reading: Reading) -> RiskFacts:
    """Find what risk is judged by, as of a reading."""
    today = day_in_london(reading.as_of)
    scheme = await _scheme(query.request, reading)
    in_force = scheme.in_force(today).values
    transition = query.asked["transition_date"] or (in_force.transition_date if in_force else None)
    _, history = await query.request.app.state.service.slips.as_of(reading)
    return RiskFacts(transition, WorkingDaysOver(WorkingTime(scheme.closed_days())), history, today)


def _at_risk(moment: ListMoment) -> list[ColumnElement[bool]]:
    """Return the conditions on what is at risk; another date or the order would tell its days."""
    return [is_at_risk(moment.facts.transition), *_told_by_days(moment)]


def _told_by_days(moment: ListMoment) -> list[ColumnElement[bool]]:
    may = moment.reading.may_find_by(projects, "forecast_end", "contingency_days")
    return [] if isinstance(may, True_) else [may]


async def _judge(_: Reading, facts: RiskFacts, items: list[dict[str, Any]]) -> None:
    """Add to projects by which rules they are flagged, and how likely they end in time."""
    over = late(items, facts.transition, facts.days) if items and "latest_end" in items[0] else []
    for number, item in enumerate(items):
        if "flagged" in item:
            found = flags(item, facts.transition, over[number])
            item["flags"] = [flag.model_dump() for flag in found]
            due = item["plan_due"]
            item["action_plan"] = {"owner": item["plan_owner"], "due": due} if due else None
        if over:
            item["working_days_over"] = over[number]
        if "category" in item:
            path = path_of(item["category"], item["sub_category"])
            odds = facts.history.odds(
                path, item["start"], item["forecast_end"], facts.today, facts.transition
            )
            item["probability"] = probability(odds).model_dump()


RISK_LIST = ListOf(
    name="projects-at-risk",
    row=RiskProject,
    table=projects,
    filters=RiskFilters,
    key="risk_order",
    ascending=True,
    facts=_facts,
    derive=_judge,
    within=_at_risk,
    replay=False,
)


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
        **problems(406),
    },
)
async def see_projects_at_risk(query: Annotated[ListQuery, RISK_LIST.asked]) -> Response:
    """Flag every open project that will still run on the transition date, worst first.

    It is flagged where its forecast end and contingency reach the date, where no end is known, or where
    somebody flagged it. Beside the rule stands a probability from the programme's own history: null,
    with the reason, where it can't be estimated. Whose days are exempt is only among them for those
    who may read them. In CSV the rules stand in one cell, and a plan's and a probability's parts have a
    column each.
    """
    page = await RISK_LIST.page(query)
    moment = page.moment
    transition = moment.facts.transition
    for item in page.items:
        if "withheld" in item:  # nor do its numbers say what was withheld
            item["flags"] = [{"rule": flag["rule"]} for flag in item["flags"]]
    if query.media_type == CSV:
        return answer(
            query, replace(page, items=[in_columns(item) for item in page.items]), columns=(), tagged=True
        )
    open_ones = [*conditions_of(replace(RISK_LIST, within=_told_by_days), moment)]
    [row] = await page.reading.rows(totals(transition, open_ones))
    beside = {
        "as_of": page.reading.as_of,
        "position": page.reading.position,
        "transition_date": transition,
        "what_if": query.asked["transition_date"] is not None,
        "totals": RiskTotals.model_validate(dict(row)).model_dump(),
    }
    return answer(query, page, columns=(), tagged=True, beside=beside)


async def _scheme(request: Request, reading: Reading) -> Scheme:
    """Return the scheme as of a reading."""
    service = request.app.state.service
    if reading.past:
        stream: Stream[Scheme] = await service.store.load(SCHEME_ID, Scheme(), reading.position)
        return stream.state
    await service.scheme.refresh()
    scheme: Scheme = service.scheme.scheme
    return scheme


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
