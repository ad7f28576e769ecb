"""Bottlenecks over HTTP: of live RFPs, or of one import in its own time."""

import asyncio
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from shared.flow import sources
from shared.flow.answers import Bottlenecks
from shared.flow.bottlenecks import FlowQuery, Level, Timestamps, bottlenecks
from shared.flow.imports.domain import Import
from shared.flow.imports.source import finished_import
from shared.flow.parties import Charging
from shared.kernel.calendar import microseconds
from shared.kernel.messages import Stream
from shared.web.answers import answer_one, one, problems
from shared.web.bodies import StrictRoute
from shared.web.commands import may
from shared.web.readings import INSTANT_PATTERN, After, AsOf, Reading, instant_of, reading

router = APIRouter(prefix="/v1/rfps", tags=["flow"], route_class=StrictRoute)


@router.get(
    "/bottlenecks",
    summary="See where RFPs wait",
    dependencies=[may("read-flow")],
    responses={**one(Bottlenecks), **problems(404, 409)},
)
async def see_bottlenecks(
    request: Request,
    after: After = None,
    as_of: AsOf = None,
    source: Annotated[UUID | None, Query(description="An import's id; live RFPs without it.")] = None,
    start: Annotated[
        str | None,
        Query(
            alias="from",
            description="Waits that ended then or later.",
            json_schema_extra={"pattern": INSTANT_PATTERN},
        ),
    ] = None,
    end: Annotated[
        str | None,
        Query(
            alias="to",
            description="Waits that ended before then.",
            json_schema_extra={"pattern": INSTANT_PATTERN},
        ),
    ] = None,
    level: Annotated[Level, Query(description="How closely to look.")] = Level.STAGE,
) -> Response:
    """Rank the steps between stages (or activities) by their share of all working wait.

    An import is read in its own time: `as_of` means what its log says of the time up to then.
    """
    window = _edge(start), _edge(end)
    if source is None:
        shown = await _live(request, await reading(request, after, as_of), level, *window)
    else:
        store = request.app.state.service.store
        imported = await finished_import(store, source)
        read = await reading(request, max(after or 0, imported.position), None)
        shown = await _imported(read, imported, instant_of(as_of), level, *window)
    return answer_one(request, shown, f'W/"{shown.position}"') if as_of else _fresh(shown)


def _edge(text: str | None) -> int | None:
    instant = instant_of(text)
    return None if instant is None else microseconds(instant)


async def _live(
    request: Request, read: Reading, level: Level, start: int | None, end: int | None
) -> Bottlenecks:
    scheme = request.app.state.service.scheme
    await scheme.refresh()
    log = await sources.live(read.pool, read.position)
    question = FlowQuery(
        source="live",
        position=read.position,
        as_of=read.as_of,
        as_of_us=microseconds(read.as_of),
        level=level,
        from_us=start,
        to_us=end,
    )
    working = sources.working_time(scheme.scheme.closed_days())
    return await asyncio.to_thread(bottlenecks, log, question, working)


async def _imported(
    read: Reading,
    imported: Stream[Import],
    as_of: datetime | None,
    level: Level,
    start: int | None,
    end: int | None,
) -> Bottlenecks:
    source = str(imported.id)
    log = await sources.imported(read.pool, source, read.position)
    instant = as_of or imported.state.last_at
    question = FlowQuery(
        source=source,
        position=read.position,
        as_of=instant,
        as_of_us=microseconds(instant),
        level=level,
        charging=Charging.WAITED_FOR,
        timestamps=Timestamps(imported.state.timestamps),
        from_us=start,
        to_us=end,
    )
    return await asyncio.to_thread(bottlenecks, log, question, sources.working_time(frozenset()))


def _fresh(shown: Bottlenecks) -> Response:
    """Return an answer whose open waits grow with the clock: nobody holds it for long."""
    return Response(shown.model_dump_json(by_alias=True), media_type="application/json")
