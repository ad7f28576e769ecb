"""When a contract ends, and until when a notice is safe: every case with its right value."""

from datetime import date, timedelta
from typing import Any

import pytest

from rfp_service.contracts.domain.date_steps import Standing
from rfp_service.contracts.domain.dates import AgainstTransition, ContractDates, Moment, dates_on
from rfp_service.contracts.domain.day_counts import end_after
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

DAYS = WorkingDays()
TRANSITION = date(2027, 4, 1)


def months(count: int) -> NoticePeriod:
    return NoticePeriod(count, NoticeUnit.MONTHS)


def dates(on: date, lead_days: tuple[int, ...] = (), **terms: Any) -> ContractDates:
    return dates_on(Terms(**terms), Moment(on, DAYS, TRANSITION, lead_days))


TACIT_FROM_2020: dict[str, Any] = {
    "start": date(2020, 8, 1),
    "term_months": 36,
    "continuation": Continuation.TACIT,
    "roll_months": 12,
    "notice": months(3),
}
TACIT_FROM_2025: dict[str, Any] = {
    "stated": Stated(initial_end=date(2025, 8, 28)),
    "continuation": Continuation.TACIT,
    "roll_months": 12,
    "notice": months(2),
}


def test_a_tacit_contract_has_rolled_over_once_its_last_safe_date_has_passed() -> None:
    found = dates(date(2023, 10, 31), **TACIT_FROM_2020)
    assert (found.initial_end, found.current_end) == (date(2023, 7, 31), date(2024, 7, 31))
    assert (found.rolls, found.last_safe) == (1, date(2024, 4, 30))


def test_it_rolls_on_the_day_after_its_last_safe_date_and_not_on_it() -> None:
    assert dates(date(2023, 4, 30), **TACIT_FROM_2020).current_end == date(2023, 7, 31)
    assert dates(date(2023, 5, 1), **TACIT_FROM_2020).current_end == date(2024, 7, 31)


@pytest.mark.parametrize("on", [date(2020, 1, 1), date(2025, 6, 30), date(2026, 3, 2)])
def test_an_exercised_option_holds_on_every_later_day(on: date) -> None:
    found = dates(on, start=date(2020, 4, 1), term_months=60, options=(TermOption(12),), exercised=1)
    assert found.current_end == end_after(date(2020, 4, 1), 72) == date(2026, 3, 31)


def test_a_last_safe_date_on_a_sunday_stays_one_where_service_needs_no_working_day() -> None:
    found = dates(date(2026, 2, 11), **TACIT_FROM_2025)
    assert (found.current_end, found.last_safe) == (date(2026, 8, 28), date(2026, 6, 28))


def test_where_service_needs_a_working_day_it_is_the_friday_before() -> None:
    found = dates(date(2026, 2, 11), **TACIT_FROM_2025, served_on_working_days=True)
    assert found.last_safe == date(2026, 6, 26)
    assert found.steps[-2:] == ("served on a working day", "last safe date Fri 26 Jun 2026")


def test_an_alert_comes_so_many_days_before_the_last_safe_date() -> None:
    found = dates(date(2021, 1, 1), (21,), start=date(2018, 9, 27), term_months=36, notice=months(3))
    assert found.current_end == date(2021, 9, 26)
    assert (found.last_safe, found.alerts) == (date(2021, 6, 26), (date(2021, 6, 5),))


@pytest.mark.parametrize(
    ("start", "term", "end"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 28)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2020, 8, 1), 36, date(2023, 7, 31)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 31), 2, date(2026, 3, 30)),
    ],
)
def test_a_term_ends_the_day_before_the_corresponding_day_or_on_the_months_last(
    start: date, term: int, end: date
) -> None:
    assert end_after(start, term) == end
    assert dates(start, start=start, term_months=term).initial_end == end


def test_later_ends_are_counted_from_the_start_and_never_from_a_short_month() -> None:
    monthly = {
        "start": date(2026, 1, 31),
        "term_months": 1,
        "continuation": Continuation.TACIT,
        "roll_months": 1,
    }
    ends = [dates(end_after(date(2026, 1, 31), n), **monthly).current_end for n in range(1, 25)]
    assert ends[:4] == [date(2026, 2, 28), date(2026, 3, 30), date(2026, 4, 30), date(2026, 5, 30)]
    assert ends[-1] == date(2028, 1, 30)


