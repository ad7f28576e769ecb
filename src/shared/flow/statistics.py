"""Waits in rising order: sums, means and percentiles by looking up, exact until the last division."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.flow.intervals import SHARES, places
from shared.flow.log import Codes
from shared.kernel.calendar import SECOND, Microseconds

HALF = 32
LOW_BITS = (1 << HALF) - 1
SMALL = 2**15 - 1
FEW = 10  # under so many, percentiles say less than the values themselves
P85 = 0.85


def exact_sum(values: Microseconds) -> int:
    """Return a sum that may be larger than 64 bits hold: a few million years of waiting are."""
    low = int((values & LOW_BITS).sum())
    return (int((values >> HALF).sum()) << HALF) + low


def exact_sums(codes: Codes, values: Microseconds, size: int) -> list[int]:
    """Return the sum of the values of each code, exact also beyond 64 bits."""
    low, high = np.zeros(size, np.int64), np.zeros(size, np.int64)
    np.add.at(low, codes, values & LOW_BITS)
    np.add.at(high, codes, values >> HALF)
    return [(up << HALF) + down for up, down in zip(high.tolist(), low.tolist(), strict=True)]


@dataclass(frozen=True)
class Ordered:
    """Values in rising order, and their exact sum; what is told of them is worked out once."""

    values: Microseconds
    total: int

    @classmethod
    def of(cls, values: Microseconds) -> "Ordered":
        """Put values in order."""
        return cls(np.sort(values), exact_sum(values))

    def __len__(self) -> int:
        """Return how many values there are."""
        return len(self.values)

    def moved(self, gone: Microseconds, come: Microseconds) -> "Ordered":
        """Return these values without some of them and with others; the cost is one copy."""
        kept = self.values
        if len(gone):
            gone = np.sort(gone)
            nth = np.arange(len(gone)) - np.searchsorted(gone, gone, side="left")
            kept = np.delete(kept, np.searchsorted(kept, gone, side="left") + nth)
        if len(come):
            come = np.sort(come)
            kept = np.insert(kept, np.searchsorted(kept, come), come)
        return Ordered(kept, self.total - exact_sum(gone) + exact_sum(come))

    @cached_property
    def spread(self) -> dict[str, Any]:
        """Return n, mean, sum and percentiles with their intervals, in seconds."""
        n = len(self.values)
        told: dict[str, Any] = {"n": n, "mean": None, "sum": self.total / SECOND, "too_few": n < FEW}
        told |= dict.fromkeys(PERCENTILES) | dict.fromkeys(INTERVALS)
        told["values"] = (self.values / SECOND).tolist() if n < FEW else None
        if n:
            told["mean"] = self.total / n / SECOND
            told |= zip(PERCENTILES, percentiles(self.values), strict=True)
        if n >= FEW:
            ends = places(n).ends
            seconds = np.where(ends >= 0, self.values[ends] / SECOND, np.nan).tolist()
            bounds = [None if at < 0 else end for at, end in zip(ends.tolist(), seconds, strict=True)]
            told |= zip(INTERVALS, zip(bounds[::2], bounds[1::2], strict=True), strict=True)
        return told


PERCENTILES = tuple(f"p{round(100 * share)}" for share in SHARES)
INTERVALS = tuple(f"{name}_interval" for name in PERCENTILES)
NONE = Ordered(np.zeros(0, np.int64), 0)


def percentiles(ordered: Microseconds) -> list[float]:
    """Return the percentiles of at least one value in rising order, in seconds."""
    low, high, fraction, _ = places(len(ordered))
    floor: NDArray[np.int64] = ordered[low]
    found: list[float] = ((floor + (ordered[high] - floor) * fraction) / SECOND).tolist()
    return found


def open_wait(began: Ordered, until: int) -> dict[str, float | None]:
    """Return sum and 85th percentile, in seconds, of waits that began then and last until an instant."""
    n = len(began)
    if not n:
        return {"sum": 0.0, "p85": None}
    at = (n - 1) * P85
    floor = int(at)
    low, high = (until - int(began.values[n - 1 - k]) for k in (floor, min(floor + 1, n - 1)))
    return {"sum": (n * until - began.total) / SECOND, "p85": (low + (high - low) * (at - floor)) / SECOND}


def grouped(codes: Codes, values: Sequence[Microseconds]) -> dict[int, tuple[Microseconds, ...]]:
    """Return, for each code that occurs, its values of several columns; codes below zero are left out."""
    if not len(codes):
        return {}
    small = codes.astype(np.int16) if codes.max() < SMALL else codes
    order = np.argsort(small, kind="stable")  # by radix where codes are small
    in_order = codes[order]
    starts = np.flatnonzero(np.diff(in_order, prepend=-2) != 0)
    columns = [np.split(column[order], starts[1:]) for column in values]
    present: Iterable[int] = in_order[starts].tolist()
    return {code: parts for code, *parts in zip(present, *columns, strict=True) if code >= 0}  # type: ignore[misc]  # as many as there are columns
