"""Forecasts, against a program of its own that shares no code with them, and knows nothing of what comes."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.flow.cases import WaitingCase
from shared.flow.completion import weekly_throughput, weeks_until_done
from shared.flow.forecast_figures import forecast_figures
from shared.flow.forecasts import ForecastScore, back_test, forecasts
from shared.flow.log import FlowLog, Steps, live_log
from shared.kernel.calendar import DAY, WorkingTime, microseconds

WORKING = WorkingTime()
MONDAY = datetime(2025, 1, 6, 9, 0, tzinfo=UTC)
UNTIL, WITHIN = 700, 30  # days
Row = tuple[str, float, str]  # case, day, stage; `over` ends it


def history(count: int, seed: int = 1) -> list[Row]:
    """Return cases that go through two stages, of which the second tells how long it will last."""
    dice, rows = random.Random(seed), []
    for n in range(count):
        day = dice.uniform(0, UNTIL)
        stage = dice.choice(("quick", "slow"))
        path = [(day, "start"), (day + dice.uniform(1, 20), stage)]
        path.append((path[-1][0] + dice.expovariate(1 / (5 if stage == "quick" else 150)), "over"))
        rows += [(f"c{n:03d}", at, name) for at, name in path if at <= UNTIL]
    return rows


def log_of(rows: list[Row]) -> FlowLog:
    cases, days, stages = (list(column) for column in zip(*rows, strict=True))
    at = [microseconds(MONDAY) + round(day * DAY) for day in days]
    parties = ["nobody" if stage == "over" else "finance" for stage in stages]
    ends = [stage == "over" for stage in stages]
    return live_log(Steps(cases, range(len(rows)), at, ["Moved"] * len(rows), stages, parties, ends))


def survival(lives: list[tuple[float, bool]], age: float) -> float:
    """Return the share that lasts beyond an age, by going through all ends one by one."""
    standing = 1.0
    for end in sorted({lasted for lasted, over in lives if over and lasted <= age}):
        ended = sum(over and lasted == end for lasted, over in lives)
        standing *= 1 - ended / sum(lasted >= end for lasted, _ in lives)
    return standing


def chance(lives: list[tuple[float, bool]], age: float) -> float | None:
    before = survival(lives, age)
    return None if before < 1e-12 else 1 - survival(lives, age + WITHIN) / before


def likely_age(lives: list[tuple[float, bool]], age: float, share: float) -> float | None:
    """Return by which age a share of those of an age was over; `None` where none was seen to last as long."""
    before = survival(lives, age)
    ends = sorted({lasted for lasted, over in lives if over and lasted > age})
    low = (1 - share) * before + 1e-12
    return next((end for end in ends if survival(lives, end) <= low), None) if before > 1e-12 else None


def by_hand(rows: list[Row], cut: float) -> dict[str, tuple[float | None, float | None, list[float | None]]]:
    """Return for each case open at a day how likely it is over in time: by stage and age, and by age alone.

    And the days by which it will be over with 50, 85 and 95%.
    """
    paths: dict[str, list[tuple[float, str]]] = {}
    for name, day, stage in rows:
        if day <= cut:
            paths.setdefault(name, []).append((day, stage))
    ends = {name: path[-1][0] for name, path in paths.items() if path[-1][1] == "over"}
    ages = [(ends.get(name, cut) - path[0][0], name in ends) for name, path in paths.items()]
    told = {}
    for name, path in paths.items():
        if name in ends:
            continue
        entered, stage = path[-1]
        visits = [(other, day) for other, steps in paths.items() for day, at in steps if at == stage]
        lives = [(ends.get(other, cut) - day, other in ends) for other, day in visits]
        past = sum(paths[other][-1] != (day, stage) for other, day in visits)
        by_age = chance(ages, cut - path[0][0])
        known, since = (lives, entered) if past >= 30 else (ages, path[0][0])
        finish = [likely_age(known, cut - since, share) for share in (0.5, 0.85, 0.95)]
        days = [None if age is None else since + age for age in finish]
        of_both = [each for each in (chance(known, cut - since), by_age) if each is not None]
        told[name] = (sum(of_both) / len(of_both) if of_both else None, by_age, days)
    return told


def test_chances_are_what_a_program_of_its_own_says() -> None:
    rows = history(110)
    log = log_of(rows)
    for cut in (200.0, 555.5):
        made = forecasts(log, microseconds(MONDAY) + round(cut * DAY), WITHIN * DAY, WORKING)
        told = {log.cases.ids[one.case]: (one.chance, one.chance_by_age) for one in made}
        expected = by_hand(rows, cut)
        assert told.keys() == expected.keys()
        for name, (*chances, _) in expected.items():
            assert told[name] == pytest.approx(tuple(chances), abs=1e-9), (cut, name)


@pytest.mark.slow
def test_the_score_is_what_a_program_of_its_own_says() -> None:
    rows = history(110)
    score = back_test(log_of(rows), microseconds(MONDAY) + UNTIL * DAY, WITHIN * DAY, WORKING)
    first, ends = min(day for _, day, _ in rows), {name: day for name, day, stage in rows if stage == "over"}
    seen: list[tuple[float, bool]] = []
    errors: list[tuple[float, float, float]] = []
    kept: list[list[bool]] = [[], [], []]
    for cut in (UNTIL - WITHIN - 28.0 * n for n in reversed(range(24))):
        if cut <= first:
            continue
        known = [over for at, over in seen if at + WITHIN <= cut]
        for name, (by_both, by_age, days) in by_hand(rows, cut).items():
            for share, day in enumerate(days):
                if day is not None and day <= UNTIL:
                    kept[share].append(ends.get(name, 9_999) <= day + 1e-9)
            over = ends.get(name, 9_999) <= cut + WITHIN
            seen.append((cut, over))
            if known and by_both is not None:
                base = sum(known) / len(known)
                said = (by_both, base, base if by_age is None else by_age)
                errors.append(tuple((each - over) ** 2 for each in said))  # type: ignore[arg-type]
    assert score.n == len(errors) > 30
    expected = [sum(column) / len(errors) for column in zip(*errors, strict=True)]
    told = [score.brier, score.brier_base_rate, score.brier_case_age]
    assert told == pytest.approx(expected, abs=1e-9)
    assert score.coverage == pytest.approx([sum(share) / len(share) for share in kept])


def test_no_forecast_knows_what_came_after_it() -> None:
    rows = history(110)
    at = microseconds(MONDAY) + 300 * DAY
    until_then = [row for row in rows if row[1] <= 300]
    knowing, not_knowing = (
        {log.cases.ids[one.case]: (one.chance, one.finish) for one in forecasts(log, at, DAY, WORKING)}
        for log in (log_of(rows), log_of(until_then))
    )
    assert knowing == not_knowing


@pytest.mark.parametrize(("brier", "n", "shown"), [(0.2, 30, True), (0.21, 30, False), (0.1, 29, False)])
def test_what_is_worse_than_the_base_rate_or_the_age_alone_is_not_shown(
    brier: float, n: int, *, shown: bool
) -> None:
    assert ForecastScore(n, brier, 0.2, 0.3, []).is_worth_showing is shown
    assert ForecastScore(n, brier, 0.3, 0.2, []).is_worth_showing is shown
    assert not ForecastScore(0, None, None, None, []).is_worth_showing


def waiting(name: str, needed_by: date | None) -> WaitingCase:
    return WaitingCase(name, f"RFP-{name}", "Laptops", "slow", "finance", "", needed_by, None, "", 0)


def test_what_is_told_is_of_the_cases_the_reader_sees_the_least_likely_first() -> None:
    log, as_of = log_of(history(400)), microseconds(MONDAY) + UNTIL * DAY
    names = [log.cases.ids[one.case] for one in forecasts(log, as_of, DAY, WORKING)][:3]
    today = (MONDAY + timedelta(days=UNTIL)).date()
    days = (today + timedelta(days=90), today - timedelta(days=1), None)
    cases = {name: waiting(name, day) for name, day in zip(names, days, strict=True)}
    told = forecast_figures(log, as_of, WITHIN, WORKING, cases)
    assert told["back_test"]["shown"]
    assert [item["id"] for item in told["items"]] == [names[1], names[0], names[2]]
    late, likely, unknown = (item["done_by_needed"] for item in told["items"])
    assert late == 0  # its day is over
    assert 0 < likely < 1
    assert unknown is None
    assert told["items"][0]["opens"] == f"/v1/rfps/{names[1]}"
    assert [row["cases"] for row in told["completions"]] == [3, 10, 25, 50, 100]
    few = forecast_figures(log_of(history(4)), as_of, WITHIN, WORKING, cases)
    assert (few["items"], few["back_test"]["shown"]) == ([], False)


def test_when_so_many_are_done_follows_from_the_weeks_of_the_past() -> None:
    assert weeks_until_done([2] * 8, 10) == [5, 5, 5]
    assert weeks_until_done([0, 4] * 10, 10) == weeks_until_done([0, 4] * 10, 10)
    # One week in three is busy, so one is among n weeks with a chance of 1 - (2/3)^n.
    assert weeks_until_done([0, 0, 4] * 10, 4) == [2, 5, 8]
    assert weeks_until_done([2] * 7, 10) == [None] * 3
    assert weeks_until_done([0] * 20, 10) == [None] * 3


def test_only_weeks_that_are_over_are_drawn_from() -> None:
    rows = [(f"c{n}", float(n), stage) for n in range(22) for stage in ("start", "over")]
    as_of = microseconds(MONDAY) + round(21.5 * DAY)  # a Monday: that week is not over
    assert weekly_throughput(log_of(rows), as_of) == [7, 7]  # nor was the first begun before the log was
    assert weekly_throughput(log_of(rows[:2]), microseconds(MONDAY) - DAY) == []
