"""A step that nobody of its tier can take: when to look whether that is so, and which tiers decide then."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from shared.governance.scheme.domain import LAST_RESORT
from shared.governance.scheme.tiers import tier_above
from shared.kernel.calendar import WorkingDays, day_in_london, end_of
from shared.kernel.messages import Known, Recorded, S, Stamp
from shared.record.deadlines.deadline import DeadlineCommand

LOOKS_AGAIN_AFTER = timedelta(days=1)


class StepDeadline(DeadlineCommand[S]):
    """Looks whether anybody can take a step; its number is the version at which the step began."""

    def again(self, state: S, stamp: Stamp) -> datetime | None:
        """Look again in a day, while the step waits: whoever can act today may be gone tomorrow."""
        return stamp.at + LOOKS_AGAIN_AFTER if self.still_waits(stamp) else None

    def still_waits(self, stamp: Stamp) -> bool:
        """Say whether the same step waits that was to be looked at."""
        return bool(stamp.known.facts["step"] == self.number)

    def days_waited(self, stamp: Stamp) -> int | None:
        """Return after how many days the scheme in force passes the step up; None if nothing is to be."""
        days = stamp.known.rules.unreachable_after_working_days if stamp.known.rules else None
        return days if self.still_waits(stamp) and not stamp.known.facts["can_act"] else None


def when_to_look(recorded: Recorded) -> datetime | None:
    """Return when to look at the step that began with an event; None if its scheme wants nothing."""
    rules = recorded.stamp.known.rules
    if rules is None or (days := rules.unreachable_after_working_days) is None:
        return None
    if not days:
        return recorded.happened_at
    calendar = WorkingDays(frozenset(rules.closed_days))
    return end_of(calendar.after(day_in_london(recorded.happened_at), days))


def tiers_without_the_next(
    tiers: Sequence[str], granted: int, value_pence: int, known: Known
) -> tuple[str, ...]:
    """Return the tiers that decide once the next can't: those after it, or the one above it; else none."""
    tier, before, following = tiers[granted], tiers[:granted], tiers[granted + 1 :]
    if following:
        return (*before, *following)
    above = "" if tier == LAST_RESORT else tier_above(tier, value_pence, known)
    if not above and tier != LAST_RESORT and known.facts["has_last_resort"]:
        above = LAST_RESORT
    return (*before, above) if above else ()
