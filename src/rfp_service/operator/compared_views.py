"""Comparing every view with the record from its first entry to its last, and saying what differs."""

from collections.abc import AsyncIterator

from rfp_service.bookkeeping.comparison import bookkeeping_differences
from rfp_service.operator.verification import mapper
from rfp_service.rooms import VIEWS
from rfp_service.terminal import say
from shared.record.database import Connection
from shared.record.eventstore.reader import Reader
from shared.record.projecting.comparing import RANGE, DifferingRow, differences, out_of_place, prepare

SAID = 100
ON_A_STANDBY = (
    "note: views are not compared here: that takes temporary tables, which a standby has none of. The worker"
    " compares them on the primary, round after round."
)


async def compared_views(connection: Connection) -> int:
    """Say what every view shows that the record does not give, or lacks; return how many rows that is."""
    number = 0
    if await connection.fetchval("SELECT pg_is_in_recovery()"):
        say(ON_A_STANDBY)
    else:
        number = await _differing_rows(connection)
    async for said in bookkeeping_differences(connection, Reader(connection, mapper())):  # type: ignore[arg-type]  # it only fetches
        number += 1
        say(f"WRONG: {said}")
    return number


async def _differing_rows(connection: Connection) -> int:
    number = 0
    async for difference in _found(connection):
        number += 1
        if number <= SAID:
            say(f"WRONG: {difference}")
    say(f"{len(VIEWS)} views compared with the record, {number} differences.")
    return number


async def _found(connection: Connection) -> AsyncIterator[DifferingRow]:
    reader = Reader(connection, mapper())  # type: ignore[arg-type]  # it only fetches
    await prepare(connection, VIEWS)
    for difference in await out_of_place(connection, VIEWS):
        yield difference
    head = await reader.head()
    for after in range(0, head, RANGE):
        for difference in await differences(
            connection, reader, VIEWS, after=after, last=min(after + RANGE, head)
        ):
            yield difference
