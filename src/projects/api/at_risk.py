"""Projects at risk over HTTP: who will miss the date, why, how likely; and how far to trust that."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement
from sqlalchemy.sql.elements import True_

from projects.api.filters import RiskFilters
from projects.api.project_service import project_service
from projects.api.risk_answers import (
    ProjectProbabilities,
    ProjectsAtRisk,
    RiskProject,
    RiskTotals,
    in_columns,
    without_told,
)
from projects.api.risk_facts import judge, risk_facts
from projects.views.at_risk import is_at_risk, totals
from projects.views.calibration import calibrate
from projects.views.forecasts import ENOUGH, QUANTILES
from projects.views.register import StoredProject, projects
from shared.kernel.calendar import day_in_london
from shared.web.decisions.commands import may
from shared.web.lists.filters import ListMoment
from shared.web.lists.list_of import ListOf
from shared.web.lists.list_readings import ListPage, conditions_of
from shared.web.lists.pages import answer, page_of
from shared.web.lists.queries import ListQuery
from shared.web.reads.answers import answer_one, one
from shared.web.reads.media_types import CSV
from shared.web.reads.readings import Read
from shared.web.requests.bodies import StrictRoute

router = APIRouter(prefix="/v1/projects", tags=["projects"], route_class=StrictRoute)


def open_ones(moment: ListMoment) -> list[ColumnElement[bool]]:
    """Return the conditions on what is open; another date or the order would tell its days."""
    may = moment.reading.may_find_by(projects, "forecast_end", "contingency_days")
    seen = [] if isinstance(may, True_) else [may]
    return [projects.c.is_open, moment.facts.within, *seen]


def _at_risk(moment: ListMoment) -> list[ColumnElement[bool]]:
    return [is_at_risk(moment.facts.day), *open_ones(moment)]


RISK_LIST = ListOf(
    name="projects-at-risk",
    row=RiskProject,
    stored=StoredProject,
    table=projects,
    filters=RiskFilters,
    key="risk_order",
    ascending=True,
    facts=risk_facts,
    derive=judge,
    within=_at_risk,
    replay=False,
)
OPEN_LIST = ListOf(
    name="project-probabilities",
    row=RiskProject,
    stored=StoredProject,
    table=projects,
    filters=RiskFilters,
    facts=risk_facts,
    derive=judge,
    within=open_ones,
    replay=False,
)


@router.get(
    "/at-risk",
    summary="See which projects will miss the transition date",
    dependencies=[may("read-projects")],
    responses=page_of(ProjectsAtRisk, "A page, worst first, and totals"),
)
async def see_projects_at_risk(query: Annotated[ListQuery, RISK_LIST.asked]) -> Response:
    """Flag every open project that will still run on the transition date, worst first.

    It is flagged where its forecast end and contingency reach the date (who finishes on the date is late),
    where its forecast end has passed by a working day or more, where no end is known, or where somebody
    flagged it. Beside the rules stands a probability from the programme's own history: null,
    with the reason, where it can't be estimated. Whose days are exempt is only among them for those
    who may read them. In CSV the rules stand in one cell, and a plan's and a probability's parts have a
    column each.
    """
    page = await RISK_LIST.page(query)
    moment = page.moment
    seen = [*conditions_of(replace(RISK_LIST, within=open_ones), moment)]
    [row] = await page.reading.counted(totals(moment.facts.day, seen))
    return _answered(query, page, {"totals": RiskTotals.model_validate(dict(row)).model_dump()})


@router.get(
    "/probabilities",
    summary="See how likely each open project runs past the transition date",
    dependencies=[may("read-projects")],
    responses=page_of(ProjectProbabilities),
)
async def list_project_probabilities(query: Annotated[ListQuery, OPEN_LIST.asked]) -> Response:
    """Show every open project with its probability, flagged or not.

    One that ends a day before the transition date is flagged by no rule, and is where the decision is. All
    else is as with the projects at risk.
    """
    return _answered(query, await OPEN_LIST.page(query), {})


def _answered(query: ListQuery, page: ListPage, more: Mapping[str, Any]) -> Response:
    """Answer with a page; no number of it says what was withheld."""
    for item in page.items:
        without_told(item)
    if query.media_type == CSV:
        page = replace(page, items=[in_columns(item) for item in page.items])
        return answer(query, page, columns=(), tagged=True)
    beside = {
        "as_of": page.reading.as_of,
        "position": page.reading.position,
        "transition_date": page.moment.facts.day.transition,
        "what_if": query.asked["transition_date"] is not None,
        **more,
    }
    return answer(query, page, columns=(), tagged=True, beside=beside)


class ForecastCalibration(BaseModel):
    """Of the projects tested, the share that finished by the P50, P80 and P90 days of their own start.

    What began on `split_on` or later is held out, and forecast from what was known before. Shares and
    errors are null, and `verdict` says why, with fewer than `needed` projects to learn from or to test.
    Errors are mean squared ones of "will it be over before the day", by the odds and by the rule (forecast
    and contingency); `better_than_rule` where the odds' are smaller, with 95% confidence.
    """

    finished: int
    tested: int
    needed: int = Field(default=ENOUGH)
    split_on: date | None
    learnt_from: int
    within_p50: float | None
    within_p80: float | None
    within_p90: float | None
    odds_error: float | None
    rule_error: float | None
    better_than_rule: bool | None
    verdict: str


@router.get(
    "/forecast-calibration",
    summary="See how far forecasts can be trusted",
    dependencies=[may("read-projects")],
    responses=one(ForecastCalibration),
)
async def see_forecast_calibration(request: Request, reading: Read) -> Response:
    """Back-test: what forecasts would have said about held-out projects at their start, and what happened."""
    learnt = await project_service(request).slips.as_of(reading)
    found = await asyncio.to_thread(calibrate, learnt.courses, day_in_london(reading.as_of))
    shares = {f"within_p{round(q * 100)}": w for q, w in zip(QUANTILES, found.within, strict=True)}
    shown = ForecastCalibration(
        finished=found.finished,
        tested=found.tested,
        split_on=found.split_on,
        learnt_from=found.learnt_from,
        odds_error=found.odds_error,
        rule_error=found.rule_error,
        better_than_rule=found.better,
        verdict=found.verdict,
        **shares,
    )
    return answer_one(request, shown, reading.tag)
