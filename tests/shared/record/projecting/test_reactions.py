"""Reactions see each event once: never again after a crash, a rebuild or a second worker."""

import asyncio
from uuid import UUID, uuid4

import asyncpg
import pytest

from rfp_service.migrating import rebuild_views
from rfp_service.rfps.domain.events import RfpEvent
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rooms import REACTIONS
from shared.flow.imports.historic_cases import HistoricCaseImported
from shared.kernel.messages import Recorded
from shared.record.eventstore.store import EventStore
from shared.record.projecting.reactions import Reaction, Reactor
from shared.record.projecting.views import Row
from tests.shared.record.projecting.examples import happen, year
from tests.support.postgres import Base
from tests.support.specs import NOW, stamp
from tests.support.told_streams import append_streams

Notice = tuple[int, str]


async def notices(pool: asyncpg.Pool) -> list[Notice]:
    rows = await pool.fetch(
        "SELECT position, told FROM notices WHERE about <> 'renewal-recommended'"
        " AND told NOT LIKE 'party:%' AND told NOT LIKE 'person:%' ORDER BY id"
    )
    return [(row["position"], row["told"]) for row in rows]


async def caught_up(reactor: Reactor) -> None:
    while await reactor.catch_up():
        pass


def turns(states: dict[UUID, Rfp], recorded: Recorded) -> list[str]:
    """Return the tiers whose turn an event begins, by what it makes of its RFP; keep what it makes."""
    if not isinstance(recorded.event, RfpEvent):
        return []
    before = states.get(recorded.stream_id, Rfp())
    now = states[recorded.stream_id] = recorded.event.apply(before)
    turn = (now.stage, now.open_approval)
    begins = now.open_approval.waiting_for and turn != (before.stage, before.open_approval)
    return [now.open_approval.waiting_for] if begins else []


@pytest.mark.slow
async def test_each_tier_is_told_once_when_its_turn_comes(
    base: Base, pool: asyncpg.Pool, store: EventStore
) -> None:
    reactor = Reactor(pool, store.reader, REACTIONS)
    await reactor.introduce()
    await happen(store, year())
    await caught_up(reactor)
    states: dict[UUID, Rfp] = {}
    expected = [
        (r.position, tier)
        async for block in store.reader.all_after(0, await store.reader.head())
        for r in block
        for tier in turns(states, r)
    ]
    assert len(expected) > 20
    assert await notices(pool) == expected
    await rebuild_views(base.owner, base.service)
    await caught_up(reactor)
    await caught_up(Reactor(pool, store.reader, REACTIONS))
    assert await notices(pool) == expected


@pytest.mark.slow
async def test_a_new_reaction_leaves_the_past_alone(pool: asyncpg.Pool, store: EventStore) -> None:
    scenes = year()
    await happen(store, scenes[:400])
    reactor = Reactor(pool, store.reader, REACTIONS)
    await reactor.introduce()
    await happen(store, scenes[400:])
    await caught_up(reactor)
    told = await notices(pool)
    assert told
    assert min(position for position, _ in told) > 400


@pytest.mark.slow
async def test_two_reactors_tell_once(pool: asyncpg.Pool, store: EventStore) -> None:
    both = [Reactor(pool, store.reader, REACTIONS) for _ in range(2)]
    await both[0].introduce()
    await happen(store, year())
    await asyncio.gather(*(caught_up(reactor) for reactor in both))
    await caught_up(both[0])
    told = await notices(pool)
    assert len(told) == len(set(told)) > 20


async def test_a_reaction_cut_short_has_not_happened(pool: asyncpg.Pool, store: EventStore) -> None:
    def bursting(recorded: Recorded) -> list[Row]:
        if recorded.position == 300:
            raise RuntimeError("the process dies here")
        return list(REACTIONS[0].rows(recorded))

    await Reactor(pool, store.reader, REACTIONS).introduce()
    await happen(store, year())
    cut = Reactor(pool, store.reader, [Reaction(REACTIONS[0].name, "notices", bursting)])
    with pytest.raises(RuntimeError):
        await caught_up(cut)
    assert await notices(pool) == []
    await caught_up(Reactor(pool, store.reader, REACTIONS))
    told = await notices(pool)
    assert len(told) == len(set(told)) > 20


async def test_a_historic_log_is_gone_past_unread(pool: asyncpg.Pool, store: EventStore) -> None:
    shown: list[Recorded] = []

    def seen(recorded: Recorded) -> list[Row]:
        shown.append(recorded)
        return []

    reactor = Reactor(pool, store.reader, [Reaction("look", "notices", seen)])
    await reactor.introduce()
    opened = HistoricCaseImported(import_id="log", case_id="C1", opened_at=NOW)
    await append_streams(store, [(uuid4(), [(opened, stamp("ann"))] * 3)])
    await happen(store, year()[:1])
    await caught_up(reactor)
    assert [recorded.position for recorded in shown] == list(range(4, await store.reader.head() + 1))
    assert (
        await pool.fetchval("SELECT position FROM reactions WHERE name = 'look'") == await store.reader.head()
    )
