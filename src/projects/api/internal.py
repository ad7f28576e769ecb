"""Projects to be handled internally over HTTP: whom they need by month, against the people there are."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Text, cast, false, literal, or_
from sqlalchemy.dialects.postgresql import JSONB

from projects.api.capacity import CapacityMonth, OfOurPeople, our_people, skills_compared
from projects.api.filters import AskedAreas
from projects.domain.capacity import as_compared
from projects.domain.project import Moscow, ProjectStage, Way
from projects.views.register import StoredProject, projects
from shared.kernel.fields import Flag, TextOrNull
from shared.record.projecting.row_models import COUNTED, SEARCHED, Derived
from shared.web.core_service import core_service
from shared.web.decisions.commands import may
from shared.web.lists.filters import AT_MOST, AskedCode, AskedText, ListMoment, Where
from shared.web.lists.list_of import ListOf
from shared.web.lists.pages import ValueCount, answer, page_of
from shared.web.lists.queries import ListQuery
from shared.web.reads.media_types import CSV
from shared.web.reads.readings import Reading
from shared.web.requests.bodies import StrictRoute

router = APIRouter(prefix="/v1/projects", tags=["projects"], route_class=StrictRoute)

OurMonths = Mapping[OfOurPeople, CapacityMonth]


class PeopleNeeded(BaseModel):
    """People that a project needs in a month; what all need of them, what there is, and what is missing."""

    month: str
    skill: str
    people: float
    needed_by_all: float
    have: float
    short: float


class InternalProject(BaseModel):
    """An open project that our own teams bring to its end.

    It is `short` where in some month it needs people of whom all such projects need more than there are.
    """

    id: UUID
    version: int
    reference: Annotated[str, SEARCHED]
    title: Annotated[str, SEARCHED]
    stage: ProjectStage
    paused: bool
    category: Annotated[TextOrNull, SEARCHED, COUNTED]
    service_area: Annotated[TextOrNull, SEARCHED, COUNTED]
    owner: Annotated[TextOrNull, COUNTED]
    moscow: Moscow | None
    rank: int
    start: date | None
    forecast_end: date | None
    needs: Annotated[list[PeopleNeeded], Derived("needs_said")]
    short: Annotated[bool, Derived()]


class InternalProjects(BaseModel):
    """A page of projects to be handled internally, and all that such projects need of our people."""

    people: list[CapacityMonth]
    short: bool
    items: list[InternalProject]
    next: str | None
    position: int
    total: int = Field(default_factory=int, description="How many there are; where `count` asks for it.")
    counts: list[ValueCount] = Field(default_factory=list, description="Of each value; where asked for.")


def _needs(month: str | None, skill: str) -> ColumnElement[bool]:
    """Return the condition that a project needs people of a skill, in a month if one is given."""
    words = as_compared(month or "", skill)[1]
    wanted = orjson.dumps([[words] if month is None else [month, words]]).decode()
    needs = cast(skills_compared(projects.c.needs), JSONB)
    return needs.op("@>", is_comparison=True)(cast(literal(wanted, Text()), JSONB))


def _needs_one_of(skills: list[str], _: ListMoment) -> ColumnElement[bool]:
    return or_(*(_needs(None, skill) for skill in skills))


def _is_short(wanted: bool, moment: ListMoment) -> ColumnElement[bool]:  # noqa: FBT001  # the value of a filter
    """Return the condition that a project needs people of whom there are too few, or that it doesn't."""
    missing = [_needs(*what) for what, month in moment.facts.items() if month.short]
    short = or_(*missing) if missing else false()
    return short if wanted else ~short


class InternalFilters(BaseModel):
    """What projects to be handled internally can be narrowed to."""

    stage: Annotated[list[ProjectStage] | None, AT_MOST, Field(description="Only those at this stage.")] = (
        None
    )
    category: Annotated[
        list[AskedText] | None, AT_MOST, Field(description="Only those of this category; blank: of none.")
    ] = None
    moscow: Annotated[list[Moscow] | None, AT_MOST, Field(description="Only those of this priority.")] = None
    owner: Annotated[list[AskedCode] | None, AT_MOST, Field(description="Only this person's.")] = None
    paused: Annotated[Flag | None, Field(description="Only those at rest, or at work.")] = None
    service_area: AskedAreas = None
    skill: Annotated[
        list[AskedText] | None,
        AT_MOST,
        Where(_needs_one_of, draws_from=("needs",)),
        Field(description="Only those that need people of this skill."),
    ] = None
    short: Annotated[
        Flag | None,
        Where(_is_short, draws_from=("needs",)),
        Field(description="Only those that need people of whom there are too few, or only the others."),
    ] = None


async def _people(query: ListQuery, reading: Reading) -> OurMonths:
    """Find our people by month and skill, as of a reading."""
    _, months = await our_people(core_service(query.request).store, reading)
    return {as_compared(month.month, month.skill): month for month in months}


def _internal(_: ListMoment) -> Sequence[ColumnElement[bool]]:
    """Return the conditions on what is open and ours."""
    return [projects.c.is_open, projects.c.handling == Way.INTERNAL]


async def _staffed(_: Reading, people: OurMonths, items: list[dict[str, Any]]) -> None:
    """Add to projects whom they need, against what there is."""
    for item in items:
        if "needs_said" in item:
            needs = [_needed(need, people) for need in orjson.loads(item["needs_said"])]
            item["needs"] = [need.model_dump() for need in needs]
            item["short"] = any(need.short for need in needs)


def _needed(said: Sequence[Any], people: OurMonths) -> PeopleNeeded:
    month, skill, number = said
    of_all = people.get(as_compared(month, skill)) or CapacityMonth.of(month, skill)
    return PeopleNeeded(
        month=month,
        skill=skill,
        people=number,
        needed_by_all=of_all.needed,
        have=of_all.have,
        short=of_all.short,
    )


INTERNAL = ListOf(
    name="internal-projects",
    row=InternalProject,
    stored=StoredProject,
    table=projects,
    filters=InternalFilters,
    facts=_people,
    derive=_staffed,
    within=_internal,
    replay=False,
    columns={"needs_said": projects.c.needs},
)


@router.get(
    "/internal",
    summary="See projects to be handled internally, and whether we have enough people",
    dependencies=[may("read-projects")],
    responses=page_of(InternalProjects),
)
async def list_internal_projects(query: Annotated[ListQuery, INTERNAL.asked]) -> Response:
    """List open projects that our own teams finish, each with the people and skills it needs.

    `people` says by month and skill what all of them need, what there is, and what is missing, however the
    list is narrowed.
    """
    page = await INTERNAL.page(query)
    if query.media_type == CSV:
        for item in page.items:
            item["needs"] = "; ".join(
                f"{n['skill']} {n['month']}: {n['people']:g}" for n in item["needs"] or ()
            )
        return answer(query, page, columns=INTERNAL.shown, tagged=True)
    months = list(page.moment.facts.values())
    beside = {"people": [month.model_dump() for month in months], "short": any(m.short for m in months)}
    return answer(query, page, columns=(), tagged=True, beside=beside)
