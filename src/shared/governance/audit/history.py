"""One thing's history: its events in order, each with who, when, on what authority, and what it said."""

from datetime import datetime
from uuid import UUID

from fastapi import Request, Response
from pydantic import BaseModel, JsonValue

from shared.kernel.errors import NotFound
from shared.kernel.fields import TextOrNull
from shared.kernel.messages import Recorded, State
from shared.kernel.personal import personal_texts_in
from shared.web.access.areas import in_sight, whose
from shared.web.reads.answers import answer_one, answer_untagged
from shared.web.reads.readings import Reading


class HistoryEntry(BaseModel):
    """One event of a thing."""

    position: int
    version: int
    decision: str
    by: str
    acting_for: TextOrNull
    authority: str
    happened_at: datetime
    recorded_at: datetime
    known: JsonValue
    said: JsonValue
    withheld: dict[str, str] = {}


class EventHistory(BaseModel):
    """All that happened to one thing, in order."""

    id: UUID
    version: int
    items: list[HistoryEntry]


async def answer_history(request: Request, reading: Reading, stream_id: UUID, blank: State) -> Response:
    """Answer a thing's history as far as a reading; `NotFound` where there is none of its kind.

    It has no ETag where something is withheld, or was said of somebody, which may be destroyed at any time.
    """
    events = await reading.record.stream(stream_id, reading.until)
    if not events or type(events[-1].event).kind != blank.kind:
        raise NotFound
    in_sight(reading.person, reading.areas, *whose(events))
    entries = [{"stream_id": stream_id, **_entry(event).model_dump()} for event in events]
    await reading.redacted(entries)
    version = events[-1].version
    shown = EventHistory.model_validate({"id": stream_id, "version": version, "items": entries})
    if any(entry.withheld for entry in shown.items) or any(map(_speaks_of_somebody, events)):
        return answer_untagged(shown.model_dump(by_alias=True))
    return answer_one(request, shown, f'"{version}"')


def _speaks_of_somebody(recorded: Recorded) -> bool:
    """Say whether an event holds a text that goes with whom it is about."""
    return any(text.sealed for text in personal_texts_in(recorded.event))


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
