"""What a decision on the directory must know: which of the people it names there are."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from pydantic import JsonValue

from shared.governance.people.commands import ErasePerson, InvitePerson, LinkPersons, UnlinkPerson
from shared.governance.people.domain import DIRECTORY_ID, Directory
from shared.kernel.messages import Command
from shared.kernel.named_people import PEOPLE
from shared.record.eventstore.store import EventStore

KNOWN = "SELECT id FROM people WHERE id = ANY ($1) ORDER BY id"


async def known_people_facts(
    store: EventStore, command: LinkPersons | UnlinkPerson | ErasePerson | InvitePerson
) -> dict[str, JsonValue]:
    """Return those of the people that a decision names whom the directory knows."""
    named = [command.person, *([command.same_as] if isinstance(command, LinkPersons) else [])]
    return {PEOPLE: await known_among(store, named)}


async def known_among(store: EventStore, people: Sequence[str]) -> list[JsonValue]:
    """Return those of some people whom the directory knows."""
    return [row["id"] for row in await store.reader.rows(KNOWN, people)]


def facts_of_people(*names: str) -> Callable[[EventStore, Command[Any]], Awaitable[dict[str, JsonValue]]]:
    """Return what tells which of the people in these fields of a command the directory knows."""

    async def find(store: EventStore, command: Command[Any]) -> dict[str, JsonValue]:
        said = [getattr(command, name) for name in names]
        named = [one for each in said for one in (each if isinstance(each, list) else [each])]
        if not (named := [one for one in named if one is not None]):
            return {}
        return {PEOPLE: await known_among(store, named)}

    return find


async def ids_of(store: EventStore, person: str) -> tuple[str, ...]:
    """Return every id of a person, as the record has it now."""
    return (await store.load(DIRECTORY_ID, Directory())).state.same(person)
