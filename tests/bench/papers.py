"""The committee's paper of the demonstration: as JSON for whoever reads on, as PDF for whoever prints it."""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import uvloop

from outcomes.domain.ids import programme_id
from rfp_service.demonstration.seeding import seed
from shared.settings import Settings
from tests.bench.ground import figure
from tests.support.api import Api, running_api
from tests.support.people import SAM
from tests.support.postgres import Base, Server

REPORT, ROUNDS, PDFS = "/v1/outcomes/report", 20, 3
JSON_SECONDS, PDF_SECONDS = 0.3, 5.0


def papers(server: Server) -> list[str]:
    """Measure both forms on the wall, against what they may take."""
    with server.fresh() as base:
        return uvloop.run(_papers(base))


async def _papers(base: Base) -> list[str]:
    with TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), database_url=base.service)
        await seed(settings, base.owner, base.service)
        async with running_api(base, settings=settings) as api:
            assert await api.service.visibility.reaches(await api.service.record.head(), seconds=600)
            as_json, pdf = [await _median(_made(api, form), times) for form, times in _FORMS]
            board = await _median(lambda: _asked(api, "/v1/outcomes"), ROUNDS)
    return [
        figure(
            "paper as JSON",
            f"{as_json * 1_000:.0f} ms",
            "its board",
            f"{board * 1_000:.0f} ms",
            as_json / JSON_SECONDS,
            "≤ 1 (300 ms)",
        ),
        figure(
            "paper as PDF",
            f"{pdf:.2f} s",
            "as JSON",
            f"{as_json * 1_000:.0f} ms",
            pdf / PDF_SECONDS,
            "≤ 1 (5 s)",
        ),
    ]


_FORMS = (("json", ROUNDS), ("pdf", PDFS))


def _made(api: Api, form: str) -> Callable[[], Awaitable[Any]]:
    return lambda: _asked(api, REPORT, form=form)


async def _asked(api: Api, path: str, **query: str) -> None:
    await api.get(path, SAM, programme=str(programme_id("transition")), **query)


async def _median(ask: Callable[[], Awaitable[Any]], times: int) -> float:
    """Return the median of what it takes, in seconds, once it has been asked for."""
    await ask()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        await ask()
        taken.append(time.perf_counter() - began)
    return median(taken)
