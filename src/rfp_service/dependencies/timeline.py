"""The timeline: each open project's days, what it waits for, and the critical path, for a page to draw."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlalchemy import ARRAY, Uuid, any_, func, literal, select

from projects.api.answers import MilestoneSeen, milestone_seen
from projects.api.at_risk import open_ones
from projects.api.filters import RiskFilters
from projects.api.risk_answers import ODDS_NEED, TOLD_BY
from projects.api.risk_facts import RiskFacts, odds_of, risk_facts
from projects.domain.project import Dependency, ProjectMilestone, ProjectStage
from projects.views.critical_path import CriticalPath, Ending, critical_path
from projects.views.register import StoredProject, projects
from rfp_service.dependencies.api import expected_of
from shared.kernel.fields import TextOrNull
from shared.record.projecting.row_models import COUNTED, SEARCHED, Derived
from shared.web.decisions.commands import may
from shared.web.lists.list_of import ListOf
from shared.web.lists.list_readings import ListPage, conditions_of
from shared.web.lists.pages import ValueCount, answer, page_of
from shared.web.lists.queries import ListQuery
from shared.web.offers.prerequisites import Expected
from shared.web.reads.media_types import CSV
from shared.web.reads.readings import Reading
from shared.web.requests.bodies import StrictRoute

router = APIRouter(prefix="/v1/projects", tags=["projects"], route_class=StrictRoute)

NOTHING = "[]"  # as it is stored that something waits for nothing
NOT_SHOWN = ("baseline_end", "p50", "p80", "p90", "ends_on", "waits_longest_for", "slack_days")


class AwaitedSeen(BaseModel):
    """What a project depends on, whether it has ended, and when that is or was expected.

    Null where it is not known, or out of sight. What has ended holds nothing up.
    """

    on: str
    id: UUID
    note: str
    ended: bool | None
    expected_on: date | None


class TimelineProject(BaseModel):
    """An open project's days. `baseline_end` is its first forecast; `latest_end` is with contingency.

    It can't end before all that it depends on has: by `ends_on`, in whole. `waits_longest_for` is the one of
    these that is expected last, `slack_days` before the project's own latest end; below nothing, after it.
    """

    id: UUID
    version: int
    reference: Annotated[str, SEARCHED]
    title: Annotated[str, SEARCHED]
    stage: ProjectStage
    paused: bool
    category: Annotated[TextOrNull, SEARCHED, COUNTED]
    service_area: Annotated[TextOrNull, SEARCHED, COUNTED]
    supplier: Annotated[TextOrNull, SEARCHED, COUNTED]
    owner: Annotated[TextOrNull, COUNTED]
    start: date | None
    forecast_end: date | None
    latest_end: date | None
    baseline_end: Annotated[date | None, Derived("forecasts")]
    p50: Annotated[date | None, Derived(*ODDS_NEED)]
    p80: Annotated[date | None, Derived(*ODDS_NEED)]
    p90: Annotated[date | None, Derived(*ODDS_NEED)]
    milestones: Annotated[list[MilestoneSeen], Derived("milestones_said")]
    depends_on: Annotated[list[AwaitedSeen], Derived("awaited_said")]
    ends_on: Annotated[date | None, Derived()]
    waits_longest_for: Annotated[UUID | None, Derived()]
    slack_days: Annotated[int | None, Derived()]
    critical: Annotated[bool, Derived()]


class ProjectTimeline(BaseModel):
    """A page of open projects; the critical path is over all pages of them, and what they wait for.

    It leads to the thing that can end last, from what that waits for longest, back to what waits for nothing.
    """

    as_of: datetime
    position: int
    transition_date: date | None
    what_if: bool
    critical_path: list[UUID]
    items: list[TimelineProject]
    next: str | None
    total: int = Field(default_factory=int, description="How many are shown on all pages; where asked for.")
    counts: list[ValueCount] = Field(default_factory=list, description="Of each value; where asked for.")


async def _dated(_: Reading, facts: RiskFacts, items: list[dict[str, Any]]) -> None:
    """Add to projects their first forecast, when they likely end, their milestones and what they wait for."""
    for item in items:
        if "forecasts" in item:
            item["baseline_end"] = item["forecasts"][0] if item["forecasts"] else None
        if "rests" in item:
            ends = odds_of(item, facts).ends or (None, None, None)
            item |= dict(zip(("p50", "p80", "p90"), ends, strict=True))
        if "milestones_said" in item:
            found = orjson.loads(item["milestones_said"])
            item["milestones"] = [milestone_seen(_milestone(one)).model_dump() for one in found]
        if "awaited_said" in item:
            awaited = orjson.loads(item["awaited_said"])
            item["depends_on"] = [{**one, "id": UUID(one["id"])} for one in awaited]


def _milestone(said: Mapping[str, Any]) -> ProjectMilestone:
    days = {
        name: said[name] and date.fromisoformat(said[name]) for name in ("baseline", "forecast", "reached_on")
    }
    return ProjectMilestone(name=said["name"], slips=said["slips"], **days)


TIMELINE = ListOf(
    name="project-timeline",
    row=TimelineProject,
    stored=StoredProject,
    table=projects,
    filters=RiskFilters,
    facts=risk_facts,
    derive=_dated,
    within=open_ones,
    replay=False,
)


@router.get(
    "/timeline",
    summary="See all open projects along time",
    dependencies=[may("read-projects")],
    responses=page_of(ProjectTimeline),
)
async def see_timeline(query: Annotated[ListQuery, TIMELINE.asked]) -> Response:
    """Show each open project's start, baseline, forecast, likely ends, milestones and what it waits for.

    And the critical path across the projects, contracts and RFPs that wait for one another.
    """
    page = await TIMELINE.page(query)
    endings, expected = await _endings(query, page)
    found = critical_path(endings)
    for item in page.items:
        _placed(item, expected, found)
    if query.media_type == CSV:
        page = replace(page, items=[_in_columns(item) for item in page.items])
    beside = {
        "as_of": page.reading.as_of,
        "position": page.reading.position,
        "transition_date": page.moment.facts.day.transition,
        "what_if": query.asked["transition_date"] is not None,
        "critical_path": list(found.path),
    }
    return answer(query, page, columns=(), tagged=True, beside=beside)


async def _endings(query: ListQuery, page: ListPage) -> tuple[dict[UUID, Ending], dict[UUID, Expected]]:
    """Return when open projects asked for end, what they wait for, and how each of both stands.

    Of those that wait for nothing, and that nothing waits for, only the last and those on the page matter.
    """
    reading, t = page.reading, projects.c
    seen = (*conditions_of(TIMELINE, page.moment), reading.may_find_by(projects, "on", "note"))
    statement, alone = select(t.id, t.latest_end, t.awaited_said).where(*seen), t.awaited_said == NOTHING
    rows = await reading.rows(statement.where(~alone))
    named = {each.id for row in rows for each in _awaited(row["awaited_said"])}
    here = named | {item["id"] for item in page.items}
    is_here, is_named = (t.id == any_(literal(sorted(ids), ARRAY(Uuid))) for ids in (here, named))
    latest = select(func.max(t.latest_end)).where(*seen, alone, ~is_named).scalar_subquery()
    last = statement.where(alone, ~is_named, t.latest_end == latest).order_by(t.id.desc()).limit(1)
    for more in (statement.where(alone, is_here), last):
        rows += await reading.rows(more)
    awaited = {row["id"]: _awaited(row["awaited_said"]) for row in rows}
    others = {each.id: each for those in awaited.values() for each in those if each.id not in awaited}
    expected = dict(await expected_of(query.request, reading, [*others.values()]))
    endings = {name: Ending(thing.expected_on) for name, thing in expected.items() if not thing.ended}
    for row in rows:
        endings[row["id"]] = Ending(row["latest_end"], tuple(each.id for each in awaited[row["id"]]))
        expected[row["id"]] = Expected("", "", ended=False, expected_on=row["latest_end"])
    return endings, expected


def _awaited(said: str) -> Sequence[Dependency]:
    return [Dependency(one["on"], UUID(one["id"])) for one in orjson.loads(said)] if said != NOTHING else ()


def _placed(item: dict[str, Any], expected: Mapping[UUID, Expected], found: CriticalPath) -> None:
    """Add to a project by when it ends in whole, and what it waits for longest."""
    own, longest = item["latest_end"], found.longest.get(item["id"])
    item["ends_on"], item["waits_longest_for"] = found.ends_on.get(item["id"]), longest
    item["slack_days"] = None if longest is None or own is None else (own - found.ends_on[longest]).days
    item["critical"] = item["id"] in found.path
    for awaited in item["depends_on"] or ():
        thing = expected.get(awaited["id"])
        awaited["ended"] = thing.ended if thing else None
        awaited["expected_on"] = thing.expected_on if thing else None
    if not item.get("withheld", {}).keys().isdisjoint(TOLD_BY):
        item |= dict.fromkeys(NOT_SHOWN)


def _in_columns(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return a project as a row of a table: words in a cell."""
    milestones = [f"{one['name']}: {one['reached_on'] or one['forecast']}" for one in item["milestones"]]
    awaited = [f"{one['on']} {one['id']}" for one in item["depends_on"]]
    return {**item, "milestones": "; ".join(milestones), "depends_on": "; ".join(awaited)}
