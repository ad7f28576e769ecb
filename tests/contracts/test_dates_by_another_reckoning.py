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

from rfp_service.contracts.domain.dates import AgainstTransition, Moment, dates_on
from rfp_service.contracts.domain.terms import (
    Continuation,
    NoticePeriod,
    NoticeUnit,
    Stated,
    TermDay,
    TermOption,
    Terms,
)
from shared.kernel.calendar import WorkingDays
from shared.kernel.states import replace

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


def first_end(terms: Terms) -> date:
    """Return the end that the contract states, or that its start and term lead to."""
    if terms.stated.initial_end is not None:
        return terms.stated.initial_end
    assert terms.start is not None
    assert terms.term_months is not None
    return end_of_term(terms.start, terms.term_months)


def end_with(terms: Terms, more: int) -> date:
    """Return the end so many months beyond the first, or that of the maximum term where it is sooner."""
    if more == 0:
        day = first_end(terms)
    elif terms.stated.initial_end is not None:
        day = end_of_term(terms.stated.initial_end + timedelta(days=1), more)
    else:
        assert terms.start is not None
        day = end_of_term(terms.start, (terms.term_months or 0) + more)
    if terms.maximum_months is None or terms.start is None:
        return day
    return min(day, end_of_term(terms.start, terms.maximum_months))


def reckon(terms: Terms, on: date) -> Reckoned:
    """Lay out every end that the contract could have, and take the first whose notice is still safe."""
    added = sum(option.months for option in terms.options[: terms.exercised])

    def end(rolls: int) -> date:
        return end_with(terms, added + rolls * terms.roll_months)

    rolls = 0
    while terms.continuation is Continuation.TACIT and end(rolls + 1) > end(rolls):
        day, given_on = safe(terms, end(rolls)), terms.notice_given_on
        if on <= day or (given_on is not None and given_on <= day):
            break
        rolls += 1
    return Reckoned(first_end(terms), end(rolls), safe(terms, end(rolls)), rolls)


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
        maximum_months=draw(st.none() | st.integers(1, 180)),
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


@settings(max_examples=EXAMPLES)
@given(terms=contracts(), on=some_days, transition=some_days)
def test_without_notice_by_its_last_safe_day_any_contract_is_beyond_the_transition_on_the_next(
    terms: Terms, on: date, transition: date
) -> None:
    terms = replace(terms, notice_given_on=None)

    def ends_before(day: date) -> bool:
        end = dates_on(terms, Moment(day, DAYS)).current_end
        return end is not None and end < transition

    found = dates_on(terms, Moment(on, DAYS, transition))
    runs_past = not ends_before(date(2045, 1, 1))
    assert (found.transition is AgainstTransition.RUNS_PAST) == runs_past
    if runs_past and ends_before(date(2000, 1, 1)):
        assert found.transition_last_safe is not None
        assert ends_before(found.transition_last_safe)
        assert not ends_before(found.transition_last_safe + timedelta(days=1))


@st.composite
def rolling(draw: st.DrawFn) -> Terms:
    """Draw contracts without an end; notice may be longer than the year from one term day to the next."""
    longer = st.builds(NoticePeriod, st.integers(0, 30), st.just(NoticeUnit.MONTHS))
    on = draw(some_days)
    return Terms(
        start=draw(st.none() | some_days),
        continuation=Continuation.ROLLING,
        term_day=draw(st.none() | st.just(TermDay(on.month, on.day)) | st.just(TermDay(2, 29))),
        notice=draw(periods | longer),
        service_working_days=draw(st.integers(0, 5)),
        served_on_working_days=draw(st.booleans()),
    )


def term_days(term_day: TermDay) -> list[date]:
    """Return the term day of every year, the month's last where it has no such day."""
    return [
        date(year, 1, 1) + relativedelta(month=term_day.month, day=term_day.day)
        for year in range(FIRST.year + 1, LAST.year)
    ]


@settings(max_examples=EXAMPLES)
@given(terms=rolling(), on=some_days, transition=st.none() | some_days)
def test_the_days_of_any_rolling_contract_come_out_so_too(
    terms: Terms, on: date, transition: date | None
) -> None:
    found = dates_on(terms, Moment(on, DAYS, transition))
    assert (found.initial_end, found.current_end, found.rolls) == (None, None, 0)
    last_day = None if transition is None else transition - timedelta(days=1)
    if terms.term_day is None:
        assert found.last_safe is None
    else:
        every = term_days(terms.term_day)
        begin = max(on, terms.start or on)
        assert found.last_safe == next(
            safe(terms, day) for day in every if day >= begin and safe(terms, day) >= on
        )
        last_day = None if last_day is None else max(day for day in every if day <= last_day)
    assert found.transition_last_safe == (None if last_day is None else safe(terms, last_day))
    leave_by = found.transition_last_safe
    if leave_by is not None and (terms.start is None or terms.start <= leave_by):
        left = dates_on(replace(terms, notice_given_on=leave_by), Moment(leave_by, DAYS, transition))
        assert left.transition is AgainstTransition.ENDS_BEFORE
