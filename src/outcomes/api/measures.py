"""Live figures beside typed words: measures by name, answered by the rooms that know them, with a trend."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from outcomes.api.facts import rows_of
from outcomes.domain.refusals import NoSuchMeasure
from outcomes.views.registers import outcomes
from shared.kernel.calendar import LONDON, day_in_london
from shared.kernel.fields import ASKED
from shared.web.core_service import CoreService, core_service
from shared.web.decisions.commands import may
from shared.web.offers.measures import MeasureOffered
from shared.web.reads.answers import answer_untagged, one, problems
from shared.web.reads.readings import Read, Reading, earlier
from shared.web.requests.bodies import StrictRoute

router = APIRouter(prefix="/v1/outcomes", tags=["outcomes"], route_class=StrictRoute)

TREND_MONTHS = 6
AT_ONCE = 4  # of the connections that all requests share


class MeasurePoint(BaseModel):
    """A figure at the end of a month; of a month that is not over, as it stood at the reading."""

    month: str = Field(examples=["2026-03"])
    finished: bool
    as_of: datetime
    value: float | None


class MeasureSeen(BaseModel):
    """A figure as of the reading, the value aimed at, and how it came there.

    `value` is null where there is nothing to measure, or where its reader may not see its cases.
    """

    name: str
    title: str
    unit: str
    better: Literal["higher", "lower"]
    cases: str = Field(description="Where the cases behind the figure are.")
    value: float | None
    target: float | None
    on_target: bool | None
    trend: list[MeasurePoint]


class MeasureList(BaseModel):
    """Measures as of a reading."""

    as_of: datetime
    position: int
    items: list[MeasureSeen]


@router.get(
    "/measures",
    summary="See live measures",
    dependencies=[may("read-outcomes")],
    responses={**one(MeasureList, lasting=False), **problems(409)},
)
async def see_measures(
    request: Request,
    reading: Read,
    programme: Annotated[
        UUID | None, Query(description="Only those that its outcomes are shown by, with their targets.")
    ] = None,
    name: Annotated[
        str | None, Query(max_length=60, pattern=ASKED, description="Only the one of this name.")
    ] = None,
) -> Response:
    """Show figures of the service's own registers as of any time, with six months of trend."""
    offered: Mapping[str, MeasureOffered] = core_service(request).measures
    wanted: dict[str, float | None] = dict.fromkeys(offered)
    if programme is not None:
        wanted = targets_of(await rows_of(reading, outcomes, outcomes.c.programme == programme))
    if name is not None:
        if name not in offered:
            raise NoSuchMeasure(missing=[name], measures=sorted(offered))
        wanted = {name: wanted.get(name)}
    items = await measured(core_service(request), reading, wanted, as_whom=reading)
    shown = MeasureList(as_of=reading.as_of, position=reading.position, items=items)
    return answer_untagged(shown.model_dump())


def targets_of(rows: Sequence[Mapping[str, object]]) -> dict[str, float | None]:
    """Return the measures that outcomes are shown by, each with the first target that one of them has."""
    found: dict[str, float | None] = {}
    for row in rows:
        measures = row["measures"]
        assert isinstance(measures, list), "as the register holds it"
        for shown in measures:
            known = found.get(shown["name"])
            found[shown["name"]] = shown["target"] if known is None else known
    return found


async def measured(
    service: CoreService, reading: Reading, wanted: Mapping[str, float | None], *, as_whom: Reading | None
) -> list[MeasureSeen]:
    """Return figures with their targets and trends; for nobody in particular, as the whole council's."""
    points, turns = await _points(reading), asyncio.Semaphore(AT_ONCE)

    async def seen(name: str, target: float | None) -> MeasureSeen:
        offered = service.measures[name]
        allowed = as_whom is None or service.permissions.allows(as_whom.person, offered.action)
        areas = None if as_whom is None else _areas(service, as_whom, offered)
        async with turns:
            trend = [
                MeasurePoint(
                    month=f"{month:%Y-%m}",
                    finished=finished,
                    as_of=at.as_of,
                    value=await offered.read(service, replace(at, areas=areas)) if allowed else None,
                )
                for month, finished, at in points
            ]
        return _seen(offered, target, trend)

    return await asyncio.gather(*(seen(name, target) for name, target in wanted.items()))


def _areas(service: CoreService, whose: Reading, offered: MeasureOffered) -> frozenset[str] | None:
    areas: frozenset[str] | None = service.permissions.areas(whose.person, offered.action)
    return areas


def _seen(offered: MeasureOffered, target: float | None, trend: list[MeasurePoint]) -> MeasureSeen:
    value = trend[-1].value
    reached = None
    if value is not None and target is not None:
        reached = value >= target if offered.better == "higher" else value <= target
    return MeasureSeen(
        name=offered.name,
        title=offered.title,
        unit=offered.unit,
        better=offered.better,
        cases=offered.cases,
        value=value,
        target=target,
        on_target=reached,
        trend=trend,
    )


async def _points(reading: Reading) -> list[tuple[date, bool, Reading]]:
    """Return the ends of the months before a reading, oldest first, and the reading itself."""
    first = day_in_london(reading.as_of).replace(day=1)
    found: list[tuple[date, bool, Reading]] = [(first, False, reading)]
    for _ in range(TREND_MONTHS):
        at = datetime.combine(first, time(), LONDON)
        before = await earlier(reading, at.astimezone(UTC).isoformat())
        if before is None or before.position == 0:
            break
        first = (first - timedelta(days=1)).replace(day=1)
        found.append((first, True, before))
    return found[::-1]
