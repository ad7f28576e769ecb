"""Forecasts are kept as they were made, and scored as soon as it is known what came of them."""

import asyncpg
import pytest

from shared.flow.forecast_records import HORIZONS, ForecastRecords
from shared.flow.forecasts import ForecastScore, back_test, cuts, forecasts
from shared.flow.log import FlowLog
from shared.flow.requests import instant_at
from shared.kernel.calendar import DAY, SECOND, WorkingTime, microseconds
from shared.record.eventstore.store import EventStore
from tests.shared.flow.test_forecasts import MONDAY, UNTIL, WITHIN, WORKING, history, log_of
from tests.shared.record.projecting.examples import happen, year_of_rfps

NOW = microseconds(MONDAY) + UNTIL * DAY


@pytest.fixture(autouse=True)
async def one_entry(store: EventStore) -> None:
    """No forecast is made beyond the end of the record."""
    await happen(store, year_of_rfps()[:1])


def records_of(pool: asyncpg.Pool, log: FlowLog, position: int = 1) -> ForecastRecords:
    async def live() -> tuple[FlowLog, WorkingTime, int]:
        return log, WORKING, position

    return ForecastRecords(pool, live)


async def test_forecasts_that_were_really_made_score_as_a_back_test_says(pool: asyncpg.Pool) -> None:
    log = log_of(history(60))
    made = cuts(log, NOW, WITHIN * DAY)
    for cut in made:
        assert await records_of(pool, log.until(cut)).keep(instant_at(cut)) > 0
    tested = back_test(log, NOW, WITHIN * DAY, WORKING)
    assert tested.n > 30
    kept = records_of(pool, log)
    assert await kept.score(log, NOW, WITHIN, 1) == tested
    nothing = ForecastScore(0, None, None, None, [None] * 3)
    assert await kept.score(log, made[0], WITHIN, 1) == nothing  # what came is not known yet
    assert await kept.score(log, NOW, WITHIN, 0) == nothing  # nothing had been made by then
    assert await kept.score(log, NOW, 45, 1) == nothing  # no such horizon is kept


async def test_a_week_is_forecast_once_and_what_was_said_stays(pool: asyncpg.Pool) -> None:
    log = log_of(history(60))
    at = instant_at(NOW)
    kept = records_of(pool, log)
    assert await kept.keep(at) > 0
    assert await kept.keep(at) == 0
    assert await records_of(pool, log).keep(instant_at(NOW + DAY)) == 0  # after a new start, too
    assert await records_of(pool, log).keep(instant_at(NOW + 7 * DAY)) > 0
    for change in ("UPDATE flow_forecasts SET chance = 1", "DELETE FROM flow_forecasts"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(change)


async def test_forecasts_are_of_all_that_was_recorded_also_by_a_clock_ahead_of_ours(
    pool: asyncpg.Pool,
) -> None:
    log = log_of(history(60))
    last = int(log.at.max())
    open_ones = forecasts(log, last, WITHIN * DAY, WORKING)
    assert len(forecasts(log, last - 180 * SECOND, WITHIN * DAY, WORKING)) != len(open_ones)
    kept = await records_of(pool, log).keep(instant_at(last - 180 * SECOND))
    assert kept == len(open_ones) * len(HORIZONS)


async def test_while_the_log_is_behind_nothing_is_forecast_and_afterwards_the_week_is(
    pool: asyncpg.Pool,
) -> None:
    logs = [None, (log_of(history(60)), WORKING, 1)]

    async def live() -> tuple[FlowLog, WorkingTime, int] | None:
        return logs.pop(0)

    kept = ForecastRecords(pool, live)
    assert await kept.keep(instant_at(NOW)) == 0
    assert await kept.keep(instant_at(NOW)) > 0


async def test_there_is_no_hurry_after_a_start(pool: asyncpg.Pool) -> None:
    kept = records_of(pool, log_of(history(60)))
    assert await kept.keep_when_due() == 0
    assert await pool.fetchval("SELECT count(*) FROM flow_forecasts") == 0
