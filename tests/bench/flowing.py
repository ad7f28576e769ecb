"""Bottlenecks of imported logs: warm, cold, of a period, by size, beside polars and pm4py; and who waits.

Each warm call comes after a new event and asks for another instant, so that no answer kept would do.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

import uvloop

from rfp_service.migrating import rebuild_views
from rfp_service.serving import collect_seldom
from tests.bench.ground import figure, fill, histories
from tests.bench.historic_logs import historic_log
from tests.support.api import Api, running_api
from tests.support.people import PRIYA
from tests.support.postgres import Base, Server

EVENTS = int(os.environ.get("FLOW_EVENTS", "87000"))
FEW_EVENTS, MANY_EVENTS = 10_000, int(os.environ.get("FLOW_MANY_EVENTS", "1000000"))
CALLS = 30
POLARS, PM4PY = (Path(__file__).with_name(f"flow_in_{name}.py") for name in ("polars", "pm4py"))
Timed = Callable[[], Awaitable[Any]]


def flow(server: Server) -> list[str]:
    """Measure one log of a real one's size."""
    with server.fresh() as base, TemporaryDirectory() as folder:
        files = Path(folder, "events.csv"), Path(folder, "cases.csv")
        for path, content in zip(files, historic_log(EVENTS), strict=True):
            path.write_bytes(content)
        told = uvloop.run(_one_log(base, files))
        polars, pm4py = _in("polars", POLARS, files[0]), _in("pm4py", PM4PY, files[0])
    lines = [
        _line("bottlenecks, warm", told["warm"], "at most 10 ms"),
        _line("bottlenecks by activity, warm", told["activity"], "at most 10 ms"),
        _line("bottlenecks, cold", told["cold"], "at most 150 ms", polars),
        _line("bottlenecks of a period", told["period"], "at most 60 ms"),
        _line("bottlenecks as of the past", told["past"], "at most 60 ms"),
        _line("first answer after done", told["first"], "at most 2 s"),
        _line("/healthz p99 while answering", told["healthz answering"], "at most 50 ms"),
    ]
    if pm4py:
        lines.append(_beside_pm4py(told["warm"], pm4py))
    return [f"flow of {EVENTS:,} events", *lines]


def flow_by_size(server: Server) -> list[str]:
    """Compare a log of few events with one of many."""
    with server.fresh() as base:
        few, many = uvloop.run(_two_logs(base))
    return [
        figure(
            f"bottlenecks warm, {MANY_EVENTS:,} events",
            f"{many * 1e3:.2f} ms",
            f"{FEW_EVENTS:,}",
            f"{few * 1e3:.2f} ms",
            many / few,
            "at most 2",
        )
    ]


