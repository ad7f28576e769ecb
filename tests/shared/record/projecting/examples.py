"""A year of council work as events to append, and the views of a database as something to compare."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache

import asyncpg

from rfp_service.demonstration.story import story
from rfp_service.demonstration.storyboard import Scene
from rfp_service.rooms import VIEWS
from shared.record.eventstore.command_record import personal_texts
from shared.record.eventstore.store import EventStore
from shared.record.projecting.views import View
from tests.support.specs import as_stored

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@cache
def year() -> Sequence[Scene]:
    """Return the demonstration's year, of its contracts one in eight; it is built once."""
    return tuple(
        scene for scene in story(NOW) if type(scene.event).kind != "contract" or scene.stream_id.int % 8 == 0
    )


def year_of_rfps() -> list[Scene]:
    """Return of the demonstration's year what is about RFPs: nothing of projects, contracts or outcomes."""
    about = ("project", "team-capacity", "register-mapping", "batch", "contract", "review-round")
    about += ("priority-tags", "outcome", "milestone")
    return [scene for scene in year() if type(scene.event).kind not in about]


async def happen(store: EventStore, scenes: Sequence[Scene]) -> None:
    """Append scenes, one by one."""
    for scene in scenes:
        stored = store.mapper.stored(
            scene.stream_id,
            scene.version,
            as_stored(scene.event),
            scene.stamp,
            scene.command,
            scene.part,
            personal_texts([scene.event]),
        )
        await store.append([stored])


async def shown(pool: asyncpg.Pool, views: Sequence[View] = VIEWS) -> dict[str, list[tuple]]:  # type: ignore[type-arg]
    """Return every row of every view, in an order of its own."""
    return {
        view.name: sorted((tuple(row) for row in await pool.fetch(f"SELECT * FROM {view.name}")), key=repr)
        for view in views
    }
