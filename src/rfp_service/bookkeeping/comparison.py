"""Comparing what stands beside the views with the record: outboxes, people, keys, files, what was told."""

from collections.abc import AsyncIterator

from rfp_service.bookkeeping.difference import TableDifference
from rfp_service.bookkeeping.outboxes import OutboxComparison
from rfp_service.bookkeeping.people_and_files import of_files, of_people
from rfp_service.bookkeeping.settled_deadlines import of_settled_deadlines
from rfp_service.bookkeeping.tellings import of_tellings
from shared.record.database import Connection
from shared.record.eventstore.reader import Reader
from shared.record.projecting.comparing import RANGE


async def all_differences(connection: Connection, reader: Reader) -> AsyncIterator[TableDifference]:
    """Yield each thing that is not as the record has it, from the first entry to the last."""
    outboxes = OutboxComparison()
    for found in await outboxes.begin(connection):
        yield found
    head = await reader.head()
    for after in range(0, head, RANGE):
        for found in await outboxes.look(connection, reader, after, min(after + RANGE, head)):
            yield found
    for found in await outboxes.end(connection):
        yield found
    async for found in beside_the_outboxes(connection, reader):
        yield found


async def beside_the_outboxes(connection: Connection, reader: Reader) -> AsyncIterator[TableDifference]:
    """Yield what differs in the tables that are looked at whole."""
    async for found in of_people(connection, reader):
        yield found
    async for found in of_files(connection):
        yield found
    async for found in of_settled_deadlines(connection, reader):
        yield found
    async for found in of_tellings(connection, reader):
        yield found


async def bookkeeping_differences(connection: Connection, reader: Reader) -> AsyncIterator[str]:
    """Yield a sentence for each of them."""
    async for found in all_differences(connection, reader):
        yield found.said
