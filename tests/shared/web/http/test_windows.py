"""A sliding window, by a clock that the specification moves."""

from collections.abc import Iterable

import pytest

from shared.web.limits.rate_windows import SlidingWindows


class Hand:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def taken(windows: SlidingWindows, hand: Hand, times: Iterable[float], limit: int) -> list[bool]:
    answers = []
    for hand.seconds in times:
        answers.append(windows.take("ann", limit))
    return answers


def test_no_more_than_the_limit_is_taken_in_a_window() -> None:
    hand = Hand()
    windows = SlidingWindows(60, hand)
    assert taken(windows, hand, [0, 10, 59, 59.9], 3) == [True, True, True, False]
    assert windows.left("ann", 3) == 0
    assert windows.left("ben", 3) == 3, "somebody else's count is their own"


def test_the_window_before_weighs_in_by_what_is_left_of_it() -> None:
    hand = Hand()
    windows = SlidingWindows(60, hand)
    taken(windows, hand, [0] * 4, 4)
    assert taken(windows, hand, [60, 61, 61, 75.1, 75.1], 4) == [False, True, False, True, False]
    assert taken(windows, hand, [119, 119, 119], 4) == [True, True, False]


@pytest.mark.parametrize("asked_at", [0, 7, 59.5, 60, 61, 75, 90.5, 119])
def test_who_waits_as_long_as_they_are_told_is_let_in(asked_at: float) -> None:
    hand = Hand()
    windows = SlidingWindows(60, hand)
    taken(windows, hand, [0] * 4, 4)
    hand.seconds = asked_at
    while windows.take("ann", 4):
        pass
    seconds = windows.seconds_to_more("ann", 4)
    assert 1 <= seconds <= 61
    hand.seconds += seconds
    assert windows.take("ann", 4)


@pytest.mark.parametrize(("cost", "seconds"), [(1, 51), (10, 60), (30, 80), (1_000, 110)])
def test_what_costs_more_waits_for_as_long_as_that_takes(cost: int, seconds: int) -> None:
    hand = Hand()
    windows = SlidingWindows(60, hand)
    taken(windows, hand, [0] * 60, 60)
    hand.seconds = 10
    assert windows.seconds_to_more("ann", 60, cost) == seconds
    hand.seconds += seconds
    assert windows.take("ann", 60, cost)


def test_who_does_not_come_for_two_windows_is_forgotten() -> None:
    hand = Hand()
    windows = SlidingWindows(60, hand)
    taken(windows, hand, [0], 4)
    for hand.seconds in (70, 130):
        windows.take("ben", 4)
    assert list(windows._counts) == ["ben"]  # noqa: SLF001  # memory is what this is about
