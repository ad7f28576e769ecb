"""A follower that only ever asks for what comes after the last position misses nothing."""

import asyncio
import os
from uuid import uuid4

import uvloop
from eventsourcing.persistence import StoredEvent

from rfp_service.events import EVENTS
from shared.record.database import connected
from shared.record.eventstore.encoding import Topics
from shared.record.eventstore.store import EventStore
from tests.bench.ground import ANN, MAPPER, RAISED, ground
from tests.prove.parts import Failed
from tests.support.postgres import Base

FOLLOWED = int(os.environ.get("FOLLOWED", "1000000"))
WRITERS = 32


def nothing_is_missed() -> str:
    """Let one follow while thirty-two write a million events."""
    with ground() as server, server.fresh() as base:
        missed, twice = uvloop.run(_follow(base))
    if missed or twice:
        raise Failed(f"{missed} events missed, {twice} seen twice")
    return f"{FOLLOWED:,} events by {WRITERS} writers: 0 missed, 0 seen twice"


async def _follow(base: Base) -> tuple[int, int]:
    seen: list[int] = []
    left = FOLLOWED
    state = MAPPER.stored(uuid4(), 1, RAISED, ANN).state
    async with connected(base.service) as pool:
        store = EventStore(pool, Topics(EVENTS))

        async def write() -> None:
            nonlocal left
            while left > 0:
                left -= 1
                await store.append([StoredEvent(uuid4(), 1, "RfpRaised", state)])

        async def follow() -> None:
            position = 0
            while position < FOLLOWED:
                rows = await pool.fetch(
                    "SELECT notification_id FROM stored_events WHERE notification_id > $1"
                    " ORDER BY notification_id LIMIT 5000",
                    position,
                )
                seen.extend(row[0] for row in rows)
                position = seen[-1] if seen else 0

        await asyncio.gather(follow(), *(write() for _ in range(WRITERS)))
    distinct = set(seen)
    return FOLLOWED - len(distinct), len(seen) - len(distinct)
