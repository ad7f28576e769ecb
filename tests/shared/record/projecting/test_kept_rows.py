"""What follows from the views is read once while they stand as they stand, and never told late."""

from datetime import datetime

import asyncpg
import pytest
from sqlalchemy import Select, column, func, literal, select, table

from rfp_service.events import EVENTS
from shared.record.database import connected
from shared.record.eventstore.encoding import Topics
from shared.record.eventstore.store import EventStore
from shared.record.projecting import kept_rows
from shared.record.projecting.kept_rows import KeptRows
from tests.shared.record.eventstore.examples import Counted
from tests.shared.record.eventstore.test_changes import counter, counts, put_back
from tests.support.postgres import Base


async def read_at(kept: KeptRows, *values: object) -> datetime:
    """Return when these rows were really read; reading them anew would say another moment."""
    [row] = await kept.of(select(func.clock_timestamp().label("at"), *map(literal, values)))
    at: datetime = row["at"]
    return at


@pytest.fixture
def kept(store: EventStore, pool: asyncpg.Pool) -> KeptRows:
    return KeptRows(pool, store.changes)


async def test_rows_are_read_once_while_the_views_stand(kept: KeptRows, base: Base) -> None:
    first = await read_at(kept, 1)
    assert await read_at(kept, 1) == first
    assert await read_at(kept, 2) != first
    assert await read_at(kept) != first
    async with connected(base.admin, 1) as owner:
        await owner.execute("UPDATE views SET position = position + 1 WHERE name = 'rfps'")
    moved = await read_at(kept, 1)
    assert moved > first
    assert await read_at(kept, 1) == moved


async def test_rows_are_read_anew_once_the_record_was_put_back(
    kept: KeptRows, pool: asyncpg.Pool, base: Base
) -> None:
    counting = EventStore(pool, Topics([*EVENTS, Counted]))
    one = await counter(counting)
    await counts(counting, one)
    first = await read_at(kept)
    await put_back(base, one)
    assert await read_at(kept) > first


async def test_what_was_asked_for_longest_ago_makes_room(
    kept: KeptRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_rows, "READS_LIMIT", 2)
    first, second = await read_at(kept, 1), await read_at(kept, 2)
    assert await read_at(kept, 1) == first
    await read_at(kept, 3)
    assert await read_at(kept, 1) == first
    assert await read_at(kept, 2) > second


async def test_a_read_that_failed_is_tried_again(kept: KeptRows, base: Base) -> None:
    statement: Select[tuple[int]] = select(column("n")).select_from(table("made_later"))
    for _ in range(2):
        with pytest.raises(asyncpg.UndefinedTableError):
            await kept.of(statement)
    async with connected(base.admin, 1) as owner:
        await owner.execute("CREATE TABLE made_later AS SELECT 5 AS n")
        await owner.execute("GRANT SELECT ON made_later TO PUBLIC")
    assert [row["n"] for row in await kept.of(statement)] == [5]
