"""How likely a project finishes before a day, by what became of the programme's own forecasts.

Reference class forecasting as in B. Flyvbjerg, "From Nobel Prize to Project Management" (2006): how long
projects of the same sort took, against the forecast that stood when as large a share of their first plan had
passed, says what this one's forecast is worth. What still runs counts for as long as it was seen (Kaplan and
Meier, J. Am. Stat. Assoc. 53, 1958): leaving it out would learn from the quick ones alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from projects.views.project_histories import Path, ProjectHistory, rested, rests_of

DRAWS = 10_000
ENOUGH = 20  # finished projects that a class needs to stand on its own
QUANTILES = (0.5, 0.8, 0.9)
SHARES, SHARES_LIMIT = 20, 100  # shares of a first plan are told apart by a twentieth, up to five times it
KEPT = 1_500  # classes and shares, of which draws are kept
ROUNDING = 1e-9  # of a day: ratios are quotients

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
V = TypeVar("V")
ClassAndShare = tuple[Path, int]
Curve = tuple[Numbers, Numbers]  # ratios in rising order, and how likely each is; the rest is beyond all


@dataclass(frozen=True, slots=True)
class Odds:
    """How likely a project finishes before a day, and by when; `why_not` where that can't be said.

    An end is None where history doesn't reach so far.
    """

    path: Path
    class_size: int
    borrowed: float
    before: float | None = None
    ends: tuple[date | None, ...] = ()
    why_not: str | None = None


@dataclass(frozen=True, slots=True)
class Observations:
    """Projects of one class: days at work, whether it was over then, the first plan, and later plans."""

    took: Whole
    over: NDArray[np.bool_]
    first: Whole
    changed: Whole  # by which row
    changed_at: Whole
    changed_to: Whole

    @classmethod
    def of(cls, courses: Sequence[ProjectHistory], until: date) -> "Observations":
        """See projects until a day; what is over by then is not still running."""
        overs = [c.finished_on is not None and c.finished_on <= until for c in courses]
        ends = [
            min(until, c.finished_on) if over and c.finished_on else until
            for c, over in zip(courses, overs, strict=True)
        ]
        changes = [
            (row, *plan) for row, c in enumerate(courses) for plan in c.later_plans(ends[row]) if plan[1] > 0
        ]
        table = np.array(changes, dtype=np.int64).reshape(-1, 3)
        return cls(
            np.array([c.age(end) for c, end in zip(courses, ends, strict=True)], dtype=np.int64),
            np.array(overs, dtype=bool),
            np.array([c.planned() for c in courses], dtype=np.int64),
            table[:, 0],
            table[:, 1],
            table[:, 2],
        )

    def ratios(self, share: float) -> tuple[Numbers, NDArray[np.bool_]]:
        """Return how long what still ran at a share of its first plan took, against its forecast then."""
        at = share * self.first
        planned = self.first.copy()
        stood = self.changed_at <= at[self.changed]
        planned[self.changed[stood]] = self.changed_to[stood]  # in order: the last one stands
        still = self.took >= at
        return self.took[still] / planned[still], self.over[still]


class ClassSeen(NamedTuple):
    """How many of a class were over, of those that still ran at a share, and how long they took."""

    over: int
    curve: Curve | None


def _keep(kept: dict[ClassAndShare, V], key: ClassAndShare, value: V) -> None:
    while len(kept) >= KEPT:
        kept.pop(next(iter(kept)))
    kept[key] = value


@dataclass(slots=True)
class SlipHistory:
    """The projects that a forecast may learn from, by class; draws are made once a class and share."""

    by_path: dict[Path, Observations]
    _seen: dict[ClassAndShare, ClassSeen] = field(default_factory=dict)
    _curves: dict[ClassAndShare, Curve | None] = field(default_factory=dict)
    _draws: dict[ClassAndShare, Numbers | None] = field(default_factory=dict)

    @classmethod
    def of(cls, courses: Sequence[ProjectHistory], until: date) -> "SlipHistory":
        """Count each project to its class and to every class above it, as it stood at the end of a day."""
        by_path: dict[Path, list[ProjectHistory]] = {}
        for course in courses:
            if course.start <= until and course.planned() > 0:
                for depth in range(len(course.path) + 1):
                    by_path.setdefault(course.path[:depth], []).append(course)
        return cls({path: Observations.of(those, until) for path, those in by_path.items()})

    def size(self, path: Path, share: int = 0) -> int:
        """Return how many finished projects a class has, of those that still ran at a share."""
        return self._own(path, share).over

    def borrowed(self, path: Path, share: int = 0) -> float:
        """Return the part of a class's draws that comes from the class above it."""
        return 0.0 if not path else 1 - min(1.0, self.size(path, share) / ENOUGH)

    def _own(self, path: Path, share: int) -> ClassSeen:
        if (path, share) not in self._seen:
            seen = self.by_path.get(path)
            ratios = None if seen is None else seen.ratios(share / SHARES)
            found = (
                ClassSeen(0, None)
                if ratios is None
                else ClassSeen(int(ratios[1].sum()), kaplan_meier(*ratios))
            )
            _keep(self._seen, (path, share), found)
        return self._seen[path, share]

    def draws(self, path: Path, share: int = 0) -> Numbers | None:
        """Return a class's draws in rising order, infinite where history ends; nothing without any."""
        if (path, share) not in self._draws:
            curve = self._curve(path, share)
            _keep(self._draws, (path, share), None if curve is None else _drawn(curve))
        return self._draws[path, share]

    def _curve(self, path: Path, share: int) -> Curve | None:
        """Return a class's ratios and how likely each is; a small class borrows from the one above it."""
        if (path, share) not in self._curves:
            part = self.borrowed(path, share)
            above = self._curve(path[:-1], share) if part else None
            _keep(self._curves, (path, share), _mixed(self._own(path, share).curve, above, part))
        return self._curves[path, share]

    def odds(self, row: Mapping[str, Any], path: Path, today: date, transition: date | None) -> Odds:
        """Return a project's odds, given that it still runs today: a search in its class's draws.

        It finishes before a day or not: on the day itself is late.
        """
        start, forecast_end = row["start"], row["forecast_end"]
        if not self.size(()):
            return Odds(path, self.size(path), self.borrowed(path), why_not=NOBODY)
        if start is None or forecast_end is None or forecast_end <= start:
            return Odds(path, self.size(path), self.borrowed(path), why_not=NEEDED)
        plan = RunningPlan.of(row, today)
        share = plan.share
        known = (path, self.size(path), self.borrowed(path, share))
        draws = self.draws(path, share)
        if draws is None:
            return Odds(*known, why_not=OUTRUN)
        left = draws[int(np.searchsorted(draws, plan.age / plan.planned, side="right")) :]
        if not len(left) or np.isinf(left[0]):
            return Odds(*known, why_not=OUTRUN)
        before = None
        if transition is not None:
            last = ((transition - plan.begun).days - 1 + ROUNDING) / plan.planned
            before = int(np.searchsorted(left, last, side="right")) / len(left)
        return Odds(*known, before, tuple(plan.end(left[_place(q, len(left))]) for q in QUANTILES))


