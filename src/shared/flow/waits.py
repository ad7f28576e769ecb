"""From steps to waits: the visits of cases to stages or activities, and the edges between them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.flow.log import STILL_OPEN, Codes, FlowLog, Names
from shared.kernel.calendar import Microseconds, WorkingTime

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Waits:
    """Waits over a log's marks (its visits, or its steps), in the order of the log.

    Each mark is where a visit begins or a case ends. A mark that is `left` begins a closed wait which
    lasts until the next mark; an `open` one begins a wait that still lasts at the instant of reading.
    """

    case: Codes
    place: Names
    party: Names
    began: Microseconds
    visit: Mask
    left: Mask
    open: Mask
    elapsed: Microseconds
    working: Microseconds

    def ended_in(self, start: int | None, end: int | None) -> "Mask":
        """Return which closed waits ended in [start, end)."""
        ended = self.began + self.elapsed
        mask = self.left.copy()
        if start is not None:
            mask &= ended >= start
        if end is not None:
            mask &= ended < end
        return mask


def stage_waits(log: FlowLog, as_of: int, working: WorkingTime) -> Waits:
    """Return the waits of visits: consecutive steps in one stage are one visit, its entry the first."""
    same_case = np.diff(log.case, prepend=-1) == 0
    same_stage = np.diff(log.stage.codes, prepend=-1) == 0
    after_end = np.concatenate(([False], log.ends[:-1]))
    continues = same_case & same_stage & (after_end == log.ends)  # in the stage, or still at its end
    return _waits(log, ~continues, log.stage, as_of, working)


def activity_waits(log: FlowLog, as_of: int, working: WorkingTime) -> Waits:
    """Return the waits between steps: nothing is collapsed."""
    return _waits(log, np.ones(len(log.at), np.bool_), log.activity, as_of, working)


def _waits(log: FlowLog, marks: Mask, place: Names, as_of: int, working: WorkingTime) -> Waits:
    case, at, ends = log.case[marks], log.at[marks], log.ends[marks]
    followed = np.append(case[1:] == case[:-1], False) if len(case) else np.zeros(0, np.bool_)
    still_open = ~followed & ~ends & (log.cases.closed[case] == STILL_OPEN)
    until = np.where(followed, np.append(at[1:], as_of) if len(at) else at, as_of)
    waits = (followed & ~ends) | still_open
    begun = working.microseconds(at)
    by_now = int(working.microseconds(np.array([as_of], np.int64))[0])
    worked = np.where(followed, np.append(begun[1:], by_now) if len(at) else begun, by_now) - begun
    return Waits(
        case,
        place.take(marks),
        log.party.take(marks),
        at,
        ~ends,
        followed & ~ends,
        still_open,
        np.where(waits, until - at, 0),
        np.where(waits, worked, 0),
    )
