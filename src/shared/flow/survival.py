"""How long things take when some have not ended yet: the Kaplan-Meier estimate."""

import numpy as np
from numpy.typing import NDArray

TOLERANCE = 1e-12


def quantiles(
    durations: NDArray[np.float64], ended: NDArray[np.bool_], wanted: tuple[float, ...]
) -> list[float | None]:
    """Return the times by which shares of all cases have ended; `None` where that is not estimable.

    S(t) is the product of 1 - d/n over the times at which cases ended, and the quantile q is the
    first time at which S falls to 1 - q (Kaplan and Meier, J. Am. Stat. Assoc. 53, 1958). Cases that
    have not ended count as at risk for as long as they were seen.
    """
    times, rows = np.unique(durations, return_inverse=True)
    if not len(times):
        return [None for _ in wanted]
    d = np.bincount(rows, weights=ended, minlength=len(times))
    at_risk = len(durations) - np.searchsorted(np.sort(durations), times, side="left")
    survivors = np.cumprod(1 - d / at_risk)
    found: list[float | None] = []
    for share in wanted:
        reached = np.flatnonzero((survivors <= 1 - share + TOLERANCE) & (d > 0))
        found.append(float(times[reached[0]]) if len(reached) else None)
    return found
