"""Days on which something is due from somebody: they are told a week before, and once it is overdue.

What is said of a day has a stream of its own, so that a reminder changes no version that somebody decides on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid5

from pydantic import JsonValue

from shared.kernel.calendar import LONDON, OPENS_HOUR, end_of
from shared.kernel.messages import Event, Stamp
from shared.kernel.states import replace
from shared.record.deadlines.deadline import DeadlineCommand

DUE_DAYS_SPACE = UUID("4f0c8d7e-1b52-4d0a-8c36-2a9d5e7b6f14")
TOLD_BEFORE = timedelta(days=7)


@dataclass(frozen=True)
class DueDay:
    """What was said of something that is due: which days were said to come near, and which to have passed."""

    kind: ClassVar[str] = "due-day"

    neared: tuple[date, ...] = ()
    passed: tuple[date, ...] = ()


class DueDayEvent(Event[DueDay]):
    """Something that the clock said of a day; it names what is due, for whoever reads it alone."""

    kind: ClassVar[str] = "due-day"

    thing_kind: str
    thing_id: UUID
    thing_version: int
    part: str
    due: date


class DueDayNeared(DueDayEvent):
    """Something is due within a week."""

    def apply(self, day: DueDay) -> DueDay:
        """Return the days of which this was said."""
        return replace(day, neared=(*day.neared, self.due))


class DueDayPassed(DueDayEvent):
    """Something was due, and is not done."""

    late: bool = False

    def apply(self, day: DueDay) -> DueDay:
        """Return the days of which this was said."""
        return replace(day, passed=(*day.passed, self.due))


class DueDayClock(DeadlineCommand[DueDay]):
    """What the clock says of something that is still to be done."""

    def said(self, stamp: Stamp) -> dict[str, Any] | None:
        """Return what such an event says; nothing if nothing is due any more."""
        facts = stamp.known.facts
        if not facts["due"]:
            return None
        names = ("thing_kind", "thing_id", "thing_version", "part")
        return {name: facts[name] for name in names} | {"due": date.fromisoformat(str(facts["due"]))}


class NearDueDay(DueDayClock):
    """Say that something is due soon; once for each day, and not once it is overdue."""

    def decide(self, day: DueDay, stamp: Stamp) -> DueDayNeared | tuple[()]:
        """Say it in time, or not at all."""
        said = self.said(stamp)
        if said is None or said["due"] in day.neared:
            return ()
        if not nears_at(said["due"]) <= stamp.at < end_of(said["due"]):
            return ()
        return DueDayNeared(**said)


class PassDueDay(DueDayClock):
    """Say that something is overdue; once for each day."""

    def decide(self, day: DueDay, stamp: Stamp) -> DueDayPassed | tuple[()]:
        """Say it, however late."""
        said = self.said(stamp)
        if said is None or said["due"] in day.passed or stamp.at < end_of(said["due"]):
            return ()
        return DueDayPassed(**said, late=self.is_late(stamp))


NEAR, PASSED = "due-day-near", "due-day-passed"
DAY_CLOCKS: Mapping[str, type[DueDayClock]] = {NEAR: NearDueDay, PASSED: PassDueDay}


def nears_at(due: date) -> datetime:
    """Return when somebody is told that something is due soon: in the morning, a week before."""
    return datetime.combine(due - TOLD_BEFORE, time(OPENS_HOUR), LONDON)


def clocks_of_day(due: date) -> Iterator[tuple[str, datetime]]:
    """Yield the clocks that a day starts, and when each ends."""
    yield NEAR, nears_at(due)
    yield PASSED, end_of(due)


def due_day_id(thing: UUID, part: str) -> UUID:
    """Return the id under which is kept what was said of the days of a part of a thing."""
    return uuid5(DUE_DAYS_SPACE, f"{thing} {part}")


def due_day_facts(kind: str, thing: UUID, version: int, part: str, due: date | None) -> dict[str, JsonValue]:
    """Return what a clock must know of what is due: by which day now; none if it is done."""
    return {
        "thing_kind": kind,
        "thing_id": str(thing),
        "thing_version": version,
        "part": part,
        "due": "" if due is None else due.isoformat(),
    }


DUE_DAY_EVENTS = (DueDayNeared, DueDayPassed)
