"""How projects came along: their days at work, and the forecasts that stood while they were at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

Path = tuple[str, ...]
Rests = Sequence[tuple[date, date]]


def path_of(category: str | None, sub_category: str | None) -> Path:
    """Return a project's class: its category and what is within it; all projects are the root."""
    return tuple(part for part in (category, sub_category if category else "") if part)


def rests_of(days: Sequence[date]) -> list[tuple[date, date]]:
    """Return rests out of a row, where each one's two days follow one another."""
    return list(zip(days[::2], days[1::2], strict=True))


def rested(rests: Rests, until: date) -> int:
    """Return how many days up to a day were rest: while a project rests, its clock stands."""
    return sum((min(ended, until) - begun).days for begun, ended in rests if begun < until)


@dataclass(frozen=True, slots=True)
class ProjectHistory:
    """One project's course: its class, its days, every forecast with the day it was said on, its rests.

    The first forecast stands from the beginning, whenever it was said. `finished_on` is null while it runs.
    """

    path: Path
    start: date
    forecasts: tuple[date, ...]
    finished_on: date | None = None
    said_on: tuple[date, ...] = ()
    rests: tuple[tuple[date, date], ...] = ()
    contingency_days: int = 0

    def age(self, day: date) -> int:
        """Return how many days it had been at work on a day."""
        return (day - self.start).days - rested(self.rests, day)

    def planned(self) -> int:
        """Return how many days its first forecast gave it; none without one."""
        return (self.forecasts[0] - self.start).days if self.forecasts else 0

    def later_plans(self, until: date) -> list[tuple[int, int]]:
        """Return at which age another forecast came to stand, and how many days at work that one gave it."""
        found = []
        for said_on, forecast in zip(self.said_on[1:], self.forecasts[1:], strict=False):
            if self.start <= said_on <= until and forecast > said_on:
                found.append((self.age(said_on), (forecast - self.start).days - rested(self.rests, said_on)))
        return found
