"""Two times compared: every case on which something was decided in between, before and after."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import func, select

from shared.governance.audit.journal import decisions
from shared.governance.audit.replay.states import Change, blank_of, changes
from shared.kernel.messages import Recorded
from shared.record.eventstore.reader import Reader
from shared.record.eventstore.unread import kind_of, name_of, unread
from shared.web.readings import Reading


class Difference(BaseModel):
    """One case at two times; version 0 is before it began."""

    position: int
    stream_id: UUID
    kind: str
    version_before: int
    version_after: int
    decisions: list[str]
    changes: list[Change]
    withheld: dict[str, str] = {}


async def changed(
    reading: Reading, start: int, end: int, stream_id: UUID | None, cursor: int | None, limit: int
) -> list[Difference]:
    """Return the cases that changed in (start, end], the last to change first."""
    last = func.max(decisions.c.position).label("position")
    statement = (
        select(decisions.c.stream_id, last)
        .where(decisions.c.position > start, decisions.c.position <= end)
        .group_by(decisions.c.stream_id)
        .order_by(last.desc())
        .limit(limit)
    )
    if stream_id is not None:
        statement = statement.where(decisions.c.stream_id == stream_id)
    if cursor is not None:
        statement = statement.having(last < cursor)
    rows = await reading.rows(statement)
    return await _differences(reading.record, [row["stream_id"] for row in rows], start, end)


async def _differences(record: Reader, streams: Sequence[UUID], start: int, end: int) -> list[Difference]:
    by_stream: dict[UUID, list[Recorded]] = {UUID(str(stream)): [] for stream in streams}
    for recorded in await record.streams(list(streams), end):
        by_stream[UUID(str(recorded.stream_id))].append(recorded)
    return [_difference(events, start) for events in by_stream.values() if events]


def _difference(events: Sequence[Recorded], start: int) -> Difference:
    """Return what changed on a case; of one with an event that can't be read, only what was decided."""
    readable = all(unread(recorded) is None for recorded in events)
    state: Any = blank_of(type(events[0].event)) if readable else None
    before, version = state, 0
    for recorded in events:
        state = recorded.event.apply(state) if readable else None
        if recorded.position <= start:
            before, version = state, recorded.version
    last = events[-1]
    return Difference(
        position=last.position,
        stream_id=UUID(str(last.stream_id)),
        kind=kind_of(last),
        version_before=version,
        version_after=last.version,
        decisions=[name_of(r) for r in events if r.position > start],
        changes=changes(before, state) if readable else [],
    )
