"""A release that was rolled back leaves events that the older one can't read; nothing is lost by them.

The older release here is this program without some of its events, on one real database with the newer one.
"""

from uuid import UUID, uuid4

import asyncpg
import pytest

from rfp_service.events import EVENTS
from rfp_service.migrating import rebuild_views
from rfp_service.rfps.domain.rfp import Rfp
from rfp_service.rooms import REACTIONS, VIEWS
from shared.record.eventstore.encoding import EnvelopeMapper, Topics
from shared.record.eventstore.reader import Reader
from shared.record.eventstore.store import EventStore
from shared.record.eventstore.unread import EventUnread
from shared.record.projecting import filling
from shared.record.projecting.declared_views import keep
from shared.record.projecting.projector import Projector
from shared.record.projecting.reactions import Reactor
from shared.record.projecting.rebuilding import rebuild
from tests.shared.record.projecting.examples import happen, shown, year
from tests.support.postgres import Base, session

LOOKED_FOR = ("ApprovalGranted", "CatalogueItemAdded", "ProjectCategorised", "RfpRaised", "RfpAmended")
AFTERWARDS = 50  # scenes that views go on to, or do not


def older(*unknown: str) -> Topics:
    """Return the events that a release knew which did not know some of ours."""
    return Topics(cls for cls in EVENTS if cls.__name__ not in unknown)


def topic_at(position: int) -> str:
    return type(year()[position - 1].event).__name__


def first(*topics: str) -> int:
    return next(n for n, scene in enumerate(year(), 1) if type(scene.event).__name__ in topics)


def scenes() -> int:
    """Return how much of the year holds each event that these specs look for, and some more."""
    return max(map(first, LOOKED_FOR)) + AFTERWARDS


async def followed(pool: asyncpg.Pool, topics: Topics) -> None:
    """Let a release's worker start and come as far as it can."""
    projector = Projector(pool, Reader(pool, EnvelopeMapper(topics)), VIEWS)
    await projector.resume()
    while await projector.catch_up():
        pass


async def standing(pool: asyncpg.Pool) -> dict[str, int]:
    rows = await pool.fetch("SELECT name, position FROM views WHERE stopped IS NOT NULL")
    return {row["name"]: row["position"] for row in rows}


async def migrated(base: Base, topics: Topics) -> list[str]:
    """Install a release; return which views it rebuilt."""
    service = base.service.partition("//")[2].partition(":")[0]
    async with session(base.owner) as connection:
        return await keep(base.owner, connection, topics, VIEWS, lambda t: [f"GRANT ALL ON {t} TO {service}"])


async def goes_on_whole(base: Base, pool: asyncpg.Pool) -> None:
    """Expect the release that knows every event to end where it would have ended without the older one."""
    await migrated(base, Topics(EVENTS))
    await followed(pool, Topics(EVENTS))
    gone_on = await shown(pool)
    assert await standing(pool) == {}
    assert await pool.fetch("SELECT * FROM unread_events") == []
    await rebuild_views(base.owner, base.service)
    assert gone_on == await shown(pool)


@pytest.mark.parametrize(
    ("unknown", "stopped"),
    [
        ("ApprovalGranted", {"rfps", "flow_steps", "flow_corrections"}),
        pytest.param("ProjectCategorised", {"projects"}, marks=pytest.mark.slow),
    ],
)
async def test_only_the_views_that_need_it_stop_and_go_on_with_the_release_that_knows_it(
    base: Base, pool: asyncpg.Pool, store: EventStore, unknown: str, stopped: set[str]
) -> None:
    place = first(unknown)
    await happen(store, year()[: scenes()])
    await followed(pool, older(unknown))
    assert await standing(pool) == dict.fromkeys(stopped, place - 1)
    rows = await pool.fetch("SELECT name, position FROM views WHERE stopped IS NULL")
    others = {view.name for view in VIEWS} - stopped
    assert {row["name"]: row["position"] for row in rows} == dict.fromkeys(others, scenes())
    why = await pool.fetchval("SELECT stopped FROM views WHERE unread = $1 LIMIT 1", place)
    assert f"install the release that knows {unknown}" in why
    count = "SELECT count(*) FROM decisions WHERE decision = $1 AND value_pence IS NULL"
    happened = sum(topic_at(n) == unknown for n in range(1, scenes() + 1))
    assert await pool.fetchval(count, unknown) == happened > 0
    await goes_on_whole(base, pool)


