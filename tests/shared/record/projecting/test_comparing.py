"""What views show is compared with the record: every row that somebody changed by hand is found."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import asyncpg
import pytest

from rfp_service.demonstration.storyboard import Scene
from rfp_service.migrating import rebuild_views
from rfp_service.rooms import VIEWS
from shared.record.database import Connection
from shared.record.eventstore.reader import Reader
from shared.record.eventstore.store import EventStore
from shared.record.projecting import comparing
from shared.record.projecting.comparing import DifferingRow
from shared.record.projecting.views import DIALECT, STILL_VALID, StateView, View
from tests.shared.record.projecting.examples import happen, year
from tests.support.postgres import Base

OF_EACH_KIND = 2
RANGE = 150
HEAD_LIMIT = 400
ANY_ROW = "SELECT ctid FROM {table} ORDER BY random() LIMIT 1"


def some_of_everything() -> Sequence[Scene]:
    """Return what happened to the first things of every kind."""
    streams: dict[str, dict[UUID, None]] = {}
    for scene in year():
        of_kind = streams.setdefault(type(scene.event).kind, {})
        if scene.version == 1 and len(of_kind) < OF_EACH_KIND:
            of_kind[scene.stream_id] = None
    return [scene for scene in year() if scene.stream_id in streams[type(scene.event).kind]][:HEAD_LIMIT]


async def found(connection: Connection, reader: Reader, views: Sequence[View]) -> list[DifferingRow]:
    together = await comparing.out_of_place(connection, views)
    head = await reader.head()
    for after in range(0, head, RANGE):
        last = min(after + RANGE, head)
        together += await comparing.differences(connection, reader, views, after=after, last=last)
    return together


@pytest.mark.slow
async def test_every_row_that_was_changed_by_hand_is_found(
    base: Base, pool: asyncpg.Pool, store: EventStore
) -> None:
    await happen(store, some_of_everything())
    await rebuild_views(base.owner, base.service)
    async with pool.acquire() as connection:
        await comparing.prepare(connection, VIEWS)
        assert await found(connection, store.reader, VIEWS) == []
        shown = [view for view in VIEWS if await pool.fetchval(f"SELECT count(*) FROM {view.name}")]
        assert len(shown) > 12
        for view in shown:
            for kind, statement in forgeries(view).items():
                await _forge(connection, store.reader, view, kind, statement)
        assert await found(connection, store.reader, VIEWS) == []


def forgeries(view: View) -> dict[str, str]:
    """Return what a hand can do to one row of a view, by what is then said of it."""
    place = "id" if isinstance(view, StateView) else "position"
    other = "gen_random_uuid()" if place == "id" else str(STILL_VALID)
    names = [column.name for column in view.table.columns]
    copied = ", ".join(other if name == place else name for name in names)
    changed = next(c.name for c in reversed(view.table.columns) if c.name != place)
    return {
        "is missing": f"DELETE FROM {view.name} WHERE ctid = $1",
        "should not be there": f"INSERT INTO {view.name} SELECT {copied} FROM {view.name} WHERE ctid = $1",
        "holds other values": f"UPDATE {view.name} SET {changed} = {_another(view, changed)} WHERE ctid = $1",
    }


def _another(view: View, column: str) -> str:
    """Return the SQL of another value than the one in a column."""
    kind = view.table.columns[column].type.compile(DIALECT)
    if kind.endswith("[]"):
        return f"array_append({column}, NULL)"
    others = {
        "TEXT": f"coalesce({column}, '') || 'x'",
        "BOOLEAN": f"{column} IS DISTINCT FROM true",
        "UUID": "gen_random_uuid()",
        "DATE": f"coalesce({column}, 'epoch') + 1",
        "TIMESTAMP WITH TIME ZONE": f"coalesce({column}, 'epoch') + interval '1 microsecond'",
        "JSON": "'[\"forged\"]'",
        "JSONB": "'[\"forged\"]'",
    }
    return others.get(kind, f"coalesce({column}, 0) + 1")


class _TakenBack(Exception):
    """What was forged is undone."""


async def _forge(connection: Connection, reader: Reader, view: View, kind: str, statement: str) -> None:
    """Change one row in a transaction that is taken back, and expect that to be said of this view."""
    with suppress(_TakenBack):
        async with connection.transaction(isolation="repeatable_read"):
            row = await connection.fetchval(ANY_ROW.format(table=view.name))
            await connection.execute(statement, row)
            said = await found(connection, reader, [view])
            assert kind in {difference.what for difference in said}, (view.name, statement, said)
            raise _TakenBack
