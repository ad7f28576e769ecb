"""Rebuilding views beside the old ones, from the first event on, and swapping them for those in use."""

import asyncio
from collections.abc import Callable, Sequence

import asyncpg

from shared.kernel.messages import Recorded
from shared.record.database import Connection, connected
from shared.record.eventstore.encoding import EnvelopeMapper, Topics
from shared.record.eventstore.reader import Reader
from shared.record.eventstore.unread import unread
from shared.record.projecting.filling import Filled, Filling, beside, fill, trim
from shared.record.projecting.positions import move, positions, stand, write
from shared.record.projecting.rows import Streams, journal_rows, state_rows
from shared.record.projecting.unread import begin_anew, keep_met, stops
from shared.record.projecting.views import (
    STILL_VALID,
    StateView,
    View,
    create_indexes,
    create_table,
    fingerprint,
)

INDEX_MEMORY = "SET maintenance_work_mem = '256MB'"

Granting = Callable[[str], Sequence[str]]


async def rebuild(
    owner_url: str, topics: Topics, views: Sequence[View], *, grant: Granting = lambda _: ()
) -> int:
    """Rebuild views from the first event on, and swap each for the one in use; return the position.

    Reads go on against the old tables meanwhile. The address is that of the views' owner, and `grant`
    gives the statements that let the service use a table by its name.
    """
    async with connected(owner_url, len(views) + 1) as pool:
        reader = Reader(pool, EnvelopeMapper(topics))
        for view in views:
            await pool.execute(f"DROP TABLE IF EXISTS {beside(view)}")
            await pool.execute(create_table(view, beside(view)))
        until = await reader.head()
        filled = await fill(Filling(owner_url, topics, views, until))
        async with pool.acquire() as connection:
            for view in views:
                if view.name in filled.stops:
                    await trim(connection, view, filled.stops[view.name].at)
        await asyncio.gather(*(_index(pool, view) for view in views))
        async with pool.acquire() as connection, connection.transaction():
            return await _swap(connection, reader, views, until, filled, grant)


async def _index(pool: asyncpg.Pool, view: View) -> None:
    """Make a full table's indexes, which is quicker than to keep them while it is filled."""
    async with pool.acquire() as connection:
        await connection.execute(INDEX_MEMORY)
        for statement in create_indexes(view, beside(view)):
            await connection.execute(statement)
        await connection.execute(f"ANALYZE {beside(view)}")


async def _swap(
    connection: Connection, reader: Reader, views: Sequence[View], until: int, filled: Filled, grant: Granting
) -> int:
    """Bring the new tables up to the projector, which waits at its positions' lock, and swap them."""
    await positions(connection, lock=True)
    head = await reader.head()
    async for block in reader.all_after(until, head):
        await _bring_up(connection, reader, views, block, filled)
    for view in views:
        await connection.execute(f"DROP TABLE IF EXISTS {view.name}")
        await connection.execute(f"ALTER TABLE {beside(view)} RENAME TO {view.name}")
        for statement in grant(view.name):
            await connection.execute(statement)
        await connection.execute(
            "INSERT INTO views (name, fingerprint, position) VALUES ($1, $2, $3) ON CONFLICT (name)"
            " DO UPDATE SET fingerprint = $2, position = $3, stopped = NULL, unread = NULL, differs = NULL",
            view.name,
            fingerprint(view),
            head,
        )
    await _keep_unread(connection, views, filled)
    await move(connection, (), 0)  # where nothing is left to project, nobody else would tell the readers
    return head


async def _keep_unread(connection: Connection, views: Sequence[View], filled: Filled) -> None:
    """Let views that need an event stand before it, and keep which ones the others went past."""
    await begin_anew(connection, views)
    for name, (at, cause) in filled.stops.items():
        await stand(connection, name, at - 1, cause)
    going = [(view, filled.stops.get(view.name)) for view in views]
    await keep_met(
        connection,
        [
            (event, [v for v, stop in going if stop is None or event.position < stop.at])
            for event in filled.met
        ],
    )


async def _bring_up(
    connection: Connection, reader: Reader, views: Sequence[View], block: list[Recorded], filled: Filled
) -> None:
    streams = Streams(views, None)
    for recorded in await reader.streams(list(streams.missing(block)), block[0].position - 1):
        streams.advance(recorded)
    filled.met.extend(event for recorded in block if (event := unread(recorded)) is not None)
    going = [view for view in views if view.name not in filled.stops]
    found = stops(going, block, streams.broken)
    filled.stops.update(found)
    states = [streams.advance(recorded) for recorded in block]
    for view in going:
        until = found[view.name].at if view.name in found else STILL_VALID
        if isinstance(view, StateView):
            of_kind = [s for s in states if s is not None and s.state.kind == view.blank.kind]
            written = state_rows(view, [s for s in of_kind if s.position < until])
        else:
            written = journal_rows(view, [r for r in block if r.position < until])
        await write(connection, view, written, beside(view))
