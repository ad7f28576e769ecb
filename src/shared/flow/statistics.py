"""Sums, means and percentiles of waits, exact until the last division."""

import numpy as np
from numpy.typing import NDArray

from shared.flow.answers import OpenWait, Spread
from shared.flow.log import Codes
from shared.kernel.calendar import SECOND, Microseconds

P50, P85, P95 = 50, 85, 95


def spread(waits: Microseconds) -> Spread:
    """Return mean, percentiles and sum of closed waits, in seconds.

    Percentiles interpolate linearly between order statistics (Hyndman and Fan 1996, type 7).
    """
    if not len(waits):
        return Spread(mean=None, p50=None, p85=None, p95=None, sum=0.0)
    p50, p85, p95 = np.percentile(waits, (P50, P85, P95)) / SECOND
    total = int(waits.sum())
    return Spread(
        mean=total / len(waits) / SECOND, p50=float(p50), p85=float(p85), p95=float(p95), sum=total / SECOND
    )


def open_wait(ages: Microseconds) -> OpenWait:
    """Return the sum and 85th percentile of the ages of waits that still last, in seconds."""
    if not len(ages):
        return OpenWait(sum=0.0, p85=None)
    return OpenWait(sum=int(ages.sum()) / SECOND, p85=float(np.percentile(ages, P85)) / SECOND)


def sums(codes: Codes, values: Microseconds, size: int) -> Microseconds:
    """Return the sum of the values of each code, in integers, so that nothing is lost."""
    totals = np.zeros(size, np.int64)
    np.add.at(totals, codes, values)
    return totals


def groups(codes: Codes) -> dict[int, NDArray[np.int64]]:
    """Return the rows of each code that occurs."""
    order = np.argsort(codes, kind="stable")
    present, starts = np.unique(codes[order], return_index=True)
    return dict(zip(present.tolist(), np.split(order, starts[1:]), strict=True)) if len(codes) else {}