def test_an_express_contract_ends_where_no_notice_is_given() -> None:
    found = dates(date(2026, 3, 2), start=date(2020, 8, 1), term_months=36, notice=months(3))
    assert (found.current_end, found.rolls) == (date(2023, 7, 31), 0)
    assert found.standing is Standing.EXPIRED
    assert found.steps[-1] == "expired on 31 Jul 2023"


def test_notice_in_time_ends_a_tacit_contract_and_late_notice_the_roll_over_after() -> None:
    in_time = dates(date(2024, 1, 1), **TACIT_FROM_2020, notice_given_on=date(2023, 4, 30))
    late = dates(date(2024, 1, 1), **TACIT_FROM_2020, notice_given_on=date(2023, 5, 1))
    assert (in_time.current_end, in_time.standing) == (date(2023, 7, 31), Standing.EXPIRED)
    assert (late.current_end, late.standing) == (date(2024, 7, 31), Standing.RUNNING)


def test_ended_early_and_ended_by_expiry_are_told_apart() -> None:
    terms = {"start": date(2020, 8, 1), "term_months": 36}
    early = dates(date(2026, 3, 2), **terms, ended_on=date(2023, 7, 30))
    expired = dates(date(2026, 3, 2), **terms, ended_on=date(2023, 7, 31))
    assert (early.standing, expired.standing) == (Standing.ENDED_EARLY, Standing.EXPIRED)


def test_nothing_is_alerted_of_a_contract_that_has_ended() -> None:
    terms = {"start": date(2020, 8, 1), "term_months": 36}
    assert dates(date(2026, 3, 2), (21,), **terms).alerts == ()
    assert dates(date(2022, 3, 2), (21,), **terms, ended_on=date(2022, 3, 1)).alerts == ()


@pytest.mark.parametrize(
    ("end", "last_safe"),
    [
        (date(2026, 12, 24), date(2026, 12, 10)),
        (date(2026, 12, 28), date(2026, 12, 10)),  # Boxing Day's bank holiday
        (date(2026, 12, 31), date(2026, 12, 15)),
    ],
)
def test_working_days_of_notice_leave_out_christmas(end: date, last_safe: date) -> None:
    notice = NoticePeriod(10, NoticeUnit.WORKING_DAYS)
    assert dates(date(2026, 3, 2), stated=Stated(end), notice=notice).last_safe == last_safe


def test_working_days_of_notice_leave_out_the_councils_closed_days() -> None:
    terms = Terms(stated=Stated(date(2026, 12, 31)), notice=NoticePeriod(2, NoticeUnit.WORKING_DAYS))
    closed = WorkingDays(frozenset({date(2026, 12, 30)}))
    assert dates_on(terms, Moment(date(2026, 3, 2), DAYS)).last_safe == date(2026, 12, 29)
    assert dates_on(terms, Moment(date(2026, 3, 2), closed)).last_safe == date(2026, 12, 24)


@pytest.mark.parametrize(
    ("count", "unit", "last_safe"),
    [
        (14, NoticeUnit.DAYS, date(2027, 3, 17)),
        (2, NoticeUnit.WEEKS, date(2027, 3, 17)),
        (1, NoticeUnit.MONTHS, date(2027, 2, 28)),
        (0, NoticeUnit.MONTHS, date(2027, 3, 31)),
        (0, NoticeUnit.WORKING_DAYS, date(2027, 3, 31)),
    ],
)
def test_notice_is_counted_in_its_own_unit(count: int, unit: NoticeUnit, last_safe: date) -> None:
    notice = NoticePeriod(count, unit)
    assert (
        dates(
            date(2026, 3, 2), stated=Stated(TRANSITION.replace(day=1, month=3).replace(day=31)), notice=notice
        ).last_safe
        == last_safe
    )


