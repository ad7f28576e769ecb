"""Working time: Monday to Friday, 09:00 to 17:00 by London's clocks, less bank holidays and closed days."""

from bisect import bisect
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Microseconds = NDArray[np.int64]

LONDON = ZoneInfo("Europe/London")
FIRST_YEAR, LAST_YEAR = 1900, 2069
OPENS_HOUR, CLOSES_HOUR = 9, 17
SECOND = 1_000_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
WORKING_DAY = (CLOSES_HOUR - OPENS_HOUR) * HOUR
SATURDAY, SUNDAY = 5, 6
ENGLAND, KINGDOM = ("ENG",), ("ENG", "NIR", "SCT", "WLS")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FIRST_DAY = date(FIRST_YEAR, 1, 1)
_DAYS = (date(LAST_YEAR, 12, 31) - _FIRST_DAY).days + 1
_FIRST = (_FIRST_DAY - _EPOCH.date()).days
_NOUGHT = (date(1990, 1, 1) - _FIRST_DAY).days  # W is 0 there: what was stored of it stays as it is


def microseconds(instant: datetime) -> int:
    """Return an instant as microseconds since the Unix epoch, exactly."""
    return (instant - _EPOCH) // _MICROSECOND


class WorkingTime:
    """W(t): the working time up to an instant; W(b) - W(a) is what passed between two.

    Instants are microseconds since the Unix epoch in UTC; so is W, in whole microseconds, so that
    waits add up exactly. Before 1900 and after 2069 no time is working time.
    """

    def __init__(self, closed_days: frozenset[date] = frozenset()) -> None:
        """Work on every working day but the council's own closed days."""
        works = _bank_working_days(ENGLAND).copy()
        for day in closed_days:
            number = (day - _FIRST_DAY).days
            if 0 <= number < _DAYS:
                works[number] = False
        self._works = works
        days = np.concatenate(([0], np.cumsum(works, dtype=np.int64)))
        self._before: Microseconds = (days - days[_NOUGHT]) * WORKING_DAY

    def microseconds(self, instants: Microseconds) -> Microseconds:
        """Return W of each instant."""
        day, time = np.divmod(by_london_clocks(instants), DAY)
        number = day - _FIRST
        inside = np.clip(number, 0, _DAYS - 1)
        today = np.clip(time - OPENS_HOUR * HOUR, 0, WORKING_DAY) * self._works[inside]
        within = (number >= 0) & (number < _DAYS)
        edge = np.where(number < 0, self._before[0], self._before[-1])
        found: Microseconds = np.where(within, self._before[inside] + today, edge)
        return found

    def at(self, instant: int) -> int:
        """Return W of one instant: the same, without arrays."""
        changes, offsets = _clock_changes_listed()
        day, time = divmod(instant + offsets[bisect(changes, instant) - 1], DAY)
        number = day - _FIRST
        if not 0 <= number < _DAYS:
            return int(self._before[0 if number < 0 else -1])
        today = min(max(time - OPENS_HOUR * HOUR, 0), WORKING_DAY) if self._works[number] else 0
        return int(self._before[number]) + today

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time between two instants."""
        first, last = self.microseconds(np.array([microseconds(start), microseconds(end)], dtype=np.int64))
        return timedelta(microseconds=int(last - first))


def by_london_clocks(instants: Microseconds) -> Microseconds:
    """Return what London's clocks show at instants, as microseconds since midnight of 1970-01-01 there."""
    changes, offsets = _clock_changes()
    local: Microseconds = instants + offsets[np.searchsorted(changes, instants, side="right") - 1]
    return local


