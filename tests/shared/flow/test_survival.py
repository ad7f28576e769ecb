"""Kaplan and Meier's estimate by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.flow.survival import incidence_quantiles, quantiles
from tests.shared.flow.oracle import kaplan_meier


def estimated(drawn: list[tuple[int, bool]], shares: tuple[float, ...]) -> list[int | None]:
    """Return the quantiles of durations, each with whether it has ended."""
    ended, lasting = (np.array(sorted(d for d, e in drawn if e is over), np.int64) for over in (True, False))
    return quantiles(ended, lasting, shares)


def test_open_cases_push_the_estimate_up() -> None:
    """Six durations, two still open: S falls to 5/6, 2/3, then 2/3 · 2/3 = 4/9, then 0."""
    drawn = [(10, True), (20, True), (30, False), (40, True), (45, False), (50, True)]
    assert estimated(drawn, (0.1, 0.3, 0.5, 0.9)) == [10, 20, 40, 50]


def test_what_the_curve_never_reaches_is_not_estimable() -> None:
    assert estimated([(1, True), (9, False)], (0.5, 0.85)) == [1, None]
    assert estimated([], (0.5,)) == [None]


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=40))
def test_the_estimate_is_the_one_by_hand(drawn: list[tuple[int, bool]]) -> None:
    by_hand = [kaplan_meier([(float(d), e) for d, e in drawn], q) for q in (0.5, 0.85, 0.95)]
    assert estimated(drawn, (0.5, 0.85, 0.95)) == pytest.approx(by_hand)


def test_other_ends_compete_with_completion() -> None:
    """Of four, one is withdrawn on day 2 and one lasts: incidence 1/4, then + 2/4 · 1/2 = 1/2."""
    completed, ended, lasting = (np.array(days, np.int64) for days in ([1, 3], [1, 2, 3], [9]))
    assert incidence_quantiles(completed, ended, lasting, (0.25, 0.5, 0.51)) == [1, 3, None]


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=40))
def test_without_other_ends_completion_is_survival(drawn: list[tuple[int, bool]]) -> None:
    ended, lasting = (np.array(sorted(d for d, e in drawn if e is over), np.int64) for over in (True, False))
    shares = (0.5, 0.85, 0.95)
    assert incidence_quantiles(ended, ended, lasting, shares) == quantiles(ended, lasting, shares)
