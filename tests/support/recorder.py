"""Our event store behind the library's recorder interface, so that the library's own tests can try it."""

import asyncio
from collections.abc import Coroutine, Sequence
from threading import Thread
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    Notification,
    StoredEvent,
    Subscription,
)

from shared.record.database import connected
from shared.record.eventstore.appender import APPEND

T = TypeVar("T")


class Recorder(ApplicationRecorder):
    """Appends through the one function that appends, and reads the one table."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._context = connected(url)
        self._pool = self._wait(self._context.__aenter__())

    def close(self) -> None:
        self._wait(self._context.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int]:
        if not stored_events:
            return []
        columns: list[list[Any]] = [
            [0] * len(stored_events),
            [e.originator_id for e in stored_events],
            [e.originator_version for e in stored_events],
            [e.topic for e in stored_events],
            [e.state for e in stored_events],
            [],
            [],
            [],
            [],
        ]
        try:
            rows = self._wait(self._pool.fetch(APPEND, *columns))
        except asyncpg.UniqueViolationError as error:
            raise IntegrityError from error
        if rows[0]["outcome"] == "taken":
            raise IntegrityError
        first = rows[0]["position"]
        return list(range(first, first + len(stored_events)))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        rows = self._wait(
            self._pool.fetch(
                "SELECT originator_id, originator_version, topic, state FROM stored_events"
                " WHERE originator_id = $1 AND originator_version > coalesce($2, -1)"
                " AND originator_version <= coalesce($3, 1 << 30)"
                f" ORDER BY originator_version {'DESC' if desc else 'ASC'} LIMIT $4",
                originator_id,
                gt,
                lte,
                limit,
            )
        )
        return [StoredEvent(UUID(str(row[0])), *row[1:]) for row in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        least = 0 if start is None else start + (0 if inclusive_of_start else 1)
        rows = self._wait(
            self._pool.fetch(
                "SELECT originator_id, originator_version, topic, state, notification_id"
                " FROM stored_events WHERE notification_id >= $1"
                " AND notification_id <= coalesce($2, 1::bigint << 60)"
                " AND (topic = ANY ($3) OR cardinality($3::text[]) = 0)"
                " ORDER BY notification_id LIMIT $4",
                least,
                stop,
                list(topics),
                limit,
            )
        )
        return [Notification(UUID(str(row[0])), *row[1:]) for row in rows]

    def max_notification_id(self) -> int | None:
        return self._wait(self._pool.fetchval("SELECT nullif(position, 0) FROM event_head"))

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[Any]:
        raise NotImplementedError
