"""Importing historic logs: how fast beside COPY, in how much memory, several at once; who waits meanwhile.

The CPU time an event is that of the service and of what reads the files for it; where others work on the
machine as well it tells more than the clock does.
"""

import asyncio
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

import httpx

from shared.kernel.roles import Role
from tests.bench.bulk import copied_again
from tests.bench.ground import figure
from tests.bench.historic_logs import historic_log
from tests.bench.processes import serving
from tests.support.postgres import Base, Server

EVENTS = int(os.environ.get("IMPORTED_EVENTS", "1000000"))
AT_ONCE = 3
LOOK_SECONDS, ASK_SECONDS = 0.1, 0.02
NO_RATIO = float("nan")
Log = tuple[bytes, bytes]


@dataclass
class Imported:
    """What importing some logs took."""

    seconds: float
    cpu_seconds: float
    peak_of_service: float
    peak_of_child: float
    first_answer_seconds: float
    healthz_seconds: float


def log_import(server: Server) -> list[str]:
    """Compare a log with COPY of the rows that it appended, with a tenth of it, and with several at once."""
    tenth = EVENTS // 10
    with server.fresh() as base:
        many = _imported(base, [historic_log(EVENTS)])
        copied = EVENTS / asyncio.run(copied_again(base, "HistoricStepImported"))
    with server.fresh() as base:
        few = _imported(base, [historic_log(tenth)])
    with server.fresh() as base:
        together = _imported(base, [historic_log(tenth, seed) for seed in range(AT_ONCE)])
    return [
        _rate(f"import of {EVENTS:,} events", EVENTS / many.seconds, copied),
        _rate(f"  of {tenth:,}", tenth / few.seconds, copied),
        _rate(f"  {AT_ONCE} of {tenth:,} at once", AT_ONCE * tenth / together.seconds, copied),
        _said("  CPU time an event", f"{many.cpu_seconds / EVENTS * 1e6:.1f} µs", "said"),
        _peak(f"{EVENTS:,}", many.peak_of_service, f"{tenth:,}", few.peak_of_service),
        _peak(f"reading {EVENTS:,}", many.peak_of_child, f"{tenth:,}", few.peak_of_child),
        _peak(f"{AT_ONCE} at once", together.peak_of_service, "one", few.peak_of_service),
        _said("  first answer", f"{many.first_answer_seconds:.2f} s", "at most 2 s"),
        _said("  /healthz p99 meanwhile", f"{many.healthz_seconds * 1e3:.0f} ms", "at most 50 ms"),
    ]


def _rate(name: str, ours: float, theirs: float) -> str:
    return figure(name, f"{ours:,.0f}/s", "COPY", f"{theirs:,.0f}/s", ours / theirs, "20,000/s")


def _peak(name: str, ours: float, against: str, theirs: float) -> str:
    name = f"  memory, {name}"
    return figure(name, f"{ours:.0f} MB", against, f"{theirs:.0f} MB", ours / theirs, "at most 1.2")


def _said(name: str, ours: str, target: str) -> str:
    return figure(name, ours, "", "", NO_RATIO, target)


def _imported(base: Base, logs: Sequence[Log]) -> Imported:
    serving_all = serving(base, "priya", Role.PROCUREMENT_OFFICER, worker=True)
    with serving_all as served, served.client() as client:
        client.get("/v1/rfps").raise_for_status()
        used, waits, over = served.use.cpu_seconds, list[float](), threading.Event()
        asking = threading.Thread(target=_ask, args=(served.port, waits, over))
        asking.start()
        began = time.perf_counter()
        running = {_begin(client, log) for log in logs}
        ids = list(running)
        while running := {log_id for log_id in running if not _is_done(client, log_id)}:
            served.use.look()
            time.sleep(LOOK_SECONDS)
        seconds = time.perf_counter() - began
        over.set()
        asking.join()
        cpu = served.use.cpu_seconds - used
        peaks = served.use.peak_of_service, served.use.peak_of_child
        began = time.perf_counter()
        client.get("/v1/rfps/bottlenecks", params={"source": ids[0]}).raise_for_status()
        first = time.perf_counter() - began
    return Imported(seconds, cpu, *peaks, first, quantiles(waits, n=100)[98])


def _begin(client: httpx.Client, log: Log) -> str:
    files = dict(zip(("events", "cases"), log, strict=True))
    answer = client.post("/v1/imports", data={"kind": "rfp-log"}, files=files)
    assert answer.status_code == 202, answer.text
    log_id: str = answer.json()["id"]
    return log_id


def _is_done(client: httpx.Client, log_id: str) -> bool:
    seen = client.get(f"/v1/imports/{log_id}").json()
    assert seen["status"] in ("running", "done"), seen
    return bool(seen["status"] == "done")


def _ask(port: int, waits: list[float], over: threading.Event) -> None:
    """Ask for /healthz until it is over, as a load balancer does; say how long each answer took."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        while not over.is_set():
            began = time.perf_counter()
            client.get("/healthz")
            waits.append(time.perf_counter() - began)
            time.sleep(ASK_SECONDS)
