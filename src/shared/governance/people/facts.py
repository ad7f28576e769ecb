"""What a decision on the directory must know: which of the people it names there are."""

from pydantic import JsonValue

from shared.governance.people.commands import ErasePerson, LinkPersons, UnlinkPerson
from shared.governance.people.domain import DIRECTORY_ID, Directory
from shared.record.eventstore.store import EventStore

KNOWN = "SELECT id FROM people WHERE id = ANY ($1) ORDER BY id"


async def who_is_known(
    store: EventStore, command: LinkPersons | UnlinkPerson | ErasePerson
) -> dict[str, JsonValue]:
    """Return those of the people that a decision names whom the directory knows."""
    named = [command.person, *([command.same_as] if isinstance(command, LinkPersons) else [])]
    async with store.reader.snapshot() as (connection, _):
        return {"people": [row["id"] for row in await connection.fetch(KNOWN, named)]}


async def ids_of(store: EventStore, person: str) -> tuple[str, ...]:
    """Return every id of a person, as the record has it now."""
    return (await store.load(DIRECTORY_ID, Directory())).state.same(person)
