"""Stage targets drawn against the clock: what is due, what is overdue, and by how many working days.

None of it is stored: it depends on today, and on what the scheme says now.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from shared.governance.scheme.domain import Scheme, SchemeValues
from shared.kernel.calendar import WorkingDays, day_in_london, start_of

EXTRA_LIMIT = 260  # working days in a year: more makes a target no later


class TargetDue(NamedTuple):
    """When a case should leave its stage, and how many working days it is over that."""

    due_on: date | None = None
    overdue_working_days: int = 0


class Targets:
    """The scheme's targets as they stand on one day."""

    def __init__(self, scheme: Scheme, as_of: datetime) -> None:
        """Count by the council's own calendar."""
        self._today = day_in_london(as_of)
        self.closed_days = scheme.closed_days()
        self._days = WorkingDays(self.closed_days)
        values: SchemeValues | None = scheme.in_force(self._today).values
        self._due: dict[tuple[date, int], TargetDue] = {}  # by the day of entry, and how many it may take
        self._targets = {t.stage: t.working_days for t in values.stage_targets} if values else {}

    @property
    def stages(self) -> list[str]:
        """Return the stages that have a target."""
        return [*self._targets]

    def of(self, stage: str, since: datetime, extra: int = 0, *, paused: bool = False) -> TargetDue:
        """Return when a case that entered a stage then should leave it; blank without a target.

        It may stay so many working days more as the target was extended or paused. While a hold pauses it,
        nothing is due.
        """
        target = self._targets.get(stage)
        if target is None or paused:
            return TargetDue()
        case = day_in_london(since), target + min(extra, EXTRA_LIMIT)
        if case not in self._due:
            due_on = self._days.after(*case)
            self._due[case] = TargetDue(due_on, self._days.between(due_on, self._today))
        return self._due[case]

    def overdue_before(self) -> Mapping[str, Sequence[datetime]]:
        """Return, for each stage with a target, the instants before which whoever entered is overdue.

        The first is for those with no extra days, the next for those with one, and so on.
        """
        if not self._targets:
            return {}
        most = max(self._targets.values()) + EXTRA_LIMIT
        instants = [start_of(day) for day in islice(self._last_in_time(), most + 1)]
        return {stage: instants[n : n + EXTRA_LIMIT + 1] for stage, n in self._targets.items()}

    def _last_in_time(self) -> Iterator[date]:
        """Yield the earliest day of entry from which a target of 0, 1, 2 … days is not over yet."""
        today = self._today
        while not self._days.works(today):  # nothing becomes overdue on a day that is not worked
            today -= timedelta(days=1)
        yield today
        entered = today
        while True:
            entered -= timedelta(days=1)
            if self._days.works(entered):
                yield entered


_made: list[tuple[Scheme, date, Targets]] = []  # the last ones, if any


def targets_of(scheme: Scheme, as_of: datetime) -> Targets:
    """Return a scheme's targets at an instant; those of one scheme are the same ones all day."""
    day = day_in_london(as_of)
    if not _made or _made[0][:2] != (scheme, day):
        _made[:] = [(scheme, day, Targets(scheme, as_of))]
    return _made[0][2]
