"""The first page of a list with `q` and `count_by`, beside the SQL that somebody would write for it by hand.

A new RFP is raised before each call, so that no answer kept would do. Of each side a quarter of the calls
took at most what is told: where others work on the machine, they disturb those less.
"""

import asyncio
import os
import time
from collections.abc import Iterator
from statistics import quantiles
from typing import Any
from uuid import uuid4

import asyncpg
import uvloop
from eventsourcing.persistence import StoredEvent

from rfp_service.migrating import rebuild_views
from rfp_service.rfps.domain.events import RfpRaised
from rfp_service.rfps.domain.rfp import Party, Stage
from rfp_service.rfps.views.board import RfpRow, StoredRfp
from rfp_service.serving import collect_seldom
from shared.record.projecting.row_models import Derived, mark, words_of
from shared.record.projecting.views import STILL_VALID
from tests.bench.ground import ANN, BLOCK, MAPPER, figure, fill
from tests.support.api import Api, running_api
from tests.support.people import LEO, PRIYA, Who
from tests.support.postgres import Base, Server

RFPS = int(os.environ.get("FIRST_PAGE_RFPS", "100000"))
CALLS, LIMIT = 30, 50
THINGS = (
    *("laptops", "printers", "scanners", "telephones", "cameras"),
    *("desks", "licences", "servers", "tills", "routers"),
)
USES = ["archives", "libraries", "registrars", "highways", "schools", "museums", "parks", "kitchens"]
# What is looked for: a tenth has it, an eightieth, one.
ASKED = ("laptops", "laptops registrars", "laptops 94710")

WORDS = words_of(StoredRfp, "rfps")
COLUMNS = ", ".join(name for name in RfpRow.model_fields if mark(RfpRow, name, Derived) is None)
WHERE = f"FROM rfps WHERE valid_to = {STILL_VALID} AND {WORDS} @@ plainto_tsquery('english', $1)"
PAGE = f"SELECT {COLUMNS} {WHERE} ORDER BY first_position DESC LIMIT {LIMIT + 1}"
COUNTS = f"SELECT service_area, count(*) {WHERE} GROUP BY 1 ORDER BY 2 DESC"


def first_pages(server: Server) -> list[str]:
    """Compare the first page with the bare SQL, of words that many, some and hardly any RFPs have."""
    with server.fresh() as base:
        asyncio.run(fill(base, _needs()))
        uvloop.run(rebuild_views(base.owner, base.service))
        found = uvloop.run(_asked(base))
    return [
        figure(
            f"first page, {who}: q={q!r}, {many:,} found",
            f"{ours * 1e3:.1f} ms",
            "SQL",
            f"{bare * 1e3:.1f} ms",
            ours / bare,
            "at most 1.5",
        )
        for (who, q), (many, ours, bare) in found.items()
    ]


def _needs() -> Iterator[list[StoredEvent]]:
    """Yield blocks of events: so many RFPs, each for something, somewhere, of one of twenty services."""
    for start in range(0, RFPS, BLOCK):
        yield [_raised(number) for number in range(start, min(start + BLOCK, RFPS))]


def _raised(number: int) -> StoredEvent:
    thing, use = THINGS[number % len(THINGS)], USES[number // len(THINGS) % len(USES)]
    event = RfpRaised(
        stage=Stage.DRAFT,
        waiting_on=Party.REQUESTER,
        title=f"New {thing} for the {use}",
        description=f"Batch {number}, to be there before the summer and to last for five years.",
        service_area=f"Service {number % 23}",
        raised_by=f"ann-{number % 97}",
    )
    return StoredEvent(uuid4(), 1, type(event).__name__, MAPPER.stored(uuid4(), 1, event, ANN).state)


async def _asked(base: Base) -> dict[tuple[str, str], tuple[int, float, float]]:
    async with running_api(base) as api:
        connection = await asyncpg.connect(base.admin)
        try:
            await connection.execute("VACUUM ANALYZE rfps")
            collect_seldom()
            people = {"requester": LEO, "procurement": PRIYA}
            return {
                (name, q): await _timed(api, connection, who, q)
                for name, who in people.items()
                for q in ASKED
            }
        finally:
            await connection.close()


async def _timed(api: Api, connection: Any, who: Who, q: str) -> tuple[int, float, float]:
    """Ask in both ways after each new RFP, either of them first in its turn."""
    headers, taken = api.headers(who), dict[str, list[float]](ours=[], bare=[])
    query = {"q": q, "count_by": "service_area", "limit": str(LIMIT)}

    async def ours() -> tuple[int, int]:
        told = (await api.client.get("/v1/rfps", params=query, headers=headers)).json()
        return len(told["items"]), sum(each["count"] for each in told["counts"])

    async def bare() -> tuple[int, int]:
        page, counts = await connection.fetch(PAGE, q), await connection.fetch(COUNTS, q)
        return min(len(page), LIMIT), sum(each["count"] for each in counts)

    for number in range(CALLS):
        await api.raised()
        await api.get("/v1/rfps", who, limit=1)  # the views have come
        found = {}
        for ask in (ours, bare) if number % 2 else (bare, ours):
            began = time.perf_counter()
            found[ask.__name__] = await ask()
            taken[ask.__name__].append(time.perf_counter() - began)
        assert found["ours"] == found["bare"], found
    return found["bare"][1], *(quantiles(taken[side], n=4)[0] for side in ("ours", "bare"))
