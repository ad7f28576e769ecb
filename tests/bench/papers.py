"""The committee's paper of the demonstration: as JSON for whoever reads on, as PDF for whoever prints it."""

import os
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

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
    """Measure both forms by the clock and in processor time, against what they may take."""
    with server.fresh() as base:
        return uvloop.run(_papers(base))


async def _papers(base: Base) -> list[str]:
    with TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), database_url=base.service)
        await seed(settings, base.owner, base.service)
        async with running_api(base, settings=settings) as api:
            assert await api.service.visibility.reaches(await api.service.record.head(), seconds=600)
            found = [await _taken(api, form, times) for form, times in (("json", ROUNDS), ("pdf", PDFS))]
    return [
        figure(f"paper as {form}", f"{clock:.3f} s", "CPU", f"{cpu:.3f} s", clock / most, f"≤ 1 ({most} s)")
        for (clock, cpu), form, most in zip(found, ("JSON", "PDF"), (JSON_SECONDS, PDF_SECONDS), strict=True)
    ]


async def _taken(api: Api, form: str, times: int) -> tuple[float, float]:
    """Return the medians of what a form takes once it was made: by the clock, and of processor time."""
    query = {"programme": str(programme_id("transition")), "form": form}
    await api.get(REPORT, SAM, **query)
    taken = []
    for _ in range(times):
        began, before = time.perf_counter(), _processor_time()
        await api.get(REPORT, SAM, **query)
        taken.append((time.perf_counter() - began, _processor_time() - before))
    clock, cpu = (median(side) for side in zip(*taken, strict=True))
    return clock, cpu


def _processor_time() -> float:
    """Return the seconds that this process and its children have computed; the database's are its own."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
