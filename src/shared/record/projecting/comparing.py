"""Comparing views with the record: every row that should be there, and no other.

It goes through the record range by range, so it needs little memory however long the record is. A thing's
rows are looked at in the range in which it began; a journal's where its events stand. What should be there
is written into a temporary table beside each view and compared by the database, value by value.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from shared.kernel.messages import Recorded, Stream
from shared.record.database import Connection
from shared.record.eventstore.reader import Reader
from shared.record.eventstore.unread import kind_of
from shared.record.projecting.positions import write
from shared.record.projecting.rows import Streams, Written, journal_rows, state_rows
from shared.record.projecting.views import StateView, View, blanks, create_table

RANGE = 2_000
SHOWN = 20
POSITIONS = "SELECT name, position FROM views"
TEMPORARY = "CREATE TEMPORARY TABLE IF NOT EXISTS"


@dataclass(frozen=True, slots=True)
class DifferingRow:
    """One row of a view that is not as the record has it."""

    view: str
    key: str
    what: str

    def __str__(self) -> str:
        """Say it in a sentence."""
        return f"The view {self.view} is not what the record gives: the row {self.key} {self.what}"


@asynccontextmanager
async def held_still(connection: Connection) -> AsyncIterator[dict[str, int]]:
    """Hold the views still, and say how far each has come; what was written for comparing goes again."""
    async with connection.transaction(isolation="repeatable_read"):
        yield {row["name"]: row["position"] for row in await connection.fetch(POSITIONS)}


async def prepare(connection: Connection, views: Sequence[View]) -> None:
    """Make the temporary tables on a connection, which keeps them as long as it lives."""
    for view in views:
        statement = create_table(view, _expected(view)).strip().replace("CREATE TABLE", TEMPORARY, 1)
        await connection.execute(f"{statement} ON COMMIT DELETE ROWS")


async def differences(
    connection: Connection, reader: Reader, views: Sequence[View], *, after: int, last: int
) -> list[DifferingRow]:
    """Return what differs between views and the record in a range of positions.

    What differs is looked at again: a view that was swapped for a rebuilt one meanwhile differs once.
    """
    found = await _look(connection, reader, views, after, last)
    if not found:
        return []
    names = {difference.view for difference in found}
    return await _look(connection, reader, [view for view in views if view.name in names], after, last)


async def out_of_place(connection: Connection, views: Sequence[View]) -> list[DifferingRow]:
    """Return rows that stand in no range of the record, and views that claim to be ahead of it."""
    found: list[DifferingRow] = []
    async with held_still(connection) as reached:
        head = await connection.fetchval("SELECT position FROM event_head")
        for view in views:
            until = reached.get(view.name, 0)
            if until > head:
                found.append(DifferingRow(view.name, "of its position", "is ahead of the record"))
            place = _place(view)
            rows = await connection.fetch(
                f"SELECT {_key(view, 'a')} AS key FROM {view.name} a"
                f" WHERE a.{place} > $1 OR a.{place} < 1 LIMIT {SHOWN}",
                until,
            )
            found += [DifferingRow(view.name, row["key"], "should not be there") for row in rows]
    return found


async def _look(
    connection: Connection, reader: Reader, views: Sequence[View], after: int, last: int
) -> list[DifferingRow]:
    found: list[DifferingRow] = []
    async with held_still(connection) as reached:
        block = [r async for some in reader.all_after(after, last) for r in some]
        states = await _states(reader, views, block, max(reached.values(), default=0))
        for view in views:
            until = reached.get(view.name, 0)
            rows = _rows(view, block, states, until)
            if rows:
                await write(connection, view, Written(rows), _expected(view))
            found += await _compare(connection, view, after, min(last, until))
            if rows:
                await connection.execute(f"TRUNCATE {_expected(view)}")
    return found


async def _states(
    reader: Reader, views: Sequence[View], block: Sequence[Recorded], until: int
) -> Mapping[str, Sequence[Stream[Any]]]:
    """Return the things that began in a block after each of their events, by their kind."""
    kinds = blanks(views)
    begun = [r.stream_id for r in block if r.version == 1 and kind_of(r) in kinds]
    streams = Streams(views, None)
    states: dict[str, list[Stream[Any]]] = {}
    for recorded in await reader.streams(begun, until):
        if (stream := streams.advance(recorded)) is not None:
            states.setdefault(stream.state.kind, []).append(stream)
    return states


def _rows(
    view: View, block: Sequence[Recorded], states: Mapping[str, Sequence[Stream[Any]]], until: int
) -> list[tuple[object, ...]]:
    if isinstance(view, StateView):
        of_kind = states.get(view.blank.kind, ())
        return state_rows(view, [stream for stream in of_kind if stream.position <= until]).rows
    return journal_rows(view, [recorded for recorded in block if recorded.position <= until]).rows


async def _compare(connection: Connection, view: View, after: int, last: int) -> list[DifferingRow]:
    keys = [column.name for column in view.table.primary_key.columns]
    same = " AND ".join(f"e.{key} = a.{key}" for key in keys)
    rows: Sequence[asyncpg.Record] = await connection.fetch(
        f"SELECT coalesce({_key(view, 'e')}, {_key(view, 'a')}) AS key,"
        f" a.{keys[0]} IS NULL AS missing, e.{keys[0]} IS NULL AS surplus"
        f" FROM {_expected(view)} e FULL JOIN"
        f" (SELECT * FROM {view.name} WHERE {_place(view)} > $1 AND {_place(view)} <= $2) a ON {same}"
        f" WHERE e::text IS DISTINCT FROM a::text LIMIT {SHOWN}",
        after,
        last,
    )
    return [DifferingRow(view.name, row["key"], _what(row)) for row in rows]


def _what(row: asyncpg.Record) -> str:
    if row["missing"]:
        return "is missing"
    return "should not be there" if row["surplus"] else "holds other values"


def _key(view: View, alias: str) -> str:
    """Return the SQL of what names a row: its key, spelt out, or nothing where there is no row."""
    columns = [column.name for column in view.table.primary_key.columns]
    return " || ' ' || ".join(f"{alias}.{column}::text" for column in columns)


def _place(view: View) -> str:
    """Return the column that says in which range of the record a row stands."""
    return "first_position" if isinstance(view, StateView) else "position"


def _expected(view: View) -> str:
    return f"{view.name}__expected"
