"""The console's pages with a council's years of work behind them: what each takes, and weighs.

Timings alone say little of another machine; against the API's own list beside each they do.
"""

import asyncio
import os
import re
import time
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import NamedTuple

import httpx
import uvloop

from rfp_service.demonstration.seeding import seed
from rfp_service.migrating import rebuild_views
from rfp_service.serving import collect_seldom
from shared.settings import Settings
from tests.bench.bulk import PROJECTS, identified
from tests.bench.ground import figure, fill, histories
from tests.support.api import Api, running_api
from tests.support.people import PRIYA
from tests.support.postgres import Base, Server

RFPS = int(os.environ.get("PAGES_RFPS", "10000"))
EVENTS_OF_EACH, VISITS, DECISIONS = 5, 20, 5
WHO = {"person": "priya-procurement", "back": "/console"}
PAGES = (
    "",
    "/start",
    "/rfps",
    "/rfps?q=laptops",
    "/bottlenecks",
    "/bottlenecks/compared",
    "/projects",
    "/projects/crossing",
    "/projects/priorities",
    "/contracts",
    "/contracts/register",
    "/contracts/expiry",
    "/outcomes",
    "/milestones",
    "/readiness",
    "/search?q=laptops",
    "/manage",
    "/scheme",
    "/catalogue-orders",
    "/exemptions",
    "/promised-data",
)


def pages(server: Server) -> list[str]:
    """Measure every page beside many more RFPs and projects: what it takes by the clock, and its weight."""
    with server.fresh() as base, TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), database_url=base.service, rate_limit=10**9)
        uvloop.run(_filled(settings, base))
        return uvloop.run(_all(settings, base))


async def _filled(settings: Settings, base: Base) -> None:
    await seed(settings, base.owner, base.service)
    await fill(base, histories(RFPS, EVENTS_OF_EACH))
    await fill(base, identified(PROJECTS))
    await rebuild_views(base.owner, base.service)


async def _all(settings: Settings, base: Base) -> list[str]:
    async with running_api(base, settings=settings) as api:
        assert await api.service.visibility.reaches(await api.service.record.head(), seconds=600)
        collect_seldom()
        headers = {"Origin": "http://service"}
        answer = await api.client.post("/console/sign-in", data=WHO, headers=headers)
        assert answer.status_code == 303, answer.text
        rfps = (await api.client.get("/console/rfps")).text
        one = re.findall(r'href="/console(/rfps/[0-9a-f-]{36})"', rfps)[0]
        beside = await _taken(api, "/v1/rfps?limit=25&count=true", api.headers(PRIYA))
        return [_line(path, await _taken(api, f"/console{path}"), beside) for path in (*PAGES, one)]


class Taken(NamedTuple):
    """What a page took, in seconds: in the middle, at most but for one in twenty, and after a decision."""

    middle: float
    most: float
    anew: float
    weight: int


async def _taken(api: Api, path: str, headers: dict[str, str] | None = None) -> Taken:
    """Visit a page between two decisions, and once after each of some: what was kept is read anew then."""
    answer: httpx.Response = await api.client.get(path, headers=headers)
    assert answer.status_code == 200, f"{path}: {answer.text[:500]}"
    took = [await _once(api, path, headers) for _ in range(VISITS)]
    anew = []
    for _ in range(DECISIONS):
        await api.raised()
        assert await api.service.visibility.reaches(api.position, seconds=60)
        anew.append(await _once(api, path, headers))
    return Taken(median(took), quantiles(took, n=20)[-1], median(anew), len(answer.content))


async def _once(api: Api, path: str, headers: dict[str, str] | None) -> float:
    began = time.perf_counter()
    await api.client.get(path, headers=headers)
    took = time.perf_counter() - began
    await asyncio.sleep(0)
    return took


def _line(path: str, taken: Taken, beside: Taken) -> str:
    name = re.sub(r"[0-9a-f-]{36}", "…", path) or "/"
    return figure(
        f"console{name}, p50, {taken.weight // 1000} kB",
        f"{taken.middle * 1e3:.1f} ms",
        "a list",
        f"{beside.middle * 1e3:.1f} ms",
        taken.middle / beside.middle,
        f"p95 {taken.most * 1e3:.0f} ms, after a decision {taken.anew * 1e3:.0f} ms, at most 150",
    )
