"""Imports that say they run though nobody carries them out: a process died, or the database went away."""

import time

import asyncpg

from shared.flow.imports.importer import Importer

REST_SECONDS = 10.0  # between looks: somebody may be waiting for its end

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
        self._not_before = 0.0

    async def look_when_due(self) -> int:
        """Look, where that is due; there is nothing left to do after it."""
        if time.monotonic() >= self._not_before:
            await self.look()
            self._not_before = time.monotonic() + REST_SECONDS
        return 0

    async def look(self) -> None:
        """Look at each once."""
        for row in await self._pool.fetch(SAY_THAT_THEY_RUN):
            await self._importer.end_if_abandoned(row["stream_id"])
