"""How long things take when some have not ended yet: Kaplan and Meier's estimate, Aalen and Johansen's.

Both telescope between two that still last, so that the cost grows with the youngest of those, and not
with what has ended: of d that end while n are at risk, the curve falls by d/n of where it stood before.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shared.kernel.calendar import Microseconds

TOLERANCE = 1e-12
FIRST_BLOCK, GROWTH = 64, 8


def quantiles(ended: Microseconds, lasting: Microseconds, wanted: Sequence[float]) -> list[int | None]:
    """Return the times by which shares of all have ended; `None` where that is not estimable.

    S(t) is the product of 1 - d/n over the times at which some ended, and the quantile q is the first
    time at which S falls to 1 - q (Kaplan and Meier, J. Am. Stat. Assoc. 53, 1958). What has not ended
    counts as at risk for as long as it was seen. Both are in rising order.
    """
    return incidence_quantiles(ended, ended, lasting, wanted)


def incidence_quantiles(
    completed: Microseconds, ended: Microseconds, lasting: Microseconds, wanted: Sequence[float]
) -> list[int | None]:
    """Return the times by which shares of all have completed, other ends competing; `None` where never.

    The cumulative incidence is the sum of S(t-) · d/n over the times at which some completed, S being
    the curve to any end (Aalen and Johansen, Scand. J. Stat. 5, 1978). `ended` holds `completed` too.
    """
    found: list[int | None] = []
    curve, asked = _Curve(completed, ended, lasting), list(wanted)
    for first, last in _blocks(len(lasting)):
        starts, rise, incidence = curve.pieces(first, last)
        while asked:
            reached = np.flatnonzero(incidence >= asked[0] - TOLERANCE)
            if not len(reached):
                break
            piece = int(reached[0])
            before = float(incidence[piece - 1]) if piece else curve.before
            ends = max(1, int((asked[0] - TOLERANCE - before) / rise[piece]) - 1)
            while before + ends * rise[piece] < asked[0] - TOLERANCE:
                ends += 1
            found.append(int(completed[min(int(starts[piece]) + ends, len(completed)) - 1]))
            asked.pop(0)
        if not asked:
            break
        curve.go_on(incidence)
    return found + [None] * len(asked)


def _blocks(count: int) -> list[tuple[int, int]]:
    """Return the pieces of the curve between what lasts, a few first, as most quantiles lie there."""
    found, first, size = [], 0, FIRST_BLOCK
    while first <= count:
        found.append((first, min(first + size, count + 1)))
        first, size = first + size, size * GROWTH
    return found


class _Curve:
    """The curve, piece by piece: piece k is where so many of those that last have left it."""

    def __init__(self, completed: Microseconds, ended: Microseconds, lasting: Microseconds) -> None:
        self._completed, self._ended, self._lasting = completed, ended, lasting
        self._survivors = 1.0
        self._after = 1.0
        self.before = 0.0

    def pieces(
        self, first: int, last: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Return where in `completed` some pieces start, how much each rises, and the sum at its end."""
        n, still = len(self._ended), len(self._lasting)
        ages = self._lasting[max(first - 1, 0) : last]
        bounds = self._bounds(self._ended, ages, first, last, n)
        mine = bounds
        if self._completed is not self._ended:
            mine = self._bounds(self._completed, ages, first, last, len(self._completed))
        at_risk = (n - bounds[:-1]) + (still - np.arange(first, last))
        nobody = at_risk == 0
        risk = np.where(nobody, 1, at_risk)
        left = np.cumprod(1 - np.diff(bounds) / risk) * self._survivors
        stood = np.concatenate(([self._survivors], left[:-1]))
        self._after = float(left[-1])
        rise = np.where(nobody, 0.0, stood / risk)
        return mine[:-1], rise, self.before + np.cumsum(rise * np.diff(mine))

    def _bounds(
        self, values: Microseconds, ages: Microseconds, first: int, last: int, count: int
    ) -> NDArray[np.int64]:
        """Return where in values each piece starts, and where the last of them ends."""
        inner = np.searchsorted(values, ages, side="right")
        if first == 0:
            inner = np.concatenate(([0], inner))
        return np.append(inner, count)[: last - first + 1]

    def go_on(self, incidence: NDArray[np.float64]) -> None:
        """Let the next pieces begin where these ended."""
        self._survivors, self.before = self._after, float(incidence[-1])
