"""The projector: reads the record in order and keeps every view current, one transaction a block."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from typing import Any

import asyncpg
import structlog

from shared.kernel.messages import Recorded, Stream
from shared.record.database import AWAY, Connection
from shared.record.eventstore.reader import Reader
from shared.record.eventstore.unread import UnreadMark, unread
from shared.record.projecting.positions import move, positions, stand, write
from shared.record.projecting.rows import Streams, Written, journal_rows, state_rows
from shared.record.projecting.unread import Stop, keep_met, resume, stops
from shared.record.projecting.views import StateView, View
from shared.record.tracing import began_now, note

STREAMS_AT_HAND = 20_000

# How a row is refused that its table can't hold: by the database, or by who hands it over.
REFUSED = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, TypeError, ValueError, OverflowError)

log = structlog.get_logger(__name__)


class Projector:
    """Keeps views current. Two of them on one database do no harm: positions are checked under lock."""

    def __init__(self, pool: asyncpg.Pool, reader: Reader, views: Sequence[View]) -> None:
        """Project the record that this reader reads into these views."""
        self._pool = pool
        self._reader = reader
        self._views = {view.name: view for view in views}
        self._streams = Streams(views, STREAMS_AT_HAND)
        self._reached = 0  # how far the streams at hand have come

    async def resume(self) -> None:
        """Let the views go on that stood before events which this release can read."""
        async with self._pool.acquire() as connection, connection.transaction():
            await positions(connection, lock=True)
            views = list(self._views.values())
            for name in await resume(connection, self._reader.mapper, views):
                log.warning("view goes on", view=name)

    async def catch_up(self) -> int:
        """Project what has happened since; return how many events were new to the last of the views."""
        async with self._pool.acquire() as connection:
            standing = await positions(connection)
        behind = {name: at for name, at in standing.items() if name in self._views}
        if not behind:
            return 0
        block = await self._reader.after(min(behind.values()))
        if not block:
            return 0
        if block[0].position <= self._reached:
            self._streams.forget()  # a view that stood still goes on: they are further than it is
        await self._fetch_missing(block)
        found = self._stops(block, behind)
        if found:
            first = min(stop.at for stop in found.values())
            block = [recorded for recorded in block if recorded.position < first]
            if not block:
                await self._stop(found, behind, first)
                return 1
        await self._project_whole(block, behind)
        self._reached = block[-1].position
        return len(block)

    async def _fetch_missing(self, block: Sequence[Recorded]) -> None:
        if missing := self._streams.missing(block):
            for recorded in await self._reader.streams(list(missing), block[0].position - 1):
                self._streams.advance(recorded)

    def _stops(self, block: Sequence[Recorded], standing: Mapping[str, int]) -> dict[str, Stop]:
        """Return which views stop within a block, as far as they have not gone past that."""
        if not self._streams.broken and not any(map(unread, block)):
            return {}
        found: dict[str, Stop] = {}
        for at in sorted(set(standing.values())):
            views = [self._views[name] for name, stands in standing.items() if stands == at]
            new = [recorded for recorded in block if recorded.position > at]
            found |= stops(views, new, self._streams.broken)
        return found

    async def _stop(self, found: Mapping[str, Stop], standing: Mapping[str, int], first: int) -> None:
        """Let the views that can't go past a position stand before it, by name; the others go on."""
        async with self._pool.acquire() as connection, connection.transaction():
            now = await positions(connection, lock=True)
            if any(now.get(name) != at for name, at in standing.items()):
                return
            for name, (at, cause) in found.items():
                if at == first:
                    await stand(connection, name, at - 1, cause)
                    log.error(
                        "view stopped at an event that this release can't read",
                        view=name,
                        position=cause.position,
                        event_type=cause.topic,
                        do=cause.sentence(),
                    )
            await move(connection, (), 0)

    async def _project_whole(self, block: Sequence[Recorded], standing: dict[str, int]) -> None:
        try:
            await self._project(block, standing)
        except REFUSED:
            self._streams.forget()  # they have moved on, the tables have not
            await self._fetch_missing(block)
            await self._project(block, standing, one_by_one=True)
        except (asyncpg.PostgresError, *AWAY):
            self._streams.forget()
            raise

    async def _project(
        self, block: Sequence[Recorded], standing: dict[str, int], *, one_by_one: bool = False
    ) -> None:
        """Write a block's rows to every view; one by one, a view whose table refuses its rows is stopped."""
        began = began_now()
        written, stopped = self._rows(block, standing)
        async with self._pool.acquire() as connection, connection.transaction():
            # A view can be rebuilt, so its transaction need not wait for the disk: lost together
            # with its position, it is simply projected again.
            await connection.execute("SET LOCAL synchronous_commit = off")
            now = await positions(connection, lock=True)
            if any(now.get(name) != at for name, at in standing.items()):
                self._streams.forget()
                return
            await self._write(connection, written, stopped, standing, one_by_one=one_by_one)
            for name, why in stopped.items():
                await connection.execute("UPDATE views SET stopped = $2 WHERE name = $1", name, why)
            await keep_met(connection, self._met(block, written, standing))
            await move(connection, written, block[-1].position)
        self._streams.forget_oldest()
        note("views", map(_trace, block), began, position=block[-1].position, views=len(written))

    async def _write(
        self,
        connection: Connection,
        written: dict[str, Written],
        stopped: dict[str, str],
        standing: Mapping[str, int],
        *,
        one_by_one: bool,
    ) -> None:
        """Write the rows; one by one, take those that a table refuses out, and say why."""
        for name, rows in list(written.items()):
            try:
                async with connection.transaction() if one_by_one else nullcontext():
                    await write(connection, self._views[name], rows)
            except REFUSED as error:
                if not one_by_one:
                    raise
                del written[name]
                stopped[name] = f"{type(error).__name__}: {error}"
                log.exception("view stopped", view=name, after=standing[name])

    def _met(
        self, block: Sequence[Recorded], written: Mapping[str, Written], standing: Mapping[str, int]
    ) -> list[tuple[UnreadMark, list[View]]]:
        """Return the events of a block that can't be read, each with the views that go past it now."""
        met = [event for recorded in block if (event := unread(recorded)) is not None]
        return [
            (event, [self._views[name] for name in written if standing[name] < event.position])
            for event in met
        ]

    def _rows(
        self, block: Sequence[Recorded], standing: dict[str, int]
    ) -> tuple[dict[str, Written], dict[str, str]]:
        """Return each view's rows; a view that can't take an event is stopped, alone and loudly."""
        streams: dict[str, list[Stream[Any]]] = {}
        for recorded in block:
            if (stream := self._streams.advance(recorded)) is not None:
                streams.setdefault(stream.state.kind, []).append(stream)
        written: dict[str, Written] = {}
        stopped: dict[str, str] = {}
        for name, at in standing.items():
            view = self._views[name]
            whole = at < block[0].position  # as it is, unless a view stood still
            try:
                if isinstance(view, StateView):
                    of_kind = streams.get(view.blank.kind, [])
                    new = of_kind if whole else [stream for stream in of_kind if stream.position > at]
                    written[name] = state_rows(view, new)
                else:
                    rest = block if whole else [recorded for recorded in block if recorded.position > at]
                    written[name] = journal_rows(view, rest)
            except Exception as error:  # whatever is wrong with one view stops that view alone
                stopped[name] = f"{type(error).__name__}: {error}"
                log.exception("view stopped", view=name, after=at)
        return written, stopped


def _trace(recorded: Recorded) -> str:
    return str(recorded.envelope.get("trace", ""))


class NotificationListener:
    """Rings when something is appended: LISTEN, and a poll beside it, since a connection can die."""

    def __init__(self, channel: str, poll_seconds: float) -> None:
        """Listen to one channel; ring by itself once in a while."""
        self._channel = channel
        self._poll_seconds = poll_seconds
        self._rung = asyncio.Event()

    def ring(self, *_: object) -> None:
        """Wake whoever waits."""
        self._rung.set()

    async def attach(self, connection: Connection) -> None:
        """Hear a connection's notifications; its end rings too, so that somebody connects again."""
        await connection.add_listener(self._channel, self.ring)
        connection.add_termination_listener(self.ring)

    async def wait(self, seconds: float | None = None) -> None:
        """Wait for the next ring, or for the poll, or no longer than so many seconds."""
        longest = self._poll_seconds if seconds is None else min(seconds, self._poll_seconds)
        with suppress(TimeoutError):
            async with asyncio.timeout(longest):  # in Python 3.11, `wait_for` loses a cancellation at times
                await self._rung.wait()
        self._rung.clear()
