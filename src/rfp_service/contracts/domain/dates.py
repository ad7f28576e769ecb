"""When a contract ends, and the last day on which a notice is safe: each answer with its steps.

An end is inclusive: the contract's last day. Every later end is counted from one anchor, never from the
end before it, for months that have been cut short once would stay short.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from rfp_service.contracts.domain.date_steps import (
    UNKNOWN_END,
    Standing,
    first_step,
    notice_words,
    option_words,
    period_words,
    said,
    standing_words,
)
from rfp_service.contracts.domain.day_counts import (
    ONE_DAY,
    Anchor,
    anchor_of,
    end_after,
    end_by_notice,
    last_safe_before,
)
from rfp_service.contracts.domain.terms import Continuation, Terms
from shared.kernel.calendar import WorkingDays
from shared.kernel.states import replace

YEARS_LIMIT = 200


class AgainstTransition(StrEnum):
    """Whether a contract ends before the transition date, or runs past it, if nobody does anything."""

    UNKNOWN = "unknown"
    ENDS_BEFORE = "ends_before"
    RUNS_PAST = "runs_past"


@dataclass(frozen=True)
class ContractDates:
    """What follows from the terms on one day. What does not apply, or can't be known, is blank."""

    initial_end: date | None = None
    current_end: date | None = None
    rolls: int = 0
    last_safe: date | None = None
    next_option_end: date | None = None
    exercise_by: date | None = None
    alerts: tuple[date, ...] = ()
    standing: Standing = Standing.RUNNING
    transition: AgainstTransition = AgainstTransition.UNKNOWN
    transition_last_safe: date | None = None
    steps: tuple[str, ...] = ()


class Moment(NamedTuple):
    """The day that is asked about, the calendar, the transition date, and the scheme's lead times.

    A decision needs no words: with an end, its dates come without their steps.
    """

    on: date
    days: WorkingDays
    transition: date | None = None
    lead_days: Sequence[int] = ()
    in_words: bool = True


def dates_on(terms: Terms, moment: Moment) -> ContractDates:
    """Return every date that follows from the terms as they stand on a day."""
    match terms.continuation:
        case Continuation.PERPETUAL:
            return _without_end(terms, moment, ("no end: perpetual",))
        case Continuation.ROLLING:
            return _rolling(terms, moment)
        case _:
            anchor = anchor_of(terms)
            return _unknown(terms, moment) if anchor is None else _fixed(terms, anchor, moment)


def _unknown(terms: Terms, moment: Moment) -> ContractDates:
    known = _without_end(terms, moment, (UNKNOWN_END,))
    return replace(known, transition=AgainstTransition.UNKNOWN)


def _fixed(terms: Terms, anchor: Anchor, moment: Moment) -> ContractDates:
    """Return the dates of a contract with an end: options exercised first, then roll-overs."""
    end, rolls, months, steps = _rolled(terms, anchor, moment)
    standing = _standing(terms, end, moment.on)
    last_safe = _last_safe(terms, end, rolls, moment.days)
    following = _next_option(terms, anchor, months, end, moment.days)
    running = standing is Standing.RUNNING
    leave_by = _last_safe_before_rolling_past(terms, anchor, moment)
    transition = _against(terms.ended_on or end, moment.transition)
    if leave_by is None and transition is AgainstTransition.RUNS_PAST:
        leave_by = last_safe
    if moment.in_words:
        steps += option_words(terms, *following) if following and running else []
        steps += [*notice_words(terms, end, last_safe), *standing_words(standing, terms, end)]
    return ContractDates(
        initial_end=anchor.first_end,
        current_end=end,
        rolls=rolls,
        last_safe=last_safe,
        next_option_end=following[0] if following and running else None,
        exercise_by=following[1] if following and running else None,
        alerts=_alerts(last_safe, moment) if running and terms.notice_given_on is None else (),
        standing=standing,
        transition=transition if leave_by is None else AgainstTransition.RUNS_PAST,
        transition_last_safe=leave_by,
        steps=tuple(steps) if moment.in_words else (),
    )


def _rolled(terms: Terms, anchor: Anchor, moment: Moment) -> tuple[date, int, int, list[str]]:
    """Return the end that holds on the day, how often it has rolled, the months added, and the steps."""
    steps = [first_step(terms, anchor)]
    months = 0
    for number, option in enumerate(terms.options[: terms.exercised], start=1):
        months += option.months
        steps.append(
            f"option {number} of {len(terms.options)} exercised, {option.months} months:"
            f" ends {said(_capped(terms, anchor.end(months)))}"
        )
    end, rolls = _capped(terms, anchor.end(months)), 0
    until = moment.on if terms.ended_on is None else min(moment.on, terms.ended_on)
    while terms.continuation is Continuation.TACIT and terms.roll_months:
        safe = _last_safe(terms, end, rolls, moment.days)
        later = _capped(terms, anchor.end(months + terms.roll_months))
        if until <= safe or later <= end or _given_by(terms, safe):
            break
        rolls, months, end = rolls + 1, months + terms.roll_months, later
        steps.append(
            f"last safe date {said(safe)} passed without notice:"
            f" rolled over by {terms.roll_months} months, ends {said(end)}"
        )
    return end, rolls, months, steps


def _last_safe_before_rolling_past(terms: Terms, anchor: Anchor, moment: Moment) -> date | None:
    """Return the last safe day of a notice without which a tacit contract rolls past the transition.

    It is that of its last end before the transition. None where notice was given, or nothing rolls past it.
    """
    settled = terms.notice_given_on or terms.ended_on
    if terms.continuation is not Continuation.TACIT or settled or moment.transition is None:
        return None
    months, rolls = sum(option.months for option in terms.options[: terms.exercised]), 0
    end = _capped(terms, anchor.end(months))
    while terms.roll_months and end < moment.transition:
        months += terms.roll_months
        later = _capped(terms, anchor.end(months))
        if later <= end:
            return None
        if later >= moment.transition:
            return _last_safe(terms, end, rolls, moment.days)
        rolls, end = rolls + 1, later
    return None


