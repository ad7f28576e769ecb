"""The projector: reads the record in order and keeps every view current, one transaction a block."""

import asyncio
from collections.abc import Sequence
from contextlib import nullcontext, suppress

import asyncpg
import structlog

from shared.kernel.messages import Recorded
from shared.record.database import AWAY, Connection
from shared.record.eventstore.reader import Reader
from shared.record.projecting.positions import move, positions, write
from shared.record.projecting.rows import Streams, Written, journal_rows, state_rows
from shared.record.projecting.views import StateView, View

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
        try:
            await self._project(block, behind)
        except REFUSED:
            self._streams.forget()  # they have moved on, the tables have not
            await self._project(block, behind, one_by_one=True)
        except (asyncpg.PostgresError, *AWAY):
            self._streams.forget()
            raise
        return len(block)

    async def _project(
        self, block: Sequence[Recorded], standing: dict[str, int], *, one_by_one: bool = False
    ) -> None:
        """Write a block's rows to every view; one by one, a view whose table refuses its rows is stopped."""
        if missing := self._streams.missing(block):
            for recorded in await self._reader.streams(list(missing), block[0].position - 1):
                self._streams.advance(recorded)
        written, stopped = self._rows(block, standing)
        async with self._pool.acquire() as connection, connection.transaction():
            # A view can be rebuilt, so its transaction need not wait for the disk: lost together
            # with its position, it is simply projected again.
            await connection.execute("SET LOCAL synchronous_commit = off")
            now = await positions(connection, lock=True)
            if any(now.get(name) != at for name, at in standing.items()):
                self._streams.forget()
                return
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
            for name, why in stopped.items():
                await connection.execute("UPDATE views SET stopped = $2 WHERE name = $1", name, why)
            await move(connection, written, block[-1].position)
        self._streams.forget_oldest()

    def _rows(
        self, block: Sequence[Recorded], standing: dict[str, int]
    ) -> tuple[dict[str, Written], dict[str, str]]:
        """Return each view's rows; a view that can't take an event is stopped, alone and loudly."""
        streams = [self._streams.advance(recorded) for recorded in block]
        written: dict[str, Written] = {}
        stopped: dict[str, str] = {}
        for name, at in standing.items():
            view = self._views[name]
            new = [n for n, recorded in enumerate(block) if recorded.position > at]
            try:
                if isinstance(view, StateView):
                    of_kind = [s for n in new if (s := streams[n]) and s.state.kind == view.blank.kind]
                    written[name] = state_rows(view, of_kind)
                else:
                    written[name] = journal_rows(view, [block[n] for n in new])
            except Exception as error:  # whatever is wrong with one view stops that view alone
                stopped[name] = f"{type(error).__name__}: {error}"
                log.exception("view stopped", view=name, after=at)
        return written, stopped


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
            await asyncio.wait_for(self._rung.wait(), longest)
        self._rung.clear()