def flow_live(server: Server) -> list[str]:
    """Measure live RFPs: the first answer after a start, and answers each after a new decision."""
    with server.fresh() as base:
        asyncio.run(fill(base, histories(EVENTS // 10, 10)))
        uvloop.run(rebuild_views(base.owner, base.service))
        told = uvloop.run(_live(base))
    return [
        _line(f"live bottlenecks, {EVENTS:,} events, cold", told["cold"], "said"),
        _line("live bottlenecks, warm", told["warm"], "at most 10 ms"),
        _line("  its CPU time, with its caller's", told["cpu"], "said"),
        _line("  until a new RFP is in the list", told["visible"], "said"),
        _line("live bottlenecks as of the past", told["past"], "at most 60 ms"),
    ]


async def _live(base: Base) -> dict[str, float]:
    """Return the median of each; a warm answer is timed once the views show what is new."""
    async with running_api(base) as api:
        await api.get("/v1/rfps/bottlenecks", PRIYA)
        api.service.flow.__init__(api.service.pool, api.folder / "flow")  # type: ignore[misc]  # as after a start
        cold = await _timed(lambda: api.get("/v1/rfps/bottlenecks", PRIYA))
        collect_seldom()
        times: dict[str, list[float]] = {"visible": [], "warm": [], "cpu": [], "past": []}
        for n in range(CALLS):
            await api.raised()  # and the next answer is as of then
            times["visible"].append(await _timed(lambda: api.get("/v1/rfps", PRIYA, limit=1)))
            used = time.process_time()
            times["warm"].append(await _timed(lambda: api.get("/v1/rfps/bottlenecks", PRIYA)))
            times["cpu"].append(time.process_time() - used)
            then = str(EVENTS - 500 * n)
            asked = partial(api.get, "/v1/rfps/bottlenecks", PRIYA, as_of=then)
            times["past"].append(await _timed(asked))
    return {"cold": cold} | {name: median(found) for name, found in times.items()}


def _line(name: str, seconds: float, target: str, theirs: float | None = None) -> str:
    against = ("polars", f"{theirs * 1e3:.1f} ms", seconds / theirs) if theirs else ("", "", float("nan"))
    return figure(name, f"{seconds * 1e3:.1f} ms", *against[:2], against[2], target)


async def _one_log(base: Base, files: tuple[Path, Path]) -> dict[str, float]:
    told: dict[str, float] = {}
    async with running_api(base) as api:
        log_id = await _imported(api, *(f.read_bytes() for f in files))
        collect_seldom()
        told["first"] = await _timed(lambda: _ask(api, log_id))
        figures = (await _ask(api, log_id)).json()
        end = datetime.fromisoformat(figures["as_of"])

        async def cold() -> None:
            api.service.flow.__init__(api.service.pool, api.folder / "flow")  # type: ignore[misc]  # as after a start
            await _ask(api, log_id)

        told["cold"] = median([await _timed(cold) for _ in range(5)])
        later = [(end + timedelta(minutes=n)).isoformat() for n in range(1, CALLS)]
        earlier = [(end - timedelta(days=20 * n)).isoformat() for n in range(1, CALLS)]
        told["warm"] = await _each(api, log_id, [{"as_of": at} for at in later])
        told["activity"] = await _each(api, log_id, [{"as_of": at, "level": "activity"} for at in later])
        told["past"] = await _each(api, log_id, [{"as_of": at} for at in earlier])
        told["period"] = await _each(api, log_id, [{"from": at} for at in earlier])
        asked = _each(api, log_id, [{"from": at} for at in earlier])
        told["healthz answering"] = await _healthz(api, asyncio.ensure_future(asked))
    return told


async def _two_logs(base: Base) -> tuple[float, float]:
    """Return the median time of a call on a small log and on a large one, asked turn by turn."""
    times: dict[int, list[float]] = {FEW_EVENTS: [], MANY_EVENTS: []}
    async with running_api(base) as api:
        logs = {count: await _imported(api, *historic_log(count)) for count in times}
        collect_seldom()
        ends = {n: datetime.fromisoformat((await _ask(api, log)).json()["as_of"]) for n, log in logs.items()}
        for minutes in range(CALLS):
            for count, log_id in logs.items():
                later = (ends[count] + timedelta(minutes=minutes)).isoformat()
                times[count].append(await _each(api, log_id, [{"as_of": later}]))
    return median(times[FEW_EVENTS]), median(times[MANY_EVENTS])


async def _imported(api: Api, events: bytes, cases: bytes) -> str:
    """Import a log; return its id."""
    begun = await api.client.post(
        "/v1/imports",
        data={"kind": "rfp-log"},
        files={"events": events, "cases": cases},
        headers=api.headers(PRIYA),
    )
    log_id: str = begun.json()["id"]
    seen = begun.json()
    while seen["status"] == "running":
        await asyncio.sleep(0.2)
        seen = (await api.get(f"/v1/imports/{log_id}", after=0)).json()
    assert seen["status"] == "done", seen
    api.position = seen["position"]
    return log_id


async def _ask(api: Api, log_id: str, **query: str) -> Any:
    answer = await api.client.get(
        "/v1/rfps/bottlenecks", params={"source": log_id, **query}, headers=api.headers(PRIYA)
    )
    assert answer.status_code == 200, answer.text
    return answer


async def _each(api: Api, log_id: str, queries: list[dict[str, str]]) -> float:
    """Return the median time of a call, each after a new event."""
    times = []
    for query in queries:
        await api.raised()
        times.append(await _timed(lambda asked=query: _ask(api, log_id, **asked)))  # type: ignore[misc]
    return median(times)


async def _timed(work: Timed) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def _healthz(api: Api, work: "asyncio.Future[Any]") -> float:
    """Return the 99th percentile of how long /healthz takes while some work is done."""
    times = []
    while not work.done():
        times.append(await _timed(lambda: api.client.get("/healthz")))
        await asyncio.sleep(0.01)
    await work
    return quantiles(times, n=100)[98]


def _beside_pm4py(warm: float, theirs: float) -> str:
    ours = f"{warm * 1e3:.1f} ms"
    return figure(
        "pm4py's two performance graphs",
        f"{theirs * 1e3:.0f} ms",
        "warm",
        ours,
        theirs / warm,
        "at least 100",
    )


def _in(name: str, program: Path, events: Path) -> float | None:
    """Return how long somebody else's program takes, where a Python that has it is named."""
    python = os.environ.get(f"{name.upper()}_PYTHON")
    if python is None:
        sys.stdout.write(f"not compared: {name.upper()}_PYTHON names no Python with {name}\n")
        return None
    said = subprocess.run([python, program, events], capture_output=True, text=True, check=True).stdout
    return float(said.split()[-1])
