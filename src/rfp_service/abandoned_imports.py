"""Imports that say they run though nobody carries them out: a process died, or the database went away."""

import time
from uuid import UUID

import asyncpg
import structlog

from shared.flow.imports.importer import Importer
from shared.record.eventstore.unread import EventUnread

REST_SECONDS = 10.0  # between looks: somebody may be waiting for its end

log = structlog.get_logger(__name__)

# What was begun, and of which nothing is known since.
SAY_THAT_THEY_RUN = """
SELECT d.stream_id FROM decisions d
WHERE d.decision IN ('ImportStarted', 'ImportResumed') AND NOT EXISTS (
    SELECT FROM decisions later WHERE later.stream_id = d.stream_id AND later.position > d.position
)
"""


class AbandonedImports:
    """Looks for them, and has it said that they have failed: the same files go on with them."""

    def __init__(self, pool: asyncpg.Pool, importer: Importer) -> None:
        """Find them in this database, and have this importer say so."""
        self._pool = pool
        self._importer = importer
        self._looked_at = float("-inf")
        self._free: set[UUID] = set()  # of which nobody held the lock when it was last looked at

    async def look_when_due(self) -> int:
        """Look, where that is due; there is nothing left to do after it."""
        if time.monotonic() - self._looked_at >= REST_SECONDS:
            await self.look()
            self._looked_at = time.monotonic()
        return 0

    async def look(self) -> None:
        """Look at each: whom nobody carries out now, nor did at the last look, is abandoned.

        Whoever carries one out may have lost their line, and with it the lock, a moment ago.
        """
        said = {row["stream_id"] for row in await self._pool.fetch(SAY_THAT_THEY_RUN)}
        free = {each for each in said if await self._importer.is_free(each)}
        for each in free & self._free:
            await self._end(each)
        self._free = free

    async def _end(self, import_: UUID) -> None:
        try:
            await self._importer.end_if_abandoned(import_)
        except EventUnread as unread:
            log.warning("an abandoned import waits for a release that can read an event", **unread.facts)
