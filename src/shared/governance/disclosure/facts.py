"""What may be exempt of a thing: what its events say in words or figures, by the names of their fields."""

from pydantic import JsonValue

from shared.governance.disclosure.commands import DeclareExempt
from shared.governance.disclosure.exemptible_fields import contents
from shared.record.eventstore.store import EventStore


async def exemptible_facts(store: EventStore, command: DeclareExempt) -> dict[str, JsonValue]:
    """Return the kind of a matter and the fields of it that may be exempt; nothing if there is none."""
    events = await store.reader.stream(command.matter_id)
    if command.matter_version:
        events = [event for event in events if event.version == command.matter_version]
    if not events:
        return {}
    fields = sorted({name for recorded in events for name in contents(type(recorded.event))})
    matter: dict[str, JsonValue] = {"kind": type(events[0].event).kind, "fields": list(fields)}
    wholes = {whole: [*parts] for each in events for whole, parts in each.event.wholes.items()}
    named: dict[str, JsonValue] = {whole: list(wholes[whole]) for whole in command.fields if whole in wholes}
    return {"matter": matter | ({"wholes": named} if named else {})}
