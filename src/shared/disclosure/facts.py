"""What may be exempt of a thing: what its events say in words or figures, by the names of their fields."""

from typing import Any, get_args

from pydantic import JsonValue

from shared.disclosure.commands import DeclareExempt
from shared.eventstore.store import EventStore
from shared.messages import Event

# Who did it, and which step it was, stays in sight.
IN_SIGHT = frozenset({"raised_by", "made_by", "declared_by", "lead", "tier", "next_tier"})


async def what_may_be_exempt(store: EventStore, command: DeclareExempt) -> dict[str, JsonValue]:
    """Return the kind of a matter and the fields of it that may be exempt; nothing where there is none."""
    events = await store.reader.stream(command.matter_id)
    if command.matter_version:
        events = [event for event in events if event.version == command.matter_version]
    if not events:
        return {}
    fields = sorted({name for recorded in events for name in contents(type(recorded.event))})
    return {"matter": {"kind": type(events[0].event).kind, "fields": list(fields)}}


def contents(event: type[Event[Any]]) -> set[str]:
    """Return the fields of an event that are text, or may be missing and so can be shown as nothing."""
    return {
        name
        for name, field in event.model_fields.items()
        if name not in IN_SIGHT
        and (field.annotation is str or type(None) in get_args(field.annotation))
    }
