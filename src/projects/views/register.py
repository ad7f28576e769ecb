"""The register of projects: one row for each, of facts; queries conclude what follows on a day."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import orjson
from pydantic import BaseModel

from projects.domain.project import OPEN, Moscow, Origin, Project, ProjectStage, Scale, Way
from shared.kernel.messages import Stream
from shared.record.projecting.row_models import COUNTED, SEARCHED, UNSORTED, model_table, text_index
from shared.record.projecting.views import STILL_VALID, Row, StateView

FAR = date(2200, 1, 1)  # after every end that a project can have


class ProjectRow(BaseModel):
    """A project in the register; amounts in pence."""

    id: UUID
    version: int
    reference: Annotated[str, SEARCHED]
    stage: ProjectStage
    paused: bool
    title: Annotated[str, SEARCHED]
    origin: Origin
    supplier: Annotated[str, SEARCHED, COUNTED]
    service_area: Annotated[str, SEARCHED, COUNTED]
    owner: Annotated[str, COUNTED]
    cost_pence: int | None
    start: date | None
    forecast_end: date | None
    contingency_days: int
    finished_on: date | None
    flagged: Annotated[str, UNSORTED]
    category: Annotated[str, SEARCHED, COUNTED]
    sub_category: Annotated[str, SEARCHED, COUNTED]
    moscow: Moscow | None
    score: float | None
    rank: int
    handling: Way | None
    third_party: Annotated[str, SEARCHED]
    scale: Scale
    confidence: Annotated[str, COUNTED]
    plan_owner: Annotated[str, COUNTED]
    plan_due: date | None
    unread_cells: int
    first_position: int
    opened_at: datetime
    changed_at: datetime


class StoredProject(ProjectRow):
    """A project's row, with what is not shown of it."""

    is_open: bool
    latest_end: date | None
    forecasts: list[date]
    has_flag: bool
    has_plan: bool
    risk_order: int
    category_batch: UUID | None
    scores: str
    weights_version: int
    priority_batch: UUID | None
    needs: str
    handling_batch: UUID | None


projects = model_table("projects", StoredProject)


def risk_order(project: Project, first_position: int) -> int:
    """Return a number that puts the worst first, whatever the transition date.

    Without an action plan before with one, then no end known, then the latest end; then as registered.
    """
    end = project.schedule.latest_end
    days = 0 if end is None else max(1, (FAR - end).days)
    return ((bool(project.plan.owner) << 17 | days) << 40) | first_position


def register(stream: Stream[Project]) -> Row:
    """Return a project's row in the register."""
    project = stream.state
    return {
        "stage": project.stage,
        "is_open": project.stage in OPEN,
        "paused": project.paused,
        "flagged": project.flagged,
        "has_flag": bool(project.flagged),
        "has_plan": bool(project.plan.owner),
        "risk_order": risk_order(project, stream.first_position),
        "scale": project.scale,
        "confidence": project.confidence,
        "plan_owner": project.plan.owner,
        "plan_due": project.plan.due,
        **_described(project),
        **_scheduled(project),
        **_judged(project),
    }


def _described(project: Project) -> Row:
    about = project.about
    return {
        "reference": about.reference,
        "title": about.title,
        "origin": about.origin,
        "supplier": about.supplier,
        "service_area": about.service_area,
        "owner": about.owner,
        "cost_pence": about.cost_pence,
        "unread_cells": len(about.unread),
    }


def _scheduled(project: Project) -> Row:
    schedule = project.schedule
    return {
        "start": schedule.start,
        "forecast_end": schedule.forecast_end,
        "contingency_days": schedule.contingency_days,
        "latest_end": schedule.latest_end,
        "forecasts": list(schedule.forecasts),
        "finished_on": schedule.finished_on,
    }


def _judged(project: Project) -> Row:
    category, priority, handling = project.category, project.priority, project.handling
    needs = [[need.month, need.skill, need.people] for need in handling.needs]
    return {
        "category": category.name,
        "sub_category": category.sub_category,
        "category_batch": category.batch,
        "moscow": priority.moscow,
        "score": priority.score,
        "scores": orjson.dumps(dict(priority.scores)).decode(),
        "weights_version": priority.weights_version,
        "rank": priority.rank,
        "priority_batch": priority.batch,
        "handling": handling.way,
        "third_party": handling.third_party,
        "needs": orjson.dumps(needs).decode(),
        "handling_batch": handling.batch,
    }


REGISTER = StateView(
    projects,
    register,
    Project(),
    indexes=(
        f"(stage, first_position) WHERE valid_to = {STILL_VALID}",
        f"(risk_order) WHERE valid_to = {STILL_VALID} AND is_open",
        f"(latest_end, has_flag, has_plan) WHERE valid_to = {STILL_VALID} AND is_open",
        f"(valid_from) WHERE valid_to = {STILL_VALID} AND stage = '{ProjectStage.CLOSED}'",
        text_index(StoredProject),
        "(category_batch) WHERE category_batch IS NOT NULL",
        "(priority_batch) WHERE priority_batch IS NOT NULL",
        "(handling_batch) WHERE handling_batch IS NOT NULL",
    ),
    revision=2,
)
