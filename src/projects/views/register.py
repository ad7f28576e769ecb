"""The register of projects: one row for each, of facts; queries conclude what follows on a day."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import orjson
from pydantic import BaseModel

from projects.domain.project import OPEN, UNSAID, Moscow, Origin, Project, ProjectStage, Scale, Way
from shared.kernel.fields import TextOrNull
from shared.kernel.messages import Stream
from shared.record.projecting.row_models import (
    COMPUTED,
    COUNTED,
    SEARCHED,
    UNSORTED,
    From,
    model_table,
    row_of,
    text_index,
)
from shared.record.projecting.views import STILL_VALID, Row, StateView

FAR = date(2200, 1, 1)  # after every end that a project can have


class ProjectRow(BaseModel):
    """A project in the register; amounts in pence."""

    id: UUID
    version: int
    reference: Annotated[str, From("about.reference"), SEARCHED]
    stage: ProjectStage
    paused: bool
    title: Annotated[str, From("about.title"), SEARCHED]
    origin: Annotated[Origin, From("about.origin")]
    supplier: Annotated[TextOrNull, From("about.supplier"), SEARCHED, COUNTED]
    service_area: Annotated[TextOrNull, From("about.service_area"), SEARCHED, COUNTED]
    owner: Annotated[TextOrNull, From("about.owner"), COUNTED]
    cost_pence: Annotated[int | None, From("about.cost_pence")]
    start: Annotated[date | None, From("schedule.start")]
    forecast_end: Annotated[date | None, From("schedule.forecast_end")]
    contingency_days: Annotated[int, From("schedule.contingency_days")]
    finished_on: Annotated[date | None, From("schedule.finished_on")]
    flagged: Annotated[TextOrNull, UNSORTED]
    category: Annotated[TextOrNull, From("category.name"), SEARCHED, COUNTED]
    sub_category: Annotated[TextOrNull, From("category.sub_category"), SEARCHED, COUNTED]
    moscow: Annotated[Moscow | None, From("priority.moscow")]
    score: Annotated[float | None, From("priority.score")]
    rank: Annotated[int, From("priority.rank")]
    handling: Annotated[Way | None, From("handling.way")]
    third_party: Annotated[TextOrNull, From("handling.third_party"), SEARCHED]
    scale: Scale
    confidence: Annotated[TextOrNull, COUNTED]
    plan_owner: Annotated[TextOrNull, From("plan.owner"), COUNTED]
    plan_due: Annotated[date | None, From("plan.due")]
    unread_cells: Annotated[int, COMPUTED]
    first_position: int
    opened_at: datetime
    changed_at: datetime


class StoredProject(ProjectRow):
    """A project's row, with what is not shown of it."""

    is_open: Annotated[bool, COMPUTED]
    latest_end: Annotated[date | None, From("schedule.latest_end")]
    forecasts: Annotated[list[date], COMPUTED]
    forecasts_said_on: Annotated[list[date], COMPUTED]
    rests: Annotated[list[date], COMPUTED]
    milestones_said: Annotated[str, COMPUTED]
    awaited_said: Annotated[str, COMPUTED]
    has_flag: Annotated[bool, COMPUTED]
    has_plan: Annotated[bool, COMPUTED]
    risk_order: Annotated[int, COMPUTED]
    scores: Annotated[str, COMPUTED]
    weights_version: Annotated[int, From("priority.weights_version")]
    needs: Annotated[str, COMPUTED]
    source: Annotated[str, From("about.source")]


projects = model_table("projects", StoredProject)


def risk_order(project: Project, first_position: int) -> int:
    """Return a number that puts the worst first, whatever the transition date.

    Without an action plan before with one, then no end known, then the latest end; then as registered.
    """
    end = project.schedule.latest_end
    days = 0 if end is None else max(1, (FAR - end).days)
    return ((bool(project.plan.owner) << 17 | days) << 40) | first_position


def _computed(stream: Stream[Project]) -> Row:
    """Return what of a project's row its state does not hold as it is shown."""
    project = stream.state
    needs = [[need.month, need.skill, need.people] for need in project.handling.needs]
    return {
        "is_open": project.stage in OPEN,
        "has_flag": bool(project.flagged),
        "has_plan": bool(project.plan.owner),
        "risk_order": risk_order(project, stream.first_position),
        "unread_cells": len(project.about.unread),
        "forecasts": list(project.schedule.forecasts),
        "forecasts_said_on": [FAR if day == UNSAID else day for day in project.schedule.said_on],
        "rests": [day for begun, ended in project.schedule.rests for day in (begun, ended or FAR)],
        "milestones_said": orjson.dumps(project.milestones).decode(),
        "awaited_said": orjson.dumps(project.depends_on).decode(),
        "scores": orjson.dumps(dict(project.priority.scores)).decode(),
        "needs": orjson.dumps(needs).decode(),
    }


register = row_of(StoredProject, _computed)
REGISTER = StateView(
    projects,
    register,
    Project(),
    indexes=(
        f"(stage, first_position) WHERE valid_to = {STILL_VALID}",
        f"(risk_order) WHERE valid_to = {STILL_VALID} AND is_open",
        f"(latest_end, forecast_end, has_flag, has_plan) WHERE valid_to = {STILL_VALID} AND is_open",
        f"(valid_from) WHERE valid_to = {STILL_VALID}",
        f"(owner, forecast_end) WHERE valid_to = {STILL_VALID} AND is_open",
        f"(plan_owner) WHERE valid_to = {STILL_VALID} AND is_open",
        f"(moscow, first_position) WHERE valid_to = {STILL_VALID} AND moscow IS NOT NULL",
        f"(id) WHERE valid_to = {STILL_VALID} AND is_open AND awaited_said <> '[]'",
        text_index(StoredProject),
        f"(source) WHERE valid_to = {STILL_VALID} AND source <> ''",
    ),
    revision=4,
)
