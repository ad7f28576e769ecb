"""Folding: what a thing's events add up to, from where it was last folded on, once it has changed."""

from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

import asyncpg
from eventsourcing.persistence import StoredEvent

from shared.kernel.errors import NotFound
from shared.kernel.messages import S, State, Stream
from shared.record.eventstore.changes import Looked, StreamChanges
from shared.record.eventstore.encoding import EnvelopeMapper
from shared.record.eventstore.group_reader import Gathered
from shared.record.eventstore.unread import EventUnread

STREAMS_AT_HAND = 10_000

# It asks for less of each row than a reader does, and makes no `Recorded` of it.
FOLD_UNTIL = """
SELECT notification_id, originator_version, topic, state FROM stored_events
WHERE originator_id = $1 AND notification_id <= $2 ORDER BY originator_version
"""
FOLD_ONE_ON = """
SELECT notification_id, originator_version, topic, state FROM stored_events
WHERE originator_id = $1 AND originator_version > $2 ORDER BY originator_version
"""
FOLD_ON = """
SELECT notification_id, originator_version, topic, state, known.number
FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS known (id, version, number)
JOIN stored_events s ON s.originator_id = known.id AND s.originator_version > known.version
ORDER BY known.number, originator_version
"""

# What begins with a position, version, topic and state; a `Record` is no `Sequence` to a type checker.
StoredRow = Any
Known = tuple[UUID, int]  # a stream, and the version it has been folded to


class Folder:
    """Folds streams on from where it has them at hand: events never change, so only new ones are read."""

    def __init__(self, pool: asyncpg.Pool, mapper: EnvelopeMapper, changes: StreamChanges) -> None:
        """Read through this pool what has changed, and understand events by this mapper."""
        self._pool = pool
        self._mapper = mapper
        self._changes = changes
        self._new: Gathered[Known, Sequence[StoredRow]] = Gathered(self._look, ())
        self._at_hand: dict[UUID, tuple[Looked, Stream[Any]]] = {}

    async def fold(self, stream_id: UUID, blank: S) -> Stream[S]:
        """Return one thing as it stands; `NotFound` where it is another kind of thing."""
        looked = await self._changes.look()
        since, known = self._at_hand.get(stream_id) or (None, Stream(stream_id, blank))
        stream: Stream[S] = known
        if since is None or not self._changes.unchanged(stream_id, since):
            rows = await self._new.of((stream_id, known.version))
            stream = folded(known, rows, self._mapper) if rows else known
            since = looked
        if stream.version:
            self._keep(since, stream)
        if stream.position > looked.position:  # what else is known of it must be as new
            self._changes.look_again()
        if stream.state.kind != blank.kind:
            raise NotFound
        return stream

    async def fold_until(self, stream_id: UUID, blank: S, position: int) -> Stream[S]:
        """Return one thing as it stood at a position."""
        rows = await self._pool.fetch(FOLD_UNTIL, stream_id, position)
        return folded(Stream(stream_id, blank), rows, self._mapper)

    def goes_on(self, stream: Stream[Any], stored: Sequence[StoredEvent], position: int) -> None:
        """Have a thing at hand with what was just appended to it, the last of it at a position.

        It was appended to the version at hand, so that nothing can have come between. It is folded as it is
        stored, as if it had been read.
        """
        known = self._at_hand.get(stream.id)
        if stream.version and (known is None or known[1] is not stream):
            return
        series = known[0].series if known else self._changes.series
        first = position - len(stored) + 1
        rows = [(first + n, each.originator_version, each.topic, each.state) for n, each in enumerate(stored)]
        with suppress(EventUnread):
            self._keep(Looked(series, position), folded(stream, rows, self._mapper))

    @property
    def at_hand(self) -> int:
        """Return how many streams are at hand."""
        return len(self._at_hand)

    def _keep(self, since: Looked, stream: Stream[Any]) -> None:
        """Keep a stream at hand as the one used last; the one not used for longest makes room."""
        self._at_hand.pop(stream.id, None)
        self._at_hand[stream.id] = since, stream
        if len(self._at_hand) > STREAMS_AT_HAND:
            del self._at_hand[next(iter(self._at_hand))]

    async def _look(self, known: Sequence[Known]) -> dict[Known, Sequence[StoredRow]]:
        """Return each stream's rows after the version it is known at, in order."""
        if len(known) == 1:
            return {known[0]: await self._pool.fetch(FOLD_ONE_ON, *known[0])}
        ids, versions = zip(*known, strict=True)
        rows = await self._pool.fetch(FOLD_ON, ids, versions)
        return {known[n - 1]: list(new) for n, new in groupby(rows, itemgetter(4))}


def folded(stream: Stream[S], rows: Sequence[StoredRow], mapper: EnvelopeMapper) -> Stream[S]:
    """Return a stream with its next stored events applied; `NotFound` where they are another kind's.

    `EventUnread` where one of them can't be read: what the thing adds up to is then not known.
    """
    if not rows:
        return stream
    first, last = rows[0], rows[-1]
    if first[2] not in mapper.topics:
        raise EventUnread(position=first[0], event_type=first[2])
    if mapper.topics[first[2]].kind != stream.state.kind:
        raise NotFound
    happened_in = mapper.happened_in
    state, stage, entry = stream.state, stage_of(stream.state), None
    for row, event in zip(rows, mapper.events_in(rows), strict=True):
        state = event.apply(state)
        if (entered := stage_of(state)) != stage:
            stage, entry = entered, row[3]
    opened_at = stream.opened_at or happened_in(first[3])
    return Stream(
        stream.id,
        state,
        last[1],
        stream.first_position or first[0],
        last[0],
        opened_at,
        happened_in(last[3]),
        happened_in(entry) if entry else stream.stage_since or opened_at,
    )


def stage_of(state: State) -> object:
    """Return the stage that a thing is in; None if its kind has none."""
    return getattr(state, "stage", None)
