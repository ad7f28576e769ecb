"""What ends when, counting what it waits for: how one project's end drives another's, and the longest wait.

A project can't end before all that it depends on has ended. Circles are no harm: all in one end together.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Ending:
    """When a thing ends by itself, where that is known, and the things that it waits for."""

    ends_on: date | None
    waits_for: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class CriticalPath:
    """By when each thing can end, what each waits for longest, and the way to what ends last of all.

    `path` begins with what waits for nothing, and ends with the thing that can end last.
    """

    ends_on: Mapping[UUID, date]
    longest: Mapping[UUID, UUID]
    path: tuple[UUID, ...]


def critical_path(endings: Mapping[UUID, Ending]) -> CriticalPath:
    """Let each end drive all that waits for it, the latest end first."""
    waiting: dict[UUID, list[UUID]] = {}
    for name, ending in endings.items():
        for awaited in ending.waits_for:
            waiting.setdefault(awaited, []).append(name)
    ends = _driven(endings, waiting)
    longest = {}
    for name, ending in endings.items():
        known = [awaited for awaited in ending.waits_for if awaited in ends]
        if known:
            longest[name] = max(known, key=lambda awaited: (ends[awaited], awaited.int))
    return CriticalPath(ends, longest, _path(ends, longest, waiting))


def _driven(endings: Mapping[UUID, Ending], waiting: Mapping[UUID, list[UUID]]) -> dict[UUID, date]:
    """Return by when each thing can end: with the last of all that it waits for, at any remove."""
    own = [(ending.ends_on, name) for name, ending in endings.items() if ending.ends_on is not None]
    found: dict[UUID, date] = {}
    for day, name in sorted(own, reverse=True):
        driven = deque([name] if name not in found else [])
        while driven:
            one = driven.popleft()
            if one not in found:
                found[one] = day
                driven.extend(waiting.get(one, ()))
    return found


def _path(
    ends: Mapping[UUID, date], longest: Mapping[UUID, UUID], waiting: Mapping[UUID, list[UUID]]
) -> tuple[UUID, ...]:
    """Return the way to what ends last; of several, to one that nothing waits for and that waits itself."""
    if not ends:
        return ()
    last = max(ends, key=lambda name: (ends[name], name not in waiting, name in longest, name.int))
    path = [last]
    while (awaited := longest.get(path[-1])) is not None and awaited not in path:
        path.append(awaited)
    return tuple(reversed(path))
