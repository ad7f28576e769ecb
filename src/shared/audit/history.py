"""One thing's history: its events in order, each with who, when, on what authority, and what it said."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, JsonValue

from shared.errors import NotFound
from shared.http.areas import in_sight, whose
from shared.http.reading import Reading
from shared.messages import Recorded, State


class HistoryEntry(BaseModel):
    """One event of a thing."""

    position: int
    version: int
    decision: str
    by: str
    acting_for: str
    authority: str
    happened_at: datetime
    recorded_at: datetime
    known: JsonValue
    said: JsonValue
    withheld: dict[str, str] = {}


class History(BaseModel):
    """All that happened to one thing, in order."""

    id: UUID
    version: int
    items: list[HistoryEntry]


async def history(reading: Reading, stream_id: UUID, blank: State) -> History:
    """Return a thing's history as far as a reading; `NotFound` where there is none of its kind."""
    events = await reading.record.stream(stream_id, reading.position if reading.past else None)
    if not events or type(events[-1].event).kind != blank.kind:
        raise NotFound
    in_sight(reading.person, reading.areas, *whose(events))
    entries = [{"stream_id": stream_id, **_entry(event).model_dump()} for event in events]
    await reading.veiled(entries)
    return History.model_validate(
        {"id": stream_id, "version": events[-1].version, "items": entries}
    )


def _entry(recorded: Recorded) -> HistoryEntry:
    envelope = recorded.envelope
    return HistoryEntry(
        position=recorded.position,
        version=recorded.version,
        decision=type(recorded.event).__name__,
        by=recorded.by,
        acting_for=str(envelope.get("acting_for", "")),
        authority=str(envelope.get("authority", "")),
        happened_at=recorded.happened_at,
        recorded_at=recorded.recorded_at,
        known=envelope.get("known", {}),
        said=envelope["data"],
    )
