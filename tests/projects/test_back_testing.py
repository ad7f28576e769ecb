"""How far odds can be trusted: by a split in time, on histories that are held out, against the plain rule."""

from datetime import date, timedelta

import numpy as np
import pytest

from projects.views.calibration import BETTER, NO_BETTER, TOO_FEW_PAST, TOO_FEW_TESTED, calibrate
from projects.views.forecasts import ENOUGH
from projects.views.project_histories import ProjectHistory

START, TODAY = date(2018, 1, 1), date(2026, 1, 1)


def courses(
    count: int, mean: float, spread: float, seed: int = 7, planned: int = 100
) -> list[ProjectHistory]:
    random = np.random.default_rng(seed)
    found = []
    for number in range(count):
        begun = START + timedelta(days=number * 2_000 // count)
        took = max(1, round(planned * random.lognormal(mean, spread)))
        end = begun + timedelta(days=took)
        found.append(
            ProjectHistory((), begun, (begun + timedelta(days=planned),), end if end <= TODAY else None)
        )
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_back_tests_hold_where_the_future_is_like_the_past(seed: int) -> None:
    found = calibrate(courses(900, 0.2, 0.3, seed), TODAY)
    assert found.tested == 300
    assert found.within == pytest.approx((0.5, 0.8, 0.9), abs=0.08)
    assert (found.better, found.verdict) == (True, BETTER)


def test_what_began_last_is_held_out_and_nothing_of_it_is_known() -> None:
    early = courses(200, 0.0, 0.01)
    begun = [START + timedelta(days=2_100 + 5 * n) for n in range(100)]
    late = [ProjectHistory((), d, (d + timedelta(days=100),), d + timedelta(days=200)) for d in begun]
    found = calibrate([*early, *late], TODAY)
    assert found.split_on is not None
    assert found.split_on >= START + timedelta(days=1_900)
    assert found.learnt_from <= 200
    assert found.within[2] is not None
    assert found.within[2] < 0.2, "they took twice as long, and nobody could know"


def test_projects_that_still_run_are_tested_too() -> None:
    """Half of those held out are long beyond their P90 day, and run: they were no hits."""
    past = courses(200, 0.0, 0.1)
    held = [c for c in past if c.start >= past[133].start]
    running = [ProjectHistory((), c.start, c.forecasts) for c in held]
    found = calibrate([*past, *running], TODAY)
    assert found.tested == 2 * len(held)
    assert found.within[2] == pytest.approx(0.45, abs=0.06)


def test_odds_that_are_no_better_than_the_rule_are_said_to_be_so() -> None:
    on_time = courses(300, 0.02, 0.001)
    found = calibrate(on_time, TODAY)
    assert (found.better, found.verdict) == (False, NO_BETTER)
    assert found.odds_error is not None


@pytest.mark.parametrize("count", [0, 1, ENOUGH - 1])
def test_too_few_finished_projects_are_no_test(count: int) -> None:
    found = calibrate(courses(count, 0.1, 0.1), TODAY)
    assert (found.verdict, found.tested, found.within) == (TOO_FEW_PAST, 0, (None, None, None))
    assert found.better is None


def test_too_few_held_projects_are_no_test() -> None:
    found = calibrate(courses(ENOUGH + 18, 0.1, 0.1), TODAY)
    assert (found.verdict, found.within) == (TOO_FEW_TESTED, (None, None, None))
    assert 0 < found.tested < ENOUGH


def test_what_began_on_one_day_learns_nothing_from_one_another() -> None:
    together = [ProjectHistory((), START, (START + timedelta(days=9),), START + timedelta(days=9))] * 60
    found = calibrate(together, TODAY)
    assert (found.verdict, found.learnt_from) == (TOO_FEW_PAST, 0)
