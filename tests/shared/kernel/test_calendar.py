"""Working time by London's clocks."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.calendar import WorkingTime, microseconds
from tests.shared.flow import oracle

WORKING = WorkingTime()
HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def between(start: str, end: str, closed: frozenset[date] = frozenset()) -> timedelta:
    return WorkingTime(closed).between(at(start), at(end))


def test_a_working_day_has_eight_hours() -> None:
    assert between("2026-03-02T00:00Z", "2026-03-03T00:00Z") == 8 * HOUR


def test_weekends_do_not_count() -> None:
    assert between("2026-03-06T16:00Z", "2026-03-09T10:00Z") == 2 * HOUR


def test_in_summer_the_office_opens_an_hour_earlier_by_utc() -> None:
    assert between("2026-07-01T08:00Z", "2026-07-01T09:00Z") == HOUR
    assert between("2026-07-01T16:00Z", "2026-07-01T17:00Z") == timedelta()
    assert between("2026-01-07T08:00Z", "2026-01-07T09:00Z") == timedelta()


def test_bank_holidays_do_not_count() -> None:
    assert between("2026-12-24T16:00Z", "2026-12-29T10:00Z") == 2 * HOUR  # the 28th stands in
    assert between("2023-05-08T00:00Z", "2023-05-09T00:00Z") == timedelta()  # the coronation
    assert between("2022-09-19T00:00Z", "2022-09-20T00:00Z") == timedelta()  # the funeral


def test_the_councils_closed_days_do_not_count() -> None:
    closed = frozenset({date(2026, 3, 2)})
    assert between("2026-03-02T00:00Z", "2026-03-03T12:00Z", closed) == 3 * HOUR


def test_the_clocks_go_forward_at_night() -> None:
    assert between("2026-03-27T16:00Z", "2026-03-30T09:00+01:00") == HOUR


def test_time_beyond_the_calendar_is_no_working_time() -> None:
    assert between("1890-01-01T00:00Z", "1895-01-01T00:00Z") == timedelta()
    assert between("2071-01-01T00:00Z", "2079-01-01T00:00Z") == timedelta()


def test_the_calendar_begins_long_before_computers() -> None:
    assert between("1965-06-14T00:00Z", "1965-06-16T00:00Z") == 16 * HOUR
    assert between("1965-12-24T16:00Z", "1965-12-29T10:00Z") == 2 * HOUR  # two days stand in
    assert between("1969-01-06T08:00Z", "1969-01-06T09:00Z") == HOUR  # summer time all year
    assert WORKING.at(microseconds(at("1990-01-01T00:00Z"))) == 0, "as it was stored"
    years = [at(f"{year}-07-01T12:00Z") for year in (1890, 1900, 1950, 1989, 2020, 2071)]
    counted = WORKING.microseconds(np.array([microseconds(one) for one in years], dtype=np.int64))
    assert counted.tolist() == sorted(WORKING.at(microseconds(one)) for one in years)


INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31))  # noqa: DTZ001  # made aware below


@given(INSTANTS, INSTANTS)
def test_working_time_is_the_one_day_by_day(a: datetime, b: datetime) -> None:
    start, end = sorted((a.replace(tzinfo=UTC), b.replace(tzinfo=UTC)))
    exact = WORKING.between(start, end) / timedelta(microseconds=1)
    assert exact == round(oracle.working(start, end) * 10**6)


ANY_INSTANT = st.integers(microseconds(at("1985-01-01T00:00Z")), microseconds(at("2075-01-01T00:00Z")))


@given(ANY_INSTANT, st.sampled_from([frozenset(), frozenset({date(2026, 3, 2)})]))
def test_one_instant_has_the_working_time_that_it_has_among_many(
    instant: int, closed: frozenset[date]
) -> None:
    working = WorkingTime(closed)
    assert working.at(instant) == int(working.microseconds(np.array([instant], np.int64))[0])


@given(st.lists(INSTANTS, min_size=2, max_size=9))
def test_parts_add_up_to_the_whole(drawn: list[datetime]) -> None:
    instants = sorted(microseconds(a.replace(tzinfo=UTC)) for a in drawn)
    w = WORKING.microseconds(np.array(instants, np.int64))
    assert int(np.diff(w).sum()) == int(w[-1] - w[0])
    assert (np.diff(w) >= 0).all()