def test_an_answer_says_its_steps() -> None:
    found = dates(
        date(2026, 3, 2), start=date(2024, 4, 1), term_months=36, notice=months(3), service_working_days=2
    )
    assert found.last_safe == date(2026, 12, 29)
    assert "; ".join(found.steps) == (
        "starts 1 Apr 2024 for 36 months: ends 31 Mar 2027; ends 31 Mar 2027; 3 months' notice;"
        " served 2 working days before; last safe date Tue 29 Dec 2026"
    )


def test_a_notice_served_on_the_last_safe_date_counts_as_given_in_time() -> None:
    terms = {"stated": Stated(date(2026, 8, 28)), "notice": months(2), "service_working_days": 2}
    last_safe = dates(date(2026, 2, 11), **terms).last_safe
    assert last_safe == date(2026, 6, 24)
    assert DAYS.after(date(2026, 6, 24), 2) <= date(2026, 6, 28) < DAYS.after(date(2026, 6, 25), 2)


def test_what_the_contract_states_wins_over_the_calculation() -> None:
    found = dates(
        date(2026, 3, 2),
        start=date(2024, 4, 1),
        term_months=36,
        stated=Stated(date(2027, 4, 1), date(2026, 9, 30)),
        notice=months(3),
    )
    assert (found.current_end, found.last_safe) == (date(2027, 4, 1), date(2026, 9, 30))
    assert "the contract states the last safe date" in found.steps


def test_a_stated_last_safe_date_is_the_first_ends_alone() -> None:
    terms = TACIT_FROM_2025 | {"stated": Stated(date(2025, 8, 28), date(2025, 5, 1))}
    assert dates(date(2025, 5, 1), **terms).last_safe == date(2025, 5, 1)
    assert dates(date(2025, 5, 2), **terms).last_safe == date(2026, 6, 28)


def test_an_option_says_the_end_it_leads_to_and_by_when_it_must_be_exercised() -> None:
    found = dates(
        date(2026, 3, 2),
        start=date(2024, 4, 1),
        term_months=36,
        notice=months(3),
        options=(TermOption(12, months(6)), TermOption(12)),
        exercised=0,
    )
    assert found.next_option_end == date(2028, 3, 31)
    assert found.exercise_by == date(2026, 9, 30)
    assert "option 1 of 2 leads to 31 Mar 2028, exercised by Wed 30 Sep 2026" in found.steps


def test_nothing_leads_beyond_the_maximum_term() -> None:
    terms = {"start": date(2020, 4, 1), "term_months": 60, "maximum_months": 66}
    optional = dates(date(2020, 5, 1), **terms, options=(TermOption(12), TermOption(12)))
    exercised = dates(date(2020, 5, 1), **terms, options=(TermOption(12), TermOption(12)), exercised=1)
    tacit = dates(date(2026, 3, 2), **terms, continuation=Continuation.TACIT, roll_months=12)
    assert optional.next_option_end == date(2025, 9, 30)
    assert (exercised.current_end, exercised.next_option_end) == (date(2025, 9, 30), None)
    assert (tacit.current_end, tacit.standing) == (date(2025, 9, 30), Standing.EXPIRED)


def test_a_perpetual_contract_has_no_end_and_no_last_safe_date() -> None:
    found = dates(date(2026, 3, 2), start=date(2020, 4, 1), continuation=Continuation.PERPETUAL)
    assert (found.current_end, found.last_safe, found.alerts) == (None, None, ())
    assert found.transition is AgainstTransition.RUNS_PAST


def test_a_rolling_contract_can_be_ended_before_the_transition_by_notice_in_time() -> None:
    found = dates(
        date(2026, 3, 2), start=date(2020, 4, 1), continuation=Continuation.ROLLING, notice=months(3)
    )
    assert (found.current_end, found.last_safe) == (None, None)
    assert found.transition_last_safe == date(2026, 12, 31)


def test_a_rolling_contract_with_a_term_day_is_ended_to_that_day() -> None:
    terms = {
        "start": date(2020, 4, 1),
        "continuation": Continuation.ROLLING,
        "notice": months(3),
        "term_day": TermDay(9, 30),
    }
    assert dates(date(2026, 6, 30), **terms).last_safe == date(2026, 6, 30)
    assert dates(date(2026, 7, 1), **terms).last_safe == date(2027, 6, 30)
    assert dates(date(2026, 7, 1), **terms).transition_last_safe == date(2026, 6, 30)


