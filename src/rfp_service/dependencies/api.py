"""What a project depends on, as it stands: the project names ids, and each room says what is behind its own.

A kind of thing that no room offers yet is listed as not known; a room that offers it joins by itself.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from projects.api.fact_finders import values_in_force
from projects.api.projects import ProjectId
from projects.domain.project import Dependency, Project
from shared.kernel.calendar import day_in_london
from shared.web.access.areas import in_sight
from shared.web.core_service import core_service
from shared.web.decisions.commands import may
from shared.web.offers.prerequisites import Expected
from shared.web.reads.answers import one
from shared.web.reads.pages import JSON, json_of
from shared.web.reads.prerequisite_states import prerequisite_states
from shared.web.reads.readings import Read, Reading
from shared.web.reads.things import thing_as_of
from shared.web.requests.bodies import StrictRoute

router = APIRouter(prefix="/v1/projects", tags=["projects"], route_class=StrictRoute)


class DependencyShown(BaseModel):
    """What a project depends on, and how that stands; null where nothing is known of it.

    `after_the_project` and `after_transition` say whether it is expected later than the project's own end
    with its contingency, and on or after the transition date; what has ended is neither.
    """

    on: str
    id: UUID
    note: str
    known: bool
    title: str | None
    stage: str | None
    ended: bool | None
    expected_on: date | None
    after_the_project: bool | None
    after_transition: bool | None


class Dependencies(BaseModel):
    """All that a project depends on."""

    project: UUID
    version: int
    position: int
    latest_end: date | None
    transition_date: date | None
    items: list[DependencyShown]


@router.get(
    "/{project_id:uuid}/dependencies",
    summary="See what a project depends on",
    dependencies=[may("read-projects")],
    responses=one(Dependencies),
)
async def see_dependencies(request: Request, project_id: ProjectId, reading: Read) -> Response:
    """Show the projects, RFPs and contracts that a project depends on, each as it stands or stood."""
    service = core_service(request)
    stream = await thing_as_of(request, reading, project_id, Project())
    project = stream.state
    in_sight(reading.person, reading.areas, project.about.service_area or None, None)
    day = day_in_london(reading.as_of)
    values = await values_in_force(service.store, day, reading.until)
    transition = values.transition_date if values else None
    latest = project.schedule.latest_end
    found = await expected_of(request, reading, project.depends_on)
    items = [_shown(d, found.get(d.id), latest, transition) for d in project.depends_on]
    shown = [item.model_dump() for item in items]
    await reading.redacted(shown)
    answer = Dependencies(
        project=project_id,
        version=stream.version,
        position=reading.position,
        latest_end=latest,
        transition_date=transition,
        items=items,
    )
    content = json_of({**answer.model_dump(exclude={"items"}), "items": shown})
    return Response(content, media_type=JSON, headers={"Vary": "Authorization"})


async def expected_of(
    request: Request, reading: Reading, depends_on: Sequence[Dependency]
) -> Mapping[UUID, Expected]:
    """Ask each room about its own, as far as the reader may see them."""
    return await prerequisite_states(
        core_service(request), reading, ((each.on, each.id) for each in depends_on)
    )


def _shown(
    dependency: Dependency, found: Expected | None, latest: date | None, transition: date | None
) -> DependencyShown:
    said: dict[str, Any] = dict.fromkeys(("title", "stage", "ended", "expected_on"))
    if found is not None:
        said = {name: getattr(found, name) for name in said}
    day_after = None if latest is None else latest + timedelta(days=1)
    return DependencyShown(
        on=dependency.on,
        id=dependency.id,
        note=dependency.note,
        known=found is not None,
        after_the_project=_comes_by(found, day_after),
        after_transition=_comes_by(found, transition),
        **said,
    )


def _comes_by(found: Expected | None, late_from: date | None) -> bool | None:
    """Return whether something is to come on a day or later; nothing where either is not known."""
    if found is not None and found.ended:
        return False
    on = None if found is None else found.expected_on
    return None if on is None or late_from is None else on >= late_from
