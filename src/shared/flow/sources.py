"""Where a log comes from: live cases as far as a position, or one import in its own time."""

from datetime import date
from functools import lru_cache

import asyncpg

from shared.flow.log import Correction, FlowLog, Steps, imported_log, live_log
from shared.kernel.calendar import WorkingTime

LIVE = "rfp"

STEPS = (
    "SELECT case_id, seq, at_us, activity, stage, party, ends FROM flow_steps"
    " WHERE source = $1 AND position <= $2"
)
CORRECTIONS = (
    "SELECT case_id, since_us, until_us, was, party FROM flow_corrections"
    " WHERE source = $1 AND position <= $2 ORDER BY position"
)
CASES = "SELECT case_id, opened_us, closed_us FROM flow_cases WHERE source = $1"


async def live(pool: asyncpg.Pool, position: int) -> FlowLog:
    """Return the log of live RFPs as recorded by a position."""
    steps = _steps(await pool.fetch(STEPS, LIVE, position))
    corrected = await pool.fetch(CORRECTIONS, LIVE, position)
    return live_log(steps, [Correction(*row) for row in corrected])


async def imported(pool: asyncpg.Pool, import_id: str, position: int) -> FlowLog:
    """Return an imported log, whole."""
    cases = _columns(await pool.fetch(CASES, import_id), 3)
    return imported_log(_steps(await pool.fetch(STEPS, import_id, position)), *cases)


@lru_cache(maxsize=8)
def working_time(closed_days: frozenset[date]) -> WorkingTime:
    """Return the working time with these closed days; making one costs more than keeping it."""
    return WorkingTime(closed_days)


def _steps(rows: list[asyncpg.Record]) -> Steps:
    return Steps(*_columns(rows, 7))


def _columns(rows: list[asyncpg.Record], width: int) -> list[tuple]:  # type: ignore[type-arg]  # columns of several types
    return list(zip(*rows, strict=True)) if rows else [()] * width
