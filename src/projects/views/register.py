"""The register of projects: one row for each, of facts; queries conclude what follows on a day."""

from datetime import date

import orjson
from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, Double, Integer, Text

from projects.domain.project import OPEN, Project, ProjectStage
from shared.kernel.messages import Stream
from shared.record.projecting.views import STILL_VALID, Row, StateView, state_table

FAR = date(2200, 1, 1)  # after every end that a project can have

projects = state_table(
    "projects",
    Column("reference", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("title", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("supplier", Text, nullable=False),
    Column("service_area", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("cost_pence", BigInteger),
    Column("start", Date),
    Column("forecast_end", Date),
    Column("contingency_days", Integer, nullable=False),
    Column("latest_end", Date),
    Column("forecasts", ARRAY(Date), nullable=False),
    Column("finished_on", Date),
    Column("flagged", Text, nullable=False),
    Column("has_flag", Boolean, nullable=False),
    Column("has_plan", Boolean, nullable=False),
    Column("risk_order", BigInteger, nullable=False),
    Column("category", Text, nullable=False),
    Column("sub_category", Text, nullable=False),
    Column("moscow", Text),
    Column("score", Double),
    Column("scores", Text, nullable=False),
    Column("weights_version", BigInteger, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("handling", Text),
    Column("third_party", Text, nullable=False),
    Column("needs", Text, nullable=False),
    Column("scale", Text, nullable=False),
    Column("confidence", Text, nullable=False),
    Column("plan_owner", Text, nullable=False),
    Column("plan_due", Date),
    Column("unread_cells", Integer, nullable=False),
    Column("source", Text, nullable=False),
)


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
        "source": about.source,
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
        "moscow": priority.moscow,
        "score": priority.score,
        "scores": orjson.dumps(dict(priority.scores)).decode(),
        "weights_version": priority.weights_version,
        "rank": priority.rank,
        "handling": handling.way,
        "third_party": handling.third_party,
        "needs": orjson.dumps(needs).decode(),
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
        f"(source) WHERE valid_to = {STILL_VALID} AND source <> ''",
    ),
    revision=3,
)