def _given_by(terms: Terms, safe: date) -> bool:
    return terms.notice_given_on is not None and terms.notice_given_on <= safe


def _capped(terms: Terms, end: date) -> date:
    """Return an end, or that of the maximum term where it is sooner."""
    if terms.maximum_months is None or terms.start is None:
        return end
    return min(end, end_after(terms.start, terms.maximum_months))


def _last_safe(terms: Terms, end: date, rolls: int, days: WorkingDays) -> date:
    if terms.stated.last_safe is not None and rolls == 0 and terms.exercised == 0:
        return terms.stated.last_safe
    return last_safe_before(end, terms.notice, terms, days)


def _next_option(
    terms: Terms, anchor: Anchor, months: int, end: date, days: WorkingDays
) -> tuple[date, date] | None:
    """Return the end that the next option leads to, and by when it must be exercised."""
    if terms.exercised >= len(terms.options):
        return None
    option = terms.options[terms.exercised]
    later = _capped(terms, anchor.end(months + option.months))
    if later <= end:
        return None
    return later, last_safe_before(end, option.notice, terms, days)


def _standing(terms: Terms, end: date | None, on: date) -> Standing:
    ended_on = terms.ended_on
    if ended_on is not None and ended_on <= on:
        early = end is None or ended_on < end
        return Standing.ENDED_EARLY if early else Standing.EXPIRED
    return Standing.EXPIRED if end is not None and end < on else Standing.RUNNING


def _alerts(last_safe: date | None, moment: Moment) -> tuple[date, ...]:
    if last_safe is None:
        return ()
    return tuple(sorted(last_safe - timedelta(days=lead) for lead in moment.lead_days))


def _against(end: date | None, transition: date | None) -> AgainstTransition:
    """Compare: a contract whose last day is before the transition date ends before it."""
    if transition is None:
        return AgainstTransition.UNKNOWN
    if end is not None and end < transition:
        return AgainstTransition.ENDS_BEFORE
    return AgainstTransition.RUNS_PAST


def _without_end(terms: Terms, moment: Moment, steps: tuple[str, ...]) -> ContractDates:
    """Return what can be said of a contract that has no end of its own."""
    standing = _standing(terms, None, moment.on)
    return ContractDates(
        standing=standing,
        transition=_against(terms.ended_on, moment.transition),
        steps=(*steps, *standing_words(standing, terms, None)),
    )


def _rolling(terms: Terms, moment: Moment) -> ContractDates:
    """Return the dates of a contract that notice ends at any time, or to a day of each year."""
    if terms.notice_given_on is not None:
        return _under_notice(terms, terms.notice_given_on, moment)
    if terms.term_day is None:
        steps: tuple[str, ...] = ("rolling: can be ended at any time", period_words(terms))
        last_safe = None
    else:
        end = _term_day_for(terms, moment.on, moment.days)
        last_safe = last_safe_before(end, terms.notice, terms, moment.days)
        steps = (f"rolling: can be ended to {said(end)}", *notice_words(terms, end, last_safe)[1:])
    blank = _without_end(terms, moment, steps)
    if blank.standing is not Standing.RUNNING:
        return blank
    return replace(
        blank,
        last_safe=last_safe,
        alerts=_alerts(last_safe, moment),
        transition_last_safe=_to_leave_by(terms, moment),
    )


def _under_notice(terms: Terms, given_on: date, moment: Moment) -> ContractDates:
    """Return the dates of a rolling contract that notice ends: after its period, or to the next term day."""
    if terms.term_day is None:
        end = end_by_notice(given_on, terms, moment.days)
    else:
        end = _term_day_for(terms, given_on, moment.days)
    standing = _standing(terms, end, moment.on)
    words = ("rolling: ended by notice", period_words(terms), f"ends {said(end)}")
    return ContractDates(
        current_end=end,
        standing=standing,
        transition=_against(terms.ended_on or end, moment.transition),
        steps=(*words, *standing_words(standing, terms, end)),
    )


def _term_day_for(terms: Terms, given_on: date, days: WorkingDays) -> date:
    """Return the first term day to which a notice of a day ends a contract."""
    begin = max(given_on, terms.start or given_on)
    ends = _term_days(terms, begin)
    return next(end for end in ends if last_safe_before(end, terms.notice, terms, days) >= given_on)


def _to_leave_by(terms: Terms, moment: Moment) -> date | None:
    """Return the last safe day of a notice by which a rolling contract ends before the transition."""
    if moment.transition is None:
        return None
    last_day = moment.transition - ONE_DAY
    if terms.term_day is not None:
        earlier = date(last_day.year - 1, 1, 1)
        last_day = max(day for day in _some_term_days(terms, earlier) if day <= last_day)
    return last_safe_before(last_day, terms.notice, terms, moment.days)


def _some_term_days(terms: Terms, begin: date) -> list[date]:
    days = _term_days(terms, begin)
    return [next(days) for _ in range(3)]


def _term_days(terms: Terms, begin: date) -> Iterator[date]:
    """Yield the term days from a day on; a day that a month lacks is its last one."""
    assert terms.term_day is not None
    month, day = terms.term_day.month, terms.term_day.day
    for year in range(begin.year, begin.year + YEARS_LIMIT):
        found = date(year, month, min(day, monthrange(year, month)[1]))
        if found >= begin:
            yield found
