"""Milestones as a list: the cases behind every count of a board or a paper."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from outcomes.api.answers import MilestoneShown
from outcomes.api.conclusions import milestones_shown
from outcomes.api.facts import programme_facts
from outcomes.domain.horizons import Colour, Horizon
from outcomes.domain.milestone import MilestoneStatus
from shared.kernel.fields import Flag, TextOrNull
from shared.record.projecting.row_models import COUNTED, SEARCHED
from shared.web.core_service import core_service
from shared.web.decisions.commands import may
from shared.web.lists.filters import AT_MOST, AskedText
from shared.web.lists.queries import ListQuery
from shared.web.lists.short_list import ShortList
from shared.web.reads.answers import problems
from shared.web.requests.bodies import StrictRoute

router = APIRouter(prefix="/v1/milestones", tags=["outcomes"], route_class=StrictRoute)


class MilestoneRow(BaseModel):
    """A milestone with its horizon and colour on the day of the reading."""

    id: UUID
    version: int
    outcome: UUID
    outcome_number: int
    title: Annotated[str, SEARCHED]
    status: MilestoneStatus
    horizon: Horizon
    overdue: bool
    colour: Colour
    owner: Annotated[TextOrNull, COUNTED]
    owner_name: TextOrNull
    due: date | None
    first_due: date | None
    met_on: date | None
    silent_since: date | None


class MilestoneFilters(BaseModel):
    """The programme, and what its milestones are narrowed to."""

    programme: Annotated[UUID, Field(description="The programme's id.")]
    outcome_number: Annotated[
        int | None, Field(ge=1, le=10_000, description="Only those of the outcome of this number.")
    ] = None
    horizon: Annotated[list[Horizon] | None, AT_MOST, Field(description="Only those that stand here.")] = None
    overdue: Annotated[Flag | None, Field(description="Only those that are overdue, or not.")] = None
    priority: Annotated[
        list[AskedText] | None, AT_MOST, Field(description="Only those tagged with this priority.")
    ] = None


MILESTONE_LIST = ShortList(name="milestones", row=MilestoneRow, filters=MilestoneFilters, tagged=False)


@router.get(
    "",
    summary="List milestones",
    dependencies=[may("read-outcomes")],
    responses={**MILESTONE_LIST.responses, **problems(404)},
)
async def list_milestones(query: Annotated[ListQuery, MILESTONE_LIST.asked]) -> Response:
    """List a programme's milestones by outcome and day, with where they stand on the day of the reading."""
    reading = await MILESTONE_LIST.reading(query)
    service = core_service(query.request)
    facts = await programme_facts(service, reading, query.asked["programme"])
    numbers = {row["id"]: row["number"] for row in facts.outcomes}
    items = list(_rows(milestones_shown(facts), numbers, query.asked))
    items.sort(key=lambda i: (i["outcome_number"], i["met_on"] or i["due"] or date.max, i["title"], i["id"]))
    places = {item["id"]: place for place, item in enumerate(items, 1)}
    return await MILESTONE_LIST.answer(query, reading, items, lambda item: places[item["id"]])


def _rows(
    found: list[MilestoneShown], numbers: dict[UUID, int], asked: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Yield those asked for; each says what its reader may see of it, so nothing else narrows it."""
    for one in found:
        if asked["priority"] is None or not {*one.priorities}.isdisjoint(asked["priority"]):
            said = {"outcome_number": numbers[one.outcome]}
            yield {name: said.get(name, getattr(one, name, None)) for name in MilestoneRow.model_fields}
