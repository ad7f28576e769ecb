"""What explains long cases, the ways they went and two periods, each against a calculation of its own."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product
from math import exp, log, sqrt
from statistics import fmean, median, variance

import numpy as np
import pytest

from shared.flow.addends import Window
from shared.flow.case_links import CaseLinks
from shared.flow.cases import CaseFacts, CaseFilters
from shared.flow.completed_cases import CompletedCases, completed_by
from shared.flow.excess import excess, value_band
from shared.flow.log import FlowLog, Steps, imported_log, live_log
from shared.flow.periods import Span, compared_times, rate_ratio
from shared.flow.rank_tests import false_discovery_rates, mann_whitney
from shared.flow.variants import Paths
from shared.kernel.calendar import DAY, WORKING_DAY, WorkingTime, microseconds, start_of
from tests.shared.flow.oracle import working

WORKING = WorkingTime()
MONDAY = datetime(2025, 1, 6, 9, 0, tzinfo=UTC)
BEGAN = microseconds(MONDAY)
END = BEGAN + 400 * DAY
DONE = frozenset({"contracted"})
LINKS = CaseLinks(live=True, filters=CaseFilters(), as_of=None)
Step = tuple[str, float, str]


def log_of(rows: Sequence[Step]) -> FlowLog:
    cases, days, stages = (list(column) for column in zip(*rows, strict=True))
    ends = [stage in ("contracted", "withdrawn") for stage in stages]
    at = [BEGAN + round(day * DAY) for day in days]
    parties = ["nobody" if end else "procurement" for end in ends]
    return live_log(Steps(cases, range(len(rows)), at, ["Moved"] * len(rows), stages, parties, ends))


def finished(days: dict[str, float]) -> tuple[FlowLog, CompletedCases]:
    """Return cases that each took so many days from one Monday on."""
    log = log_of([step for c, d in days.items() for step in ((c, 0, "triage"), (c, d, "contracted"))])
    then, _, completed = completed_by(log, END, WORKING, DONE)
    return then, completed


def known(case: str, area: str = "", route: str = "", pence: int | None = None) -> CaseFacts:
    return CaseFacts(case, case, area, route, "", pence, None)


def u_by_pairs(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(1.0 if a > b else 0.5 if a == b else 0.0 for a, b in product(one, other))


@pytest.mark.parametrize("shift", [0, 2, 5])
def test_a_difference_is_as_rare_as_shuffling_shows(shift: int) -> None:
    dice = random.Random(shift)
    one = [float(dice.randint(0, 9)) for _ in range(14)]
    other = [float(dice.randint(0, 9) + shift) for _ in range(17)]
    both, middle = one + other, len(one) * len(other) / 2
    seen, far = abs(u_by_pairs(one, other) - middle), 0
    for _ in range(3_000):
        dice.shuffle(both)
        far += abs(u_by_pairs(both[:14], both[14:]) - middle) >= seen - 1e-9
    assert mann_whitney(np.array(one), np.array(other)) == pytest.approx(far / 3_000, abs=0.025)


def test_what_is_the_same_does_not_differ() -> None:
    same = np.full(12, 3.0)
    assert mann_whitney(same, same) == 1.0


def test_findings_are_those_that_stepping_up_takes() -> None:
    dice = random.Random(3)
    for _ in range(50):
        p_values = [dice.random() ** 3 for _ in range(dice.randint(1, 12))]
        rates = false_discovery_rates(p_values)
        for rate in (0.01, 0.05, 0.2):
            ranked = sorted(p_values)
            fit = [p for n, p in enumerate(ranked, start=1) if p <= n / len(ranked) * rate]
            taken = {p for p in p_values if fit and p <= max(fit)}
            assert {p for p, q in zip(p_values, rates, strict=True) if q <= rate} == taken


def test_excess_is_found_where_it_is_and_told_by_how_much() -> None:
    dice = random.Random(5)
    days, facts = {}, {}
    for n in range(120):
        case, slow = f"c{n:03d}", n % 3 == 0
        days[case] = dice.uniform(20, 40) + (30 if slow else 0)
        facts[case] = known(case, "Slow" if slow else "Quick", dice.choice(("open", "call-off")), n * 10_000)
    then, completed = finished(days)
    rows = {(row["factor"], row["group"]): row for row in excess(then, completed, facts, LINKS)}
    assert {key for key, row in rows.items() if row["counts"]} == {
        ("service_area", "Slow"),
        ("service_area", "Quick"),
    }
    took = {c: worked(0, d) for c, d in days.items()}
    slow_ones = [took[c] for c, fact in facts.items() if fact.service_area == "Slow"]
    others = [took[c] for c, fact in facts.items() if fact.service_area == "Quick"]
    row = rows["service_area", "Slow"]
    assert (row["n"], row["n_others"]) == (40, 80)
    assert row["difference_working_days"] == pytest.approx(median(slow_ones) - median(others))
    assert row["excess_working_days"] == pytest.approx(sum(slow_ones) - 40 * fmean(others))
    assert row["opens"] == "/v1/rfps/bottlenecks?service_area=Slow"
    assert "working days longer than 80 others" in row["sentence"]
    assert any(factor == "value_band" for factor, _ in rows)


def test_chance_alone_is_hardly_ever_a_finding() -> None:
    dice, false = random.Random(7), 0
    for _ in range(60):
        days = {f"c{n}": dice.expovariate(1 / 30) for n in range(80)}
        facts = {
            c: known(c, dice.choice("ABCD"), dice.choice("xyz"), dice.randint(0, 60) * 100_000) for c in days
        }
        false += any(row["counts"] for row in excess(*finished(days), facts, LINKS))
    assert false <= 6  # 3 are to be expected; more than 6 come in 3% of all series


def test_few_cases_and_those_nobody_may_know_are_not_compared() -> None:
    days = {f"c{n}": 10.0 + n for n in range(30)}
    facts = {c: known(c, "Small" if n < 9 else "") for n, c in enumerate(days)}
    assert excess(*finished(days), facts, LINKS) == []
    assert excess(*finished(days), {}, LINKS) == []


@pytest.mark.parametrize(
    ("pence", "name"),
    [
        (0, "£0 to under £5,000"),
        (499_999, "£0 to under £5,000"),
        (500_000, "£5,000 to under £25,000"),
        (10**12, "£1,000,000 or more"),
    ],
)
def test_bands_of_value_meet_and_do_not_overlap(pence: int, name: str) -> None:
    group = value_band(known("c", pence=pence))
    assert group is not None
    assert group.name == name


PATH = ["triage", "approval", "open"]
WAYS = [
    ("triage", "approval", "open"),
    ("triage", "open"),
    ("triage", "approval", "triage", "approval", "open"),
]


class Gone:
    """Cases that went one of three ways, with what each took, counted by hand."""

    def __init__(self) -> None:
        dice = random.Random(9)
        self.rows: list[Step] = []
        self.took: dict[str, float] = {}
        self.ways: dict[str, tuple[str, ...]] = {}
        self.again = 0.0  # what later visits of approval took
        for n in range(60):
            self.go(f"c{n:02d}", WAYS[n % 3], dice)

    def go(self, case: str, way: tuple[str, ...], dice: random.Random) -> None:
        days = [0.0]
        for _ in way:
            days.append(days[-1] + dice.uniform(1, 9))
        self.rows += zip([case] * len(days), days, (*way, "contracted"), strict=True)
        self.took[case], self.ways[case] = worked(0, days[-1]), way
        visits = [n for n, stage in enumerate(way) if stage == "approval"]
        self.again += sum(worked(days[n], days[n + 1]) for n in visits[1:])

    def median(self, *, looped: bool) -> float:
        return median(days for case, days in self.took.items() if (len(self.ways[case]) == 5) is looped)


def worked(first: float, last: float) -> float:
    """Return the working days between two days of the log."""
    start, end = (datetime.fromtimestamp((BEGAN + round(day * DAY)) / 1e6, UTC) for day in (first, last))
    return working(start, end) / 28_800


def test_ways_are_counted_and_leaving_the_path_costs_what_it_does() -> None:
    gone = Gone()
    rows = [*gone.rows, ("gone", 0, "triage"), ("gone", 3, "withdrawn"), ("open", 0, "triage")]
    _, visits, completed = completed_by(log_of(rows), END, WORKING, DONE)
    paths = Paths(visits, completed)
    shown = {tuple(row["stages"]): row for row in paths.variants()}
    assert set(shown) == {(*way, "contracted") for way in WAYS}
    for way in WAYS:
        mine = [days for case, days in gone.took.items() if gone.ways[case] == way]
        row = shown[(*way, "contracted")]
        assert (row["n"], row["share"]) == (20, pytest.approx(1 / 3))
        assert row["median_working_days"] == pytest.approx(median(mine))
        assert row["mean_working_days"] == pytest.approx(fmean(mine))
    told = paths.conformance(PATH)
    assert (told["cases"], told["kept"]) == (60, 20)
    assert [row["cases"] for row in told["skipped"]] == [0, 20, 0]
    assert [row["cases"] for row in told["repeated"]] == [20, 20, 0]
    approval = told["repeated"][1]
    assert approval["difference_working_days"] == pytest.approx(
        gone.median(looped=True) - gone.median(looped=False)
    )
    assert approval["again_working_days"] == pytest.approx(gone.again)
    assert told["skipped"][0]["difference_working_days"] is None
    assert paths.conformance([])["kept"] is None


def test_a_case_without_a_step_went_no_way() -> None:
    steps = Steps(
        ["a", "a"], [1, 2], [BEGAN, BEGAN + DAY], ["Moved"] * 2, ["one", "two"], [""] * 2, [False] * 2
    )
    log = imported_log(steps, ["a", "b"], [BEGAN, BEGAN], [BEGAN + 2 * DAY, BEGAN + 9 * DAY])
    _, visits, completed = completed_by(log, END, WORKING, frozenset())
    paths = Paths(visits, completed)
    assert [(row["stages"], row["n"], row["share"]) for row in paths.variants()] == [(["one", "two"], 1, 1.0)]
    kept = paths.conformance(["one", "two"])
    assert (kept["cases"], kept["kept"], [row["cases"] for row in kept["skipped"]]) == (1, 1, [0, 0])
    assert len(completed.case) == 2  # it took its time all the same


def test_times_of_two_periods_are_compared_with_an_interval() -> None:
    dice = random.Random(11)
    days = [dice.uniform(5, 30) for _ in range(60)] + [dice.uniform(15, 40) for _ in range(45)]
    closed = [BEGAN + n * DAY for n in range(60)] + [BEGAN + (100 + n) * DAY for n in range(45)]
    cases = CompletedCases(
        np.arange(105), np.array(closed), np.array([round(took * WORKING_DAY) for took in days])
    )
    before, after = Span(BEGAN, BEGAN + 60 * DAY), Span(BEGAN + 100 * DAY, BEGAN + 200 * DAY)
    told = compared_times(cases, before, after)
    one, other = days[:60], days[60:]
    assert told["difference_working_days"] == pytest.approx(median(other) - median(one), abs=1e-6)
    again = sorted(median(dice.choices(other, k=45)) - median(dice.choices(one, k=60)) for _ in range(4_000))
    assert told["interval"] == pytest.approx([again[100], again[3_899]], abs=1.0)
    few = compared_times(cases, Span(BEGAN, BEGAN + 9 * DAY), after)
    assert (few["before"]["too_few"], few["interval"]) == (True, None)
    assert len(cases.within(Window(BEGAN, BEGAN + 60 * DAY)).case) == 60


def test_arrivals_are_compared_by_their_rates() -> None:
    dice = random.Random(13)
    before, after = Span(BEGAN, BEGAN + 140 * DAY), Span(BEGAN + 140 * DAY, BEGAN + 210 * DAY)
    came = [BEGAN + round(dice.uniform(0, 140) * DAY) for _ in range(400)]
    came += [BEGAN + round(dice.uniform(140, 210) * DAY) for _ in range(100)]
    came += [BEGAN + round(dice.uniform(7, 14) * DAY) for _ in range(60)]  # one busy week
    told = rate_ratio(np.array(came), before, after)
    assert told["ratio"] == pytest.approx((100 / 70) / (460 / 140))
    squares = 0.0
    for first, weeks in ((0, 20), (20, 10)):
        counts = [
            sum(w <= (at - BEGAN) / (7 * DAY) < w + 1 for at in came) for w in range(first, first + weeks)
        ]
        squares += variance(counts) * (weeks - 1) / fmean(counts)
    assert told["dispersion"] == pytest.approx(squares / 28)
    wide = 1.96 * sqrt(squares / 28 * (1 / 460 + 1 / 100))
    ends = [exp(log(told["ratio"]) - wide), exp(log(told["ratio"]) + wide)]
    assert told["interval"] == pytest.approx(ends, rel=1e-4)
    assert rate_ratio(np.array(came[:400]), before, after)["ratio"] is None


def test_a_rates_interval_holds_the_truth_as_often_as_it_says() -> None:
    dice, held = np.random.default_rng(17), 0
    before, after = Span(BEGAN, BEGAN + 140 * DAY), Span(BEGAN + 140 * DAY, BEGAN + 280 * DAY)
    for _ in range(300):
        n, m = dice.poisson(140), dice.poisson(70)
        came = np.concatenate(
            (dice.integers(before.start, before.end, n), dice.integers(after.start, after.end, m))
        )
        low, high = rate_ratio(came, before, after)["interval"]
        held += low <= 0.5 <= high
    assert 0.92 <= held / 300 <= 0.99


@pytest.mark.parametrize(("month", "days"), [(3, 31), (10, 31), (2, 28)])
def test_a_day_on_which_clocks_change_is_a_day_like_others(month: int, days: int) -> None:
    first, end = date(2026, month, 1), date(2026, month + 1, 1)
    span = Span(microseconds(start_of(first)), microseconds(start_of(end)))
    came = np.array([microseconds(start_of(first + timedelta(days=n))) for n in range(days)])
    told = rate_ratio(came, span, span)
    assert told["before"] == {"n": days, "per_day": 1.0}
    assert span.days == days


def test_the_week_in_which_clocks_go_forward_is_whole() -> None:
    first, after = date(2026, 3, 2), date(2026, 3, 30)
    span = Span(microseconds(start_of(first)), microseconds(start_of(after)))
    last_evening = microseconds(start_of(after)) - DAY // 24
    assert span.weekly(np.array([span.start, last_evening, span.end])).tolist() == [1, 0, 0, 1]
