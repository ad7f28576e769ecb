"""Views follow the record, alike however they came about."""

import asyncio
from collections.abc import Callable

import asyncpg
import pytest

from rfp_service.migrating import rebuild_views
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rfps.views.board import BOARD, board
from rfp_service.rooms import VIEWS
from shared.governance.audit.journal import DECISIONS
from shared.kernel.messages import Recorded
from shared.record.eventstore import reader
from shared.record.eventstore.store import EventStore
from shared.record.projecting import filling
from shared.record.projecting.declared_views import outdated
from shared.record.projecting.positions import positions
from shared.record.projecting.projector import Projector
from shared.record.projecting.views import Journal, Row, View, fingerprint
from tests.shared.record.projecting.examples import happen, shown, year
from tests.support.postgres import Base


async def caught_up(pool: asyncpg.Pool, store: EventStore) -> None:
    projector = Projector(pool, store.reader, VIEWS)
    while await projector.catch_up():
        pass


async def test_rebuilt_views_equal_live_ones(base: Base, pool: asyncpg.Pool, store: EventStore) -> None:
    scenes = year()
    for start in range(0, len(scenes), 97):  # in blocks that cut through streams
        await happen(store, scenes[start : start + 97])
        await caught_up(pool, store)
    live = await shown(pool)
    assert len(live["rfps"]) > 400
    assert len(live["decisions"]) == len(scenes)
    position = await rebuild_views(base.owner, base.service)
    assert position == len(scenes)
    assert await shown(pool) == live
    async with pool.acquire() as connection:
        assert set((await positions(connection)).values()) == {position}


@pytest.mark.slow
async def test_views_rebuilt_in_several_processes_equal_those_rebuilt_in_one(
    base: Base, pool: asyncpg.Pool, store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenes = year()
    await happen(store, scenes)
    await rebuild_views(base.owner, base.service)
    in_one = await shown(pool)
    monkeypatch.setattr(filling, "EVENTS_A_PROCESS", len(scenes) // 2)
    assert len(filling.Filling("", store.mapper.topics, VIEWS, len(scenes)).parts()) == 2
    await rebuild_views(base.owner, base.service)
    assert await shown(pool) == in_one


@pytest.mark.slow
async def test_views_projected_in_one_block_equal_those_projected_in_many(
    pool: asyncpg.Pool, store: EventStore, base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    await happen(store, year()[:200])
    monkeypatch.setattr(reader.Reader.after, "__defaults__", (3,))
    await caught_up(pool, store)
    by_threes = await shown(pool)
    monkeypatch.undo()
    await rebuild_views(base.owner, base.service)
    assert await shown(pool) == by_threes


async def test_two_projectors_on_one_database_do_no_harm(
    base: Base, pool: asyncpg.Pool, store: EventStore
) -> None:
    scenes = year()[:300]
    both = [Projector(pool, store.reader, VIEWS) for _ in range(2)]

    async def follow(projector: Projector) -> None:
        for _ in range(60):
            await projector.catch_up()
            await asyncio.sleep(0)

    await asyncio.gather(happen(store, scenes), *(follow(projector) for projector in both))
    await caught_up(pool, store)
    live = await shown(pool)
    await rebuild_views(base.owner, base.service)
    assert await shown(pool) == live


@pytest.mark.slow
async def test_a_rebuild_misses_nothing_that_happens_meanwhile(
    base: Base, pool: asyncpg.Pool, store: EventStore
) -> None:
    scenes = year()
    await happen(store, scenes[:300])
    await caught_up(pool, store)
    projector = Projector(pool, store.reader, VIEWS)
    done = asyncio.Event()

    async def follow() -> None:
        while not done.is_set():
            await projector.catch_up()
            await asyncio.sleep(0)

    async def rebuild_thrice() -> None:
        for _ in range(3):
            await rebuild_views(base.owner, base.service)
        done.set()

    await asyncio.gather(happen(store, scenes[300:]), rebuild_thrice(), follow())
    await caught_up(pool, store)
    live = await shown(pool)
    assert len(live["decisions"]) == len(scenes)
    await rebuild_views(base.owner, base.service)
    assert await shown(pool) == live


def raises(_: Row) -> Row:
    raise ValueError("a fault in this view")


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (raises, "ValueError: a fault in this view"),
        (lambda row: {**row, "by": None}, "NotNullViolationError: "),  # the database refuses it
        (lambda row: {**row, "version": "first"}, "TypeError: "),  # it can't be handed over
    ],
)
async def test_a_view_that_can_not_take_an_event_is_stopped_alone(
    base: Base, pool: asyncpg.Pool, store: EventStore, fault: Callable[[Row], Row], why: str
) -> None:
    await happen(store, year()[:50])

    def faulty(recorded: Recorded) -> list[Row]:
        rows = list(DECISIONS.rows(recorded))
        return [fault(row) for row in rows] if recorded.position == 20 else rows

    views: list[View] = [v for v in VIEWS if v is not DECISIONS]
    views.append(Journal(DECISIONS.table, faulty, DECISIONS.indexes))
    projector = Projector(pool, store.reader, views)
    while await projector.catch_up():
        pass
    async with pool.acquire() as connection:
        standing = await positions(connection)
    assert DECISIONS.name not in standing
    assert set(standing.values()) == {50}
    stopped = await pool.fetchval("SELECT stopped FROM views WHERE name = $1", DECISIONS.name)
    assert stopped.startswith(why)
    await rebuild_views(base.owner, base.service)  # the mended program
    assert len((await shown(pool))["decisions"]) == 50


async def test_a_changed_view_is_rebuilt_by_migration(pool: asyncpg.Pool) -> None:
    changed = type(BOARD)(BOARD.table, BOARD.row, BOARD.blank, BOARD.indexes, revision=2)
    assert fingerprint(changed) != fingerprint(BOARD)
    async with pool.acquire() as connection:
        assert await outdated(connection, VIEWS) == []
        assert await outdated(connection, [changed]) == [changed]


@pytest.mark.slow
async def test_the_board_as_of_any_position_is_every_rfp_as_it_stood(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    scenes = year()
    await happen(store, scenes)
    await caught_up(pool, store)
    rfps = {s.stream_id for s in scenes if type(s.event).kind == "rfp"}
    for position in (0, 1, 40, len(scenes) // 2, len(scenes)):
        rows = await pool.fetch("SELECT * FROM rfps WHERE valid_from <= $1 AND valid_to > $1", position)
        seen = {row["id"]: row for row in rows}
        folded = {rfp: await store.load(rfp, Rfp(), until=position) for rfp in rfps}
        folded = {rfp: stream for rfp, stream in folded.items() if stream.version}
        assert seen.keys() == folded.keys()
        for rfp, stream in folded.items():
            assert seen[rfp]["version"] == stream.version
            assert {k: seen[rfp][k] for k in board(stream)} == board(stream)
