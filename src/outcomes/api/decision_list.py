"""What was decided between two readings as a list: on a programme, and on cases of other rooms."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from outcomes.api.case_decisions import named
from outcomes.api.decisions_in_period import DecisionInPeriod, decisions_between
from outcomes.api.facts import programme_facts
from outcomes.api.issued_papers import before_of
from shared.record.projecting.row_models import COUNTED, SEARCHED, UNSORTED
from shared.web.core_service import CoreService, core_service
from shared.web.decisions.commands import may
from shared.web.lists.filters import AT_MOST, AskedText
from shared.web.lists.queries import ListQuery
from shared.web.lists.short_list import ShortList
from shared.web.reads.answers import problems
from shared.web.reads.readings import AS_OF_PATTERN, Reading
from shared.web.requests.bodies import StrictRoute

router = APIRouter(prefix="/v1/outcomes", tags=["outcomes"], route_class=StrictRoute)


class PeriodDecisionRow(BaseModel):
    """A decision between two readings on a thing of a body of work: what, by whom and why."""

    position: int
    body_of_work: Annotated[str, COUNTED, Field(examples=["rfps"])]
    thing: UUID
    title: Annotated[str, SEARCHED]
    path: Annotated[str, UNSORTED]
    on: date
    kind: Annotated[str, COUNTED, Field(examples=["waiver_granted"])]
    what: Annotated[str, SEARCHED]
    by: Annotated[str, COUNTED]
    by_name: Annotated[str, SEARCHED]
    reason: Annotated[str, SEARCHED, UNSORTED]
    pence: int | None
    withheld: Annotated[dict[str, str], UNSORTED] = {}


class PeriodDecisionFilters(BaseModel):
    """The programme and the period, and what its decisions are narrowed to."""

    programme: Annotated[UUID, Field(description="The programme's id.")]
    since: Annotated[
        str | None,
        Field(
            max_length=40,
            description="The earlier reading, after which it was decided; otherwise the last paper's.",
            json_schema_extra={"pattern": AS_OF_PATTERN},
        ),
    ] = None
    body_of_work: Annotated[
        list[AskedText] | None, AT_MOST, Field(description="Only of this body of work, such as `rfps`.")
    ] = None
    kind: Annotated[list[AskedText] | None, AT_MOST, Field(description="Only decisions of this kind.")] = None


DECISION_LIST = ShortList(
    name="outcome-decisions", row=PeriodDecisionRow, filters=PeriodDecisionFilters, tagged=False
)


@router.get(
    "/decisions",
    summary="List the decisions of a period",
    dependencies=[may("read-outcomes")],
    responses={**DECISION_LIST.responses, **problems(404)},
)
async def list_decisions_in_period(query: Annotated[ListQuery, DECISION_LIST.asked]) -> Response:
    """List every decision that a paper counts: on the programme by day, then on cases, the rarest first."""
    reading = await DECISION_LIST.reading(query)
    service, asked = core_service(query.request), query.asked
    before = await before_of(reading, asked["programme"], asked["since"])
    facts = await programme_facts(service, reading, asked["programme"])
    rows = [_own(one) for one in await decisions_between(service, reading, before, facts)]
    if before is not None:
        rows += await _of_rooms(service, reading, before)
    places = {row["position"]: place for place, row in enumerate(rows, 1)}
    return await DECISION_LIST.answer(query, reading, rows, lambda row: places[row["position"]])


def _own(one: DecisionInPeriod) -> dict[str, Any]:
    """Return a decision on the programme itself as a row."""
    return {
        "position": one.position,
        "body_of_work": "outcomes",
        "thing": one.milestone or one.outcome,
        "title": one.title,
        "path": one.path,
        "on": one.on,
        "kind": one.what.replace(" ", "_"),
        "what": one.what.capitalize(),
        "by": one.by,
        "by_name": one.by_name,
        "reason": one.reason,
        "pence": None,
        "withheld": one.withheld,
    }


async def _of_rooms(service: CoreService, reading: Reading, before: Reading) -> list[dict[str, Any]]:
    """Return the decisions on each room's cases that the reader may see, within their service areas."""
    rows: list[dict[str, Any]] = []
    for offered in service.report_decisions:
        if service.permissions.allows(reading.person, offered.action):
            theirs = replace(reading, areas=service.permissions.areas(reading.person, offered.action))
            found = await named(service, await offered.find(service, theirs, before.position))
            rows += [{**one.model_dump(), "body_of_work": offered.body_of_work} for one in found]
    return rows
