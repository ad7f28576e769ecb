"""Group commit: whatever queues while one batch is being committed goes into the next, in one commit."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import asyncpg
from eventsourcing.persistence import IntegrityError, StoredEvent
from prometheus_client import Histogram

from shared.kernel.errors import KeyUsedOtherwise
from shared.kernel.messages import IdempotencyKey
from shared.record.database import AWAY, Connection

BATCH_COMMANDS_LIMIT = 256
BATCH_EVENTS_LIMIT = 4_000

BATCHES = Histogram(
    "rfp_append_batch_commands", "Commands in one commit.", buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256)
)

APPEND = "SELECT * FROM append_events($1, $2, $3, $4, $5, $6, $7, $8, $9)"


class StreamPlace(NamedTuple):
    """Where the last event of an accepted command stands in the record; a tuple, being made for each."""

    stream_id: UUID
    version: int
    position: int
    recorded_at: datetime
    repeated: bool = False


@dataclass(slots=True)
class _Waiting:
    events: Sequence[StoredEvent]
    key: IdempotencyKey | None
    place: asyncio.Future[StreamPlace]


class Appender:
    """Takes commands' events, commits them in groups, and answers each with its place or its conflict."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        """Append through this pool's connections."""
        self._pool = pool
        self._queue: list[_Waiting] = []
        self._batch: asyncio.Task[None] | None = None

    async def append(self, events: Sequence[StoredEvent], key: IdempotencyKey | None = None) -> StreamPlace:
        """Commit one stream's next events, all or none; `IntegrityError` where a version is taken."""
        place: asyncio.Future[StreamPlace] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(events, key, place))
        if self._batch is None:
            self._start_batch()
        return await place

    async def appended(
        self, connection: Connection, events: Sequence[StoredEvent], key: IdempotencyKey | None
    ) -> StreamPlace:
        """Append one stream's next events alone, within a connection's own transaction."""
        waiting = _Waiting(events, key, asyncio.get_running_loop().create_future())
        _settle([waiting], await connection.fetch(APPEND, *_columns([waiting])))
        return waiting.place.result()

    def _start_batch(self) -> None:
        self._batch = asyncio.get_running_loop().create_task(self._commit_queued())
        self._batch.add_done_callback(self._batch_ended)

    def _batch_ended(self, _: "asyncio.Task[None]") -> None:
        self._batch = None
        if self._queue:
            self._start_batch()

    async def _commit_queued(self) -> None:
        """Commit what is queued by the time a connection is there, and settle everybody in it."""
        batch: list[_Waiting] = []
        try:
            async with self._pool.acquire() as connection:
                batch = self._take()
                BATCHES.observe(len(batch))
                _settle(batch, await connection.fetch(APPEND, *_columns(batch)))
        except (asyncpg.PostgresError, *AWAY) as error:
            for waiting in batch or self._take():
                if not waiting.place.done():
                    waiting.place.set_exception(error)

    def _take(self) -> list[_Waiting]:
        """Take the next batch from the queue; two claims on one stream or key never share a batch."""
        taken: list[_Waiting] = []
        left: list[_Waiting] = []
        claimed: set[object] = set()
        size = 0
        for waiting in self._queue:
            claims = _claims(waiting)
            full = len(taken) == BATCH_COMMANDS_LIMIT or size >= BATCH_EVENTS_LIMIT
            if full or not claimed.isdisjoint(claims):
                left.append(waiting)
                continue
            taken.append(waiting)
            claimed.update(claims)
            size += len(waiting.events)
        self._queue = left
        return taken


def _claims(waiting: _Waiting) -> list[object]:
    """Return the streams and the key that a command claims."""
    claims: list[object] = [event.originator_id for event in waiting.events]
    if (key := waiting.key) is not None:
        claims.append((key.caller, key.key))
    return claims


def _columns(batch: list[_Waiting]) -> tuple[list[object], ...]:
    """Return the nine arrays the function takes: five of events, four of keys."""
    columns: tuple[list[object], ...] = tuple([] for _ in range(9))
    commands, streams, versions, topics, states, keyed, callers, keys, hashes = columns
    for number, waiting in enumerate(batch):
        for event in waiting.events:
            commands.append(number)
            streams.append(event.originator_id)
            versions.append(event.originator_version)
            topics.append(event.topic)
            states.append(event.state)
        if waiting.key is not None:
            keyed.append(number)
            callers.append(waiting.key.caller)
            keys.append(waiting.key.key)
            hashes.append(waiting.key.request_hash)
    return columns


def _settle(batch: list[_Waiting], rows: Sequence[asyncpg.Record]) -> None:
    """Tell each command of a committed batch what became of it."""
    by_command = {row["command"]: row for row in rows}
    first = by_command.get(None)
    before = 0
    for number, waiting in enumerate(batch):
        outcome: StreamPlace | Exception
        if row := by_command.get(number):
            outcome = _not_appended(row)
        else:
            assert first is not None, "what was not refused was appended"
            before += len(waiting.events)
            outcome = _place(waiting.events[-1], first, before - 1)
        if waiting.place.done():
            continue  # whoever asked has gone
        if isinstance(outcome, StreamPlace):
            waiting.place.set_result(outcome)
        else:
            waiting.place.set_exception(outcome)


def _place(last: StoredEvent, first: asyncpg.Record, after: int) -> StreamPlace:
    """Return the place of an event that stands so many events after the first of its batch."""
    assert isinstance(last.originator_id, UUID), "streams are named by UUIDs here"
    at = first["recorded_at"] + timedelta(microseconds=after)
    return StreamPlace(last.originator_id, last.originator_version, first["position"] + after, at)


def _not_appended(row: asyncpg.Record) -> StreamPlace | Exception:
    """Say what became of a command that was not appended."""
    match row["outcome"]:
        case "repeated":
            _, _, stream, version, position, at = row
            return StreamPlace(stream, version, position, at, repeated=True)
        case "key_used":
            return KeyUsedOtherwise()
        case _:
            return IntegrityError("That version of the stream is taken.")
