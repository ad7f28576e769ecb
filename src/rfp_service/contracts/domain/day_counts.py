"""Counting to an end from a start, and back from an end to the last day on which a notice is safe."""

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from rfp_service.contracts.domain.terms import NoticePeriod, NoticeUnit, Terms
from shared.kernel.calendar import WorkingDays

ONE_DAY = timedelta(days=1)
TERMS_AT_HAND = 4_096  # a register of thousands has few starts, terms and ends


class Anchor(NamedTuple):
    """What all ends are counted from: a day, the months to the first end, and that end itself."""

    day: date
    months: int
    first_end: date

    def end(self, more_months: int) -> date:
        """Return the end after so many months beyond the first."""
        if more_months == 0:
            return self.first_end
        return end_after(self.day, self.months + more_months)


def end_after(start: date, months: int) -> date:
    """Return the last day of a term: the day before the corresponding day, or that month's last day."""
    year, month = _month(start, months)
    last = monthrange(year, month)[1]
    if start.day > last:
        return date(year, month, last)
    return date(year, month, start.day) - ONE_DAY


def months_before(day: date, months: int) -> date:
    """Return the corresponding day so many months before, or that month's last day."""
    year, month = _month(day, -months)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _month(day: date, months: int) -> tuple[int, int]:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return year, month + 1


def last_safe_before(end: date, notice: NoticePeriod, terms: Terms, days: WorkingDays) -> date:
    """Return the last day on which a notice is safe: the end, less the period, less deemed service."""
    given_by = _less_notice(end, notice, days) if notice.count else end
    if terms.service_working_days or terms.served_on_working_days:
        return days.before(given_by, terms.service_working_days)
    return given_by


def _less_notice(end: date, notice: NoticePeriod, days: WorkingDays) -> date:
    match notice.unit:
        case NoticeUnit.DAYS:
            return end - timedelta(days=notice.count)
        case NoticeUnit.WEEKS:
            return end - timedelta(weeks=notice.count)
        case NoticeUnit.MONTHS:
            return months_before(end, notice.count)
        case NoticeUnit.WORKING_DAYS:
            return days.before(end, notice.count)


def roll_after(terms: Terms, end: date) -> int:
    """Return how many months a tacit contract rolls over after an end: fewer where its maximum is sooner."""
    if terms.maximum_months is None or terms.start is None:
        return terms.roll_months
    last, begin = end_after(terms.start, terms.maximum_months), end + ONE_DAY
    return next((n for n in range(terms.roll_months) if end_after(begin, n) >= last), terms.roll_months)


def end_by_notice(given_on: date, terms: Terms, days: WorkingDays) -> date:
    """Return the last day of a contract that notice ends at any time: a period after it counts as given.

    Months end on the corresponding day, or that month's last.
    """
    if terms.service_working_days or terms.served_on_working_days:
        given_on = days.after(days.on_or_after(given_on), terms.service_working_days)
    match terms.notice.unit:
        case NoticeUnit.DAYS:
            return given_on + timedelta(days=terms.notice.count)
        case NoticeUnit.WEEKS:
            return given_on + timedelta(weeks=terms.notice.count)
        case NoticeUnit.MONTHS:
            return months_before(given_on, -terms.notice.count)
        case NoticeUnit.WORKING_DAYS:
            return days.after(given_on, terms.notice.count)


def anchor_of(terms: Terms) -> Anchor | None:
    """Return what the ends are counted from: the start where its term leads to the first end.

    A stated end that no whole number of months from the start leads to is itself the anchor.
    """
    return _anchor(terms.start, terms.term_months, terms.stated.initial_end)


@lru_cache(TERMS_AT_HAND)
def _anchor(start: date | None, term: int | None, stated: date | None) -> Anchor | None:
    if stated is None:
        if start is None or term is None:
            return None
        return Anchor(start, term, end_after(start, term))
    if start is not None:
        apart = (stated.year - start.year) * 12 + stated.month - start.month
        for fitting in (apart, apart + 1):  # the day after a month's last is of the next month
            if fitting > 0 and end_after(start, fitting) == stated:
                return Anchor(start, fitting, stated)
    return Anchor(stated + ONE_DAY, 0, stated)
