"""What a disposal must know: the kind of the record, the last decision on it, and the schedule's line."""

from uuid import UUID

import orjson
from pydantic import JsonValue

from shared.governance.documents.file_store import destroy_files
from shared.governance.retention.commands import DisposeOfRecord
from shared.governance.retention.domain import SCHEDULE_ID, RetentionSchedule
from shared.record.database import Pool
from shared.record.eventstore.personal_texts import PersonalTexts
from shared.record.eventstore.store import EventStore
from shared.record.projecting.views import STILL_VALID

DISPOSED = f"SELECT record_id FROM disposals WHERE valid_to = {STILL_VALID}"
SINCE = (  # what the view has not seen yet
    "SELECT state FROM stored_events WHERE topic = 'RecordDisposed' AND notification_id >"
    " coalesce((SELECT position FROM views WHERE name = 'disposals'), 0)"
)


async def disposal_facts(store: EventStore, command: DisposeOfRecord) -> dict[str, JsonValue]:
    """Return the record as the schedule sees it; nothing if there is none."""
    events = await store.reader.stream(command.record_id)
    if not events:
        return {}
    kind = type(events[0].event).kind
    schedule = (await store.load(SCHEDULE_ID, RetentionSchedule())).state
    line = schedule.lines.get(kind)
    return {
        "record": {
            "kind": kind,
            "last_decision_at": events[-1].happened_at.isoformat(),
            "line": None if line is None else line.model_dump(),
        }
    }


async def carry_out_disposals(pool: Pool, texts: PersonalTexts) -> None:
    """Destroy what is left of what was disposed of; after a restore, too, and again without harm."""
    gone = [row["record_id"] for row in await pool.fetch(DISPOSED)]
    since = [orjson.loads(row["state"])["data"] for row in await pool.fetch(SINCE)]
    gone += [UUID(said["record_id"]) for said in since]
    if gone:
        await texts.destroy(things=gone)
        await destroy_files(pool, gone)
