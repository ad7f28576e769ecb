"""Forecasts kept as they are made, once a week, and scored once it is known what came of them.

A back-test says how good forecasts would have been; this says how good they were.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

import asyncpg

from shared.flow.forecasts import ForecastScore, MadeForecast, forecasts, scored
from shared.flow.log import STILL_OPEN, FlowLog, last_known
from shared.kernel.calendar import DAY, WorkingTime, day_in_london, microseconds

HORIZONS = (14, 30, 60, 90)  # days
REST_SECONDS = 300.0  # after a start, and between looks: there is no hurry
MADE = "SELECT EXISTS (SELECT 1 FROM flow_forecasts WHERE week = $1)"
KEEP = """
INSERT INTO flow_forecasts (week, within_days, case_id, made_us, position, chance, chance_by_age,
                            finish_p50_us, finish_p85_us, finish_p95_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING
"""
KEPT = """
SELECT case_id, made_us, chance, chance_by_age, finish_p50_us, finish_p85_us, finish_p95_us
  FROM flow_forecasts WHERE within_days = $1 AND made_us <= $2 AND position <= $3 ORDER BY made_us, case_id
"""

LiveLogAt = Callable[[], Awaitable[tuple[FlowLog, WorkingTime, int] | None]]


class ForecastRecords:
    """The forecasts that were made of live cases."""

    def __init__(self, pool: asyncpg.Pool, live: LiveLogAt) -> None:
        """Keep them in this database; `live` returns the log, its calendar, and its position.

        It returns nothing while its journals stand: no forecasts are made then.
        """
        self._pool = pool
        self._live = live
        self._week: date | None = None
        self._not_before = time.monotonic() + REST_SECONDS

    async def keep_when_due(self) -> int:
        """Keep the week's forecasts, where that is due; return 0, for there is never more to do at once."""
        if time.monotonic() >= self._not_before:
            self._not_before = time.monotonic() + REST_SECONDS
            await self.keep(datetime.now(UTC))
        return 0

    async def keep(self, now: datetime) -> int:
        """Make and keep forecasts of all open cases, unless this week's are there; return how many."""
        today = day_in_london(now)
        week = today - timedelta(days=today.weekday())
        if self._week == week or await self._pool.fetchval(MADE, week):
            self._week = week
            return 0
        if (live := await self._live()) is None:
            return 0
        log, working, position = live
        at = last_known(log, microseconds(now))
        rows = await asyncio.to_thread(_rows, log, working, week, at, position)
        await self._pool.executemany(KEEP, rows)
        self._week = week
        return len(rows)

    async def score(self, log: FlowLog, as_of: int, within_days: int, position: int) -> ForecastScore:
        """Return how good the forecasts of a horizon were that had been made by an instant."""
        kept = await self._pool.fetch(KEPT, within_days, as_of, position)
        return await asyncio.to_thread(_scored, kept, log, as_of, within_days * DAY)


def _rows(log: FlowLog, working: WorkingTime, week: date, at: int, position: int) -> list[tuple[object, ...]]:
    return [
        (week, days, log.cases.ids[one.case], at, position, one.chance, one.chance_by_age, *one.finish)
        for days in HORIZONS
        for one in forecasts(log, at, days * DAY, working)
    ]


def _scored(kept: list[asyncpg.Record], log: FlowLog, as_of: int, within: int) -> ForecastScore:
    then = log.until(as_of)
    closed = dict(zip(then.cases.ids, then.cases.closed.tolist(), strict=True))
    made = (
        MadeForecast(at, chance, by_age, finish, closed.get(case_id, STILL_OPEN))
        for case_id, at, chance, by_age, *finish in kept
    )
    return scored(made, as_of, within)
