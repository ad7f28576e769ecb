"""When open cases will likely be over, by how long it took others from the same stage on."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from shared.flow.log import STILL_OPEN, FlowLog
from shared.flow.waits import Waits
from shared.kernel.calendar import Microseconds

SHARES = (0.50, 0.85, 0.95)
VISITS_NEEDED = 30  # below so many past visits of a stage, the age of the case says more
TOLERANCE = 1e-12
LEFT = 1 - np.array(SHARES)  # of those standing
NEVER = -1  # as far as anybody has seen: no case was over before 1970


@dataclass(frozen=True)
class Curve:
    """How many have not ended by a time: falling steps."""

    times: Microseconds
    survivors: NDArray[np.float64]

    @classmethod
    def of(cls, durations: Microseconds, ended: NDArray[np.bool_]) -> "Curve":
        """Fit Kaplan and Meier's estimate."""
        times, rows = np.unique(durations, return_inverse=True)
        if not len(times):
            return cls(times, np.zeros(0))
        d = np.bincount(rows, weights=ended, minlength=len(times))
        at_risk = len(durations) - np.searchsorted(np.sort(durations), times, side="left")
        return cls(times, np.cumprod(1 - d / at_risk, dtype=np.float64))

    @cached_property
    def _ended(self) -> NDArray[np.float64]:
        """Return the survivors as a rising row, to look values up in."""
        return -self.survivors

    def ends_by(self, ages: Microseconds) -> Microseconds:
        """Return by which ages (µs) shares of those of each age have ended, a row each; NEVER if unknown."""
        reached = np.searchsorted(self.times, ages, side="right")
        standing = np.concatenate(([1.0], self.survivors))[reached][:, np.newaxis]
        first = np.searchsorted(self._ended, -(LEFT * standing + TOLERANCE), side="left")
        known = (standing > TOLERANCE) & (first < len(self.times))
        at = np.where(known, np.maximum(first, reached[:, np.newaxis]), len(self.times))
        return np.append(self.times, NEVER)[at]

    def over_within(self, age: int, within: int) -> float | None:
        """Return the chance (0 to 1) that one of an age is over so many µs later: 1 - S(a + h) / S(a).

        `None` where nobody was seen to last to that age.
        """
        standing, later = self._at(age), self._at(age + within)
        return None if standing <= TOLERANCE else 1 - later / standing

    def _at(self, age: int) -> float:
        reached = int(np.searchsorted(self.times, age, side="right"))
        return float(self.survivors[reached - 1]) if reached else 1.0


class LikelyFinish:
    """What has been seen of cases from each of their stages on, to their closing."""

    def __init__(self, log: FlowLog, visits: Waits, as_of: int) -> None:
        """Learn from all visits as of an instant; those of open cases are seen until then."""
        closed = log.cases.closed
        begun = np.flatnonzero(visits.visit)
        self._stage = visits.place.codes[begun]
        until = np.minimum(closed[visits.case[begun]], as_of)
        self._lasted = until - visits.began[begun]
        self._ended = closed[visits.case[begun]] != STILL_OPEN
        self._past = ~visits.open[begun]
        there = (log.cases.opened != STILL_OPEN) & (np.minimum(closed, as_of) >= log.cases.opened)
        whole = np.minimum(closed[there], as_of) - log.cases.opened[there]
        self._of_cases = Curve.of(whole, closed[there] != STILL_OPEN)
        self._curves: dict[int, Curve | None] = {}

    def of_each(
        self, stages: NDArray[np.int64], entered: Microseconds, opened: Microseconds, as_of: int
    ) -> Microseconds:
        """Return the instants (microseconds) by which cases in their stages are over with 50, 85 and 95%.

        A row for each case; NEVER where nobody can say.
        """
        found = np.full((len(stages), len(SHARES)), NEVER)
        for stage in np.unique(stages).tolist():
            mine, curve = stages == stage, self._curve(stage)
            since = (opened if curve is None else entered)[mine]
            ages = (curve or self._of_cases).ends_by(as_of - since)
            found[mine] = np.where(ages == NEVER, NEVER, since[:, np.newaxis] + ages)
        return found

    def chance(self, stage: int, entered: int, opened: int, as_of: int, within: int) -> float | None:
        """Return how likely (0 to 1) a case in a stage is over so many µs later; `None` where nothing tells.

        The mean of what its stage says and what its age does (a linear pool: Stone 1961), which errs less
        than either where both know something; where one does not, what the other says.
        """
        by_age, curve = self.chance_by_age(opened, as_of, within), self._curve(stage)
        by_stage = None if curve is None else curve.over_within(as_of - entered, within)
        if by_stage is None or by_age is None:
            return by_age if by_stage is None else by_stage
        return (by_stage + by_age) / 2

    def chance_by_age(self, opened: int, as_of: int, within: int) -> float | None:
        """Return the same chance, 0 to 1, by the age of the case alone."""
        return self._of_cases.over_within(as_of - opened, within)

    def _curve(self, stage: int) -> Curve | None:
        if stage not in self._curves:
            mine = self._stage == stage
            kept = mine & (self._lasted >= 0)
            enough = int((mine & self._past).sum()) >= VISITS_NEEDED
            self._curves[stage] = Curve.of(self._lasted[kept], self._ended[kept]) if enough else None
        return self._curves[stage]
