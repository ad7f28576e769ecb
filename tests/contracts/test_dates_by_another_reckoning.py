"""The dates of any contract come out as an independent calculation with dateutil has them."""

import os
from bisect import bisect_right
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import holidays
from dateutil.relativedelta import relativedelta
from dateutil.rrule import DAILY, FR, MO, TH, TU, WE, rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from rfp_service.contracts.domain.dates import Moment, dates_on
from rfp_service.contracts.domain.terms import (
    Continuation,
    NoticePeriod,
    NoticeUnit,
    Stated,
    TermOption,
    Terms,
)
from shared.kernel.calendar import WorkingDays

EXAMPLES = 10_000 if os.environ.get("HYPOTHESIS_PROFILE") == "prove" else 200
DAYS = WorkingDays()
FIRST, LAST = date(1999, 1, 1), date(2068, 12, 31)


class Reckoned(NamedTuple):
    """What the other calculation says."""

    initial_end: date
    current_end: date
    last_safe: date
    rolls: int


@cache
def worked() -> list[date]:
    """Return every working day in England, by a rule of recurrence less the published holidays."""
    off = holidays.country_holidays("GB", subdiv="ENG", years=range(1999, 2070))
    weekdays = rrule(DAILY, byweekday=(MO, TU, WE, TH, FR), dtstart=FIRST, until=LAST)
    return [day.date() for day in weekdays if day.date() not in off]


def working_days_before(day: date, count: int) -> date:
    return worked()[bisect_right(worked(), day) - 1 - count]


def end_of_term(start: date, months: int) -> date:
    corresponding = start + relativedelta(months=months)
    return corresponding if corresponding.day != start.day else corresponding - timedelta(days=1)


def safe(terms: Terms, end: date) -> date:
    notice = terms.notice
    match notice.unit:
        case NoticeUnit.WORKING_DAYS:
            day = working_days_before(end, notice.count) if notice.count else end
        case unit:
            day = end - relativedelta(**{unit.value: notice.count})
    if terms.service_working_days or terms.served_on_working_days:
        return working_days_before(day, terms.service_working_days)
    return day


def reckon(terms: Terms, on: date) -> Reckoned:
    """Lay out every end that the contract could have, and take the first whose notice is still safe."""
    start, months = terms.start, terms.term_months
    if terms.stated.initial_end is not None:
        start, months = terms.stated.initial_end + timedelta(days=1), 0
    assert start is not None
    assert months is not None

    def end(more: int) -> date:
        if more == 0 and terms.stated.initial_end is not None:
            return terms.stated.initial_end
        return end_of_term(start, months + more)

    added = sum(option.months for option in terms.options[: terms.exercised])
    rolls = 0
    if terms.continuation is Continuation.TACIT:
        while on > (day := safe(terms, end(added + rolls * terms.roll_months))):
            if terms.notice_given_on is not None and terms.notice_given_on <= day:
                break
            rolls += 1
    current = end(added + rolls * terms.roll_months)
    return Reckoned(end(0), current, safe(terms, current), rolls)


periods = st.one_of(
    st.builds(NoticePeriod, st.integers(0, 12), st.just(NoticeUnit.MONTHS)),
    st.builds(NoticePeriod, st.integers(0, 26), st.just(NoticeUnit.WEEKS)),
    st.builds(NoticePeriod, st.integers(0, 180), st.just(NoticeUnit.DAYS)),
    st.builds(NoticePeriod, st.integers(0, 60), st.just(NoticeUnit.WORKING_DAYS)),
)
some_days = st.dates(date(2005, 1, 1), date(2040, 12, 31))


@st.composite
def contracts(draw: st.DrawFn) -> Terms:
    options = tuple(TermOption(m) for m in draw(st.lists(st.integers(1, 36), max_size=3)))
    # a stated end that no whole number of months from a start leads to stands alone
    stated = draw(st.booleans())
    return Terms(
        start=None if stated else draw(some_days),
        term_months=None if stated else draw(st.integers(1, 120)),
        stated=Stated(draw(some_days)) if stated else Stated(),
        continuation=draw(st.sampled_from([Continuation.EXPRESS, Continuation.TACIT])),
        roll_months=draw(st.integers(1, 24)),
        options=options,
        exercised=draw(st.integers(0, len(options))),
        notice=draw(periods),
        service_working_days=draw(st.integers(0, 5)),
        served_on_working_days=draw(st.booleans()),
        notice_given_on=draw(st.none() | some_days),
    )


@settings(max_examples=EXAMPLES)
@given(terms=contracts(), on=some_days)
def test_the_dates_of_any_contract_come_out_as_another_calculation_has_them(terms: Terms, on: date) -> None:
    found = dates_on(terms, Moment(on, DAYS))
    assert found.last_safe is not None
    assert found.current_end is not None
    assert found.initial_end is not None
    assert Reckoned(found.initial_end, found.current_end, found.last_safe, found.rolls) == reckon(terms, on)
    assert found.steps
