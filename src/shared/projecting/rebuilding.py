"""Rebuilding views beside the old ones: one fold of the whole record, one COPY each, then a swap."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from shared.database import Connection
from shared.eventstore.reading import Reader
from shared.messages import Recorded, Stream
from shared.projecting.positions import positions, write
from shared.projecting.rows import Streams, Written, journal_rows, state_rows
from shared.projecting.views import (
    STILL_VALID,
    StateView,
    View,
    create_indexes,
    create_table,
    fingerprint,
)

ROWS_A_COPY = 20_000


@dataclass(slots=True)
class _Building:
    """One view under construction: rows waiting for their COPY, and each thing's latest, still open."""

    view: View
    rows: list[tuple[object, ...]] = field(default_factory=list)
    latest: dict[UUID, Stream[Any]] = field(default_factory=dict)

    @property
    def table(self) -> str:
        return beside(self.view)

    def take(self) -> Written:
        rows, self.rows = self.rows, []
        return Written(rows)

    def take_latest(self) -> Written:
        assert isinstance(self.view, StateView)
        return Written([self.view.values(stream, STILL_VALID) for stream in self.latest.values()])


def beside(view: View) -> str:
    """Return the name of the table in which a view is rebuilt beside the one in use."""
    return f"{view.name}__next"


async def rebuild(
    pool: asyncpg.Pool,
    reader: Reader,
    views: Sequence[View],
    *,
    grant: Callable[[str], Sequence[str]] = lambda _: (),
) -> int:
    """Rebuild views from the first event on, and swap each for the one in use; return the position.

    Reads go on against the old tables meanwhile. `pool` must connect as the views' owner, and
    `grant` gives the statements that let the service use a table by its name.
    """
    buildings = [_Building(view) for view in views]
    async with pool.acquire() as connection:
        for building in buildings:
            await connection.execute(f"DROP TABLE IF EXISTS {building.table}")
            await connection.execute(create_table(building.view, building.table))
    until = await reader.head()
    await _fill(pool, reader, buildings, until)
    await asyncio.gather(*(_finish(pool, building) for building in buildings))
    async with pool.acquire() as connection, connection.transaction():
        return await _swap(connection, reader, [b.view for b in buildings], until, grant)


async def _fill(
    pool: asyncpg.Pool, reader: Reader, buildings: Sequence[_Building], until: int
) -> None:
    """Fold (0, until] once for all views; the next block is read while the last rows are written."""
    streams = Streams([b.view for b in buildings], None)
    writing: asyncio.Future[Any] | None = None
    async for block in _ahead(reader.all_after(0, until)):
        states = [streams.advance(recorded) for recorded in block]
        for building in buildings:
            _add(building, block, states)
        if any(len(building.rows) >= ROWS_A_COPY for building in buildings):
            if writing is not None:
                await writing
            taken = [(building, building.take()) for building in buildings]
            writing = asyncio.gather(*(_copy(pool, b, rows) for b, rows in taken))
            await asyncio.sleep(0)
    if writing is not None:
        await writing


def _add(
    building: _Building, block: Sequence[Recorded], states: Sequence[Stream[Any] | None]
) -> None:
    """Add a block's rows; a thing's open row is held back until the event that ends it."""
    view = building.view
    if not isinstance(view, StateView):
        building.rows.extend(journal_rows(view, block).rows)
        return
    kind, latest, values, rows = view.blank.kind, building.latest, view.values, building.rows
    for stream in states:
        if stream is not None and stream.state.kind == kind:
            before = latest.get(stream.id)
            if before is not None:
                rows.append(values(before, stream.position))
            latest[stream.id] = stream


async def _copy(pool: asyncpg.Pool, building: _Building, written: Written) -> None:
    async with pool.acquire() as connection:
        await write(connection, building.view, written, building.table)


async def _finish(pool: asyncpg.Pool, building: _Building) -> None:
    """Write what is left, then the indexes, which are quicker to make at the end."""
    async with pool.acquire() as connection:
        await write(connection, building.view, building.take(), building.table)
        if isinstance(building.view, StateView):
            await write(connection, building.view, building.take_latest(), building.table)
        for statement in create_indexes(building.view, building.table):
            await connection.execute(statement)
        await connection.execute(f"ANALYZE {building.table}")


async def _swap(
    connection: Connection,
    reader: Reader,
    views: Sequence[View],
    until: int,
    grant: Callable[[str], Sequence[str]],
) -> int:
    """Bring the new tables up to the projector, which waits at its positions' lock, and swap them."""
    await positions(connection, lock=True)
    head = await reader.head()
    async for block in reader.all_after(until, head):
        await _bring_up(connection, reader, views, block)
    for view in views:
        await connection.execute(f"DROP TABLE IF EXISTS {view.name}")
        await connection.execute(f"ALTER TABLE {beside(view)} RENAME TO {view.name}")
        for statement in grant(view.name):
            await connection.execute(statement)
        await connection.execute(
            "INSERT INTO views (name, fingerprint, position) VALUES ($1, $2, $3)"
            " ON CONFLICT (name) DO UPDATE SET fingerprint = $2, position = $3, stopped = NULL",
            view.name, fingerprint(view), head,
        )  # fmt: skip
    return head


async def _bring_up(
    connection: Connection, reader: Reader, views: Sequence[View], block: list[Recorded]
) -> None:
    streams = Streams(views, None)
    for recorded in await reader.streams(list(streams.missing(block)), block[0].position - 1):
        streams.advance(recorded)
    states = [streams.advance(recorded) for recorded in block]
    for view in views:
        if isinstance(view, StateView):
            of_kind = [s for s in states if s is not None and s.state.kind == view.blank.kind]
            written = state_rows(view, of_kind)
        else:
            written = journal_rows(view, block)
        await write(connection, view, written, beside(view))


async def _ahead(blocks: AsyncIterator[list[Recorded]]) -> AsyncIterator[list[Recorded]]:
    """Yield blocks, fetching the next one while the last is worked on."""
    following = asyncio.ensure_future(anext(blocks, None))
    while (block := await following) is not None:
        following = asyncio.ensure_future(anext(blocks, None))
        yield block
        await asyncio.sleep(0)
