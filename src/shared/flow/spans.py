"""Cases as spans of time: when each came and went, by its own row or by its first and last step."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from shared.flow.log import STILL_OPEN, FlowLog, first_steps, last_steps
from shared.kernel.calendar import DAY, Microseconds, WorkingTime, by_london_clocks

EPOCH = date(1970, 1, 1)
DAYS_BEFORE_MONDAY = 3  # 1970-01-01 was a Thursday


@dataclass(frozen=True)
class Spans:
    """When cases came and went, or `STILL_OPEN`; `case` are their numbers in the log."""

    case: NDArray[np.int64]
    came: Microseconds
    went: Microseconds

    def at(self, instant: int) -> Microseconds:
        """Return the ages of the cases that were there at an instant: they had come, and had not gone."""
        return instant - self.came[(self.came <= instant) & (self.went > instant)]

    def time_within(self, start: int, end: int) -> int:
        """Return for how long cases were there between two instants: microseconds, summed over cases."""
        lasted = np.minimum(self.went, end) - np.maximum(self.came, start)
        return int(lasted[lasted > 0].sum())


def recorded_spans(log: FlowLog) -> Spans:
    """Return cases as they opened and closed."""
    there = np.flatnonzero(log.cases.opened != STILL_OPEN)
    return Spans(there, log.cases.opened[there], log.cases.closed[there])


def step_spans(log: FlowLog) -> Spans:
    """Return cases from their first step to their last."""
    first, last = first_steps(log), last_steps(log)
    return Spans(log.case[first], log.at[first], log.at[last])


def ended_for(log: FlowLog, working: WorkingTime | None = None) -> Microseconds:
    """Return for how long each case had ended before it was reopened, or ended again: none of its time.

    Elapsed, or working time where a calendar is given.
    """
    gaps = np.zeros(len(log.cases.opened), np.int64)
    before = log.at[:-1] < log.cases.closed[log.case[:-1]]
    ends = np.flatnonzero(log.ends[:-1] & (log.case[1:] == log.case[:-1]) & before)
    since, until = log.at[ends], log.at[ends + 1]
    if working is not None:
        since, until = working.microseconds(since), working.microseconds(until)
    np.add.at(gaps, log.case[ends], until - since)
    return gaps


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
