"""Two times compared: every case on which something was decided in between, before and after."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, select

from shared.governance.audit.journal import decisions
from shared.governance.audit.redaction import redact_changes
from shared.governance.audit.replay.states import Change, blank_of, changes
from shared.kernel.messages import Recorded
from shared.record.eventstore.unread import kind_of, name_of, unread
from shared.record.projecting.row_models import Derived
from shared.web.lists.filters import ListMoment
from shared.web.reads.readings import Reading


class Difference(BaseModel):
    """One case at two times; version 0 is before it began."""

    position: int
    stream_id: UUID
    kind: Annotated[str, Derived()]
    version_before: Annotated[int, Derived()]
    version_after: Annotated[int, Derived()]
    decisions: Annotated[list[str], Derived()]
    changes: Annotated[list[Change], Derived()]
    withheld: Annotated[dict[str, str], Derived()] = {}


def last_changes(moment: ListMoment) -> "list[ColumnElement[bool]]":
    """Return the conditions on the last decision on each case that changed in (start, end]."""
    t, later, end = decisions.c, decisions.alias("later"), moment.reading.position
    is_later = (later.c.stream_id == t.stream_id, later.c.position > t.position, later.c.position <= end)
    return [t.position > moment.facts, t.position <= end, ~select(1).where(*is_later).exists()]


async def with_changes(reading: Reading, start: int, items: list[dict[str, Any]]) -> None:
    """Add to cases what changed of them since a position, without what its reader may not see."""
    by_stream: dict[UUID, list[Recorded]] = {UUID(str(item["stream_id"])): [] for item in items}
    for recorded in await reading.record.streams(list(by_stream), reading.position):
        by_stream[UUID(str(recorded.stream_id))].append(recorded)
    for item in items:
        found = _difference(by_stream[UUID(str(item["stream_id"]))], start)
        item.update(found.model_dump(mode="json", exclude={"position", "stream_id"}))
    changed = [(UUID(str(item["stream_id"])), item["changes"]) for item in items]
    for item, marks in zip(items, await redact_changes(reading, changed), strict=True):
        item["withheld"] = marks


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
