"""How likely a project finishes before a day: reference-class Monte Carlo on the programme's own history.

Reference class forecasting as in B. Flyvbjerg, "From Nobel Prize to Project Management" (2006): what
became of the forecasts of finished projects of the same sort says what this one's is worth.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

DRAWS = 10_000
ENOUGH = 20  # finished projects that a class needs to stand on its own
QUANTILES = (0.5, 0.8, 0.9)

Ratios = NDArray[np.float64]
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished project: its class, its days, and every forecast it ever had."""

    path: Path
    start: date
    forecasts: tuple[date, ...]
    finished_on: date

    def ratios(self) -> list[float]:
        """Return how long it took in the end, against each of its forecasts."""
        took = (self.finished_on - self.start).days
        said = [(forecast - self.start).days for forecast in self.forecasts]
        return [took / days for days in said if days > 0]


@dataclass(frozen=True, slots=True)
class Odds:
    """How likely a project finishes before a day, and by when; `why_not` where that can't be said."""

    path: Path
    class_size: int
    borrowed: float
    before: float | None = None
    ends: tuple[date, ...] = ()
    why_not: str | None = None


def path_of(category: str, sub_category: str) -> Path:
    """Return a project's class: its category and what is within it; all projects are the root."""
    return tuple(part for part in (category, sub_category if category else "") if part)


@dataclass(slots=True)
class SlipHistory:
    """The finished projects that a forecast may learn from, by class; draws are made once a class."""

    by_path: dict[Path, list[list[float]]]
    _draws: dict[Path, Ratios | None] = field(default_factory=dict)

    @classmethod
    def of(cls, finished: Sequence[Finished]) -> "SlipHistory":
        """Count each project to its class and to every class above it."""
        by_path: dict[Path, list[list[float]]] = {}
        for project in finished:
            if ratios := project.ratios():
                for depth in range(len(project.path) + 1):
                    by_path.setdefault(project.path[:depth], []).append(ratios)
        return cls(by_path)

    def size(self, path: Path) -> int:
        """Return how many finished projects a class has."""
        return len(self.by_path.get(path, []))

    def borrowed(self, path: Path) -> float:
        """Return the share of a class's draws that come from the class above it."""
        return 0.0 if not path else 1 - min(1.0, self.size(path) / ENOUGH)

    def draws(self, path: Path) -> Ratios | None:
        """Return a class's sorted draws; nothing where not a single project has finished."""
        if path not in self._draws:
            drawn = self._drawn(path)
            self._draws[path] = None if drawn is None else np.sort(drawn)
        return self._draws[path]

    def _drawn(self, path: Path) -> Ratios | None:
        """Bootstrap a class's ratios: a project, then one of its forecasts; a small class borrows."""
        own = self.by_path.get(path)
        random = np.random.default_rng(_seed(path))
        above = self.draws(path[:-1]) if path and self.borrowed(path) else None
        if own is None:
            return above
        drawn = _bootstrap(own, random)
        if above is None:
            return drawn
        borrows = random.random(DRAWS) < self.borrowed(path)
        return np.where(borrows, random.permutation(above), drawn)

    def odds(  # a project is told by its days
        self, path: Path, start: date | None, forecast_end: date | None, today: date, transition: date | None
    ) -> Odds:
        """Return a project's odds, given that it still runs today: a search in its class's draws."""
        known = (path, self.size(path), self.borrowed(path))
        draws = self.draws(path)
        if draws is None:
            return Odds(*known, why_not="not estimable: no project has finished yet")
        if start is None or forecast_end is None or forecast_end <= start:
            return Odds(*known, why_not="not estimable: start and forecast end are needed")
        planned = (forecast_end - start).days
        elapsed = int(np.searchsorted(draws, (today - start).days / planned, side="right"))
        left = len(draws) - elapsed
        if left == 0:
            return Odds(*known, why_not="not estimable: it has run longer than any like it did")
        before = None
        if transition is not None:
            in_time = int(np.searchsorted(draws, (transition - start).days / planned, side="left"))
            before = max(0, in_time - elapsed) / left
        ends = tuple(
            start + timedelta(days=int(np.ceil(draws[elapsed + _place(q, left)] * planned)))
            for q in QUANTILES
        )
        return Odds(*known, before, ends)


def _place(quantile: float, count: int) -> int:
    """Return which of so many sorted values is the smallest that this share does not exceed."""
    return max(0, int(np.ceil(quantile * count)) - 1)


def _bootstrap(ratios: Sequence[Sequence[float]], random: np.random.Generator) -> Ratios:
    counts = np.array([len(r) for r in ratios])
    flat = np.concatenate([np.asarray(r, dtype=np.float64) for r in ratios])
    first = np.concatenate(([0], np.cumsum(counts)[:-1]))
    project = random.integers(len(ratios), size=DRAWS)
    forecast = (random.random(DRAWS) * counts[project]).astype(np.int64)
    drawn: Ratios = flat[first[project] + forecast]
    return drawn


def _seed(path: Path) -> int:
    """Return a class's own seed: the same history gives the same answer for ever, everywhere."""
    return int.from_bytes(hashlib.sha256("\x1f".join(path).encode()).digest()[:8], "big")
