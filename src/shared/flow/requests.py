"""What questions of flow have in common: a source, a period, cases of some sort, and their answer."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from fastapi import Request, Response

from shared.flow.addends import ALL_TIME, Level, Manner, Timestamps, Window
from shared.flow.bottlenecks import FlowQuery, tally_of, told
from shared.flow.cases import CaseFilters, LiveFiltersOnly
from shared.flow.flow_service import flow_service
from shared.flow.imports.source import finished_import
from shared.flow.live import LiveLog
from shared.flow.log import FlowLog, last_known
from shared.flow.parties import Charging
from shared.flow.resampling import RESAMPLINGS, stayed_first
from shared.flow.sources import FlowLogs, ImportedLog
from shared.kernel.calendar import WorkingTime, microseconds
from shared.kernel.errors import Unacceptable
from shared.web.reads.media_types import CSV, JSON, wanted
from shared.web.reads.pages import csv_of, not_modified
from shared.web.reads.readings import Reading, instant_of, reading

# The stages in which an RFP has come to what it was raised for.
COMPLETED = frozenset({"contracted", "fulfilled"})
LIVE_SOURCE = "live"
REACHED_PROCUREMENT = "submitted"  # what the catalogue diverts never comes there


class PeriodBackwards(Unacceptable):
    """`from` is after `to`: a period must begin before it ends."""


@dataclass(frozen=True)
class FlowView:
    """How closely to look, at which period, at which live cases."""

    level: Level = Level.STAGE
    window: Window = ALL_TIME
    filters: CaseFilters = CaseFilters()


class LogRead(NamedTuple):
    """A log, what is asked of it, and the calendar that it is read by."""

    log: FlowLog
    query: FlowQuery
    working: WorkingTime


@dataclass(frozen=True)
class ImportQuestion:
    """What is asked of an imported log, as against the live RFPs."""

    query: FlowQuery
    source: ImportedLog

    @property
    def whole(self) -> bool:
        """Say whether all that the log says is asked for."""
        return self.query.window.everything and self.query.as_of_us >= (self.source.horizon or 0)

    async def told(self) -> dict[str, Any]:
        """Return the bottlenecks: at once where they only need to be told."""
        if self.whole and self.query.manner in self.source.tallies:
            return self._told()
        return await asyncio.to_thread(self._told)

    def _told(self) -> dict[str, Any]:
        source, query = self.source, self.query
        tally = source.tally(query.manner) if self.whole else tally_of(source.log, query, source.working)
        return told(tally, query, source.working)

    async def read(self) -> LogRead:
        """Return the whole log."""
        return LogRead(self.source.log, self.query, self.source.working)

    async def stability(self) -> dict[str, int]:
        """Return how sure the first rank is."""
        return await _stability(self.source.log, self.query, self.source.working)


@dataclass(frozen=True)
class LiveQuestion:
    """A question of live cases, some of which may have been chosen."""

    query: FlowQuery
    sources: FlowLogs
    closed_days: frozenset[Any]
    chosen: frozenset[str] | None
    past: bool

    async def told(self) -> dict[str, Any]:
        """Return the bottlenecks: from the tally kept, or counted again where something else is asked for."""
        async with self.sources.turn:
            live = await self.sources.live(self.query.position, self.closed_days)
            return await asyncio.to_thread(self._told, live)

    def _told(self, live: LiveLog) -> dict[str, Any]:
        query = self.query
        if self.past or self.chosen is not None or not query.window.everything:
            log, query, working = self._read(live)
            return told(tally_of(log, query, working), query, working)
        position = max(query.position, live.position)
        query = replace(query, position=position, as_of_us=max(query.as_of_us, live.horizon))
        return told(live.tally(query.manner), query, live.working)

    async def read(self) -> LogRead:
        """Return the log as of the reading."""
        async with self.sources.turn:
            live = await self.sources.live(self.query.position, self.closed_days)
            return await asyncio.to_thread(self._read, live)

    def _read(self, live: LiveLog) -> LogRead:
        log = live.as_of(self.query.position, self.chosen)
        return LogRead(log, replace(self.query, as_of_us=last_known(log, self.query.as_of_us)), live.working)

    async def stability(self) -> dict[str, int]:
        """Return how sure the first rank is."""
        return await _stability(*await self.read())


async def _stability(log: FlowLog, query: FlowQuery, working: WorkingTime) -> dict[str, int]:
    stayed = await asyncio.to_thread(stayed_first, log, query, working)
    return {"resamplings": RESAMPLINGS, "stayed_first": stayed}


async def question_of(
    request: Request, source: UUID | None, after: int | None, as_of: str | None, view: FlowView
) -> ImportQuestion | LiveQuestion:
    """Return what is asked, of live cases or an import; refuse of an import what only live ones answer."""
    if source is None:
        return await live_question(request, await reading(request, after, as_of), view)
    if not view.filters.none:
        raise LiveFiltersOnly
    service = flow_service(request)
    found = await finished_import(service.store, source)
    read = await reading(request, max(after or 0, found.position), None)
    log = await service.flow.imported(str(source), found.position)
    instant = instant_of(as_of) or (read.as_of if log.horizon is None else instant_at(log.horizon))
    manner = Manner(view.level, Charging.WAITED_FOR, Timestamps(found.state.timestamps))
    at = microseconds(instant)
    query = FlowQuery(str(source), read.position, instant, at, manner, view.window, found.state.quality)
    return ImportQuestion(query, log)


async def cases_in_sight(request: Request, position: int) -> frozenset[str] | None:
    """Return the live cases that whoever asks may see; None where they are limited to no service areas."""
    service = flow_service(request)
    areas = service.permissions.areas(request.state.person, "read-rfps")
    if areas is None:
        return None
    read = await reading(request, None, str(position))
    return await service.live_cases.chosen(replace(read, areas=areas), CaseFilters())


async def live_question(request: Request, read: Reading, view: FlowView) -> LiveQuestion:
    """Return what is asked of live cases, as of a reading."""
    service = flow_service(request)
    await service.scheme.refresh()
    chosen = None if view.filters.none else await service.live_cases.chosen(read, view.filters)
    manner = Manner(view.level, outcomes=COMPLETED)
    query = FlowQuery(LIVE_SOURCE, read.position, read.as_of, microseconds(read.as_of), manner, view.window)
    return LiveQuestion(query, service.flow, service.scheme.scheme.closed_days(), chosen, read.past)


def period(start: str | None, end: str | None) -> Window:
    """Return the period that is asked for; refuse one that ends before it begins."""
    first, last = instant_of(start), instant_of(end)
    if first is not None and last is not None and first > last:
        raise PeriodBackwards(**{"from": first, "to": last})
    return Window(
        None if first is None else microseconds(first), None if last is None else microseconds(last)
    )


def instant_at(us: int) -> datetime:
    """Return the instant so many microseconds after the epoch."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)


def answer_rows(
    request: Request, rows: Sequence[Mapping[str, Any]], columns: Sequence[str]
) -> Response | None:
    """Return rows of figures as CSV, where the caller would rather have that; what is nested is not in it."""
    if wanted(request.headers.get("accept", ""), (JSON, CSV)) != CSV:
        return None
    cells = [{name: _cell(row, name) for name in columns} for row in rows]
    return Response(csv_of(cells, columns), media_type=CSV, headers={"Vary": "Accept, Authorization"})


def _cell(row: Mapping[str, Any], name: str) -> object:
    """Return what stands at a path such as `working.p85`; texts of a list behind one another."""
    value: Any = row
    for part in name.split("."):
        value = None if value is None else value[part]
    return " ".join(value) if isinstance(value, list) else value


def answer_told(request: Request, told: Mapping[str, Any], *, lasting: bool) -> Response:
    """Return figures: with an ETag where they are of a time that is over, since others grow by the minute."""
    body = orjson.dumps(told, option=orjson.OPT_UTC_Z)
    if not lasting:
        return Response(body, media_type="application/json")
    tag = f'W/"{told["position"]}"'
    headers = {"ETag": tag, "Vary": "Authorization"}
    if not_modified(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)
