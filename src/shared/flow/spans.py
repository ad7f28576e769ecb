"""Cases as spans of time: when each came and went, by its own row or by its first and last step."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.flow.log import STILL_OPEN, Codes, FlowLog, first_steps, last_steps
from shared.kernel.calendar import DAY, Microseconds, WorkingTime, by_london_clocks

EPOCH = date(1970, 1, 1)
DAYS_BEFORE_MONDAY = 3  # 1970-01-01 was a Thursday


class Gaps(NamedTuple):
    """When cases had ended before they were reopened, or ended again: none of their time."""

    case: Codes
    since: Microseconds
    until: Microseconds


@dataclass(frozen=True)
class Spans:
    """When cases came and went, or `STILL_OPEN`, and their gaps; `case` are their numbers in the log."""

    case: NDArray[np.int64]
    came: Microseconds
    went: Microseconds
    gaps: Gaps

    @cached_property
    def _of_gaps(self) -> NDArray[np.int64]:
        """Return the row of the case that each gap is of."""
        return np.searchsorted(self.case, self.gaps.case)

    def there(self, instant: int) -> NDArray[np.bool_]:
        """Return which cases were there at an instant: they had come, and were neither gone nor in a gap."""
        found: NDArray[np.bool_] = (self.came <= instant) & (self.went > instant)
        found[self._of_gaps[(self.gaps.since <= instant) & (self.gaps.until > instant)]] = False
        return found

    def at(self, instant: int) -> Microseconds:
        """Return the ages of the cases that were there at an instant, without their gaps."""
        ages = instant - self.came
        lasted = np.minimum(self.gaps.until, instant) - self.gaps.since
        np.subtract.at(ages, self._of_gaps, np.maximum(lasted, 0))
        return ages[self.there(instant)]

    def time_within(self, start: int, end: int) -> int:
        """Return for how long cases were there between two instants: microseconds, summed over cases."""
        whole, away = (
            np.minimum(last, end) - np.maximum(first, start)
            for first, last in ((self.came, self.went), (self.gaps.since, self.gaps.until))
        )
        return int(whole[whole > 0].sum() - away[away > 0].sum())


def recorded_spans(log: FlowLog) -> Spans:
    """Return cases as they opened and closed."""
    there = np.flatnonzero(log.cases.opened != STILL_OPEN)
    return Spans(there, log.cases.opened[there], log.cases.closed[there], gaps(log))


def step_spans(log: FlowLog) -> Spans:
    """Return cases from their first step to their last."""
    first, last = first_steps(log), last_steps(log)
    return Spans(log.case[first], log.at[first], log.at[last], gaps(log))


def gaps(log: FlowLog) -> Gaps:
    """Return when cases had ended before they were reopened, or ended again."""
    before = log.at[:-1] < log.cases.closed[log.case[:-1]]
    ends = np.flatnonzero(log.ends[:-1] & (log.case[1:] == log.case[:-1]) & before)
    return Gaps(log.case[ends], log.at[ends], log.at[ends + 1])


def ended_for(log: FlowLog, working: WorkingTime | None = None) -> Microseconds:
    """Return for how long each case had ended before it was reopened, or ended again: none of its time.

    Elapsed, or working time where a calendar is given.
    """
    lasted = np.zeros(len(log.cases.opened), np.int64)
    case, since, until = gaps(log)
    if working is not None:
        since, until = working.microseconds(since), working.microseconds(until)
    np.add.at(lasted, case, until - since)
    return lasted


def weeks_of(instants: Microseconds) -> NDArray[np.int64]:
    """Return the number of the ISO week, by London's clocks, in which instants lie."""
    weeks: NDArray[np.int64] = (by_london_clocks(instants) // DAY + DAYS_BEFORE_MONDAY) // 7
    return weeks


def monday(week: int) -> date:
    """Return the day on which a week begins."""
    return EPOCH + timedelta(days=week * 7 - DAYS_BEFORE_MONDAY)


def week_name(week: int) -> str:
    """Return what ISO 8601 calls a week."""
    year, number, _ = monday(week).isocalendar()
    return f"{year}-W{number:02d}"
