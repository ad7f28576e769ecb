"""What lists of projects can be narrowed to; what is left out narrows nothing."""

from typing import Annotated

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, func, or_, true

from projects.domain.project import Moscow, Origin, ProjectStage, Way, project_id
from projects.views.at_risk import Rule, is_flagged
from projects.views.register import projects
from shared.kernel.fields import Day, Flag
from shared.web.lists.filters import AT_MOST, AskedCode, AskedText, ListMoment, Where, by_references


def _is_rated(ratings: list[str], _: ListMoment) -> ColumnElement[bool]:
    """Return the condition on how confident delivery is rated, of whichever scale, in any letters."""
    return func.lower(func.coalesce(projects.c.confidence, "")).in_([rating.lower() for rating in ratings])


AskedAreas = Annotated[
    list[AskedText] | None, AT_MOST, Field(description="Only those of this service area; blank: of none.")
]
AskedSuppliers = Annotated[
    list[AskedText] | None, AT_MOST, Field(description="Only those of this supplier; blank: of none.")
]
AskedRatings = Annotated[
    list[AskedText] | None,
    AT_MOST,
    Where(_is_rated, draws_from=("confidence", "rating")),
    Field(description="Only those whose delivery confidence is rated so; blank: not at all."),
]
Chance = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class ProjectFilters(BaseModel):
    """What a list of projects can be narrowed to."""

    stage: Annotated[list[ProjectStage] | None, AT_MOST, Field(description="Only those at this stage.")] = (
        None
    )
    origin: Annotated[list[Origin] | None, AT_MOST, Field(description="Only those that they started.")] = None
    category: Annotated[
        list[AskedText] | None, AT_MOST, Field(description="Only those of this category; blank: of none.")
    ] = None
    moscow: Annotated[list[Moscow] | None, AT_MOST, Field(description="Only those of this priority.")] = None
    handling: Annotated[list[Way] | None, AT_MOST, Field(description="Only those handled so.")] = None
    owner: Annotated[list[AskedCode] | None, AT_MOST, Field(description="Only this person's.")] = None
    reference: Annotated[
        list[AskedText] | None,
        AT_MOST,
        by_references(projects, project_id),
        Field(description="Only the one of this reference."),
    ] = None
    paused: Annotated[Flag | None, Field(description="Only those at rest, or at work.")] = None
    is_open: Annotated[Flag | None, Field(description="Only those that are open, or that have ended.")] = None
    service_area: AskedAreas = None
    supplier: AskedSuppliers = None
    rating: AskedRatings = None


def _has_plan(wanted: bool, _: ListMoment) -> ColumnElement[bool]:  # noqa: FBT001  # the value of a filter
    """Return the condition that there is an action plan, or none."""
    return projects.c.has_plan if wanted else ~projects.c.has_plan


def _is_no_filter(_: object, __: ListMoment) -> ColumnElement[bool]:
    """Return no condition: the list itself goes by it."""
    return true()


def _is_flagged_by(wanted: list[Rule], moment: ListMoment) -> ColumnElement[bool]:
    """Return the condition that one of these rules flags a project."""
    return or_(*(is_flagged(rule, moment.facts.day) for rule in wanted))


class RiskFilters(BaseModel):
    """What open projects can be narrowed to, and the day that they are judged by."""

    transition_date: Annotated[
        Day | None, Where(_is_no_filter), Field(description="What if it were on that day? Nothing is stored.")
    ] = None
    flag: Annotated[
        list[Rule] | None,
        AT_MOST,
        Where(_is_flagged_by, draws_from=("forecast_end", "contingency_days")),
        Field(description="Only those that this rule flags."),
    ] = None
    probability_from: Annotated[
        Chance | None,
        Where(_is_no_filter, draws_from=("start", "forecast_end", "category", "sub_category")),
        Field(description="Only those that run past the transition date with this probability at least."),
    ] = None
    probability_to: Annotated[
        Chance | None,
        Where(_is_no_filter, draws_from=("start", "forecast_end", "category", "sub_category")),
        Field(description="Only those that run past the transition date with this probability at most."),
    ] = None
    stage: Annotated[list[ProjectStage] | None, AT_MOST, Field(description="Only those at this stage.")] = (
        None
    )
    service_area: AskedAreas = None
    supplier: AskedSuppliers = None
    rating: AskedRatings = None
    paused: Annotated[Flag | None, Field(description="Only those at rest, or at work.")] = None
    category: Annotated[
        list[AskedText] | None, AT_MOST, Field(description="Only those of this category.")
    ] = None
    origin: Annotated[list[Origin] | None, AT_MOST, Field(description="Only those that they started.")] = None
    handling: Annotated[list[Way] | None, AT_MOST, Field(description="Only those handled so.")] = None
    owner: Annotated[list[AskedCode] | None, AT_MOST, Field(description="Only this person's.")] = None

    action_plan: Annotated[
        Flag | None, Where(_has_plan), Field(description="Only those with one, or without.")
    ] = None