@pytest.mark.parametrize(
    ("given_on", "more", "end"),
    [
        (date(2026, 3, 1), {}, date(2026, 6, 1)),
        (date(2026, 11, 30), {}, date(2027, 2, 28)),
        (date(2026, 12, 31), {}, date(2027, 3, 31)),  # its last safe day before the transition
        (date(2027, 1, 1), {}, date(2027, 4, 1)),
        (date(2026, 12, 18), {"notice": NoticePeriod(2, NoticeUnit.WEEKS)}, date(2027, 1, 1)),
        (
            date(2026, 12, 19),
            {"notice": NoticePeriod(14, NoticeUnit.DAYS), "service_working_days": 2},
            date(2027, 1, 6),  # served on Monday, given on Wednesday
        ),
        (date(2026, 12, 24), {"notice": NoticePeriod(2, NoticeUnit.WORKING_DAYS)}, date(2026, 12, 30)),
        (date(2026, 6, 30), {"term_day": TermDay(9, 30)}, date(2026, 9, 30)),
        (date(2026, 7, 1), {"term_day": TermDay(9, 30)}, date(2027, 9, 30)),
    ],
)
def test_a_rolling_contract_under_notice_ends_with_its_period(
    given_on: date, more: dict[str, Any], end: date
) -> None:
    rolling = {"start": date(2020, 4, 1), "continuation": Continuation.ROLLING, "notice": months(3)}
    found = dates(given_on, **rolling | more, notice_given_on=given_on)
    assert (found.current_end, found.last_safe, found.standing) == (end, None, Standing.RUNNING)
    assert found.transition is (ENDS_BEFORE if end < TRANSITION else RUNS_PAST)
    assert found.transition_last_safe is None
    over = dates(end + timedelta(days=1), **rolling | more, notice_given_on=given_on)
    assert (over.current_end, over.standing) == (end, Standing.EXPIRED)


def test_a_contract_is_held_against_the_transition_date() -> None:
    past = dates(date(2026, 3, 2), start=date(2024, 4, 2), term_months=36, notice=months(3))
    before = dates(date(2026, 3, 2), start=date(2024, 4, 1), term_months=36, notice=months(3))
    assert past.transition is AgainstTransition.RUNS_PAST
    assert past.transition_last_safe == past.last_safe == date(2027, 1, 1)
    assert (before.transition, before.transition_last_safe) == (AgainstTransition.ENDS_BEFORE, None)


TACIT_BEFORE_THE_TRANSITION = TACIT_FROM_2020 | {"start": date(2023, 2, 1)}  # ends 31 January
RUNS_PAST, ENDS_BEFORE = AgainstTransition.RUNS_PAST, AgainstTransition.ENDS_BEFORE


@pytest.mark.parametrize(
    ("on", "more", "transition", "leave_by"),
    [
        (date(2025, 6, 1), {}, RUNS_PAST, date(2026, 10, 31)),  # one roll-over before it, and one past it
        (date(2026, 3, 2), {}, RUNS_PAST, date(2026, 10, 31)),
        (date(2026, 11, 1), {}, RUNS_PAST, date(2026, 10, 31)),  # too late
        (date(2026, 3, 2), {"roll_months": 1, "notice": months(1)}, RUNS_PAST, date(2027, 2, 28)),
        (date(2026, 3, 2), {"served_on_working_days": True}, RUNS_PAST, date(2026, 10, 30)),
        (date(2026, 3, 2), {"notice_given_on": date(2026, 3, 1)}, ENDS_BEFORE, None),
        (date(2026, 3, 2), {"maximum_months": 48}, ENDS_BEFORE, None),
        (date(2026, 3, 2), {"roll_months": 0}, ENDS_BEFORE, None),
        (date(2026, 3, 2), {"ended_on": date(2026, 3, 1)}, ENDS_BEFORE, None),
        (date(2026, 3, 2), {"continuation": Continuation.EXPRESS}, ENDS_BEFORE, None),
    ],
)
def test_a_tacit_contract_runs_past_the_transition_unless_notice_is_given_for_its_last_end_before_it(
    on: date, more: dict[str, Any], transition: AgainstTransition, leave_by: date | None
) -> None:
    found = dates(on, **TACIT_BEFORE_THE_TRANSITION | more)
    assert (found.transition, found.transition_last_safe) == (transition, leave_by)


