"""Decisions that follow from a look at other things: appended only while these stand as they were seen."""

from collections.abc import Sequence
from typing import NamedTuple

import asyncpg
from eventsourcing.persistence import StoredEvent

from shared.kernel.messages import IdempotencyKey
from shared.record.eventstore.appender import Appender, StreamPlace

RECORDED_SINCE = (
    "SELECT EXISTS (SELECT FROM stored_events"
    " WHERE notification_id > $1 AND notification_id < $2 AND topic = ANY ($3))"
)


class Look(NamedTuple):
    """What a decision looked at beside its own stream: all things of some kinds, as far as a position."""

    kinds: tuple[str, ...]
    position: int


class LookedTooEarly(Exception):
    """Something of a kind that a decision looked at was recorded since it looked: look again."""


class AppenderAsSeen(Appender):
    """Appends unless one of some topics was recorded after a position."""

    def __init__(self, pool: asyncpg.Pool, until: int, topics: Sequence[str]) -> None:
        """Append through this pool's connections what follows from what was seen until a position."""
        super().__init__(pool)
        self._until = until
        self._topics = topics

    async def append(self, events: Sequence[StoredEvent], key: IdempotencyKey | None = None) -> StreamPlace:
        """Commit one stream's next events, all or none.

        Once they are appended, the record's head is locked until they are committed: nothing comes between.
        Raises `LookedTooEarly` where something did before, and `IntegrityError` where a version is taken.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            place = await self.appended(connection, events, key)
            first = place.position - len(events) + 1
            seen = (self._until, first, self._topics)
            if not place.repeated and await connection.fetchval(RECORDED_SINCE, *seen):
                raise LookedTooEarly
        return place
