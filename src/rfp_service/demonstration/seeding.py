"""Filling an empty demonstration database: the story is written as if it had been recorded as it happened.

Only the database's owner can date decisions, by the function that the service may not call.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from rfp_service.access import personal_secrets
from rfp_service.catalogue.reactions import SET_ORDER_CLOCKS
from rfp_service.contracts.reactions import SET_CONTRACT_CLOCKS, SET_PIPELINE_CLOCKS
from rfp_service.demonstration.people import CAST
from rfp_service.events import EVENTS
from rfp_service.rfps.reactions import SET_DEADLINES
from rfp_service.rooms import REACTIONS
from rfp_service.service import Service, opened
from shared.governance.audit.record_index.indexer import Indexer
from shared.kernel.roles import Role
from shared.record.database import Connection
from shared.record.eventstore.command_record import personal_texts
from shared.record.eventstore.encoding import EnvelopeMapper, Topics
from shared.record.eventstore.personal_texts import PersonalTexts
from shared.settings import Settings
from shared.web.access.names import PeopleNames

if TYPE_CHECKING:
    from rfp_service.demonstration.storyboard import Scene

TELLINGS = "notifications"
# Nobody is told now of what happened in the story: only of what happens from here on.
KNOWN_ALREADY = """
UPDATE reactions SET position = h.position, since = h.position FROM event_head h WHERE name = ANY ($1)
"""
EMPTIED = """
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
GRANT USAGE ON SCHEMA public TO PUBLIC
"""
APPEND_AT = "SELECT append_events_from($1, '{0}', $2, $3, $4, $5, '{}', '{}', '{}', '{}')"


async def start_over(settings: Settings, owner_url: str) -> bool:
    """Empty a database in which the story was broken off, before anybody saw it; say whether it was."""
    if not _unfinished(settings).exists():
        return False
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute(EMPTIED)
    finally:
        await connection.close()
    _unfinished(settings).unlink()
    return True


def _unfinished(settings: Settings) -> Path:
    """Return the file that is there from the story's first event to its last."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return settings.data_dir / "story.unfinished"


async def seed(settings: Settings, owner_url: str, service_url: str) -> int:
    """Write the story where nothing has happened yet; return how many events it has.

    It comes in two acts, and a paper is issued after each: a paper is made of what is recorded already.
    """
    connection = await asyncpg.connect(owner_url)
    try:
        if not await connection.fetchval("SELECT position FROM event_head"):
            _unfinished(settings).touch()
        texts = PersonalTexts(connection, *personal_secrets(settings))  # type: ignore[arg-type]  # the owner's
        if not await _begins(connection, texts):
            return 0
        async with opened(settings, service_url) as service:
            told = await _tell(connection, texts, service)
            await Indexer(service.pool, service.store).commit()
        await connection.execute(KNOWN_ALREADY, [each.name for each in REACTIONS if each.outbox == TELLINGS])
        _unfinished(settings).unlink()
        return told
    finally:
        await connection.close()


async def _tell(connection: Connection, texts: PersonalTexts, service: Service) -> int:
    """Write the acts and their papers; return how many events they have."""
    from rfp_service.demonstration import endpoints, papers, story  # slow to load, and needed once
    from rfp_service.demonstration.outcomes import PAPERS_APART

    now = datetime.now(UTC)
    scenes, first_paper = story.story(now), now - PAPERS_APART
    acts = (
        ([scene for scene in scenes if scene.at < first_paper], first_paper),
        ([scene for scene in scenes if scene.at > first_paper], now),
    )
    for act, paper_at in acts:
        await _write(connection, texts, act)
        await _write(connection, texts, await papers.issued_at(service, paper_at))
    await endpoints.write_deliveries(connection, service)
    return len(scenes) + len(acts)


async def _begins(connection: Connection, texts: PersonalTexts) -> bool:
    """Let the cast come on; say whether nothing has happened yet."""
    async with connection.transaction():
        if await connection.fetchval("SELECT position FROM event_head FOR UPDATE"):
            return False
        names = PeopleNames(connection, texts)  # type: ignore[arg-type]  # the owner's
        await names.remember([(each.id, each.name) for each in CAST], "demonstration")
        await connection.executemany(
            "UPDATE people SET roles = $2, roles_at = now() WHERE id = $1",
            [(each.id, [each.role] if each.role is not Role.SERVICE_ACCOUNT else []) for each in CAST],
        )
        # What the story left running goes on by itself: its clocks are set from its first event on.
        await connection.executemany(
            "INSERT INTO reactions (name, position, since) VALUES ($1, 0, 0) ON CONFLICT DO NOTHING",
            [
                (each.name,)
                for each in (SET_DEADLINES, SET_ORDER_CLOCKS, SET_CONTRACT_CLOCKS, SET_PIPELINE_CLOCKS)
            ],
        )
        return True


async def _write(connection: Connection, texts: PersonalTexts, scenes: Sequence["Scene"]) -> None:
    """Write scenes after what is recorded already, all or none of them."""
    mapper = EnvelopeMapper(Topics(EVENTS))
    async with connection.transaction():
        before = await connection.fetchval("SELECT position FROM event_head")
        for position, scene in enumerate(scenes, before):
            await _append(connection, mapper, texts, scene, position)


async def _append(
    connection: Connection, mapper: EnvelopeMapper, texts: PersonalTexts, scene: "Scene", position: int
) -> None:
    known = scene.stamp.known.model_copy(update={"position": position})
    stamp = scene.stamp.model_copy(update={"known": known})
    [event] = await texts.sealed(scene.stream_id, [scene.event])
    stored = mapper.stored(
        scene.stream_id, scene.version, event, stamp, scene.command, scene.part, personal_texts([scene.event])
    )
    await connection.execute(
        APPEND_AT,
        scene.at,
        [stored.originator_id],
        [stored.originator_version],
        [stored.topic],
        [stored.state],
    )