def test_with_an_option_exercised_its_last_end_before_the_transition_is_counted_beyond_it() -> None:
    terms = TACIT_FROM_2020 | {"options": (TermOption(36), TermOption(6)), "exercised": 2}
    found = dates(date(2023, 5, 1), **terms)  # to January 2027
    assert found.current_end == date(2027, 1, 31)
    assert (found.transition, found.transition_last_safe) == (RUNS_PAST, date(2026, 10, 31))


@pytest.mark.parametrize("continuation", Continuation)
def test_a_contract_that_was_ended_before_the_transition_does_not_run_past_it(
    continuation: Continuation,
) -> None:
    terms = TACIT_FROM_2020 | {"term_months": 120, "continuation": continuation}
    found = dates(date(2026, 3, 2), **terms, ended_on=date(2026, 3, 1))
    assert (found.transition, found.transition_last_safe) == (ENDS_BEFORE, None)


def test_without_an_end_nothing_is_guessed() -> None:
    found = dates(date(2026, 3, 2), start=date(2024, 4, 2))
    assert (found.current_end, found.last_safe) == (None, None)
    assert found.transition is AgainstTransition.UNKNOWN
    assert found.steps[0].startswith("the end is not known")


def test_from_the_last_of_a_month_every_roll_over_is_counted_from_the_start() -> None:
    terms = TACIT_FROM_2020 | {"start": date(2024, 2, 29), "term_months": 12, "notice": months(1)}
    ends = [dates(date(year, 12, 1), **terms).current_end for year in (2024, 2025, 2026, 2027)]
    assert ends == [date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 28)]


def test_a_contract_that_nobody_looked_at_for_years_has_rolled_over_each_time() -> None:
    found = dates(date(2026, 5, 1), **TACIT_FROM_2020)
    assert (found.rolls, found.current_end, found.last_safe) == (4, date(2027, 7, 31), date(2027, 4, 30))
    assert sum("rolled over by 12 months" in step for step in found.steps) == 4


@pytest.mark.parametrize(
    ("end", "last_safe"),
    [
        (date(2027, 1, 4), date(2026, 12, 30)),  # given by Monday; New Year and a weekend between
        (date(2026, 12, 29), date(2026, 12, 23)),  # Christmas, Boxing Day's holiday and a weekend between
        (date(2027, 3, 30), date(2027, 3, 24)),  # Good Friday and Easter Monday between
        (date(2027, 3, 28), date(2027, 3, 23)),  # a Sunday on which clocks change
    ],
)
def test_deemed_service_is_counted_over_weekends_and_bank_holidays(end: date, last_safe: date) -> None:
    terms = {"stated": Stated(end), "notice": NoticePeriod(0, NoticeUnit.DAYS), "service_working_days": 2}
    assert dates(date(2026, 3, 2), **terms).last_safe == last_safe


def test_notice_longer_than_the_period_leads_to_the_term_day_after_the_next() -> None:
    terms = {
        "start": date(2020, 4, 1),
        "continuation": Continuation.ROLLING,
        "notice": months(14),
        "term_day": TermDay(3, 31),
    }
    assert dates(date(2026, 1, 31), **terms).last_safe == date(2026, 1, 31)
    assert dates(date(2026, 2, 1), **terms).last_safe == date(2027, 1, 31)


def test_a_term_day_that_a_year_lacks_is_its_months_last() -> None:
    terms = {"continuation": Continuation.ROLLING, "notice": months(1), "term_day": TermDay(2, 29)}
    assert dates(date(2026, 3, 2), **terms).last_safe == date(2027, 1, 28)
    assert dates(date(2028, 1, 1), **terms).last_safe == date(2028, 1, 29)
