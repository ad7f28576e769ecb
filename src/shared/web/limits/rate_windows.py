"""How often something was done within a minute or so, by a clock that is given: a sliding window counter.

Each fixed window has one count; what is left of the window before weighs in by its share. It never allows
more than the limit where calls come evenly, and needs two numbers for each key, however often it is asked.
"""

from collections.abc import Callable
from math import floor
from typing import NamedTuple

Clock = Callable[[], float]


class Counted(NamedTuple):
    """The count of a key in one window, and in the one before; a tuple, being made for each request."""

    window: int
    before: int = 0
    now: int = 0

    def moved_to(self, window: int) -> "Counted":
        """Return what these counts are in a later window."""
        match window - self.window:
            case 0:
                return self
            case 1:
                return Counted(window, before=self.now)
            case _:
                return Counted(window)


class SlidingWindows:
    """Counts by key. The clock gives seconds, from any beginning, and never goes back."""

    def __init__(self, seconds: int, clock: Clock) -> None:
        """Count within windows of so many seconds."""
        self._seconds = seconds
        self._clock = clock
        self._counts: dict[str, Counted] = {}
        self._swept = 0

    def take(self, key: str, limit: int, cost: int = 1) -> bool:
        """Count so much more, unless that were more than the limit; say whether it was counted.

        What costs more than all of the limit is let through once nothing else was counted.
        """
        window, weight = self._moment()
        counted = self._counted(key, window)
        so_far = floor(counted.before * weight) + counted.now
        if so_far + min(cost, limit) > limit:
            return False
        self._sweep(window)
        self._counts[key] = Counted(window, counted.before, counted.now + cost)
        return True

    def left(self, key: str, limit: int) -> int:
        """Return how often it may still be taken now."""
        window, weight = self._moment()
        counted = self._counted(key, window)
        return max(0, limit - floor(counted.before * weight) - counted.now)

    def seconds_to_more(self, key: str, limit: int, cost: int = 1) -> int:
        """Return in how many whole seconds so much may surely be taken again, at least one."""
        window, weight = self._moment()
        counted = self._counted(key, window)
        wait = self._seconds * weight
        most = limit - min(cost, limit) + 1  # less than which must have been counted
        room = most - counted.now
        # The window before, or once this one is over it, must come to weigh less than there is room for.
        if counted.before and room > 0:
            wait -= self._seconds * min(1.0, room / counted.before)
        elif room <= 0:
            wait += self._seconds * (1 - most / counted.now)
        return max(1, floor(wait) + 1)

    def _moment(self) -> tuple[int, float]:
        """Return the window that it is, and the share of it that is still to come."""
        window, elapsed = divmod(self._clock(), self._seconds)
        return int(window), 1 - elapsed / self._seconds

    def _counted(self, key: str, window: int) -> Counted:
        counted = self._counts.get(key)
        return Counted(window) if counted is None else counted.moved_to(window)

    def _sweep(self, window: int) -> None:
        """Forget once in a window whoever has not come for two."""
        if window == self._swept:
            return
        self._counts = {k: c for k, c in self._counts.items() if window - c.window <= 1}
        self._swept = window
