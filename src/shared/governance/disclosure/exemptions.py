"""What is exempt, kept at hand by position: read again only where the views have come further since."""

import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import asyncpg

from shared.kernel.errors import NotReady
from shared.record.eventstore.group_reader import Gathered
from shared.record.projecting.views import STILL_VALID
from shared.record.projecting.visibility import Visibility

# A process may hear late how far the views have come; nothing is taken for current for longer than this.
LOOKED_SECONDS = 1.0

LOOK = """
SELECT EXISTS (SELECT FROM exemptions WHERE valid_from > $1) AS changed,
       EXISTS (SELECT FROM views WHERE name = 'exemptions' AND stopped IS NOT NULL) AS stopped,
       (SELECT position FROM views WHERE name = 'exemptions') AS position
"""
IN_FORCE = (
    "SELECT matter_id, matter_version, fields, paragraph FROM exemptions"
    f" WHERE valid_to = {STILL_VALID} AND status = 'in_force'"
)


class ExemptionsNotKnown(NotReady):
    """What is exempt can't be told just now, so it can only be read by those who may read all of it."""


class Exempted(NamedTuple):
    """What is exempt of one thing, or of one decision on it."""

    matter_version: int
    fields: tuple[str, ...]
    paragraph: int


Kept = Mapping[UUID, Sequence[Exempted]]


class Exemptions:
    """The exemptions in force, as of the position that the views have come to."""

    def __init__(self, pool: asyncpg.Pool, visibility: Visibility) -> None:
        """Read them through this pool, whenever the views have come further."""
        self._pool = pool
        self._visibility = visibility
        self._position = -1
        self._read_to = -1  # how far their own view had come
        self._looked_at = float("-inf")
        self._kept: Kept = {}
        self._stopped = False
        self._looks: Gathered[str, None] = Gathered(self._look, None)

    async def in_force(self, *, entitled: bool = False) -> Kept:
        """Return what is exempt of each thing of which something is.

        While their view has stopped, something may be exempt that is not known to be: then it refuses, but
        for a reader who is entitled to all of it.
        """
        moved = self._visibility.position != self._position
        if moved or time.monotonic() - self._looked_at > LOOKED_SECONDS:
            await self._looks.of("")
        if self._stopped and not entitled:
            raise ExemptionsNotKnown
        return self._kept

    async def _look(self, _: Sequence[str]) -> Mapping[str, None]:
        """Read them all again where any has changed since their view stood where they were read.

        A view that stopped may go on, or be rebuilt, behind what the others have come to meanwhile: until it
        has come as far, something may be exempt that is not known to be; then all of them are read anew.
        """
        position, now = self._visibility.position, time.monotonic()
        row = await self._pool.fetchrow(LOOK, self._read_to)
        assert row is not None, "it asks for one row"
        reached = position if row["position"] is None else row["position"]
        self._stopped = row["stopped"] or reached < position
        if row["changed"] or self._read_to < 0:
            self._kept = _by_thing(await self._pool.fetch(IN_FORCE))
        self._read_to = -1 if self._stopped else reached
        self._position, self._looked_at = position, now
        return {}


def _by_thing(rows: Sequence[asyncpg.Record]) -> Kept:
    kept: dict[UUID, list[Exempted]] = {}
    for thing, version, fields, paragraph in rows:
        kept.setdefault(UUID(str(thing)), []).append(Exempted(version, tuple(fields.split()), paragraph))
    return kept
