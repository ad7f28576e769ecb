"""How a stage is usually left: on which day of the week, and after how long a silence.

What approvers do is known by what leaves their stage. So a long silence says that somebody may be away,
and departures on one day of the week that there is a batch day; neither is said of a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.flow.statistics import FEW
from shared.flow.waits import Waits
from shared.kernel.calendar import DAY, WORKING_DAY, Microseconds, WorkingTime, by_london_clocks

BATCH_SHARE = 0.8  # of departures on one day of the week, and so it is a batch day
DAYS_NEEDED = 5  # on so many different days: one busy day is no habit
USUAL_SHARE = 0.95  # of silences that were no longer
SILENCE_DAYS = 1.0  # a shorter one is nothing to remark on
EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class StageExits:
    """What has been seen of departures from one stage; times in working days."""

    departures: int
    weekday: str  # on which most were, where there is a batch day; blank if there is none
    on_weekday: int
    silent: float  # since the last departure
    usual_silence: float | None  # that 95% of silences did not exceed; none of too few

    def reasons(self, waited: float, *, approval: bool) -> list[str]:
        """Return why a case that has waited here so long does, as far as the habits of its stage say it."""
        found, silent = [], min(waited, self.silent)
        usual = max(self.usual_silence or 0.0, SILENCE_DAYS)
        if approval and self.usual_silence is not None and silent > usual:
            found.append(
                f"No approver has let anything leave this stage for {silent:.0f} working days; usually"
                f" something does within {usual:.0f}: whoever it is may be absent."
            )
        if self.weekday:
            found.append(
                f"It waits for a batch day: {self.on_weekday} of {self.departures} left this stage on a"
                f" {self.weekday}."
            )
        return found


NO_HABITS = StageExits(0, "", 0, 0.0, None)


def stage_exits(visits: Waits, as_of: int, working: WorkingTime) -> Mapping[int, StageExits]:
    """Return the habits of each stage that was ever left, by its number."""
    left = visits.began[visits.left] + visits.elapsed[visits.left]
    codes = visits.place.codes[visits.left]
    return {
        stage: _habits(np.sort(left[codes == stage]), as_of, working) for stage in np.unique(codes).tolist()
    }


def _habits(left: Microseconds, as_of: int, working: WorkingTime) -> StageExits:
    days = by_london_clocks(left) // DAY
    weekday, most = _batch_day(days)
    worked = working.microseconds(np.append(left, as_of)) / WORKING_DAY
    silences = np.diff(worked[:-1])
    usual = float(np.percentile(silences, 100 * USUAL_SHARE)) if len(silences) >= FEW else None
    return StageExits(len(left), weekday, most, float(worked[-1] - worked[-2]), usual)


def _batch_day(days: NDArray[np.int64]) -> tuple[str, int]:
    """Return the day of the week on which nearly all was done, and how much of it; blank for none."""
    if len(days) < FEW:
        return "", 0
    by_weekday = np.bincount((days + EPOCH_WEEKDAY) % 7, minlength=7)
    weekday = int(by_weekday.argmax())
    on_it = int(by_weekday[weekday])
    different = len(np.unique(days[(days + EPOCH_WEEKDAY) % 7 == weekday]))
    if on_it < BATCH_SHARE * len(days) or different < DAYS_NEEDED:
        return "", 0
    return WEEKDAYS[weekday], on_it