NOBODY = "not estimable: no project has finished yet"
NEEDED = "not estimable: start and forecast end are needed"
OUTRUN = "not estimable: it has run longer than any like it did"


@dataclass(frozen=True, slots=True)
class RunningPlan:
    """A running project's clock: when it began, but for its rests; its age; its first plan, and its plan."""

    begun: date
    age: int
    first: int
    planned: int

    @classmethod
    def of(cls, row: Mapping[str, Any], today: date) -> "RunningPlan":
        """Read a project's row; the last forecast knew of the rests until it was said."""
        start, rests, said = row["start"], rests_of(row["rests"]), row["forecasts_said_on"]
        rest = rested(rests, today)
        known = rested(rests, min(said[-1], today)) if len(said) > 1 else 0
        planned = (row["forecast_end"] - start).days
        first = (row["forecasts"][0] - start).days
        planned = max(1, planned - known)
        return cls(start + timedelta(days=rest), (today - start).days - rest, max(1, first), planned)

    @property
    def share(self) -> int:
        """Return how much of the first plan has passed, in twentieths."""
        return min(SHARES_LIMIT, max(0, self.age * SHARES // self.first))

    def end(self, ratio: float) -> date | None:
        """Return the day on which it ends where it takes so many times its plan."""
        if np.isinf(ratio):
            return None
        days = int(np.ceil(ratio * self.planned - ROUNDING))
        return self.begun + timedelta(days=days) if days < (date.max - self.begun).days else None


def kaplan_meier(ratios: Numbers, over: NDArray[np.bool_]) -> Curve | None:
    """Return at which ratios projects ended, and how likely each is; nothing if none has."""
    if not over.any():
        return None
    at, ended = np.unique(ratios[over], return_counts=True)
    at_risk = len(ratios) - np.searchsorted(np.sort(ratios), at, side="left")
    survivors = np.cumprod(1 - ended / at_risk)
    return at, -np.diff(survivors, prepend=1.0)


def _mixed(own: Curve | None, above: Curve | None, part: float) -> Curve | None:
    if own is None or above is None:
        return own or above
    ratios = np.concatenate((own[0], above[0]))
    weights = np.concatenate((own[1] * (1 - part), above[1] * part))
    order = np.argsort(ratios, kind="stable")
    return ratios[order], weights[order]


def _drawn(curve: Curve) -> Numbers:
    """Draw at evenly spaced places of a curve: the same history gives the same answer for ever."""
    places = (np.arange(DRAWS) + 0.5) / DRAWS
    found = np.searchsorted(np.cumsum(curve[1]) + ROUNDING, places, side="left")
    return np.append(curve[0], np.inf)[found]


def _place(quantile: float, count: int) -> int:
    """Return which of so many sorted values is the smallest that this share does not exceed."""
    return max(0, int(np.ceil(quantile * count)) - 1)
