"""Two periods compared: how long cases took, and how many came; each difference with its interval.

A period that is not over is never compared with one that is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.flow.completed_cases import CompletedCases
from shared.flow.statistics import FEW
from shared.kernel.calendar import DAY, Microseconds

RESAMPLINGS = 1_000
SEED = 20_260_302
COMPARED_COLUMNS = (
    *("figure", "measure", "before_n", "before", "after_n", "after", "change", "changed_by"),
    *("interval_from", "interval_to", "opens_before", "opens_after"),
)
TAIL_PERCENT = 2.5
Z = 1.959963984540054  # of 95% of a normal distribution
WEEK = 7 * DAY


@dataclass(frozen=True)
class Span:
    """A period, [start, end)."""

    start: int
    end: int

    def of(self, instants: Microseconds) -> Microseconds:
        """Return which instants, in microseconds since the epoch, are in it: its first one, not its last."""
        return instants[(instants >= self.start) & (instants < self.end)]

    @property
    def days(self) -> int:
        """Return how many days it lasts: one on which clocks change is a day like others."""
        return round((self.end - self.start) / DAY)

    def weekly(self, instants: Microseconds) -> NDArray[np.int64]:
        """Return how many instants are in each whole week of it, counted from its beginning."""
        weeks = self.days // 7
        number = (self.of(instants) - self.start) // WEEK
        return np.bincount(number[number < weeks], minlength=weeks)


def compared_times(completed: CompletedCases, before: Span, after: Span) -> dict[str, Any]:
    """Return how long cases took that closed in either period, and by how much the median changed."""
    one, other = (
        completed.days[(completed.closed >= span.start) & (completed.closed < span.end)]
        for span in (before, after)
    )
    enough = len(one) >= FEW and len(other) >= FEW
    return {
        "before": _times(one),
        "after": _times(other),
        "difference_working_days": float(np.median(other) - np.median(one)) if enough else None,
        "interval": _interval(one, other) if enough else None,
    }


def _times(days: NDArray[np.float64]) -> dict[str, Any]:
    median = float(np.median(days)) if len(days) else None
    return {"n": len(days), "median_working_days": median, "too_few": len(days) < FEW}


def _interval(one: NDArray[np.float64], other: NDArray[np.float64]) -> list[float]:
    """Return a 95% interval of the difference of medians: both periods drawn again (Efron 1979), seeded."""
    dice = np.random.default_rng(SEED)
    found = _medians_again(dice, other) - _medians_again(dice, one)
    ends: list[float] = np.percentile(found, (TAIL_PERCENT, 100 - TAIL_PERCENT)).tolist()
    return ends


def _medians_again(dice: np.random.Generator, days: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return medians of as many values, drawn again and again, without drawing all of each.

    The k-th smallest of n draws stands where the k-th smallest of n uniform numbers does, which is spread as
    Beta(k, n - k + 1); the one after it is the smallest of the n - k that are left (David and Nagaraja 2003).
    """
    ordered, n = np.sort(days), len(days)
    k = (n + 1) // 2
    low = dice.beta(k, n - k + 1, RESAMPLINGS)
    high = low if n % 2 else low + (1 - low) * dice.beta(1, n - k, RESAMPLINGS)
    first, second = (ordered[np.minimum((n * at).astype(np.int64), n - 1)] for at in (low, high))
    medians: NDArray[np.float64] = (first + second) / 2
    return medians


def rate_ratio(came: Microseconds, before: Span, after: Span) -> dict[str, Any]:
    """Return how many came in either period a day, and their ratio with its 95% interval.

    What comes is counted as Poisson does, its spread as large as that of the weeks is seen to be
    (quasi-likelihood: Wedderburn 1974), and never smaller. Without arrivals in both there is no ratio.
    """
    n, m = len(before.of(came)), len(after.of(came))
    told = {
        "before": {"n": n, "per_day": n / before.days},
        "after": {"n": m, "per_day": m / after.days},
        "ratio": None,
        "interval": None,
        "dispersion": None,
    }
    if not n or not m:
        return told
    spread = _dispersion([span.weekly(came) for span in (before, after)])
    ratio = (m / after.days) / (n / before.days)
    wide = Z * sqrt(spread * (1 / n + 1 / m))
    ends = [exp(log(ratio) - wide), exp(log(ratio) + wide)]
    return told | {"ratio": ratio, "interval": ends, "dispersion": spread}


def _dispersion(weeks: list[NDArray[np.int64]]) -> float:
    """Return Pearson's statistic by its degrees of freedom: 1 where weeks differ as Poisson says."""
    squares, freedom = 0.0, 0
    for counts in weeks:
        if len(counts) > 1 and counts.sum():
            mean = float(counts.mean())
            squares += float(((counts - mean) ** 2).sum()) / mean
            freedom += len(counts) - 1
    return max(1.0, squares / freedom) if freedom else 1.0


def compared_rows(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return two periods side by side as rows of a table, one for each figure; none if not compared."""
    rows = []
    for figure, value, change in (
        ("cycle_time", "median_working_days", "difference_working_days"),
        ("raised", "per_day", "ratio"),
        ("reached_procurement", "per_day", "ratio"),
    ):
        if (compared := told[figure]) is None:
            continue
        row = {"figure": figure, "measure": value, "change": change, "changed_by": compared[change]}
        for name in ("before", "after"):
            side = compared[name]
            row |= {f"{name}_n": side["n"], name: side[value], f"opens_{name}": side["opens"]}
        low, high = compared["interval"] or (None, None)
        rows.append(row | {"interval_from": low, "interval_to": high})
    return rows
