"""What the waits of some cases add up to, kept in order so that cases can come, go and change."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from shared.flow.log import Codes
from shared.flow.statistics import NONE, Ordered
from shared.kernel.calendar import Microseconds

Key = TypeVar("Key")
Step = tuple[str, str]
Waited = tuple[Microseconds, ...]

NOTHING = np.zeros(0, np.int64)
_BOTH: Waited = (NOTHING, NOTHING)


@dataclass(frozen=True)
class CaseTimes:
    """When cases opened that are still open; how long the others took; those that closed too early apart.

    `durations` are by outcome. `early` are cases that closed before they opened: counted, and no more.
    """

    opened: Microseconds = field(default_factory=lambda: NOTHING)
    durations: Mapping[str, Microseconds] = field(default_factory=dict)
    early: int = 0


@dataclass(frozen=True)
class Addends:
    """What some cases' waits are: elapsed and working time by place, edge and party.

    Open waits are given by when they began, on either clock. `ever` are the waits of all time where
    `edges` and `places` are those of a period.
    """

    edges: Mapping[Step, Waited]
    places: Mapping[str, Waited]
    ever: Mapping[str, Microseconds]
    departures: Mapping[Step, int]
    entries: Mapping[str, int]
    open: Mapping[str, Waited]
    parties: Mapping[str, tuple[int, int, int]]
    open_parties: Mapping[str, Waited]
    service: Mapping[str, Waited]
    idle: Mapping[str, Waited]
    counts: Mapping[str, int]
    cases: CaseTimes


@dataclass(frozen=True)
class Pair:
    """The same waits by either clock."""

    elapsed: Ordered = NONE
    working: Ordered = NONE

    def moved(self, gone: Waited, come: Waited) -> "Pair":
        """Return the waits without some and with others."""
        return Pair(self.elapsed.moved(gone[0], come[0]), self.working.moved(gone[1], come[1]))


@dataclass
class Tally:
    """The waits of a log, added up."""

    edges: dict[Step, Pair] = field(default_factory=dict)
    places: dict[str, Pair] = field(default_factory=dict)
    ever: dict[str, Ordered] = field(default_factory=dict)
    departures: Counter[Step] = field(default_factory=Counter)
    entries: Counter[str] = field(default_factory=Counter)
    open: dict[str, Pair] = field(default_factory=dict)
    elapsed: Counter[str] = field(default_factory=Counter)
    worked: Counter[str] = field(default_factory=Counter)
    charged: Counter[str] = field(default_factory=Counter)
    open_parties: dict[str, Pair] = field(default_factory=dict)
    service: dict[str, Pair] = field(default_factory=dict)
    idle: dict[str, Pair] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    opened: Ordered = NONE
    durations: dict[str, Ordered] = field(default_factory=dict)
    ended: Ordered = NONE
    early: int = 0

    def add(self, come: Addends) -> "Tally":
        """Add cases."""
        return self.move(BLANK, come)

    def move(self, gone: Addends, come: Addends) -> "Tally":
        """Take out what cases were, and add what they are now: the cost is that of what they touch."""
        for name in ("edges", "places", "open", "open_parties", "service", "idle"):
            _move_pairs(getattr(self, name), getattr(gone, name), getattr(come, name))
        _move(self.ever, gone.ever, come.ever)
        _move(self.durations, gone.cases.durations, come.cases.durations)
        for name in ("departures", "entries", "counts"):
            _count(getattr(self, name), getattr(gone, name), getattr(come, name))
        for at, counter in enumerate((self.elapsed, self.worked, self.charged)):
            _count(counter, *({p: t[at] for p, t in side.parties.items()} for side in (gone, come)))
        before, after = (np.concatenate([NOTHING, *side.cases.durations.values()]) for side in (gone, come))
        self.ended = self.ended.moved(before, after)
        self.opened = self.opened.moved(gone.cases.opened, come.cases.opened)
        self.early += come.cases.early - gone.cases.early
        return self


BLANK = Addends({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, CaseTimes())


def _move_pairs(kept: dict[Key, Pair], gone: Mapping[Key, Waited], come: Mapping[Key, Waited]) -> None:
    for key in {**gone, **come}:
        moved = kept.get(key, Pair()).moved(gone.get(key, _BOTH), come.get(key, _BOTH))
        if len(moved.elapsed):
            kept[key] = moved
        else:
            kept.pop(key, None)


def _move(
    kept: dict[Key, Ordered], gone: Mapping[Key, Microseconds], come: Mapping[Key, Microseconds]
) -> None:
    for key in {**gone, **come}:
        moved = kept.get(key, NONE).moved(gone.get(key, NOTHING), come.get(key, NOTHING))
        if len(moved):
            kept[key] = moved
        else:
            kept.pop(key, None)


def _count(kept: Counter[Key], gone: Mapping[Key, int], come: Mapping[Key, int]) -> None:
    for key in {**gone, **come}:
        kept[key] += come.get(key, 0) - gone.get(key, 0)
        if not kept[key]:
            del kept[key]


def counted(codes: Codes, names: list[str]) -> dict[str, int]:
    """Return how often each name occurs."""
    times = np.bincount(codes, minlength=len(names)).tolist()
    return {name: n for name, n in zip(names, times, strict=True) if n}
