"""Whether two groups differ by more than chance, and how many such findings may be believed at once."""

from collections.abc import Sequence
from math import erfc, sqrt

import numpy as np
from numpy.typing import NDArray

CONTINUITY = 0.5


def mann_whitney(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the two-sided p-value of Mann and Whitney's test (1947): normal, corrected for ties."""
    n, m = len(one), len(other)
    _, number, times = np.unique(np.concatenate((one, other)), return_inverse=True, return_counts=True)
    ranks = np.cumsum(times) - (times - 1) / 2
    u = float(ranks[number[:n]].sum()) - n * (n + 1) / 2
    every = n + m
    ties = float((times.astype(np.float64) ** 3 - times).sum()) / (every * (every - 1))
    spread = sqrt(max(n * m / 12 * (every + 1 - ties), 0.0))
    if not spread:
        return 1.0
    z = max(abs(u - n * m / 2) - CONTINUITY, 0.0) / spread
    return erfc(z / sqrt(2))


def false_discovery_rates(p_values: Sequence[float]) -> list[float]:
    """Return the rate of false findings (0 to 1) at which each, and all with a smaller p, would be taken.

    Benjamini and Hochberg, Journal of the Royal Statistical Society B 57 (1995).
    """
    order = sorted(range(len(p_values)), key=lambda n: p_values[n], reverse=True)
    found, least = [1.0] * len(p_values), 1.0
    for place, number in enumerate(order):
        rank = len(p_values) - place
        least = min(least, p_values[number] * len(p_values) / rank)
        found[number] = least
    return found