@cache
def _bank_working_days(parts: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return which days are weekdays and no bank holidays in any of these parts of the United Kingdom.

    Banking and Financial Dealings Act 1971, schedule 1, and the proclamations under it.
    """
    import holidays  # hundreds of countries' rules: a process that counts no days needs none

    first_weekday = _FIRST_DAY.weekday()
    works = (np.arange(_DAYS) + first_weekday) % 7 < SATURDAY
    for part in parts:
        years = range(FIRST_YEAR, LAST_YEAR + 1)
        for day in holidays.country_holidays("GB", subdiv=part, years=years, expand=False):
            works[(day - _FIRST_DAY).days] = False
    return works


def find_bank_holidays() -> None:
    """Find England's, once for the process: it takes a while, and who asks first should not wait for it."""
    _bank_working_days(ENGLAND)


@cache
def _clock_changes() -> tuple[Microseconds, Microseconds]:
    """Return the instants at which London's clocks change, and their offset from UTC since each."""
    changes, offsets = [np.iinfo(np.int64).min], [0]
    # Clocks change on Sundays at 01:00 UTC (Summer Time Act 1972 as amended), before 1981 by 02:00: a look at
    # each Sunday's 02:00 finds it.
    for number in range(SUNDAY - _FIRST_DAY.weekday(), _DAYS, 7):
        at = datetime.combine(_FIRST_DAY + timedelta(days=number), datetime.min.time(), UTC)
        offset = (at + timedelta(hours=2)).astimezone(LONDON).utcoffset() or timedelta()
        if offset // timedelta(microseconds=1) != offsets[-1]:
            changes.append(microseconds(at + timedelta(hours=1)))
            offsets.append(offset // timedelta(microseconds=1))
    return np.array(changes, dtype=np.int64), np.array(offsets, dtype=np.int64)


@cache
def _clock_changes_listed() -> tuple[Sequence[int], Sequence[int]]:
    """Return the same as plain numbers, among which one is found sooner than in an array."""
    changes, offsets = _clock_changes()
    return changes.tolist(), offsets.tolist()


class WorkingDays:
    """Counting by days: which of them are worked, and when so many of them are over, by London's clocks."""

    def __init__(self, closed_days: frozenset[date] = frozenset(), *, whole_kingdom: bool = False) -> None:
        """Work on every working day but the council's own closed days.

        Bank holidays are England's, or those of any part of the United Kingdom.
        """
        self._closed = closed_days
        self._works = _bank_working_days(KINGDOM if whole_kingdom else ENGLAND)

    def works(self, day: date) -> bool:
        """Say whether a day is worked; none is before 1900 or after 2069."""
        number = (day - _FIRST_DAY).days
        return 0 <= number < _DAYS and bool(self._works[number]) and day not in self._closed

    def after(self, day: date, count: int) -> date:
        """Return the working day that is so many working days after a day."""
        while count > 0 and day < date(LAST_YEAR, 12, 31):
            day += timedelta(days=1)
            count -= self.works(day)
        return day

    def counting(self, day: date, count: int) -> date:
        """Return the last of so many working days of which a day, where it is worked, is the first."""
        return self.after(day - timedelta(days=1), count)

    def before(self, day: date, count: int) -> date:
        """Return the last working day after which so many working days fit, up to and including a day.

        Without any, it is the day itself where it is worked, and the last worked one before it where
        it is not. After 2069, where no bank holiday is known, every weekday is taken for one.
        """
        while day > _FIRST_DAY:
            count -= self.works(day) or (day.year > LAST_YEAR and day.weekday() < SATURDAY)
            if count < 0:
                return day
            day -= timedelta(days=1)
        return day

    def on_or_after(self, day: date) -> date:
        """Return a day itself where it is worked, and the next that is where it is not."""
        return self.counting(day, 1)

    def between(self, start: date, end: date) -> int:
        """Return how many working days are after a day, up to and including another."""
        days = (end - start).days
        return sum(self.works(start + timedelta(days=n)) for n in range(1, days + 1))


def day_in_london(instant: datetime) -> date:
    """Return the day that London's calendars show at an instant."""
    return instant.astimezone(LONDON).date()


def end_of(day: date) -> datetime:
    """Return the midnight at which a day ends in London, in UTC."""
    following = datetime.combine(day + timedelta(days=1), datetime.min.time(), LONDON)
    return following.astimezone(UTC)


def quarter_of(quarter: str) -> tuple[date, date]:
    """Return the first and the last day of a quarter of a calendar year, such as 2026-Q3."""
    year, number = int(quarter[:4]), int(quarter[-1])
    following = date(year + number // 4, 3 * number % 12 + 1, 1)
    return date(year, 3 * number - 2, 1), following - timedelta(days=1)


def start_of(day: date) -> datetime:
    """Return the midnight at which a day begins in London, in UTC."""
    return datetime.combine(day, datetime.min.time(), LONDON).astimezone(UTC)
