"""Which things have changed: one look at the end of the record, for everybody who asks meanwhile.

What follows from a thing's events alone may be kept until the thing changes. Whether it has is not asked of
each thing: positions have no gaps and are committed in their order, so all that changed since the last look
stands behind it.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

import asyncpg

from shared.record.eventstore.group_reader import Gathered

V = TypeVar("V")

LOOKED_AT_LIMIT = 2_000  # entries in one look: where more were appended, nothing that was kept counts
CHANGED_LIMIT = 200_000  # things remembered as changed, the same

# The entry at which the last look ended comes first: by its leaf hash it shows that a record was put back to
# an earlier time, also where it has grown past that position since, even by a decision on the same thing.
SINCE = """
SELECT notification_id, originator_id, leaf_hash FROM stored_events
WHERE notification_id >= $1 ORDER BY notification_id LIMIT $2
"""
LAST = "SELECT notification_id, leaf_hash FROM stored_events ORDER BY notification_id DESC LIMIT 1"


class Looked(NamedTuple):
    """A look: how far the record went, and in which series of looks that know each other's changes."""

    series: int
    position: int


@dataclass(slots=True)
class _Held:
    """A look that counts for all that one request asks for, until it has to look again."""

    changes: "StreamChanges"
    looked: Looked | None


_held: ContextVar[_Held | None] = ContextVar("held_look", default=None)


class StreamChanges:
    """Says what was appended since something was read."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        """Look through this pool."""
        self._pool = pool
        self._looks: Gathered[str, Looked] = Gathered(self._look, Looked(0, 0))
        self._looked = Looked(0, 0)
        self._last: bytes | None = None  # the leaf hash of the entry that stands there
        self._changed: dict[UUID, int] = {}

    @property
    def series(self) -> int:
        """Return the series of the last look."""
        return self._looked.series

    async def look(self) -> Looked:
        """Look at the end of the record: whatever is read after this holds all that it has seen."""
        held = _held.get()
        if held is not None and held.changes is self and held.looked is not None:
            return held.looked
        return await self._looks.of("")

    def one_look(self) -> "OneLook":
        """Look once for all that is asked meanwhile: as it stood when this began, or later.

        Once a thing is read that has changed since, the next to ask looks again: what is told of a thing from
        its events, such as what is sealed of it, is never older than the thing.
        """
        return OneLook(self)

    def look_again(self) -> None:
        """Let the one look count no longer: something has changed since."""
        held = _held.get()
        if held is not None:
            held.looked = None

    def unchanged(self, stream_id: UUID, since: Looked) -> bool:
        """Say whether a thing has not changed since a look, as far as the last one saw."""
        series, position = since
        return series == self._looked.series and self._changed.get(stream_id, 0) <= position

    async def _look(self, _: Sequence[str]) -> dict[str, Looked]:
        series, position = self._looked
        rows = await self._pool.fetch(SINCE, position, LOOKED_AT_LIMIT)
        first = (rows[0]["notification_id"], rows[0]["leaf_hash"]) if rows else (0, None)
        if first != (position, self._last) or len(rows) == LOOKED_AT_LIMIT:
            await self._begin_anew()
        elif len(rows) > 1:
            self._changed |= {stream: at for at, stream, _ in rows[1:]}
            at, _, self._last = rows[-1]
            self._looked = Looked(series, at)
            if len(self._changed) > CHANGED_LIMIT:
                await self._begin_anew()
        return {"": self._looked}

    async def _begin_anew(self) -> None:
        """Let nothing count that was read before."""
        row = await self._pool.fetchrow(LAST)
        position, self._last = tuple(row) if row else (0, None)
        self._looked = Looked(self._looked.series + 1, position)
        self._changed = {}


class OneLook:
    """What goes on while one look counts."""

    __slots__ = ("_changes", "_held", "_token")

    def __init__(self, changes: StreamChanges) -> None:
        """Look at these changes once."""
        self._changes = changes

    async def __aenter__(self) -> None:
        """Look, and let it count."""
        self._held = _Held(self._changes, await self._changes.look())
        self._token = _held.set(self._held)

    async def __aexit__(self, *_: object) -> None:
        """Let it count no longer, nor for what was begun meanwhile and goes on."""
        _held.reset(self._token)
        self._held.looked = None


class KeptByThing(Generic[V]):
    """What follows from each thing's events alone, read again once the thing has changed."""

    def __init__(
        self,
        changes: StreamChanges,
        read: Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, V]]],
        nothing: V,
        limit: int,
    ) -> None:
        """Read several things at once, of which nothing follows if they are not found; keep so many."""
        self._changes = changes
        self._reads: Gathered[UUID, V] = Gathered(read, nothing)
        self._nothing, self._limit = nothing, limit
        self._kept: dict[UUID, tuple[Looked, V]] = {}

    async def of_each(self, things: Collection[UUID]) -> dict[UUID, V]:
        """Return what follows for each of some things now."""
        looked = await self._changes.look()
        found = {thing: kept[1] for thing in things if (kept := self._of(thing))}
        missing = [thing for thing in things if thing not in found]
        if missing:
            read = await self._reads.of_each(missing)
            found |= {thing: read.get(thing, self._nothing) for thing in missing}
            self._keep({thing: (looked, found[thing]) for thing in missing})
        return found

    def _of(self, thing: UUID) -> tuple[Looked, V] | None:
        kept = self._kept.get(thing)
        return kept if kept and self._changes.unchanged(thing, kept[0]) else None

    def _keep(self, read: Mapping[UUID, tuple[Looked, V]]) -> None:
        """Keep what was read; what was read longest ago makes room."""
        for thing, value in read.items():
            self._kept.pop(thing, None)
            self._kept[thing] = value
        while len(self._kept) > self._limit:
            del self._kept[next(iter(self._kept))]
