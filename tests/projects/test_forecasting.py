"""How likely a project finishes before the date, by what became of the programme's own forecasts."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from projects.views.forecasts import DRAWS, ENOUGH, SHARES, Odds, SlipHistory
from projects.views.project_histories import ProjectHistory, path_of, rests_of
from projects.views.register import FAR

START = date(2025, 1, 1)
LATER = date(2040, 1, 1)
NETWORKS, WAN = ("Networks",), ("Networks", "WAN")


def day(number: int) -> date:
    return START + timedelta(days=number)


def finished(ratio: float, path: tuple[str, ...] = NETWORKS, planned: int = 100) -> ProjectHistory:
    return ProjectHistory(path, START, (day(planned),), day(round(planned * ratio)))


def running(planned: int = 100, path: tuple[str, ...] = NETWORKS) -> ProjectHistory:
    return ProjectHistory(path, START, (day(planned),))


def learnt(*courses: ProjectHistory, until: date = LATER) -> SlipHistory:
    return SlipHistory.of(courses, until)


def asked(
    history: SlipHistory,
    today: date = START,
    transition: date | None = None,
    path: tuple[str, ...] = NETWORKS,
    **row: Any,
) -> Odds:
    """Ask for the odds of a project that was planned for a hundred days."""
    usual = {"start": START, "forecast_end": day(100), "forecasts": [day(100)]}
    said = {"forecasts_said_on": [FAR], "rests": []}
    return history.odds(usual | said | row, path, today, transition)


def test_without_a_single_finished_project_nothing_is_estimated() -> None:
    odds = asked(learnt(running()), transition=day(365))
    assert (odds.before, odds.ends, odds.class_size) == (None, (), 0)
    assert odds.why_not == "not estimable: no project has finished yet"


def test_odds_are_the_shares_of_past_ratios() -> None:
    history = learnt(*[finished(1.0)] * 20, *[finished(2.0)] * 20)
    odds = asked(history, transition=day(150))
    assert odds.before == pytest.approx(0.5, abs=1 / DRAWS)
    assert odds.ends[1:] == (day(200),) * 2
    assert (odds.class_size, odds.borrowed) == (40, 0)


@pytest.mark.parametrize(("transition", "before"), [(99, 0), (100, 0), (101, 1)])
def test_who_finishes_on_the_date_is_late(transition: int, before: int) -> None:
    assert asked(learnt(*[finished(1.0)] * 20), transition=day(transition)).before == before


@pytest.mark.parametrize("planned", [7, 97, 100, 365])
def test_an_end_that_is_shown_as_the_transition_date_counts_as_late(planned: int) -> None:
    history = learnt(*[finished(1.333, planned=701)] * 20)
    row = {"forecast_end": day(planned), "forecasts": [day(planned)]}
    [shown] = {*asked(history, **row).ends}
    assert shown is not None
    assert asked(history, transition=shown, **row).before == 0
    assert asked(history, transition=shown + timedelta(days=1), **row).before == 1


def test_odds_count_on_that_the_project_still_runs() -> None:
    history = learnt(*(finished(r) for r in [1.0] * 20 + [1.5] * 20 + [2.0] * 20))
    odds = asked(history, day(120), day(160))
    assert odds.before == pytest.approx(0.5, abs=1 / DRAWS)  # of those that took longer than 1.2
    assert all(end is not None and end > day(120) for end in odds.ends)


def test_what_ran_longer_than_any_like_it_is_not_estimated() -> None:
    odds = asked(learnt(*[finished(1.0)] * 20), day(101))
    assert odds.why_not == "not estimable: it has run longer than any like it did"


def test_without_a_start_and_an_end_after_it_nothing_is_estimated() -> None:
    history = learnt(*[finished(1.0)] * 20)
    for start, end in ((None, START), (START, None), (START, START)):
        found = asked(history, start=start, forecast_end=end)
        assert found.why_not == "not estimable: start and forecast end are needed"


@pytest.mark.parametrize("own", [0, 1, 5, 19, 20, 50])
def test_a_small_class_borrows_from_the_class_above_it(own: int) -> None:
    history = learnt(*[finished(2.0, WAN)] * own, *[finished(1.0, NETWORKS)] * 2_000)
    assert history.borrowed(WAN) == 1 - min(1, own / ENOUGH)
    draws = history.draws(WAN)
    assert draws is not None
    above = own / (own + 2_000)
    expected = (1 - history.borrowed(WAN)) + history.borrowed(WAN) * above
    assert np.mean(draws == 2.0) == pytest.approx(expected, abs=2 / DRAWS)
    assert len(draws) == DRAWS


def test_an_unknown_class_is_answered_by_all_projects() -> None:
    odds = asked(learnt(*[finished(1.5)] * 30), path=("Bridges",))
    assert (odds.class_size, odds.borrowed) == (0, 1)
    assert set(odds.ends) == {day(150)}


def revised(said: int, *later: int) -> ProjectHistory:
    """Return a project that was planned for a year, took two, and said so by and by."""
    days = [day(365), *(day(365 + 73 * n) for n in range(1, 6))]
    return ProjectHistory(NETWORKS, START, tuple(days), day(730), (FAR, *(day(said + n) for n in later)))


def test_odds_learn_from_first_forecasts_and_not_from_every_revision() -> None:
    """Planned for one year, took two: what begins now and is planned for one year takes two."""
    once = ProjectHistory(NETWORKS, START, (day(365),), day(730))
    often = revised(300, 0, 80, 160, 240, 320)
    for course in (once, often):
        odds = asked(learnt(*[course] * 20), forecast_end=day(365), forecasts=[day(365)])
        assert odds.ends == (day(730),) * 3


def test_slip_is_taken_from_the_forecast_that_stood_at_the_same_share_of_the_first_plan() -> None:
    history = learnt(*[revised(300, 0, 80, 160, 240, 320)] * 20)
    at = {"forecasts": [day(365), day(438)], "forecast_end": day(438), "forecasts_said_on": [FAR, day(300)]}
    odds = asked(history, day(330), **at)  # they too said 438 days then, and took 730
    assert odds.ends == (day(730),) * 3
    first = asked(history, day(200), forecasts=[day(365)], forecast_end=day(365))
    assert first.ends == (day(730),) * 3


def test_what_was_said_once_it_was_over_is_no_forecast() -> None:
    told_late = revised(900, 0, 1, 2, 3, 4)
    odds = asked(learnt(*[told_late] * 20), forecast_end=day(365), forecasts=[day(365)])
    assert odds.ends == (day(730),) * 3


def test_overdue_projects_that_still_run_count_as_long_as_they_were_seen() -> None:
    """Ten were quick, and ten have run three times their plan and go on: half of such take longer."""
    quick = [finished(1.0)] * 20
    alone = asked(learnt(*quick, until=day(300)))
    assert alone.ends == (day(100),) * 3
    odds = asked(learnt(*quick, *[running()] * 20, until=day(300)), transition=day(101))
    assert odds.before == pytest.approx(0.5, abs=1 / DRAWS)
    assert odds.ends == (day(100), None, None)


def test_a_project_that_rests_has_its_clock_stand() -> None:
    history = learnt(*(finished(r) for r in [1.0] * 20 + [1.5] * 20))
    rests = [day(50), FAR]
    odds = asked(history, day(250), day(301), rests=rests)
    assert odds.before == pytest.approx(0.5, abs=1 / DRAWS)  # fifty days at work, and two hundred at rest
    assert odds.ends == (day(300), day(350), day(350))
    over = asked(history, day(250), rests=[day(50), day(90)])
    assert over.why_not == "not estimable: it has run longer than any like it did"


def test_days_at_rest_are_no_slip() -> None:
    rested = ProjectHistory(NETWORKS, START, (day(100),), day(300), rests=((day(20), day(220)),))
    assert asked(learnt(*[rested] * 20)).ends == (day(100),) * 3


def test_a_forecast_made_after_a_rest_knew_of_it() -> None:
    rest = ((day(20), day(220)),)
    said = (day(100), day(300))
    course = ProjectHistory(NETWORKS, START, said, day(300), (FAR, day(230)), rest)
    assert course.later_plans(day(300)) == [(30, 100)]
    row = {"forecasts": [*said], "forecast_end": day(300), "forecasts_said_on": [FAR, day(230)]}
    odds = asked(learnt(*[finished(1.0)] * 20), day(240), rests=[*rest[0]], **row)
    assert odds.ends == (day(300),) * 3


def test_the_same_history_gives_the_same_draws() -> None:
    projects = [finished(1 + n / 50, WAN) for n in range(40)]
    first, again = learnt(*projects).draws(WAN), learnt(*projects).draws(WAN)
    assert first is not None
    assert np.array_equal(first, again)


def test_classes_are_categories_and_what_is_within_them() -> None:
    assert path_of("Networks", "WAN") == WAN
    assert path_of("", "WAN") == ()


def walked(start: date, rests: tuple[tuple[date, date], ...], end: date) -> dict[date, int]:
    """Return, for each day up to an end, on how many before it there was work."""
    found, count, when = {start: 0}, 0, start
    while when < end:
        count += not any(begun <= when < ended for begun, ended in rests)
        when += timedelta(days=1)
        found[when] = count
    return found


Weighed = list[tuple[Fraction, bool, Fraction]]  # a ratio, whether it was over, and its weight


def seen_by_hand(courses: list[ProjectHistory], until: date, share: Fraction) -> list[tuple[Fraction, bool]]:
    """Walk each project day by day to see which forecast stood at a share of its first plan."""
    seen = []
    for course in courses:
        end = course.finished_on if course.finished_on and course.finished_on <= until else until
        worked, plan = walked(course.start, course.rests, end), (course.forecasts[0] - course.start).days
        limit = share * plan
        if worked[end] < limit:
            continue
        stands = [when for when in worked if worked[when] <= limit]
        for said, forecast in zip(course.said_on[1:], course.forecasts[1:], strict=False):
            if said in stands and forecast > said:
                plan = (forecast - course.start).days - ((said - course.start).days - worked[said])
        seen.append((Fraction(worked[end], plan), end == course.finished_on))
    return sorted(seen, key=lambda one: (one[0], not one[1]))


def weighed(seen: list[tuple[Fraction, bool]]) -> Weighed:
    """Hand the weight of each that still runs on to those that ran longer (Efron 1967)."""
    weights = [Fraction(1, len(seen))] * len(seen)
    for number, (ratio, over) in enumerate(seen):
        behind = [n for n in range(number + 1, len(seen)) if seen[n][0] > ratio]
        if not over and behind:
            for n in behind:
                weights[n] += weights[number] / len(behind)
            weights[number] = Fraction(0)
    return [(*one, weight) for one, weight in zip(seen, weights, strict=True)]


def by_hand(
    courses: list[ProjectHistory], until: date, row: dict[str, Any], today: date, transition: date
) -> Fraction | None:
    """Return the odds by another reckoning: day by day, and in whole fractions."""
    elapsed = walked(row["start"], tuple(rests_of(row["rests"])), today)[today]
    first = (row["forecasts"][0] - row["start"]).days
    found = weighed(seen_by_hand(courses, until, Fraction(elapsed * SHARES // first, SHARES)))
    planned = (row["forecast_end"] - row["start"]).days
    still = [(ratio, over, weight) for ratio, over, weight in found if ratio * planned > elapsed]
    if not any(over for _, over, _ in still):
        return None
    last = (transition - row["start"]).days - ((today - row["start"]).days - elapsed)
    early = sum(w for ratio, over, w in still if over and -(-ratio * planned // 1) < last)
    return Fraction(early) / sum(w for _, _, w in still)


def a_course(random: np.random.Generator) -> ProjectHistory:
    begun = day(-int(random.integers(0, 300)))
    planned = int(random.integers(20, 120))
    took = max(1, int(planned * random.lognormal(0.3, 0.5)))
    forecasts, said = [begun + timedelta(days=planned)], [FAR]
    for _ in range(int(random.integers(0, 3))):
        told = max([d for d in said if d != FAR] or [begun]) + timedelta(days=int(random.integers(1, 40)))
        forecasts.append(forecasts[-1] + timedelta(days=int(random.integers(5, 60))))
        said.append(told)
    rest = begun + timedelta(days=int(random.integers(1, 30)))
    rests = ((rest, rest + timedelta(days=int(random.integers(1, 30)))),) if random.random() < 0.3 else ()
    end = begun + timedelta(days=took)
    over = end if random.random() < 0.75 else None
    return ProjectHistory((), begun, tuple(forecasts), over, tuple(said), rests)


@pytest.mark.parametrize("seed", range(12))
def test_odds_are_what_another_reckoning_comes_to(seed: int) -> None:
    random = np.random.default_rng(seed)
    courses, until = [a_course(random) for _ in range(30)], day(60)
    begun = day(-int(random.integers(0, 60)))
    planned = int(random.integers(60, 200))
    row = {
        "start": begun,
        "forecast_end": begun + timedelta(days=planned),
        "forecasts": [begun + timedelta(days=planned)],
        "forecasts_said_on": [FAR],
        "rests": [day(-70), day(-65)] if seed % 3 == 0 and begun < day(-70) else [],
    }
    transition = begun + timedelta(days=planned + int(random.integers(-10, 120)))
    expected = by_hand(courses, until, row, until, transition)
    found = learnt(*courses, until=until).odds(row, (), until, transition)
    if expected is None:
        assert found.before is None
    else:
        assert found.before == pytest.approx(float(expected), abs=2 / DRAWS)
