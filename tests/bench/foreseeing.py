"""What it costs to say what a caller may decide next: one RFP with that, and without, turn by turn."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from unittest.mock import patch

from rfp_service.rfps.api import rfps
from tests.bench.ground import figure
from tests.support.api import Api, running_api
from tests.support.people import HANA, PRIYA, RITA, Who
from tests.support.postgres import Base, Server

READS, TURNS = 40, 10


def foreseeing(server: Server) -> list[str]:
    """Measure GET of one RFP in approval for its requester, for procurement and for an approver."""
    with server.fresh() as base:
        return asyncio.run(_all(base))


async def _all(base: Base) -> list[str]:
    async with running_api(base) as api:
        rfp = await api.in_approval()
        return [await _for(api, rfp, who) for who in (RITA, PRIYA, HANA)]


async def _for(api: Api, rfp: str, who: Who) -> str:
    took: dict[bool, list[float]] = {True: [], False: []}
    headers = api.headers(who)
    for turn in range(TURNS):
        for told in (True, False) if turn % 2 else (False, True):
            with _telling() if told else _silent():
                took[told] += [await _read(api, rfp, headers) for _ in range(READS)]
    with_it, without = median(took[True]), median(took[False])
    return figure(
        f"GET of one RFP with what is next, {who.roles[0]}, p50",
        f"{with_it * 1e3:.2f} ms",
        "without",
        f"{without * 1e3:.2f} ms",
        with_it / without,
        "at most 1.5",
    )


async def _read(api: Api, rfp: str, headers: dict[str, str]) -> float:
    began = time.perf_counter()
    answer = await api.client.get(f"/v1/rfps/{rfp}", headers=headers)
    took = time.perf_counter() - began
    assert answer.status_code == 200, answer.text
    return took


@contextmanager
def _telling() -> Iterator[None]:
    yield


@contextmanager
def _silent() -> Iterator[None]:
    async def nothing(*_: object) -> list[object]:
        return []

    with patch.object(rfps, "next_of", nothing):
        yield
