"""Projects by the hundred thousand: categorised in one request, and searched for those at risk."""

import asyncio
import os
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile

import asyncpg
import orjson
import uvloop
from eventsourcing.persistence import StoredEvent

from projects.domain.events import ProjectIdentified
from projects.domain.project import ProjectStage, project_id
from rfp_service.migrating import rebuild_views
from shared.kernel.roles import Role
from tests.bench.ground import ANN, BLOCK, MAPPER, figure, fill
from tests.bench.processes import serving
from tests.support.api import running_api
from tests.support.people import PIA, SCHEME
from tests.support.postgres import Base, Server

PROJECTS = int(os.environ.get("PROJECTS", "100000"))
PAGES = 30
ROOT = Path(__file__).parents[2]
EVENTS = (
    "SELECT originator_id, originator_version, topic, state, notification_id, recorded_at, leaf_hash"
    " FROM stored_events WHERE topic = $1 ORDER BY notification_id"
)


def reference(number: int) -> str:
    return f"ICT-{number:06}"


def identified(count: int) -> Iterator[list[StoredEvent]]:
    """Yield blocks of events: so many projects, with ends from 2026 to 2029, some unknown."""
    block = []
    for number in range(count):
        end = None if number % 50 == 0 else f"20{26 + number % 4}-{1 + number % 12:02}-15"
        event = ProjectIdentified.model_validate(
            {
                "stage": ProjectStage.IDENTIFIED,
                "reference": reference(number),
                "start": "2025-01-06",
                "title": f"Network refresh, district {number}",
                "forecast_end": end,
                "contingency_days": 14,
            }
        )
        block.append(MAPPER.stored(project_id(reference(number)), 1, event, ANN))
        if len(block) == BLOCK:
            yield block
            block = []
    if block:
        yield block


def categorising(server: Server) -> list[str]:
    """Compare one request that categorises them all with COPY of the rows that it appended."""
    with server.fresh() as base:
        asyncio.run(fill(base, identified(PROJECTS)))
        seconds, first, peak = _request(base, PROJECTS)
        copied = asyncio.run(copied_again(base, "ProjectCategorised"))
    with server.fresh() as base:
        asyncio.run(fill(base, identified(PROJECTS)))
        _, _, small = _request(base, PROJECTS // 10)
    ours, theirs = PROJECTS / seconds, PROJECTS / copied
    return [
        figure(
            f"categorise {PROJECTS:,} in one request",
            f"{ours:,.0f}/s",
            "COPY",
            f"{theirs:,.0f}/s",
            ours / theirs,
            "at least 0.15",
        ),
        figure("  first outcomes after", f"{first * 1e3:.0f} ms", "", "", first, "at most 1 s"),
        figure(
            f"  memory at its peak, {PROJECTS:,}",
            f"{peak:.0f} MB",
            f"{PROJECTS // 10:,}",
            f"{small:.0f} MB",
            peak / small,
            "at most 1.2",
        ),
    ]


def _request(base: Base, count: int) -> tuple[float, float, float]:
    """Return the seconds that a request takes, those to its first outcome, and the server's peak memory."""
    with NamedTemporaryFile() as body:
        for number in range(count):
            item = {
                "reference": reference(number),
                "category": f"Category {number % 20}",
                "reason": f"As agreed in minute {number % 50}.",
            }
            body.write(orjson.dumps(item) + b"\n")
        body.flush()
        with serving(base, "pia", Role.PROGRAMME_OFFICER) as served:
            seconds, first = _post(served.port, served.token, Path(body.name), count)
            return seconds, first, served.use.peak_of_service


def _post(port: int, token: str, body: Path, count: int) -> tuple[float, float]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
    connection = HTTPConnection("127.0.0.1", port, timeout=300)
    began, first, lines, done = time.perf_counter(), 0.0, 0, 0
    connection.request("POST", "/v1/projects/categorisations", body.read_bytes(), headers)
    answer = connection.getresponse()
    assert answer.status == 207
    while chunk := answer.read1(1 << 20):
        first = first or time.perf_counter() - began
        lines += chunk.count(b"\n")
        done += chunk.count(b'"outcome":"done"')
    seconds = time.perf_counter() - began
    assert lines == count
    assert done > count * 0.995, "a line may be cut between two chunks"
    return seconds, first


async def copied_again(base: Base, topic: str) -> float:
    """Return the seconds that COPY takes to load the same rows from a file into a table like the record's."""
    connection = await asyncpg.connect(base.admin)
    try:
        with NamedTemporaryFile() as file:
            await connection.copy_from_query(EVENTS, topic, output=file.name, format="binary")
            times = []
            for _ in range(3):
                await connection.execute("DROP TABLE IF EXISTS copied")
                await connection.execute("CREATE TABLE copied (LIKE stored_events INCLUDING ALL)")
                began = time.perf_counter()
                await connection.copy_to_table(
                    "copied",
                    source=file.name,
                    format="binary",
                    columns=[
                        "originator_id",
                        "originator_version",
                        "topic",
                        "state",
                        "notification_id",
                        "recorded_at",
                        "leaf_hash",
                    ],
                )
                times.append(time.perf_counter() - began)
            return median(times)
    finally:
        await connection.close()


def at_risk(server: Server) -> list[str]:
    """Measure a page of a hundred projects at risk, with totals, over all of them."""
    with server.fresh() as base:
        asyncio.run(fill(base, identified(PROJECTS)))
        uvloop.run(rebuild_views(base.owner, base.service))
        now, then, moved = uvloop.run(_pages(base))
    return [
        figure(f"projects at risk, {PROJECTS:,}, p50", f"{now * 1e3:.1f} ms", "", "", now, "at most 0.1 s"),
        figure("  as of the past", f"{then * 1e3:.1f} ms", "", "", then, ""),
        figure("  for another transition date", f"{moved * 1e3:.1f} ms", "", "", moved, ""),
    ]


async def _pages(base: Base) -> tuple[float, float, float]:
    async with running_api(base) as api:
        values = {**SCHEME["values"], "transition_date": "2027-04-01"}
        await api.adopts({**SCHEME, "values": values})
        times: dict[str, list[float]] = {"now": [], "then": [], "moved": []}
        asked = {
            "now": {"after": 0},
            "then": {"as_of": PROJECTS},
            "moved": {"after": 0, "transition_date": "2028-01-01"},
        }
        for _ in range(PAGES):
            for which, query in asked.items():
                began = time.perf_counter()
                page = await api.get("/v1/projects/at-risk", PIA, limit=100, **query)
                times[which].append(time.perf_counter() - began)
                assert len(page.json()["items"]) == 100
        return median(times["now"]), median(times["then"]), median(times["moved"])
