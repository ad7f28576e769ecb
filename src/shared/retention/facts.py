"""What a disposal must know: the kind of the record, the last decision on it, and the schedule's line."""

import asyncpg
from pydantic import JsonValue

from shared.eventstore.sealing import PersonalTexts
from shared.eventstore.store import EventStore
from shared.projecting.views import STILL_VALID
from shared.retention.commands import DisposeOfRecord
from shared.retention.domain import SCHEDULE_ID, Schedule

DISPOSED = f"SELECT record_id FROM disposals WHERE valid_to = {STILL_VALID}"


async def what_is_to_be_disposed_of(
    store: EventStore, command: DisposeOfRecord
) -> dict[str, JsonValue]:
    """Return the record as the schedule sees it; nothing where there is none."""
    events = await store.reader.stream(command.record_id)
    if not events:
        return {}
    kind = type(events[0].event).kind
    schedule = (await store.load(SCHEDULE_ID, Schedule())).state
    line = schedule.lines.get(kind)
    return {
        "record": {
            "kind": kind,
            "last_decision_at": events[-1].happened_at.isoformat(),
            "line": None if line is None else line.model_dump(),
        }
    }


async def carry_out_disposals(pool: asyncpg.Pool, texts: PersonalTexts) -> None:
    """Destroy what is left of what was disposed of; after a restore, too, and again without harm."""
    gone = [row["record_id"] for row in await pool.fetch(DISPOSED)]
    if gone:
        await texts.destroy(things=gone)
