"""How sure a percentile is: an interval between two order statistics, from the binomial distribution."""

from functools import lru_cache
from math import lgamma, log, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SHARES = (0.50, 0.85, 0.95)
CONFIDENCE = 0.95
SPREAD_SIGMAS = 9.0  # beyond it lies less than 64-bit numbers tell apart from nothing


class QuantilePlaces(NamedTuple):
    """Where in n values in rising order the percentiles and their intervals' ends are.

    An end is -1 where n is too small for there to be one.
    """

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    fraction: NDArray[np.float64]
    ends: NDArray[np.int64]


@lru_cache(maxsize=65_536)
def places(n: int) -> QuantilePlaces:
    """Return where the percentiles of n values are (Hyndman and Fan 1996, type 7), and their intervals."""
    at = np.array([(n - 1) * share for share in SHARES])
    low = np.floor(at).astype(np.int64)
    ends = [end for share in SHARES for end in interval(n, share)]
    return QuantilePlaces(low, np.minimum(low + 1, n - 1), at - low, np.array(ends, np.int64))


def interval(n: int, share: float) -> tuple[int, int]:
    """Return which two of n ordered values hold a quantile between them with 95% confidence.

    How many values lie below the quantile is binomial, whatever their distribution (Thompson 1936):
    each end leaves at most 2.5% outside. Counted from 0; -1 where not even the outermost value is one.
    """
    lower, upper = _below(n, share)
    return lower - 1, upper - 1


def _below(n: int, share: float) -> tuple[int, int]:
    """Return the greatest l with P(B < l) <= 2.5% and the smallest u with P(B >= u) <= 2.5%; 0 for none."""
    tail = (1 - CONFIDENCE) / 2
    sigma = sqrt(n * share * (1 - share))
    first = max(0, int(n * share - SPREAD_SIGMAS * sigma) - 2)
    last = min(n, int(n * share + SPREAD_SIGMAS * sigma) + 2)
    masses = _masses(n, share, first, last)
    below = np.concatenate(([0.0], np.cumsum(masses)))  # below[k]: P(B < first + k)
    above = np.concatenate((np.cumsum(masses[::-1])[::-1], [0.0]))  # above[k]: P(B >= first + k)
    lower = first + int(np.flatnonzero(below <= tail)[-1])
    upper = first + int(np.flatnonzero(above <= tail)[0])
    return lower, upper if upper <= n else 0


def _masses(n: int, share: float, first: int, last: int) -> NDArray[np.float64]:
    """Return the binomial probabilities of first to last, each from the one before."""
    k = np.arange(first + 1, last + 1)
    start = lgamma(n + 1) - lgamma(first + 1) - lgamma(n - first + 1)
    start += first * log(share) + (n - first) * log(1 - share)
    steps = np.log((n - k + 1) / k) + (log(share) - log(1 - share))
    return np.exp(start + np.concatenate(([0.0], np.cumsum(steps))))
