"""A register of a hundred thousand projects: handed in, handed in again, and undone."""

import asyncio
import os
import time
from dataclasses import dataclass
from typing import Any

import httpx
import uvloop

from rfp_service.migrating import rebuild_views
from shared.kernel.roles import Role
from tests.bench.bulk import copied_again
from tests.bench.ground import figure
from tests.bench.processes import Served, serving
from tests.support.api import running_api
from tests.support.people import SCHEME
from tests.support.postgres import Base, Server

ROWS = int(os.environ.get("REGISTER_ROWS", "100000"))
WATCH_SECONDS = 0.25
BEHIND = 503
EVENTS_A_ROW = 2  # it is registered, and taken back
NO_RATIO = float("nan")
HEADINGS = "Project Reference,Project Title,Start Date,Forecast End,Budget\r\n"


def register(rows: int, months_later: int = 0) -> bytes:
    """Return a register of so many projects, their ends so many months later."""
    lines = (
        f"P-{n:06},Network refresh district {n},2025-{1 + n % 12:02}-01,"
        f"20{27 + n % 4}-{1 + (n + months_later) % 12:02}-28,{1000 + n}\r\n"
        for n in range(rows)
    )
    return (HEADINGS + "".join(lines)).encode()


@dataclass
class HandedIn:
    """What taking a register in took."""

    seconds: float
    cpu_seconds: float
    peak: float


def registers(server: Server) -> list[str]:
    """Compare a register with COPY of the rows that it appended, and its memory with a tenth of it."""
    with server.fresh() as base:
        first, visible, unchanged, undo, undone = _first_again_undone(base)
        began = time.perf_counter()
        uvloop.run(rebuild_views(base.owner, base.service))
        rebuilt = time.perf_counter() - began
        copied = asyncio.run(copied_again(base, "ProjectIdentified"))
    with server.fresh() as base, _serving(base) as served, served.client() as client:
        few, _ = _hand_in(served, client, ROWS // 10)
    ours, theirs = ROWS / first.seconds, ROWS / copied
    return [
        figure(
            f"register of {ROWS:,} rows", f"{ours:,.0f}/s", "COPY", f"{theirs:,.0f}/s", ours / theirs, "said"
        ),
        _seconds("  all of it", first.seconds, "at most 30 s"),
        _seconds("  CPU time of the service", first.cpu_seconds, "said"),
        figure(
            "  in every view, after its answer",
            f"{ROWS / visible:,.0f}/s",
            "rebuild",
            f"{ROWS * EVENTS_A_ROW / rebuilt:,.0f}/s",
            rebuilt / EVENTS_A_ROW / visible,
            "at least 0.33",
        ),
        _seconds("  the same again", unchanged.seconds, "said"),
        _seconds("  undoing it, until 202", undo, "at most 2 s"),
        _seconds("  until it is undone", undone, "said"),
        figure(
            "  memory at its peak",
            f"{first.peak:.0f} MB",
            f"{ROWS // 10:,}",
            f"{few.peak:.0f} MB",
            first.peak / few.peak,
            "at most 1.2",
        ),
    ]


def _seconds(name: str, seconds: float, target: str) -> str:
    return figure(name, f"{seconds:.1f} s", "", "", NO_RATIO, target)


def _serving(base: Base) -> Any:
    asyncio.run(_adopt(base))
    return serving(base, "pia", Role.PROGRAMME_OFFICER, worker=True)


async def _adopt(base: Base) -> None:
    async with running_api(base) as api:
        await api.adopts(SCHEME)


def _first_again_undone(base: Base) -> tuple[HandedIn, float, HandedIn, float, float]:
    with _serving(base) as served, served.client() as client:
        first, report = _hand_in(served, client, ROWS)
        assert report["counts"]["done"] == ROWS, report["counts"]
        began = time.perf_counter()
        while (
            client.get("/v1/projects", params={"after": report["position"], "limit": 1}).status_code == BEHIND
        ):
            pass  # it has waited for the views
        visible = time.perf_counter() - began
        again, same = _hand_in(served, client, ROWS)
        assert same["difference_counts"]["unchanged"] == ROWS, same["difference_counts"]
        undo, undone = _undo(client, report["batch"])
    return first, visible, again, undo, undone


def _hand_in(served: Served, client: httpx.Client, rows: int) -> tuple[HandedIn, dict[str, Any]]:
    content = register(rows)
    used, began = served.use.cpu_seconds, time.perf_counter()
    answer = client.post("/v1/project-registers", files={"file": ("register.csv", content)})
    seconds = time.perf_counter() - began
    assert answer.status_code == 200, answer.text[:500]
    told = HandedIn(seconds, served.use.cpu_seconds - used, served.use.peak_of_service)
    return told, answer.json()


def _undo(client: httpx.Client, batch: str) -> tuple[float, float]:
    """Return how long it takes until an undo is taken on, and until it is done."""
    path = f"/v1/project-batches/{batch}"
    version = client.get(path).headers["ETag"]
    began = time.perf_counter()
    body = {"decision": "undo", "reason": "Handed in by mistake."}
    answer = client.post(f"{path}/decisions", json=body, headers={"If-Match": version})
    taken_on = time.perf_counter() - began
    assert answer.status_code == 202, answer.text[:500]
    job = answer.json()["watch"]
    while (seen := client.get(job).json())["status"] == "running":
        time.sleep(WATCH_SECONDS)
    assert seen["status"] == "done", seen
    return taken_on, time.perf_counter() - began
