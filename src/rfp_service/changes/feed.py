"""Following the record: every change after a position, once and in order, of what a person may see.

Positions have no gaps and are visible in their order, so whoever goes on from where they were told to
misses nothing and is told nothing twice: across restarts, and from any process.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from shared.kernel.messages import Event
from shared.kernel.person import Person
from shared.record.eventstore.reader import Reader
from shared.record.projecting.visibility import Visibility
from shared.web.access.areas import owned, sees
from shared.web.access.permissions import Permissions

SCANNED_AT_ONCE = 50_000  # positions: one look costs no more, however little somebody may see

AFTER = """
SELECT notification_id, originator_id, topic FROM stored_events
WHERE notification_id > $1 AND notification_id <= $2 AND NOT topic = ANY ($3)
ORDER BY notification_id LIMIT $4
"""
# What a stream is about, whose event this release doesn't know: its other events tell.
ABOUT = (
    "SELECT topic FROM stored_events WHERE originator_id = $1 AND topic = ANY ($2)"
    " ORDER BY originator_version LIMIT 1"
)


class FeedItem(NamedTuple):
    """That something was decided on a thing."""

    position: int
    kind: str
    id: UUID


class FeedPage(NamedTuple):
    """Some changes in order, and the position to go on from; `whole` says that there are none after it."""

    items: Sequence[FeedItem]
    following: int
    whole: bool


@dataclass(frozen=True)
class Feed:
    """The changes that one person may see."""

    pool: asyncpg.Pool
    record: Reader
    visibility: Visibility
    permissions: Permissions
    seen_with: Mapping[str, str]
    person: Person

    async def page(self, after: int, limit: int) -> FeedPage:
        """Return the first changes after a position, as far as the views have come."""
        visible = self.visibility.position
        until = min(visible, after + SCANNED_AT_ONCE)
        if until <= after:
            return FeedPage((), after, whole=True)
        rows = await self.pool.fetch(AFTER, after, until, self._not_told, limit)
        following = rows[-1][0] if len(rows) == limit else until
        seen = await self._in_sight([change async for change in self._changes(rows)], following)
        return FeedPage(seen, following, whole=following == visible)

    async def waited(self, after: int, limit: int, seconds: float) -> FeedPage:
        """Return the first changes after a position; wait so long for one where there is none."""
        until = time.monotonic() + seconds
        while True:
            page = await self.page(after, limit)
            left = until - time.monotonic()
            if page.items or (page.whole and left <= 0):
                return page
            after = page.following
            if page.whole:
                await self.visibility.reaches(after + 1, left)
            else:
                await asyncio.sleep(0)

    @property
    def _kinds(self) -> set[str]:
        return {
            kind for kind, action in self.seen_with.items() if self.permissions.allows(self.person, action)
        }

    @property
    def _not_told(self) -> list[str]:
        """Return the events that are about something this person may not see."""
        kinds = self._kinds
        return [event.__name__ for event in self.record.mapper.topics if event.kind not in kinds]

    async def _changes(self, rows: Iterable[asyncpg.Record]) -> AsyncIterator[FeedItem]:
        """Yield rows as changes, but for those of a kind that can't be told."""
        topics, kinds = self.record.mapper.topics, self._kinds
        for position, thing, topic in rows:
            kind = topics.known(topic).kind or await self._kind_of(thing)
            if kind in kinds:
                yield FeedItem(position, kind, UUID(str(thing)))

    async def _kind_of(self, thing: UUID) -> str:
        topics = self.record.mapper.topics
        known = await self.pool.fetchval(ABOUT, thing, [event.__name__ for event in topics])
        return topics.known(known or "").kind

    async def _in_sight(self, changes: Sequence[FeedItem], until: int) -> list[FeedItem]:
        """Return the changes of what is of this person's areas, or their own, where they are limited to some.

        The record says so itself: a view that has stopped would hide what it has not come to.
        """
        areas = {kind: self.permissions.areas(self.person, self.seen_with[kind]) for _, kind, _ in changes}
        things = {thing for _, kind, thing in changes if areas[kind] is not None}
        whose = await self._whose(things, until)
        return [
            change
            for change in changes
            if change.id not in whose
            or sees(areas[change.kind], whose[change.id][0], own=whose[change.id][1] in self.person.ids)
        ]

    async def _whose(
        self, things: Iterable[UUID], until: int
    ) -> Mapping[UUID, tuple[str | None, str | None]]:
        events: dict[UUID, list[Event[Any]]] = {}
        for recorded in await self.record.streams(list(things), until):
            events.setdefault(recorded.stream_id, []).append(recorded.event)
        return {thing: owned(theirs) for thing, theirs in events.items()}
