"""Rebuilding views, seeing one's own write, reading the past."""

import asyncio
import os
import time
from statistics import median
from uuid import uuid4

import httpx
import uvloop
from eventsourcing.persistence import StoredEvent

from rfp_service.events import EVENTS
from rfp_service.migrating import rebuild_views
from shared.record.database import connected
from shared.record.eventstore.encoding import Topics
from shared.record.eventstore.store import EventStore
from tests.bench.ground import ANN, MAPPER, RAISED, figure, fill, histories
from tests.bench.stock import Needs, environment, runner
from tests.support.api import Api, running_api
from tests.support.people import RITA
from tests.support.postgres import Base, Server

REBUILT = int(os.environ.get("REBUILT", "500000"))
THEIR_EVENTS = 5_000
WRITES = 300
STREAMS = 100_000
PAGES = 40


def rebuilding(server: Server) -> list[str]:
    """Compare the rebuild of every view with the library's runner feeding one trivial view."""
    with server.fresh() as base:
        total = asyncio.run(fill(base, histories(REBUILT // 10, 10)))
        began = time.perf_counter()
        uvloop.run(rebuild_views(base.owner, base.service))
        ours = total / (time.perf_counter() - began)
    with server.fresh() as base:
        theirs = _run_theirs(base)
    return [
        figure(
            f"rebuild of all views, {total:,} events",
            f"{ours:,.0f}/s",
            "library",
            f"{theirs:,.0f}/s",
            ours / theirs,
            "at least 40",
        )
    ]


def _run_theirs(base: Base) -> float:
    app = Needs(dict(environment(base)))
    for _ in range(THEIR_EVENTS):
        app.raise_need()
    last = app.recorder.max_notification_id()
    app.close()
    began = time.perf_counter()
    with runner(base) as projecting:
        projecting.wait(last, timeout=600)
        return THEIR_EVENTS / (time.perf_counter() - began)


def visibility(server: Server) -> list[str]:
    """Compare the time from commit to visible with the library's runner."""
    with server.fresh() as base:
        ours = asyncio.run(_our_delay(base))
    with server.fresh() as base:
        theirs = _their_delay(base)
    return [
        figure(
            "commit to visible, p50",
            f"{ours * 1e3:.2f} ms",
            "library",
            f"{theirs * 1e3:.2f} ms",
            ours / theirs,
            "at most 0.35",
        )
    ]


async def _our_delay(base: Base) -> float:
    delays = []
    async with running_api(base) as api, connected(base.service) as pool:
        store = EventStore(pool, Topics(EVENTS))
        for _ in range(WRITES):
            place = await store.append([_raised()])
            began = time.perf_counter()
            assert await api.service.visibility.reaches(place.position, 5)
            delays.append(time.perf_counter() - began)
            await asyncio.sleep(0.005)
    return median(delays)


def _raised() -> StoredEvent:
    return MAPPER.stored(uuid4(), 1, RAISED, ANN)


def _their_delay(base: Base) -> float:
    delays = []
    app = Needs(dict(environment(base)))
    with runner(base) as projecting:
        for _ in range(WRITES):
            app.raise_need()
            position = app.recorder.max_notification_id()
            began = time.perf_counter()
            projecting.wait(position, timeout=5)
            delays.append(time.perf_counter() - began)
            time.sleep(0.005)
    app.close()
    return median(delays)


def the_past(server: Server) -> list[str]:
    """Compare a list as of the past with the present one, over a hundred thousand RFPs."""
    with server.fresh() as base:
        asyncio.run(fill(base, histories(STREAMS, 2)))
        uvloop.run(rebuild_views(base.owner, base.service))
        now, then = asyncio.run(_pages(base))
    return [
        figure(
            f"list as of the past, {STREAMS:,} RFPs",
            f"{then * 1e3:.2f} ms",
            "now",
            f"{now * 1e3:.2f} ms",
            then / now,
            "at most 3",
        )
    ]


async def _pages(base: Base) -> tuple[float, float]:
    async with running_api(base) as api:
        past = STREAMS * 3 // 2
        times: dict[bool, list[float]] = {True: [], False: []}
        for _ in range(PAGES):
            for then in (True, False):
                began = time.perf_counter()
                await _page(api, str(past) if then else None)
                times[then].append(time.perf_counter() - began)
        return median(times[False]), median(times[True])


async def _page(api: Api, as_of: str | None) -> httpx.Response:
    return await api.get("/v1/rfps", RITA, as_of=as_of, after=0, stage="draft")
