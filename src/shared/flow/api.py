"""Bottlenecks over HTTP: of live RFPs, or of one import in its own time."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from shared.flow.addends import Level, Manner, Timestamps, Window
from shared.flow.answers import Bottlenecks
from shared.flow.bottlenecks import FlowQuery, tally_of, told
from shared.flow.imports.source import finished_import
from shared.flow.live import LiveLog
from shared.flow.parties import Charging
from shared.flow.requests import COMPLETED, answer_told, instant_at, period
from shared.flow.sources import ImportedLog
from shared.kernel.calendar import microseconds
from shared.web.answers import one, problems
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
    window = period(start, end)
    if source is None:
        read = await reading(request, after, as_of)
        told = await _live(request, read, level, window)
    else:
        told = await _imported(request, source, after, instant_of(as_of), level, window)
    return answer_told(request, told, lasting=as_of is not None)


async def _live(request: Request, read: Reading, level: Level, window: Window) -> dict[str, Any]:
    service = request.app.state.service
    await service.scheme.refresh()
    manner = Manner(level, outcomes=COMPLETED)
    question = FlowQuery("live", read.position, read.as_of, microseconds(read.as_of), manner, window)
    async with service.flow.turn:
        live = await service.flow.live(read.position, service.scheme.scheme.closed_days())
        return await asyncio.to_thread(_told_of_live, live, question, read)


def _told_of_live(live: LiveLog, question: FlowQuery, read: Reading) -> dict[str, Any]:
    """Return what the tally kept says, or count anew where something else is asked for."""
    if read.past or not question.window.everything:
        tally = tally_of(live.as_of(read.position), question, live.working)
        return told(tally, question, live.working)
    as_of_us = max(question.as_of_us, live.horizon)
    question = replace(question, position=live.position, as_of_us=as_of_us)
    return told(live.tally(question.manner), question, live.working)


async def _imported(  # what is asked
    request: Request, source: UUID, after: int | None, as_of: datetime | None, level: Level, window: Window
) -> dict[str, Any]:
    service = request.app.state.service
    found = await finished_import(service.store, source)
    read = await reading(request, max(after or 0, found.position), None)
    log = await service.flow.imported(str(source), found.position)
    instant = as_of or (read.as_of if log.horizon is None else instant_at(log.horizon))
    manner = Manner(level, Charging.WAITED_FOR, Timestamps(found.state.timestamps))
    question = FlowQuery(
        str(source), read.position, instant, microseconds(instant), manner, window, found.state.quality
    )
    whole = window.everything and question.as_of_us >= (log.horizon or 0)
    if whole and manner in log.tallies:
        return told(log.tally(manner), question, log.working)
    return await asyncio.to_thread(_told_of_import, log, question, whole=whole)


def _told_of_import(log: ImportedLog, question: FlowQuery, *, whole: bool) -> dict[str, Any]:
    """Return what the tally kept says, or count anew where something else is asked for."""
    tally = log.tally(question.manner) if whole else tally_of(log.log, question, log.working)
    return told(tally, question, log.working)
