"""What a command must know from outside its stream: found for it by whoever knows, before it decides."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pydantic import JsonValue

from shared.kernel.messages import Command
from shared.record.eventstore.store import EventStore

FactFinder = Callable[[EventStore, Any], Awaitable[dict[str, JsonValue]]]
FactFinders = Mapping[type[Command[Any]], FactFinder]


def together(*finders: FactFinder) -> FactFinder:
    """Return what finds all that these find."""

    async def find(store: EventStore, command: Any) -> dict[str, JsonValue]:
        found: dict[str, JsonValue] = {}
        for finder in finders:
            found |= await finder(store, command)
        return found

    return find
