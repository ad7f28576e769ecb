"""What can be said of many projects at once on their way: owners, forecasts, ratings, flags, action plans."""

import re
from contextlib import suppress
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field, TypeAdapter

from projects.commands.delivery import RateConfidence, ReviseForecast
from projects.commands.identification import AmendProject, Days
from projects.commands.planning import STEPS_LIMIT, AgreeActionPlan, FlagProject, LiftFlag
from projects.domain.delivery import (
    ActionPlanAgreed,
    ConfidenceRated,
    ForecastRevised,
    PlannedStep,
    ProjectFlagged,
    ProjectFlagLifted,
)
from projects.domain.events import ProjectAmended
from projects.domain.project import Scale
from shared.kernel.fields import Day, PersonId, ShortText
from shared.web.bulk.bulk_decisions import BulkDecision, item_of
from shared.web.bulk.references import ThingItem

STAGE = ("stage",)  # all that these rules look at, and every event of a project says it

DAYS: TypeAdapter[date] = TypeAdapter(Day)
_STEP = re.compile(r"^(?P<what>.+?)(?: by|:)? (?P<due>\d{4}-\d{2}-\d{2})$")


def steps_of(said: object) -> object:
    """Read steps out of a cell such as `Ask for the data by 2026-04-01; Test it by 2026-05-01`."""
    if isinstance(said, str):
        found = [_STEP.match(part.strip()) for part in said.split(";") if part.strip()]
        said = [step.groupdict() if step else said for step in found]
    return [_dated(step) for step in said] if isinstance(said, list) else said


def _dated(step: object) -> object:
    """Return a step with its day as one, where it can be read."""
    if isinstance(step, dict) and isinstance(due := step.get("due"), str):
        with suppress(ValueError):
            return {**step, "due": DAYS.validate_python(due)}
    return step


class ProjectOwnerItem(ThingItem):
    """A project and who owns it from now on."""

    owner: PersonId = Field(examples=["olga"])


class ForecastItem(ThingItem):
    """A project and when it is thought to end now."""

    forecast_end: Day
    contingency_days: Days | None = None


class RatingItem(ThingItem):
    """A project and how confident its delivery is rated, on a scale that is named."""

    scale: Scale = Scale.UNSTATED
    confidence: ShortText = Field(examples=["Amber"])


class ActionPlanItem(ThingItem):
    """A project and its action plan; in a table, steps are `Ask for the data by 2026-04-01; …`."""

    owner: PersonId = Field(examples=["pia-programme"])
    due: Day
    steps: Annotated[list[PlannedStep], BeforeValidator(steps_of)] = Field([], max_length=STEPS_LIMIT)


FLAG_ITEM = item_of(
    FlagProject,
    "FlagItem",
    "A project of which somebody holds that it will span the transition date, or no longer does.",
)
OWNERS = BulkDecision(
    path="owners",
    route="assign_owners",
    summary="Give many projects their owners",
    description="Say who owns each from now on.",
    item=ProjectOwnerItem,
    command=AmendProject,
    event=ProjectAmended,
    example={"reference": "ICT-0042", "owner": "olga", "reason": "New team."},
)
FORECASTS = BulkDecision(
    path="forecasts",
    route="revise_forecasts",
    summary="Revise the forecasts of many projects",
    description="Say when each is expected to end now.",
    item=ForecastItem,
    command=ReviseForecast,
    event=ForecastRevised,
    example={"reference": "ICT-0042", "forecast_end": "2027-06-30", "reason": "Late."},
    called={"new": "forecast_end"},
)
CONFIDENCE_RATINGS = BulkDecision(
    path="ratings",
    route="rate_projects",
    summary="Rate the delivery confidence of many projects",
    item=RatingItem,
    command=RateConfidence,
    event=ConfidenceRated,
    example={"reference": "ICT-0042", "scale": "three_point", "confidence": "Amber", "reason": "Review."},
    sees=STAGE,
    called={"rating": "confidence"},
)
FLAGS = BulkDecision(
    path="flags",
    route="flag_projects",
    summary="Flag many projects",
    description="Say that each will still run on the transition date.",
    item=FLAG_ITEM,
    command=FlagProject,
    event=ProjectFlagged,
    example={"reference": "ICT-0042", "reason": "The supplier says so."},
    sees=STAGE,
)
FLAG_LIFTINGS = BulkDecision(
    path="flag-liftings",
    route="lift_flags",
    summary="Lift the flags of many projects",
    description="Lift the flag that somebody set on each.",
    item=FLAG_ITEM,
    command=LiftFlag,
    event=ProjectFlagLifted,
    example={"reference": "ICT-0042", "reason": "It is back on course."},
)
ACTION_PLANS = BulkDecision(
    path="action-plans",
    route="agree_action_plans",
    summary="Agree the action plans of many projects",
    description="Agree who does what about each, and by when.",
    item=ActionPlanItem,
    command=AgreeActionPlan,
    event=ActionPlanAgreed,
    example={"reference": "ICT-0042", "owner": "pia-programme", "due": "2026-12-01", "reason": "At risk."},
    sees=STAGE,
)
ON_THE_WAY = (OWNERS, FORECASTS, CONFIDENCE_RATINGS, FLAGS, FLAG_LIFTINGS, ACTION_PLANS)
