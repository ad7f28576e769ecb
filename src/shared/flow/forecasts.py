"""Forecasts of open cases from what was seen of others, and how good such forecasts were in the past.

A forecast may use nothing but what its own instant knew: a back-test cuts the log there, and only then
looks at what came of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.flow.likely_finish import NEVER, SHARES, LikelyFinish
from shared.flow.log import STILL_OPEN, FlowLog
from shared.flow.waits import stage_waits
from shared.kernel.calendar import DAY, WorkingTime

CUTS = 24  # so many instants of the past are forecast from
CUT_DAYS = 28
FORECASTS_NEEDED = 30  # fewer say nothing about how good they are


@dataclass(frozen=True)
class CaseForecast:
    """One open case: how likely it is over by an instant, also by its age alone, and likely dates."""

    case: int
    chance: float | None
    chance_by_age: float | None
    finish: list[int | None]
    chance_by_needed: float | None = None


@dataclass(frozen=True)
class ForecastScore:
    """How good forecasts of one horizon were: mean squared errors, and how often dates were kept.

    `coverage` is the share of cases over by their 50, 85 and 95% dates; none if no date has passed.
    """

    n: int
    brier: float | None
    brier_base_rate: float | None
    brier_case_age: float | None
    coverage: list[float | None]

    @property
    def is_worth_showing(self) -> bool:
        """Say whether forecasts were no worse than the base rate of every case, or than its age alone."""
        known = self.brier, self.brier_base_rate, self.brier_case_age
        if None in known or self.n < FORECASTS_NEEDED:
            return False
        return self.brier == min(known)  # type: ignore[type-var]  # none of them is None


def forecasts(
    log: FlowLog, as_of: int, within: int, working: WorkingTime, needed: Sequence[int | None] = ()
) -> list[CaseForecast]:
    """Return a forecast for each case open at an instant: whether it is over so much later.

    The log is cut there first. `needed` says of each case by when it should be over. What can't be
    estimated is `None`.
    """
    then = log.until(as_of)
    visits = stage_waits(then, as_of, working)
    likely = LikelyFinish(then, visits, as_of)
    found, rows = [], np.flatnonzero(visits.open)
    known = (visits.case[rows], visits.place.codes[rows], visits.began[rows])
    finishes = likely.of_each(*known[1:], then.cases.opened[known[0]], as_of)
    for case, stage, entered, finish in zip(*(column.tolist() for column in (*known, finishes)), strict=True):
        opened = int(then.cases.opened[case])
        by = needed[case] if needed else None
        left = None if by is None else max(by - as_of, 0)
        found.append(
            CaseForecast(
                case,
                likely.chance(stage, entered, opened, as_of, within),
                likely.chance_by_age(opened, as_of, within),
                [None if at == NEVER else at for at in finish],
                None if left is None else likely.chance(stage, entered, opened, as_of, left),
            )
        )
    return found


def cuts(log: FlowLog, until: int, within: int) -> list[int]:
    """Return the instants (µs) to forecast from, four weeks apart, the last of them all known by now."""
    opened = log.cases.opened[log.cases.opened != STILL_OPEN]
    if not len(opened):
        return []
    found = [until - within - n * CUT_DAYS * DAY for n in range(CUTS)]
    return [cut for cut in reversed(found) if cut > int(opened.min())]


@dataclass
class _Tried:
    """What was forecast at the cuts so far, and what came of it."""

    over: list[bool] = field(default_factory=list)
    chance: list[float] = field(default_factory=list)
    base_rate: list[float] = field(default_factory=list)
    by_age: list[float] = field(default_factory=list)
    kept: list[list[bool]] = field(default_factory=lambda: [[] for _ in SHARES])


class MadeForecast(NamedTuple):
    """A forecast that was made at an instant, and when its case closed, as far as that is known now."""

    at: int
    chance: float | None
    chance_by_age: float | None
    finish: Sequence[int | None]
    closed: int


_Seen = list[tuple[int, bool]]  # from when, and whether it was over in time


def back_test(log: FlowLog, until: int, within: int, working: WorkingTime) -> ForecastScore:
    """Return how good forecasts would have been, each made of what its own instant knew."""
    made = (
        MadeForecast(cut, one.chance, one.chance_by_age, one.finish, int(log.cases.closed[one.case]))
        for cut in cuts(log, until, within)
        for one in forecasts(log, cut, within, working)
    )
    return scored(made, until, within)


def scored(made: Iterable[MadeForecast], until: int, within: int) -> ForecastScore:
    """Return how good forecasts were, those made first coming first, as far as it is known by now.

    The base rate of each is the share over in time of the earlier ones that were known when it was made.
    """
    tried, seen = _Tried(), _Seen()
    for cut, together in groupby(made, key=lambda one: one.at):
        base = _base_rate(seen, cut, within)
        for one in together:
            over = one.closed <= cut + within
            seen.append((cut, over))
            _keep_dates(tried, one, until)
            if base is not None and one.chance is not None and cut + within <= until:
                tried.over.append(over)
                tried.chance.append(one.chance)
                tried.base_rate.append(base)
                tried.by_age.append(base if one.chance_by_age is None else one.chance_by_age)
    return _score(tried)


def _base_rate(seen: _Seen, cut: int, within: int) -> float | None:
    """Return the share of earlier cases that were over in time, as far as that was known by a cut."""
    known = [over for at, over in seen if at + within <= cut]
    return sum(known) / len(known) if known else None


def _keep_dates(tried: _Tried, one: MadeForecast, until: int) -> None:
    """Keep of each likely date that has passed whether the case was over by then."""
    for number, date in enumerate(one.finish):
        if date is not None and date <= until:
            tried.kept[number].append(one.closed <= date)


def _score(tried: _Tried) -> ForecastScore:
    over = np.array(tried.over, np.float64)
    brier, base_rate, by_age = (
        _brier(over, np.array(said)) for said in (tried.chance, tried.base_rate, tried.by_age)
    )
    coverage = [sum(kept) / len(kept) if kept else None for kept in tried.kept]
    return ForecastScore(len(over), brier, base_rate, by_age, coverage)


def _brier(over: NDArray[np.float64], said: NDArray[np.float64]) -> float | None:
    """Return the mean squared error of chances (Brier, Monthly Weather Review 78, 1950)."""
    return float(np.mean((said - over) ** 2)) if len(over) else None
