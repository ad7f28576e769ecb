"""Which horizon a milestone stands in on a day, and its colour by a rule that has a name."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from outcomes.domain.milestone import MilestoneStatus
from shared.kernel.wording import counted, long_day

HORIZON_MONTHS = 6
SILENT_AFTER_DAYS = 30
LONG_OVERDUE_DAYS = 30
MOVES_THAT_WORRY = 2


class Horizon(StrEnum):
    """Where a milestone stands in the committee's paper."""

    ACHIEVED = "achieved"
    NEXT = "next_6_months"
    LATER = "6_months_plus"
    UNDATED = "undated"
    DROPPED = "dropped"


class Colour(StrEnum):
    """A colour as boards use them; the order is from worst to best."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    COMPLETE = "complete"
    NOT_RATED = "not_rated"


@dataclass(frozen=True)
class MilestoneStanding:
    """One milestone as of a reading: all that horizons, colours and promises are concluded from."""

    id: UUID
    outcome: UUID
    title: str
    status: MilestoneStatus
    due: date | None
    met_on: date | None
    moves: tuple[str, ...]
    last_word_on: date
    waits_for_overdue: int = 0
    is_reopened: bool = False
    was_undated: bool = False  # so that the first of its moves gave it its first day

    @property
    def is_under_way(self) -> bool:
        """Say whether somebody still works for it."""
        return self.status in (MilestoneStatus.OPEN, MilestoneStatus.SUBMITTED)

    @property
    def times_moved(self) -> int:
        """Return how often its day was changed; to be given a first one is no move."""
        return len(self.moves) - self.was_undated


def months_after(day: date, months: int) -> date:
    """Return the same day so many calendar months later, or the last one where that month is shorter."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(years, month + 1)[1]
    return date(years, month + 1, min(day.day, last))


def horizon(status: MilestoneStatus, due: date | None, day: date) -> Horizon:
    """Return where a milestone stands on a day; what is overdue stays in the next six months."""
    if status is MilestoneStatus.MET:
        return Horizon.ACHIEVED
    if status is MilestoneStatus.DROPPED:
        return Horizon.DROPPED
    if due is None:
        return Horizon.UNDATED
    return Horizon.NEXT if due <= months_after(day, HORIZON_MONTHS) else Horizon.LATER


def is_overdue(status: MilestoneStatus, due: date | None, day: date) -> bool:
    """Say whether a milestone is due before a day, and neither met nor dropped."""
    done = status in (MilestoneStatus.MET, MilestoneStatus.DROPPED)
    return not done and due is not None and due < day


def silent_since(one: MilestoneStanding, day: date) -> date | None:
    """Return the day of the last word on a milestone, where more than 30 days have passed since."""
    silent = one.is_under_way and (day - one.last_word_on).days > SILENT_AFTER_DAYS
    return one.last_word_on if silent else None


COLOUR_RULE = "milestones-1"
COLOUR_RULE_TEXT = (
    f"Red: overdue by more than {LONG_OVERDUE_DAYS} days. Amber: overdue; or due within six months"
    f" and silent for more than {SILENT_AFTER_DAYS} days, moved {MOVES_THAT_WORRY} times or more, reopened,"
    " or waiting for data that are late. Green: none of these. Complete: met. An outcome has the worst"
    " colour of its milestones that are under way; it is complete where all are met, and not rated"
    " where it has none."
)


def colour(one: MilestoneStanding, day: date) -> tuple[Colour, list[str]]:
    """Return a milestone's colour by the rule named above, with every reason for it."""
    if one.status is MilestoneStatus.MET:
        return Colour.COMPLETE, []
    if not one.is_under_way:
        return Colour.NOT_RATED, []
    reasons = _reasons(one, day)
    late = (day - one.due).days if one.due is not None else 0
    if late > LONG_OVERDUE_DAYS:
        return Colour.RED, reasons
    return (Colour.AMBER if reasons else Colour.GREEN), reasons


def _reasons(one: MilestoneStanding, day: date) -> list[str]:
    """Return what worries about a milestone under way."""
    reasons = []
    if one.due is not None and one.due < day:
        reasons.append(f"overdue by {counted((day - one.due).days, 'day')}")
    if horizon(one.status, one.due, day) is not Horizon.NEXT:
        return reasons
    if since := silent_since(one, day):
        reasons.append(f"silent since {long_day(since)}")
    if one.times_moved >= MOVES_THAT_WORRY:
        reasons.append(f"moved {one.times_moved} times")
    if one.is_reopened:
        reasons.append("reopened after it was met")
    if one.waits_for_overdue:
        reasons.append("waits for data that are late")
    return reasons


def worst(colours: Iterable[Colour]) -> Colour:
    """Return the colour of an outcome, given those of its milestones."""
    order = list(Colour)
    return min(colours, key=order.index, default=Colour.NOT_RATED)
