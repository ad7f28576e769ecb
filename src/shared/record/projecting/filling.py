"""Filling tables of views from the first event on: one fold of the record, in a process for each core.

A stream's events all go to one process, so what each one folds is whole; who folds which stream is told
by the last byte of its id, which is as good as random in every kind of UUID used here.
"""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import uvloop

from shared.kernel.messages import Recorded, Stream
from shared.record.database import Connection, connected
from shared.record.eventstore.encoding import EnvelopeMapper, Topics
from shared.record.eventstore.reader import WHOLE, Part, Reader
from shared.record.eventstore.unread import UnreadMark, unread
from shared.record.projecting.positions import write
from shared.record.projecting.rows import Streams, Written, journal_rows
from shared.record.projecting.unread import Stop, stops
from shared.record.projecting.views import STILL_VALID, StateView, View

ROWS_A_COPY = 20_000
EVENTS_A_PROCESS = 25_000  # fewer are folded sooner than a process has started


@dataclass(frozen=True)
class Filling:
    """What is filled: these views' tables beside those in use, with (0, until] of the record there."""

    url: str
    topics: Topics
    views: Sequence[View]
    until: int

    def parts(self) -> list[Part]:
        """Return how the streams are shared out among processes."""
        number = max(1, min(os.cpu_count() or 1, self.until // EVENTS_A_PROCESS))
        return [Part(n, number) for n in range(number)] if number > 1 else [WHOLE]


@dataclass(slots=True)
class _Building:
    """One view under construction: rows waiting for their COPY, and each thing's latest, still open."""

    view: View
    rows: list[tuple[object, ...]] = field(default_factory=list)
    latest: dict[UUID, Stream[Any]] = field(default_factory=dict)
    stop: Stop | None = None

    def take(self) -> Written:
        rows, self.rows = self.rows, []
        return Written(rows)

    def close(self) -> None:
        """Let every thing's latest row be the one that is still valid."""
        if isinstance(self.view, StateView):
            values = self.view.values
            self.rows.extend(values(stream, STILL_VALID) for stream in self.latest.values())


def beside(view: View) -> str:
    """Return the name of the table in which a view is rebuilt beside the one in use."""
    return f"{view.name}__next"


class Filled(NamedTuple):
    """Before which positions views had to stop, and the events that couldn't be read, as they were met."""

    stops: dict[str, Stop]
    met: list[UnreadMark]

    @classmethod
    def together(cls, parts: Iterable["Filled"]) -> "Filled":
        """Return what several parts found: the first stop of each view is the one that counts."""
        whole = cls({}, [])
        for part in parts:
            whole.met.extend(part.met)
            for name, stop in part.stops.items():
                whole.stops[name] = min(stop, whole.stops.get(name, stop))
        return whole


async def fill(filling: Filling) -> Filled:
    """Fill the tables, a record of some size in several processes; say what couldn't be read."""
    parts = filling.parts()
    if len(parts) == 1:
        return await _fill_part(filling, WHOLE)
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(len(parts), mp_context=get_context("spawn")) as processes:
        filled = await asyncio.gather(
            *(loop.run_in_executor(processes, _fill_alone, filling, part) for part in parts)
        )
    return Filled.together(filled)


def _fill_alone(filling: Filling, part: Part) -> Filled:
    """Fill one part in a process of its own, which ends with it: nothing here makes circles to collect."""
    gc.disable()
    return uvloop.run(_fill_part(filling, part))


async def _fill_part(filling: Filling, part: Part) -> Filled:
    """Fold one part once for all views; the next block is read while the last rows are written."""
    met: list[UnreadMark] = []
    buildings = [_Building(view) for view in filling.views]
    async with connected(filling.url, len(buildings) + 1) as pool:
        reader = Reader(pool, EnvelopeMapper(filling.topics))
        streams = Streams(filling.views, None)
        writing: asyncio.Future[Any] | None = None
        async for block in _ahead(reader.all_after(0, filling.until, part)):
            new = [event for recorded in block if (event := unread(recorded)) is not None]
            if new or streams.broken:
                met += new
                _stop(buildings, block, streams)
            states = _by_kind(streams, block)
            for building in buildings:
                _add(building, block, states)
            if any(len(building.rows) >= ROWS_A_COPY for building in buildings):
                if writing is not None:
                    await writing
                writing = asyncio.ensure_future(_copy(pool, buildings))
                await asyncio.sleep(0)
        if writing is not None:
            await writing
        for building in buildings:
            building.close()
        await _copy(pool, buildings)
    return Filled({b.view.name: b.stop for b in buildings if b.stop is not None}, met)


def _stop(buildings: Sequence[_Building], block: Sequence[Recorded], streams: Streams) -> None:
    """Let views stop where they need an event of a block that can't be read."""
    going = [building.view for building in buildings if building.stop is None]
    found = stops(going, block, streams.broken)
    for building in buildings:
        building.stop = building.stop or found.get(building.view.name)


async def trim(connection: Connection, view: View, at: int) -> None:
    """Leave in a filled table what a view shows before a position; another part may have gone further."""
    if isinstance(view, StateView):
        await connection.execute(f"DELETE FROM {beside(view)} WHERE valid_from >= $1", at)
        await connection.execute(
            f"UPDATE {beside(view)} SET valid_to = {STILL_VALID} WHERE valid_to >= $1", at
        )
    else:
        await connection.execute(f"DELETE FROM {beside(view)} WHERE position >= $1", at)


def _by_kind(streams: Streams, block: Sequence[Recorded]) -> dict[str, list[Stream[Any]]]:
    """Return the things of a block after each of their events, in order, by what kind of thing they are."""
    states: dict[str, list[Stream[Any]]] = {}
    for recorded in block:
        if (stream := streams.advance(recorded)) is not None:
            states.setdefault(stream.state.kind, []).append(stream)
    return states


def _add(building: _Building, block: Sequence[Recorded], states: Mapping[str, Sequence[Stream[Any]]]) -> None:
    """Add a block's rows; a thing's open row is held back until the event that ends it."""
    view = building.view
    until = STILL_VALID if building.stop is None else building.stop.at
    if not isinstance(view, StateView):
        if until < STILL_VALID:
            block = [recorded for recorded in block if recorded.position < until]
        building.rows.extend(journal_rows(view, block).rows)
        return
    latest, values, rows = building.latest, view.values, building.rows
    for stream in states.get(view.blank.kind, ()):
        if stream.position >= until:
            break
        before = latest.get(stream.id)
        if before is not None:
            rows.append(values(before, stream.position))
        latest[stream.id] = stream


async def _copy(pool: asyncpg.Pool, buildings: Sequence[_Building]) -> None:
    async def copy(view: View, written: Written) -> None:
        async with pool.acquire() as connection:
            await write(connection, view, written, beside(view))

    taken = [(building.view, building.take()) for building in buildings]
    await asyncio.gather(*(copy(view, written) for view, written in taken))


async def _ahead(blocks: AsyncIterator[list[Recorded]]) -> AsyncIterator[list[Recorded]]:
    """Yield blocks, fetching the next one while the last is worked on."""
    following = asyncio.ensure_future(anext(blocks, None))
    while (block := await following) is not None:
        following = asyncio.ensure_future(anext(blocks, None))
        yield block
        await asyncio.sleep(0)
