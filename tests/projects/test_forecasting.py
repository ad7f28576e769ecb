"""How likely a project finishes before the date: draws from what became of the programme's own forecasts."""

from datetime import date, timedelta

import numpy as np
import pytest

from projects.views.calibration import calibrate
from projects.views.forecasts import DRAWS, ENOUGH, Finished, SlipHistory, path_of

START = date(2025, 1, 1)
NETWORKS, WAN = ("Networks",), ("Networks", "WAN")


def finished(ratio: float, path: tuple[str, ...] = NETWORKS, planned: int = 100) -> Finished:
    forecast = START + timedelta(days=planned)
    return Finished(path, START, (forecast,), START + timedelta(days=round(planned * ratio)))


def test_without_a_single_finished_project_nothing_is_estimated() -> None:
    odds = SlipHistory.of([]).odds(NETWORKS, START, date(2025, 6, 1), START, date(2026, 1, 1))
    assert (odds.before, odds.ends, odds.class_size) == (None, (), 0)
    assert odds.why_not is not None
    assert odds.why_not.startswith("not estimable")


def test_odds_are_the_shares_of_past_ratios() -> None:
    history = SlipHistory.of([finished(ratio) for ratio in [1.0] * 20 + [2.0] * 20])
    end = START + timedelta(days=100)
    odds = history.odds(NETWORKS, START, end, START, START + timedelta(days=150))
    assert odds.before == pytest.approx(0.5, abs=0.02)
    assert odds.ends[1:] == (START + timedelta(days=200),) * 2
    assert (odds.class_size, odds.borrowed) == (40, 0)


def test_finishing_on_the_date_is_not_finishing_before_it() -> None:
    history = SlipHistory.of([finished(1.0)] * 20)
    end = START + timedelta(days=100)
    assert history.odds(NETWORKS, START, end, START, end).before == 0
    assert history.odds(NETWORKS, START, end, START, end + timedelta(days=1)).before == 1


def test_odds_count_on_that_the_project_still_runs() -> None:
    history = SlipHistory.of([finished(r) for r in [1.0] * 20 + [1.5] * 10 + [2.0] * 10])
    end, today = START + timedelta(days=100), START + timedelta(days=120)
    odds = history.odds(NETWORKS, START, end, today, START + timedelta(days=160))
    assert odds.before == pytest.approx(0.5, abs=0.03)  # of those that took longer than 1.2
    assert min(odds.ends) > today


def test_what_ran_longer_than_any_like_it_is_not_estimated() -> None:
    history = SlipHistory.of([finished(1.0)] * 20)
    today = START + timedelta(days=101)
    odds = history.odds(NETWORKS, START, START + timedelta(days=100), today, None)
    assert odds.why_not == "not estimable: it has run longer than any like it did"


def test_without_a_start_and_an_end_after_it_nothing_is_estimated() -> None:
    history = SlipHistory.of([finished(1.0)] * 20)
    for start, end in ((None, START), (START, None), (START, START)):
        assert history.odds(NETWORKS, start, end, START, None).why_not is not None


@pytest.mark.parametrize("own", [0, 1, 5, 19, 20, 50])
def test_a_small_class_borrows_from_the_class_above_it(own: int) -> None:
    history = SlipHistory.of([finished(2.0, WAN)] * own + [finished(1.0, NETWORKS)] * 2_000)
    assert history.borrowed(WAN) == 1 - min(1, own / ENOUGH)
    draws = history.draws(WAN)
    assert draws is not None
    above = own / (own + 2_000)
    expected = (1 - history.borrowed(WAN)) + history.borrowed(WAN) * above
    assert np.mean(draws == 2.0) == pytest.approx(expected, abs=0.02)
    assert len(draws) == DRAWS


def test_an_unknown_class_is_answered_by_all_projects() -> None:
    history = SlipHistory.of([finished(1.5, NETWORKS)] * 30)
    odds = history.odds(("Bridges",), START, START + timedelta(days=100), START, None)
    assert (odds.class_size, odds.borrowed) == (0, 1)
    assert set(odds.ends) == {START + timedelta(days=150)}


def test_the_same_history_gives_the_same_draws() -> None:
    projects = [finished(1 + n / 50, WAN) for n in range(40)]
    first, again = SlipHistory.of(projects).draws(WAN), SlipHistory.of(projects).draws(WAN)
    assert first is not None
    assert np.array_equal(first, again)


def test_a_project_counts_once_however_often_its_forecast_was_revised() -> None:
    revised = Finished(
        NETWORKS,
        START,
        tuple(START + timedelta(days=d) for d in (100, 200, 400)),
        START + timedelta(days=400),
    )
    draws = SlipHistory.of([revised] * 20 + [finished(3.0)] * 20).draws(NETWORKS)
    assert draws is not None
    shares = {ratio: float(np.mean(draws == ratio)) for ratio in (1.0, 2.0, 3.0, 4.0)}
    assert shares[3.0] == pytest.approx(1 / 2, abs=0.02)
    for ratio in (1.0, 2.0, 4.0):
        assert shares[ratio] == pytest.approx(1 / 6, abs=0.02)


def test_classes_are_categories_and_what_is_within_them() -> None:
    assert path_of("Networks", "WAN") == WAN
    assert path_of("", "WAN") == ()


def test_back_tests_hold_where_the_future_is_like_the_past() -> None:
    random = np.random.default_rng(7)
    projects = [
        Finished(
            NETWORKS,
            START + timedelta(days=n * 3),
            (START + timedelta(days=n * 3 + 100),),
            START + timedelta(days=n * 3 + int(100 * random.lognormal(0.2, 0.3))),
        )
        for n in range(600)
    ]
    found = calibrate(projects)
    assert (found.finished, found.tested) == (600, 400)
    assert found.within == pytest.approx((0.5, 0.8, 0.9), abs=0.07)


def test_the_back_test_knows_only_what_had_finished_before() -> None:
    together = [finished(1.0)] * 30  # all began on one day: none could learn from another
    assert calibrate(together).tested == 0
    assert calibrate([]).within == (None, None, None)
