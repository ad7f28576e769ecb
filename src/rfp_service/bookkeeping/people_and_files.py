"""Comparing people, their keys and files with the record.

Names and addresses of people come with their tokens, and are on no record: what is compared is who was
invited, who was erased, whose name is whose, and that no key was destroyed but for an erasure or a disposal.
"""

from collections.abc import AsyncIterator
from uuid import UUID

import orjson

from rfp_service.bookkeeping.difference import TableDifference
from shared.governance.people.domain import DIRECTORY_ID, Directory
from shared.record.database import Connection
from shared.record.eventstore.reader import Reader
from shared.web.access.names import DIRECTORY_NAMES

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
OTHERS_NAMES = f"""
SELECT p.id FROM people p WHERE p.sealed IS NOT NULL AND (
    p.sealed ->> 'about' IS DISTINCT FROM p.id OR NOT EXISTS (
        SELECT FROM personal_keys k
        WHERE k.id::text = p.sealed ->> 'key' AND k.person = p.id AND k.stream_id = '{DIRECTORY_NAMES}'))
ORDER BY p.id
"""
SECOND_ACCOUNTS = """
SELECT person_id, count(*) AS accounts FROM identities GROUP BY person_id HAVING count(*) > 1
ORDER BY person_id
"""
NOT_KEPT = """
SELECT said ->> 'sha256' AS sha256
FROM stored_events s
    CROSS JOIN jsonb_array_elements(convert_from(s.state, 'UTF8')::jsonb #> '{data,documents}') AS said
WHERE s.topic = 'PaperIssued'
  AND NOT EXISTS (SELECT FROM issued_documents d WHERE d.sha256 = said ->> 'sha256')
"""


async def of_people(connection: Connection, reader: Reader) -> AsyncIterator[TableDifference]:
    """Yield what of the directory, and of its keys, is not as the record has it."""
    directory = Directory()
    for recorded in await reader.stream(DIRECTORY_ID):
        directory = recorded.event.apply(directory)
    async for said in _of_people(connection, directory):
        yield TableDifference("people", said)
    async for said in _of_keys(connection, directory):
        yield TableDifference("personal_keys", said)


async def of_files(connection: Connection) -> AsyncIterator[TableDifference]:
    """Yield what of the files is not as the record has it."""
    async for said in _of_files(connection):
        yield TableDifference("document_files", said)
    for row in await connection.fetch(NOT_KEPT):
        yield TableDifference("issued_documents", f"The issued document {row['sha256']} is missing")


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
    for row in await connection.fetch(OTHERS_NAMES):
        yield f"{row['id']} is called by a name that was not sealed for them"
    for row in await connection.fetch(SECOND_ACCOUNTS):
        yield f"{row['person_id']} has {row['accounts']} accounts, and the record linked none of them"


async def _of_keys(connection: Connection, directory: Directory) -> AsyncIterator[str]:
    erased = set(directory.erased)
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
