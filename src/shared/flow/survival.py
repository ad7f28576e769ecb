"""How long things take when some have not ended yet: the Kaplan-Meier estimate."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shared.kernel.calendar import Microseconds

TOLERANCE = 1e-12


def quantiles(ended: Microseconds, lasting: Microseconds, wanted: Sequence[float]) -> list[int | None]:
    """Return the times by which shares of all have ended; `None` where that is not estimable.

    S(t) is the product of 1 - d/n over the times at which some ended, and the quantile q is the first
    time at which S falls to 1 - q (Kaplan and Meier, J. Am. Stat. Assoc. 53, 1958). What has not ended
    counts as at risk for as long as it was seen. Both are in rising order. Between two of the lasting,
    the product telescopes, so that the cost grows with what lasts and not with what has ended.
    """
    n, still = len(ended), len(lasting)
    starts = np.concatenate(([0], np.searchsorted(ended, lasting, side="right")))
    stops = np.append(starts[1:], n)
    at_risk = (n - starts) + (still - np.arange(still + 1))
    left = 1 - np.divide(stops - starts, at_risk, out=np.zeros(still + 1), where=at_risk > 0)
    after = np.cumprod(left)
    return [_first(ended, starts, at_risk, after, 1 - share + TOLERANCE) for share in wanted]


def _first(
    ended: Microseconds,
    starts: NDArray[np.int64],
    at_risk: NDArray[np.int64],
    after: NDArray[np.float64],
    level: float,
) -> int | None:
    """Return the first time at which the curve is at or below a level."""
    reached = np.flatnonzero(after <= level)
    if not len(reached):
        return None
    piece = int(reached[0])
    before = float(after[piece - 1]) if piece else 1.0
    risk, start = int(at_risk[piece]), int(starts[piece])
    ends = max(1, int(risk * (1 - level / before)) - 1)
    while before * (risk - ends) / risk > level:
        ends += 1
    return int(ended[start + ends - 1])


def incidence_quantiles(
    completed: Microseconds, ended: Microseconds, lasting: Microseconds, wanted: Sequence[float]
) -> list[int | None]:
    """Return the times by which shares of all have completed, other ends competing; `None` where never.

    The cumulative incidence is the sum of S(t-) · d/n over the times at which some completed, S being
    the curve to any end (Aalen and Johansen, Scand. J. Stat. 5, 1978). `ended` holds `completed` too.
    """
    times = np.unique(ended)
    if not len(times):
        return [None for _ in wanted]
    left = np.searchsorted(ended, times, side="left")
    d = np.append(left[1:], len(ended)) - left
    at_risk = len(ended) - left + len(lasting) - np.searchsorted(lasting, times, side="left")
    before = np.concatenate(([1.0], np.cumprod(1 - d / at_risk)[:-1]))
    done = np.searchsorted(completed, times, side="right") - np.searchsorted(completed, times, side="left")
    incidence = np.cumsum(before * done / at_risk)
    found: list[int | None] = []
    for share in wanted:
        reached = np.flatnonzero((incidence >= share - TOLERANCE) & (done > 0))
        found.append(int(times[reached[0]]) if len(reached) else None)
    return found
