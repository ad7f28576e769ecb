"""Folding: what a thing's events add up to, from where it was last folded on."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from shared.errors import NotFound
from shared.eventstore.encoding import EnvelopeMapper, happened_at
from shared.eventstore.gathering import Gathered
from shared.messages import S, State, Stream

STREAMS_AT_HAND = 10_000

# It asks for less of each row than a reader does, and makes no `Recorded` of it.
FOLD_UNTIL = """
SELECT notification_id, originator_version, topic, state FROM stored_events
WHERE originator_id = $1 AND notification_id <= $2 ORDER BY originator_version
"""
FOLD_ON = """
SELECT known.id, known.version, notification_id, originator_version, topic, state
FROM unnest($1::uuid[], $2::bigint[]) AS known (id, version)
JOIN stored_events s ON s.originator_id = known.id AND s.originator_version > known.version
ORDER BY known.id, known.version, originator_version
"""

StoredRow = tuple[Any, ...]  # position, version, topic, state
Known = tuple[UUID, int]  # a stream, and the version it has been folded to


class Folder:
    """Folds streams on from where it has them at hand: events never change, so only new ones are read."""

    def __init__(self, pool: asyncpg.Pool, mapper: EnvelopeMapper) -> None:
        """Read through this pool, and understand events by this mapper."""
        self._pool = pool
        self._mapper = mapper
        self._new: Gathered[Known, Sequence[StoredRow]] = Gathered(self._look, ())
        self._at_hand: dict[UUID, Stream[Any]] = {}

    async def fold(self, stream_id: UUID, blank: S) -> Stream[S]:
        """Return one thing as it stands; `NotFound` where it is another kind of thing."""
        known: Stream[S] = self._at_hand.get(stream_id) or Stream(stream_id, blank)
        rows = await self._new.of((stream_id, known.version))
        stream = folded(known, rows, self._mapper) if rows else known
        if stream.version:
            self._keep(stream)
        if stream.state.kind != blank.kind:
            raise NotFound
        return stream

    async def fold_until(self, stream_id: UUID, blank: S, position: int) -> Stream[S]:
        """Return one thing as it stood at a position."""
        rows = await self._pool.fetch(FOLD_UNTIL, stream_id, position)
        return folded(Stream(stream_id, blank), [tuple(row) for row in rows], self._mapper)

    @property
    def at_hand(self) -> int:
        """Return how many streams are at hand."""
        return len(self._at_hand)

    def _keep(self, stream: Stream[Any]) -> None:
        """Keep a stream at hand as the one used last; the one not used for longest makes room."""
        self._at_hand.pop(stream.id, None)
        self._at_hand[stream.id] = stream
        if len(self._at_hand) > STREAMS_AT_HAND:
            del self._at_hand[next(iter(self._at_hand))]

    async def _look(self, known: Sequence[Known]) -> dict[Known, list[StoredRow]]:
        """Return each stream's rows after the version it is known at, in order."""
        ids, versions = zip(*known, strict=True)
        found: dict[Known, list[StoredRow]] = {}
        for row in await self._pool.fetch(FOLD_ON, ids, versions):
            found.setdefault(row[:2], []).append(row[2:])
        return found


def folded(stream: Stream[S], rows: Sequence[StoredRow], mapper: EnvelopeMapper) -> Stream[S]:
    """Return a stream with its next stored events applied; `NotFound` where they are another kind's."""
    if not rows:
        return stream
    (first, _, topic, _), (last, version, _, _) = rows[0], rows[-1]
    if mapper.topics[topic].kind != stream.state.kind:
        raise NotFound
    event, state, entry = mapper.event, stream.state, None
    envelopes = [orjson.loads(row[3]) for row in rows]
    for row, envelope in zip(rows, envelopes, strict=True):
        before, state = state, event(row[2], envelope).apply(state)
        if enters(before, state):
            entry = envelope
    return Stream(
        stream.id, state, version, stream.first_position or first, last,
        stream.opened_at or happened_at(envelopes[0]), happened_at(envelopes[-1]),
        (stream.stage_since or happened_at(envelopes[0])) if entry is None else happened_at(entry),
    )  # fmt: skip


def enters(before: State, after: State) -> bool:
    """Say whether an event took a thing to another stage; what has no stages stays where it is."""
    return getattr(after, "stage", None) != getattr(before, "stage", None)
