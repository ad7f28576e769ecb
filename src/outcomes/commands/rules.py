"""The checks that several commands of this room share."""

from datetime import date

from outcomes.domain.milestone import UNDER_WAY, Milestone
from outcomes.domain.refusals import (
    DayStillToCome,
    MilestoneNotUnderWay,
    NoSuchMeasure,
    NoSuchOutcome,
    NoSuchPriority,
    NoSuchProgramme,
)
from outcomes.domain.tags import MeasureShown
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Stamp


def today(stamp: Stamp) -> date:
    """Return the day of a decision, by London's clocks."""
    return day_in_london(stamp.at)


def must_be_past(day: date, stamp: Stamp) -> None:
    """Refuse a day that is still to come."""
    if day > today(stamp):
        raise DayStillToCome(day=day, today=today(stamp))


def must_be_under_way(milestone: Milestone) -> None:
    """Refuse unless somebody still works for the milestone."""
    if milestone.status not in UNDER_WAY:
        raise MilestoneNotUnderWay(standing=milestone.status)


def programme_must_be_there(stamp: Stamp) -> None:
    """Refuse what belongs to a programme that is not on the record."""
    if not stamp.known.facts.get("programme_there"):
        raise NoSuchProgramme


def outcome_must_be_there(stamp: Stamp) -> None:
    """Refuse what belongs to an outcome that is not on the record."""
    if not stamp.known.facts.get("outcome_there"):
        raise NoSuchOutcome


def priorities_must_be_adopted(priorities: list[str], stamp: Stamp) -> None:
    """Refuse a tag that no adopted strategy has."""
    adopted = stamp.known.facts.get("priorities", [])
    assert isinstance(adopted, list), "names, as the strategies have them"
    if missing := [name for name in priorities if name not in adopted]:
        raise NoSuchPriority(missing=missing)


def measures_must_be_answered(measures: list[MeasureShown], stamp: Stamp) -> None:
    """Refuse a measure that no register of the service answers."""
    answered = stamp.known.facts.get("measures", [])
    assert isinstance(answered, list), "names, as the roof has them"
    if missing := [shown.name for shown in measures if shown.name not in answered]:
        raise NoSuchMeasure(missing=missing, measures=answered)
