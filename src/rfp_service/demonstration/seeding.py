"""Filling an empty demonstration database: the story is written as if it had been recorded as it happened.

Only the database's owner can date decisions, by the function that the service may not call.
"""

from datetime import UTC, datetime

import asyncpg

from rfp_service.contracts.reactions import SET_CONTRACT_CLOCKS
from rfp_service.demonstration.people import CAST
from rfp_service.demonstration.story import story
from rfp_service.events import EVENTS
from rfp_service.rfps.reactions import SET_DEADLINES
from shared.record.database import Connection
from shared.record.eventstore.command_record import personal_texts
from shared.record.eventstore.encoding import EnvelopeMapper, Topics
from shared.record.eventstore.personal_texts import PersonalTexts

APPEND_AT = "SELECT append_events_from($1, '{0}', $2, $3, $4, $5, '{}', '{}', '{}', '{}')"


async def seed(owner_url: str, secret: bytes) -> int:
    """Write the story where nothing has happened yet, all or nothing; return how many events it has.

    Its personal texts are kept under keys that are kept under `secret`.
    """
    connection = await asyncpg.connect(owner_url)
    try:
        async with connection.transaction():
            if await connection.fetchval("SELECT position FROM event_head FOR UPDATE"):
                return 0
            await connection.executemany(
                "INSERT INTO people (id, name, source) VALUES ($1, $2, 'demonstration')"
                " ON CONFLICT DO NOTHING",
                [(character.id, character.name) for character in CAST],
            )
            # What the story left running goes on by itself: its clocks are set from its first event on.
            await connection.executemany(
                "INSERT INTO reactions (name, position, since) VALUES ($1, 0, 0) ON CONFLICT DO NOTHING",
                [(SET_DEADLINES.name,), (SET_CONTRACT_CLOCKS.name,)],
            )
            return await _write(connection, PersonalTexts(connection, secret))  # type: ignore[arg-type]  # all in one transaction
    finally:
        await connection.close()


async def _write(connection: Connection, texts: PersonalTexts) -> int:
    mapper = EnvelopeMapper(Topics(EVENTS))
    scenes = story(datetime.now(UTC))
    for position, scene in enumerate(scenes):
        known = scene.stamp.known.model_copy(update={"position": position})
        stamp = scene.stamp.model_copy(update={"known": known})
        [event] = await texts.sealed(scene.stream_id, [scene.event])
        stored = mapper.stored(
            scene.stream_id,
            scene.version,
            event,
            stamp,
            scene.command,
            scene.part,
            personal_texts([scene.event]),
        )
        await connection.execute(
            APPEND_AT,
            scene.at,
            [stored.originator_id],
            [stored.originator_version],
            [stored.topic],
            [stored.state],
        )
    return len(scenes)
