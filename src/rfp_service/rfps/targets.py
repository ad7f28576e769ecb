"""Stage targets drawn against the clock: what is due, what is overdue, and by how many working days.

None of it is stored: it depends on today, and on what the scheme says now.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from shared.governance.scheme.domain import Scheme, SchemeValues
from shared.kernel.calendar import WorkingDays, day_in_london, start_of


class TargetDue(NamedTuple):
    """When a case should leave its stage, and how many working days it is over that."""

    due_on: date | None = None
    overdue_working_days: int = 0


class Targets:
    """The scheme's targets as they stand on one day."""

    def __init__(self, scheme: Scheme, as_of: datetime) -> None:
        """Count by the council's own calendar."""
        self._today = day_in_london(as_of)
        self._days = WorkingDays(scheme.closed_days())
        values: SchemeValues | None = scheme.in_force(self._today).values
        self._targets = {t.stage: t.working_days for t in values.stage_targets} if values else {}

    def of(self, stage: str, since: datetime) -> TargetDue:
        """Return when a case that entered a stage then should leave it; blank without a target."""
        target = self._targets.get(stage)
        if target is None:
            return TargetDue()
        due_on = self._days.after(day_in_london(since), target)
        return TargetDue(due_on, self._days.between(due_on, self._today))

    def overdue_before(self) -> Mapping[str, datetime]:
        """Return, for each stage with a target, the instant before which whoever entered is overdue."""
        return {stage: start_of(self._last_in_time(n)) for stage, n in self._targets.items()}

    def _last_in_time(self, target: int) -> date:
        """Return the earliest day of entry from which a target is not over yet."""
        today = self._today
        while not self._days.works(today):  # nothing becomes overdue on a day that is not worked
            today -= timedelta(days=1)
        if target == 0:
            return today
        entered, worked = today - timedelta(days=1), 0
        while worked < target:
            worked += self._days.works(entered)
            entered -= timedelta(days=1)
        return entered + timedelta(days=1)