@pytest.mark.slow
async def test_what_begins_with_it_stops_its_views_only_where_its_next_event_tells_its_kind(
    base: Base, pool: asyncpg.Pool, store: EventStore
) -> None:
    await happen(store, year()[: scenes()])
    await followed(pool, older("RfpRaised", "CatalogueItemAdded"))
    stands, place = await standing(pool), first("RfpRaised")
    assert stands.keys() == {"rfps", "flow_steps", "flow_corrections", "rfp_demand"}
    assert stands["rfp_demand"] == place - 1  # it says that it reads just that
    assert stands["flow_steps"] == first("CatalogueItemAdded") - 1  # it might be a step
    assert topic_at(stands["rfps"] + 1) == "RfpAmended"
    assert stands["rfps"] > place
    assert await pool.fetchval("SELECT views FROM unread_events WHERE position = $1", place) == [
        name
        for name in sorted(view.name for view in VIEWS)
        if name not in ("flow_steps", "flow_corrections", "rfp_demand")
    ]
    await goes_on_whole(base, pool)


@pytest.mark.slow
async def test_a_rebuild_by_the_older_release_ends_where_its_worker_ends(
    base: Base, pool: asyncpg.Pool, store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    topics = older("ApprovalGranted", "CatalogueItemAdded", "ProjectCategorised")
    await happen(store, year()[: scenes()])
    await followed(pool, topics)
    by_worker, stands = await shown(pool), await standing(pool)
    owed = await pool.fetch("SELECT * FROM unread_events ORDER BY position")
    service = base.service.partition("//")[2].partition(":")[0]
    for processes in (1, 2):
        monkeypatch.setattr(filling, "EVENTS_A_PROCESS", scenes() // processes)
        await rebuild(base.owner, topics, VIEWS, grant=lambda t: [f"GRANT ALL ON {t} TO {service}"])
        assert await shown(pool) == by_worker
        assert await standing(pool) == stands
        assert await pool.fetch("SELECT * FROM unread_events ORDER BY position") == owed


async def test_a_worker_killed_at_the_event_stops_the_same_views_and_begins_no_further_back(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    topics = older("ApprovalGranted")
    await happen(store, year()[: scenes()])
    for _ in range(3):  # each a process that knows only what the database holds
        projector = Projector(pool, Reader(pool, EnvelopeMapper(topics)), VIEWS)
        await projector.resume()
        await projector.catch_up()
    await followed(pool, topics)
    stands = await standing(pool)
    assert stands == dict.fromkeys(("rfps", "flow_steps", "flow_corrections"), first("ApprovalGranted") - 1)
    rows = await pool.fetch("SELECT DISTINCT position FROM views WHERE stopped IS NULL")
    assert [row["position"] for row in rows] == [scenes()]


@pytest.mark.slow
async def test_a_reaction_goes_past_it_and_is_shown_it_once_by_the_release_that_knows_it(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    async def told() -> list[tuple[int, str]]:
        rows = await pool.fetch("SELECT position, told FROM notices ORDER BY position, told")
        return [(row["position"], row["told"]) for row in rows]

    async def react(topics: Topics) -> None:
        reactor = Reactor(pool, Reader(pool, EnvelopeMapper(topics)), REACTIONS)
        await reactor.introduce()
        while await reactor.catch_up():
            pass

    await react(Topics(EVENTS))
    await happen(store, year())
    await react(older("ApprovalRequested"))
    before = await told()
    assert before
    assert all(topic_at(position) != "ApprovalRequested" for position, _ in before)
    for _ in range(2):
        await react(Topics(EVENTS))
    after = await told()
    added = set(after) - set(before)
    assert len(after) == len(set(after)) == len(before) + len(added)
    assert {topic_at(position) for position, _ in added} == {"ApprovalRequested"}
    asked = sum(type(scene.event).__name__ == "ApprovalRequested" for scene in year())
    assert len({position for position, _ in added}) == asked


async def test_a_known_type_in_a_shape_it_does_not_take_is_as_unread(
    pool: asyncpg.Pool, store: EventStore
) -> None:
    place = first("RfpRaised")
    ends = place + AFTERWARDS
    await happen(store, year()[:ends])
    rfp: UUID = year()[place - 1].stream_id
    version = (await store.load(rfp, Rfp())).version
    scene = year()[place - 1]
    stored = store.mapper.stored(uuid4(), 1, scene.event, scene.stamp)
    for state in (b"no JSON", b"[]", b'{"data":{}}', stored.state[:-1] + b',"class_version":9}'):
        version += 1
        await store.append([type(stored)(rfp, version, "RfpRaised", state)])
    await followed(pool, Topics(EVENTS))
    stopped = ("rfps", "flow_steps", "flow_corrections", "rfp_demand")
    assert await standing(pool) == dict.fromkeys(stopped, ends)
    rows = await pool.fetch("SELECT position, why, kind FROM unread_events ORDER BY position")
    assert [tuple(row) for row in rows] == [
        (position, "unknown shape", "rfp") for position in range(ends + 1, ends + 5)
    ]
    with pytest.raises(EventUnread):
        await store.load(rfp, Rfp())
    with pytest.raises(EventUnread):
        await store.reader.stream(rfp)
    others = {year()[n - 1].stream_id for n in range(1, ends + 1) if topic_at(n) == "RfpRaised"} - {rfp}
    assert all([(await store.load(other, Rfp())).version for other in others])
