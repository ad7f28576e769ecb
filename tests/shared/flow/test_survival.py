"""Kaplan and Meier's estimate by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.flow.survival import quantiles
from tests.shared.flow.oracle import kaplan_meier


def test_open_cases_push_the_estimate_up() -> None:
    """Six durations, two still open: S falls to 5/6, 2/3, then 2/3 · 2/3 = 4/9, then 0."""
    durations = np.array([1.0, 2.0, 3.0, 4.0, 4.5, 5.0])
    ended = np.array([True, True, False, True, False, True])
    assert quantiles(durations, ended, (0.1, 0.3, 0.5, 0.9)) == [1.0, 2.0, 4.0, 5.0]


def test_what_the_curve_never_reaches_is_not_estimable() -> None:
    assert quantiles(np.array([1.0, 9.0]), np.array([True, False]), (0.5, 0.85)) == [1.0, None]
    assert quantiles(np.array([]), np.array([], np.bool_), (0.5,)) == [None]


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=40))
def test_the_estimate_is_the_one_by_hand(drawn: list[tuple[int, bool]]) -> None:
    durations = np.array([float(d) for d, _ in drawn])
    ended = np.array([e for _, e in drawn], np.bool_)
    by_hand = [kaplan_meier([(float(d), e) for d, e in drawn], q) for q in (0.5, 0.85, 0.95)]
    assert quantiles(durations, ended, (0.5, 0.85, 0.95)) == pytest.approx(by_hand)
