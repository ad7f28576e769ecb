"""The dates of 200 cases as generated come out as another calculation has them, for every statutory period.

That one knows no calendar of the service's: bank holidays by the Act of 1971 and its proclamations, Easter by
dateutil, working days by NumPy, and London's midnights by dateutil's own reading of the time zone.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

import numpy as np
import pytest
from dateutil import tz
from dateutil.easter import easter
from dateutil.relativedelta import MO, SU, relativedelta

from rfp_service.rfps.commands.call_ins import CallIn
from rfp_service.rfps.commands.key_decisions import PublishForwardPlanNotice, UseGeneralException
from rfp_service.rfps.domain.events import RfpEvent
from rfp_service.rfps.domain.routes import Regime
from shared.kernel.rules import Rules
from tests.rfps import way
from tests.rfps.examples import ROUTED
from tests.rfps.way import OFFICER, SCRUTINY, History, after
from tests.support.specs import RULES

CASES = 200
YEARS = range(2024, 2034)  # one more at either end than cases begin in
LONDON = tz.gettz("Europe/London")
UTC = tz.UTC
TO_MONDAY = {5: 2, 6: 1}
PROCLAIMED = {"scotland": [date(2026, 6, 15)]}  # once only


def put_off(day: date) -> date:
    return day + timedelta(days=TO_MONDAY.get(day.weekday(), 0))


def england(year: int) -> Iterator[date]:
    sunday = easter(year)
    yield put_off(date(year, 1, 1))
    yield sunday - timedelta(days=2)
    yield sunday + timedelta(days=1)
    yield date(year, 5, 1) + relativedelta(weekday=MO(1))
    yield date(year, 5, 31) + relativedelta(weekday=MO(-1))
    yield date(year, 8, 31) + relativedelta(weekday=MO(-1))
    christmas = put_off(date(year, 12, 25))
    boxing = put_off(date(year, 12, 26))
    yield christmas
    yield boxing + timedelta(days=boxing <= christmas)


def elsewhere(year: int) -> Iterator[date]:
    new_year, second = put_off(date(year, 1, 1)), put_off(date(year, 1, 2))
    yield second + timedelta(days=second <= new_year)
    yield date(year, 8, 1) + relativedelta(weekday=MO(1))
    yield put_off(date(year, 11, 30))
    yield put_off(date(year, 3, 17))
    yield put_off(date(year, 7, 12))
    yield from (day for day in PROCLAIMED["scotland"] if day.year == year)


ENGLAND = {day for year in YEARS for day in england(year)}
KINGDOM = ENGLAND | {day for year in YEARS for day in elsewhere(year)}


CLOCKS_CHANGE = [date(year, month, 31) + relativedelta(weekday=SU(-1)) for year in YEARS for month in (3, 10)]
HARD = [day for day in (*sorted(KINGDOM), *CLOCKS_CHANGE) if YEARS[0] < day.year < YEARS[-2]]


def midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), LONDON).astimezone(UTC)


def worked(day: date, count: int, off: set[date], *, first_counts: bool = False) -> date:
    """Return the last of so many working days after a day, or from it on."""
    begin = np.datetime64(day if first_counts else day + timedelta(days=1))
    found = np.busday_offset(begin, count - 1, roll="forward", holidays=sorted(off)).item()
    assert isinstance(found, date)
    return found


class Case(NamedTuple):
    """A moment, its day in London, the council's closed days, and the rules that know them."""

    at: datetime
    day: date
    closed: set[date]
    rules: Rules


def cases() -> Iterator[Case]:
    chance = Random(20260301)
    hours = (0, 0, 1, 9, 12, 22, 23, 23)
    for _ in range(CASES):
        day = date(2025, 1, 1) + timedelta(days=chance.randrange(365 * 5))
        if chance.random() < 0.4:  # close to what is hard: holidays, and the days on which clocks change
            near = chance.choice(HARD)
            day = near + timedelta(days=chance.randrange(-12, 3))
        at = datetime(day.year, day.month, day.day, chance.choice(hours), chance.choice((0, 59)), tzinfo=UTC)
        there = at.astimezone(LONDON).date()
        closed = {there + timedelta(days=chance.randrange(40)) for _ in range(chance.randrange(4))}
        yield Case(at, there, closed, RULES.model_copy(update={"closed_days": tuple(sorted(closed))}))


def ends(history: History, command: Any, case: Case, **who: Any) -> datetime | None:
    event: RfpEvent = after(history, command, at=case.at, rules=case.rules, **who)[-1]
    found: datetime | None = getattr(event, "ends_at")  # noqa: B009  # each of these starts a clock
    return found


OLD = ROUTED.model_copy(update={"regime": Regime.PUBLIC_CONTRACTS_REGULATIONS_2015})
PLACE = way.TOLD.index(ROUTED)
TOLD_OLD = (*way.TOLD[:PLACE], OLD, *way.TOLD[PLACE + 1 :])


def old_end(case: Case) -> date:
    """Return the end of ten calendar days from the day after; moved on where nobody works on it."""
    return worked(case.day + timedelta(days=10), 1, ENGLAND | case.closed, first_counts=True)


PERIODS: dict[str, tuple[Callable[[Case], datetime | None], Callable[[Case], date]]] = {
    "eight working days of the Act of 2023": (
        lambda c: ends(way.TOLD, way.AWARD_NOTICE, c, **OFFICER),
        lambda c: worked(c.day, 8, KINGDOM, first_counts=True),
    ),
    "ten days of the regulations of 2015": (
        lambda c: ends(TOLD_OLD, way.AWARD_NOTICE, c, **OFFICER),
        old_end,
    ),
    "five working days in which scrutiny calls in": (
        lambda c: ends(way.TAKEN, way.PUBLISH, c, **OFFICER),
        lambda c: worked(c.day, 5, ENGLAND | c.closed),
    ),
    "twenty working days in which scrutiny meets": (
        lambda c: ends(
            way.after(way.TAKEN, way.PUBLISH, at=c.at, **OFFICER), CallIn(reason="Dear."), c, **SCRUTINY
        ),
        lambda c: worked(c.day, 20, ENGLAND | c.closed),
    ),
    "28 clear days of a forward plan": (
        lambda c: ends(
            way.KEY_DECISION, PublishForwardPlanNotice(reference="FP", published_on=c.day), c, **OFFICER
        ),
        lambda c: c.day + timedelta(days=28),
    ),
    "five clear days of a general exception": (
        lambda c: ends(
            way.KEY_DECISION,
            UseGeneralException(reference="GE", published_on=c.day, reason="Urgent."),
            c,
            **OFFICER,
        ),
        lambda c: c.day + timedelta(days=5),
    ),
}


@pytest.mark.parametrize("period", PERIODS)
def test_the_ends_of_200_periods_are_those_of_another_calculation(period: str) -> None:
    found, reckoned = PERIODS[period]
    wrong = {
        case.at: (said, right)
        for case in cases()
        if (said := found(case)) != (right := midnight_after(reckoned(case)))
    }
    assert wrong == {}


def test_the_other_calculation_has_the_days_as_they_were_published() -> None:
    of_2026 = "01-01 01-02 03-17 04-03 04-06 05-04 05-25 06-15 07-13 08-03 08-31 11-30 12-25 12-28"
    assert {f"{day:%m-%d}" for day in KINGDOM if day.year == 2026} == set(of_2026.split())
    assert {f"{day:%m-%d}" for day in ENGLAND if day.year == 2027} == {
        *("01-01", "03-26", "03-29", "05-03", "05-31", "08-30", "12-27", "12-28")
    }
