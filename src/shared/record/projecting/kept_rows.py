"""Rows that were read once as the views stood, for whoever asks the same while they still stand so.

To count a hundred thousand rows takes as long as it takes; but most pages that show a count are opened
between two decisions. How the views stand is asked each time, so nothing is told late.
"""

import asyncio
from collections.abc import Hashable, Sequence
from typing import Any

import asyncpg
from sqlalchemy import Select

from shared.record.eventstore.changes import StreamChanges
from shared.record.eventstore.group_reader import Gathered
from shared.record.projecting.statements import sql_of

READS_LIMIT = 200  # each of few rows: counts
# A view that stood still and was made again stands elsewhere, though the others stand where they stood.
STANDING = "SELECT string_agg(name || ' ' || position, ' ' ORDER BY name) FROM views"

Rows = list[asyncpg.Record]


class KeptRows:
    """Reads what follows from the views alone once for each state that they come to."""

    def __init__(self, pool: asyncpg.Pool, changes: StreamChanges) -> None:
        """Read through this pool; `changes` know that the record was put back to an earlier time."""
        self._pool, self._changes = pool, changes
        self._standing: Gathered[str, str | None] = Gathered(self._look, None)
        self._reads: dict[Hashable, asyncio.Task[Rows]] = {}

    async def of(self, statement: "Select[Any]") -> Rows:
        """Return the rows that a statement selects, which depends on its values and the views alone."""
        sql, values = sql_of(statement)
        key = (await self.state(), sql, *map(_fixed, values))
        read = self._reads.pop(key, None)
        if read is None or (read.done() and (read.cancelled() or read.exception())):
            read = asyncio.create_task(self._fetch(sql, values))
        self._reads[key] = read  # what was asked for longest ago makes room
        while len(self._reads) > READS_LIMIT:
            del self._reads[next(iter(self._reads))]
        return await asyncio.shield(read)

    async def state(self) -> Hashable:
        """Return how the views stand now: what follows from them alone may be kept for as long as they do."""
        looked, standing = await asyncio.gather(self._changes.look(), self._standing.of(""))
        return looked.series, standing

    async def _look(self, _: Sequence[str]) -> dict[str, str | None]:
        return {"": await self._pool.fetchval(STANDING)}

    async def _fetch(self, sql: str, values: Sequence[object]) -> Rows:
        return list(await self._pool.fetch(sql, *values))


def _fixed(value: object) -> Hashable:
    """Return a value that can be told from others, an empty list from no list."""
    if isinstance(value, list | tuple):
        return ("list", *map(_fixed, value))
    return value if isinstance(value, Hashable) else repr(value)
