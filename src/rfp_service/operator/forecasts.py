"""`forecasts back-test`: how good forecasts of live RFPs, or of an imported log, would have been."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer
import uvloop

from rfp_service.databases import Database, database
from rfp_service.operator.configuration import configured
from rfp_service.operator.preparation import prepare
from rfp_service.service import Service, opened
from rfp_service.terminal import say
from shared.flow.forecast_figures import told_score
from shared.flow.forecasts import back_test as tested
from shared.flow.imports.source import finished_import
from shared.flow.log import FlowLog
from shared.kernel.calendar import DAY, WorkingTime, microseconds
from shared.settings import Settings


def back_test(
    source: Annotated[UUID | None, typer.Option(help="An import's id; live RFPs without it.")] = None,
    within_days: Annotated[list[int] | None, typer.Option(min=1, help="One horizon or several.")] = None,
) -> None:
    settings = configured()
    with database(settings) as base:
        for line in uvloop.run(_tested(settings, base, source, within_days or [14, 30, 60, 90])):
            say(line)


async def _tested(settings: Settings, base: Database, source: UUID | None, horizons: list[int]) -> list[str]:
    await prepare(base)
    async with opened(settings, base.service) as service:
        log, until, working = await _log(service, source)
    return [_line(log, until, working, days) for days in horizons]


async def _log(service: Service, source: UUID | None) -> tuple[FlowLog, int, WorkingTime]:
    """Return the log that forecasts are tested on, its last instant, and its calendar."""
    now = microseconds(datetime.now(UTC))
    if source is not None:
        found = await finished_import(service.store, source)
        kept = await service.flow.imported(str(source), found.position)
        return kept.log, kept.horizon or now, kept.working
    await service.scheme.refresh()
    head = await service.store.reader.head()
    async with service.flow.turn:
        live = await service.flow.live(head, service.scheme.scheme.closed_days())
        return live.as_of(head), now, live.working


def _line(log: FlowLog, until: int, working: WorkingTime, days: int) -> str:
    told = told_score(tested(log, until, days * DAY, working), days)
    line = f"{days} days: {told['sentence']}"
    if told["brier_case_age"] is not None:
        line += f" By the age of the case alone: {told['brier_case_age']:.3f}."
    covered = [told[f"covered_p{share}"] for share in (50, 85, 95)]
    if None not in covered:
        line += f" Over by their 50, 85 and 95% dates: {', '.join(f'{share:.0%}' for share in covered)}."
    return line
