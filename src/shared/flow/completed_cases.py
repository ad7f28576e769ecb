"""Cases that came to what they were opened for, and the working time that they took."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.flow.addends import Window
from shared.flow.log import STILL_OPEN, FlowLog
from shared.flow.waits import Waits, stage_waits
from shared.kernel.calendar import WORKING_DAY, Microseconds, WorkingTime


@dataclass(frozen=True)
class CompletedCases:
    """Their numbers in the log, when they closed, and how long they took, without time between ends."""

    case: NDArray[np.int64]
    closed: Microseconds
    worked: Microseconds

    @property
    def days(self) -> NDArray[np.float64]:
        """Return how many working days each took."""
        return self.worked / WORKING_DAY

    def within(self, window: Window) -> "CompletedCases":
        """Return those that closed in a period."""
        kept = np.ones(len(self.case), np.bool_)
        if window.start is not None:
            kept &= self.closed >= window.start
        if window.end is not None:
            kept &= self.closed < window.end
        return CompletedCases(self.case[kept], self.closed[kept], self.worked[kept])


def completed_cases(
    log: FlowLog, visits: Waits, outcomes: frozenset[str], working: WorkingTime
) -> CompletedCases:
    """Return the cases of a log that ended in these stages (none: in any), in the order of their numbers.

    Where any end counts, as in an import, a case took from when it was opened to when it was closed, as
    the log says of it; else as long as its visits did, for the time after an end is not its time.
    """
    closed = log.cases.closed
    over = (closed != STILL_OPEN) & (log.cases.opened != STILL_OPEN) & (closed >= log.cases.opened)
    if outcomes and len(log.case):
        last = np.flatnonzero(np.diff(log.case, append=-1) != 0)
        wanted = np.array([name in outcomes for name in log.stage.names], np.bool_)
        met = np.zeros(len(closed), np.bool_)
        met[log.case[last]] = wanted[log.stage.codes[last]]
        over &= met
    case = np.flatnonzero(over)
    if not outcomes:
        opened, ended = (working.microseconds(at[case]) for at in (log.cases.opened, closed))
        return CompletedCases(case, closed[case], ended - opened)
    worked = np.zeros(len(closed), np.int64)
    np.add.at(worked, visits.case[visits.left], visits.working[visits.left])
    return CompletedCases(case, closed[case], worked[case])


def completed_by(
    log: FlowLog, as_of: int, working: WorkingTime, outcomes: frozenset[str]
) -> tuple[FlowLog, Waits, CompletedCases]:
    """Return a log as of an instant, its visits, and the cases that had completed by then."""
    then = log.until(as_of)
    visits = stage_waits(then, as_of, working)
    return then, visits, completed_cases(then, visits, outcomes, working)
