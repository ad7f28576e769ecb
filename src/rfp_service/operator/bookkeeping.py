"""Comparing what stands beside the views with the record: deadlines, people, keys, files, attempts to tell.

Names and addresses of people come with their tokens, and are on no record: what is compared is who was
invited, who was erased, and that no key was destroyed but for an erasure or a disposal.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import orjson

from rfp_service.rooms import REACTIONS
from shared.governance.notifications.attempts_log import batches_that_differ
from shared.governance.people.domain import DIRECTORY_ID, Directory
from shared.kernel.messages import Recorded
from shared.record.database import Connection
from shared.record.eventstore.reader import Reader
from shared.record.eventstore.unread import unread
from shared.record.projecting.comparing import RANGE

OUTBOX = "deadlines"
BY_CASE = """
SELECT case_id, kind, version, due_at FROM deadlines
WHERE case_id = ANY ($1) AND kind = ANY ($2)
"""
NUMBER = "SELECT count(*) FROM deadlines"
REACHED = "SELECT name, position, since FROM reactions"
DISPOSED = "SELECT state FROM stored_events WHERE topic = 'RecordDisposed'"
PEOPLE = """
SELECT id, erased_at IS NOT NULL AS erased, sealed IS NOT NULL OR name <> '' OR email <> '' AS named
FROM people
WHERE erased_at IS NOT NULL OR id = ANY ($1)
"""
IN_THE_CLEAR = "SELECT count(*) FROM people WHERE name <> '' OR email <> ''"
DESTROYED = """
SELECT id FROM personal_keys WHERE destroyed_at IS NOT NULL AND person <> ALL ($1) AND stream_id <> ALL ($2)
"""
KEPT = """
SELECT id FROM personal_keys WHERE destroyed_at IS NULL AND (person = ANY ($1) OR stream_id = ANY ($2))
"""
DOCUMENTS = "SELECT originator_id, state FROM stored_events WHERE topic = 'DocumentAdded'"
FILES = "SELECT sha256 FROM document_files"


class DeadlineName(NamedTuple):
    """What names one deadline for ever."""

    case_id: UUID
    kind: str
    version: int

    def __str__(self) -> str:
        """Name it."""
        return f"The deadline {self.kind} {self.version} of {self.case_id}"


StandingDeadlines = dict[DeadlineName, tuple[datetime, bool]]


async def bookkeeping_differences(connection: Connection, reader: Reader) -> AsyncIterator[str]:
    """Yield a sentence for each thing that is not as the record has it."""
    async for said in _of_deadlines(connection, reader):
        yield said
    directory = Directory()
    for recorded in await reader.stream(DIRECTORY_ID):
        directory = recorded.event.apply(directory)
    async for said in _of_people(connection, directory):
        yield said
    async for said in _of_files(connection):
        yield said
    for batch in await batches_that_differ(connection, reader):
        yield f"The attempts of batch {batch} are not those that the record has"


async def _of_deadlines(connection: Connection, reader: Reader) -> AsyncIterator[str]:
    """Compare deadlines with what the record sets off; one that was put off may be due later."""
    reached = {row["name"]: (row["since"], row["position"]) for row in await connection.fetch(REACHED)}
    known: set[DeadlineName] = set()
    head = await reader.head()
    for after in range(0, head, RANGE):
        wanted = _set_off(await reader.after(after, RANGE), reached)
        rows = await connection.fetch(BY_CASE, [n.case_id for n in wanted], [n.kind for n in wanted])
        held = {DeadlineName(UUID(str(row[0])), row[1], row[2]): row[3] for row in rows}
        known |= wanted.keys() & held.keys()
        for name, (due_at, needed) in wanted.items():
            if needed and name not in held:
                yield f"{name} is missing"
            elif name in held and held[name] < due_at:
                yield f"{name} is earlier than the record gives"
    surplus = await connection.fetchval(NUMBER) - len(known)
    if surplus > 0:
        yield f"{surplus} deadlines are there that nothing on the record set"


def _set_off(block: Sequence[Recorded], reached: Mapping[str, tuple[int, int]]) -> StandingDeadlines:
    """Return the deadlines that a block sets, when each is due, and whether it must be there."""
    wanted: StandingDeadlines = {}
    for reaction in (reaction for reaction in REACTIONS if reaction.outbox == OUTBOX):
        since, until = reached.get(reaction.name, (0, 0))
        for recorded in block:
            rows = () if unread(recorded) is not None else reaction.rows(recorded)
            for row in rows:
                name = DeadlineName(*(row[field] for field in DeadlineName._fields))  # type: ignore[arg-type]  # a row of the table
                wanted[name] = (row["due_at"], since < recorded.position <= until)  # type: ignore[assignment]  # the same
    return wanted


async def _of_people(connection: Connection, directory: Directory) -> AsyncIterator[str]:
    erased, invited = set(directory.erased), set(directory.invited)
    rows = await connection.fetch(PEOPLE, sorted(erased | invited))
    for row in rows:
        if row["erased"] and row["id"] not in erased:
            yield f"{row['id']} was erased from the directory, and the record knows of no erasure"
        if row["id"] in erased and (row["named"] or not row["erased"]):
            yield f"{row['id']} was erased by the record, and the directory has them still"
    for missing in sorted(invited - {row["id"] for row in rows}):
        yield f"{missing} was invited, and is not in the directory"
    if number := await connection.fetchval(IN_THE_CLEAR):
        yield f"The directory holds names or addresses in the clear: {number}"
    disposed = await _disposed(connection)
    for row in await connection.fetch(DESTROYED, sorted(erased), disposed):
        yield f"The key {row['id']} of a personal text was destroyed without an erasure or a disposal"
    for row in await connection.fetch(KEPT, sorted(erased), disposed):
        yield f"The key {row['id']} of a personal text should have been destroyed"


async def _disposed(connection: Connection) -> list[UUID]:
    states = await connection.fetch(DISPOSED)
    return [UUID(orjson.loads(row["state"])["data"]["record_id"]) for row in states]


async def _of_files(connection: Connection) -> AsyncIterator[str]:
    """Compare the files that are kept with the documents on record: gone with their records, else there."""
    disposed, live, gone = set(await _disposed(connection)), dict[str, UUID](), set[str]()
    for row in await connection.fetch(DOCUMENTS):
        said, document = orjson.loads(row["state"])["data"], UUID(str(row["originator_id"]))
        if not said.get("kept"):
            continue
        if document in disposed or UUID(said["case_id"]) in disposed:
            gone.add(said["content_sha256"])
        else:
            live[said["content_sha256"]] = document
    there = {row["sha256"] for row in await connection.fetch(FILES)}
    for sha256 in sorted(live.keys() - there):
        yield f"The file of the document {live[sha256]} is missing"
    for sha256 in sorted((gone & there) - live.keys()):
        yield f"The file {sha256} should have been destroyed with its record"
