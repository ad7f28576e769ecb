"""What is answered about projects at risk."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from projects.domain.project import Moscow, Origin, ProjectStage, Scale, Way
from projects.views.at_risk import RiskFlag
from projects.views.forecasts import DRAWS, Odds
from shared.kernel.fields import TextOrNull
from shared.record.projecting.row_models import COUNTED, SEARCHED, Derived
from shared.web.lists.pages import ValueCount


class Probability(BaseModel):
    """How likely a project finishes before the transition date, by the programme's own slip history.

    Who finishes on that date is late: `past_transition` is the rest of one. `of_class` is the reference
    class, `class_size` its finished projects, `borrowed` the share of draws that a small class takes from
    the class above it. An end is null where no project like it is known to have taken so long. All null
    with `why_not` where nothing can be said.
    """

    before_transition: float | None
    past_transition: float | None
    p50: date | None
    p80: date | None
    p90: date | None
    of_class: list[str]
    class_size: int
    borrowed: float
    draws: int
    why_not: str | None


ODDS_NEED = ("category", "sub_category", "start", "forecast_end", "forecasts", "forecasts_said_on", "rests")


def probability(odds: Odds) -> Probability:
    """Return odds as they are answered."""
    p50, p80, p90 = odds.ends or (None, None, None)
    return Probability(
        before_transition=odds.before,
        past_transition=None if odds.before is None else 1 - odds.before,
        p50=p50,
        p80=p80,
        p90=p90,
        of_class=list(odds.path),
        class_size=odds.class_size,
        borrowed=round(odds.borrowed, 4),
        draws=0 if odds.why_not else DRAWS,
        why_not=odds.why_not,
    )


TOLD_BY = ("start", "forecast_end", "contingency_days", "category", "sub_category")
NOT_TOLD = "not shown: it would tell what is withheld"


def without_told(item: dict[str, Any]) -> None:
    """Take out of a project what would tell that which was withheld of it."""
    if "withheld" not in item:
        return
    item["flags"] = [{"rule": flag["rule"]} for flag in item["flags"]]
    if item["probability"] and not item["withheld"].keys().isdisjoint(TOLD_BY):
        nothing = dict.fromkeys(Probability.model_fields)
        item["probability"] = nothing | {"of_class": [], "class_size": 0, "borrowed": 0.0, "draws": 0}
        item["probability"]["why_not"] = NOT_TOLD
        if "working_days_over" in item:
            item["working_days_over"] = None


class ActionPlanSeen(BaseModel):
    """Who owns what is to be done, and by when."""

    owner: str
    due: date


class RiskProject(BaseModel):
    """An open project: each rule that flags it with its numbers, and the probability beside it.

    While it is paused its clock stands: it ends as though it went on today.
    """

    id: UUID
    version: int
    reference: Annotated[str, SEARCHED]
    title: Annotated[str, SEARCHED]
    stage: ProjectStage
    paused: bool
    origin: Origin
    supplier: Annotated[TextOrNull, SEARCHED, COUNTED]
    service_area: Annotated[TextOrNull, SEARCHED, COUNTED]
    category: Annotated[TextOrNull, SEARCHED, COUNTED]
    sub_category: Annotated[TextOrNull, SEARCHED, COUNTED]
    moscow: Moscow | None
    handling: Way | None
    owner: Annotated[TextOrNull, COUNTED]
    scale: Scale
    confidence: Annotated[TextOrNull, COUNTED]
    start: date | None
    forecast_end: date | None
    contingency_days: int
    latest_end: date | None
    working_days_over: Annotated[int | None, Derived("latest_end")]
    flags: Annotated[list[RiskFlag], Derived("latest_end", "forecast_end", "contingency_days", "flagged")]
    action_plan: Annotated[ActionPlanSeen | None, Derived("plan_owner", "plan_due")]
    probability: Annotated[Probability, Derived(*ODDS_NEED, sorts_by="before_transition")]


def in_columns(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return a project at risk as a row of a table: words in a cell, and a column for each part."""
    row = dict(item)
    flags, plan, odds = row.pop("flags"), row.pop("action_plan") or {}, row.pop("probability")
    odds = {**odds, "of_class": "; ".join(odds["of_class"])}
    return {
        **row,
        "flags": "; ".join(flag["rule"] for flag in flags),
        "flag_reason": "; ".join(flag["reason"] for flag in flags if flag.get("reason")),
        **{f"action_plan_{name}": plan.get(name) for name in ActionPlanSeen.model_fields},
        **{f"probability_{name}": odds[name] for name in Probability.model_fields},
    }


class RiskTotals(BaseModel):
    """How many projects are open, at risk, without an action plan, and flagged by each rule."""

    open: int
    at_risk: int
    without_action_plan: int
    ends_on_or_after_transition: int
    overdue_forecast: int
    no_end_known: int
    flagged_by_hand: int


class ProjectProbabilities(BaseModel):
    """A page of open projects, newest first, each with its probability."""

    as_of: datetime
    position: int
    transition_date: date | None
    what_if: bool
    items: list[RiskProject]
    next: str | None
    total: int = Field(default_factory=int, description="How many are shown on all pages; where asked for.")
    counts: list[ValueCount] = Field(default_factory=list, description="Of each value; where asked for.")


class ProjectsAtRisk(BaseModel):
    """A page of projects at risk, worst first; totals are over all of them."""

    as_of: datetime
    position: int
    transition_date: date | None
    what_if: bool
    totals: RiskTotals
    items: list[RiskProject]
    next: str | None
    total: int = Field(default_factory=int, description="How many are shown on all pages; where asked for.")
    counts: list[ValueCount] = Field(default_factory=list, description="Of each value; where asked for.")
