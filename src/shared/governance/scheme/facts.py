"""What the rules need to know of the scheme, read as at one position and given to them in `Known`."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

import asyncpg

from shared.governance.scheme.domain import SCHEME_ID, Scheme, Version
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Known
from shared.kernel.person import Person
from shared.kernel.rules import Rules
from shared.record.eventstore.group_reader import Gathered
from shared.record.eventstore.store import EventStore

# One look: where the record stands, and whether the scheme has changed since it was last read.
STANDING = """
SELECT (SELECT position FROM event_head),
       (SELECT coalesce(max(originator_version), 0) FROM stored_events WHERE originator_id = $1)
"""


class SchemeFacts:
    """Tells what the scheme says now; the scheme itself is folded again only when it has changed."""

    def __init__(self, pool: asyncpg.Pool, store: EventStore) -> None:
        """Read the scheme of this record."""
        self._pool = pool
        self._store = store
        self._version = 0
        self._standing: Gathered[UUID, tuple[int, int]] = Gathered(self._look, (0, 0))
        self.scheme = Scheme()
        self._made: Rules | None = None
        self._made_for: tuple[int, date] | None = None

    @property
    def version(self) -> int:
        """Return the version of the scheme's stream that was read last."""
        return self._version

    async def known(self, person: Person) -> Known:
        """Return what is known to a decision by this person, taken now."""
        position = await self.refresh()
        today = day_in_london(datetime.now(UTC))
        version = self.scheme.in_force(today)
        values = version.values
        tiers = values.tiers if values else []
        return Known(
            position=position,
            roles=tuple(role.value for role in person.roles),
            scheme_version=version.number,
            tiers=tuple(tier.as_known() for tier in tiers),
            own_tiers=values.tiers_of(*person.ids) if values else (),
            rules=self._rules(version, today),
        )

    def _rules(self, version: Version, today: date) -> Rules | None:
        """Return the rules of a version; they are the same all day."""
        if self._made_for != (version.number, today):
            self._made = version.values.rules(today) if version.values else None
            self._made_for = (version.number, today)
        return self._made

    async def refresh(self) -> int:
        """Read the scheme again where it has changed; return the position that this was read at."""
        position, version = await self._standing.of(SCHEME_ID)
        if version != self._version:
            stream = await self._store.load(SCHEME_ID, Scheme())
            self.scheme, self._version = stream.state, stream.version
        return position

    async def _look(self, schemes: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
        row = await self._pool.fetchrow(STANDING, *schemes)
        assert row is not None, "the head row is always there"
        return {SCHEME_ID: (row[0], row[1])}
