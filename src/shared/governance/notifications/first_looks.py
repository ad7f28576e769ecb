"""First looks: when whoever was told of a case first read it, one row for each telling and person."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from shared.record.eventstore.group_reader import Gathered

Look = tuple[UUID, str]  # at which case, by whom

# While a telling is still on its way to somebody, what they read they don't read because of it.
FIRST_LOOKS = """
INSERT INTO first_looks (notification_id, person)
SELECT n.id, look.person
FROM unnest($1::uuid[], $2::text[]) AS look (case_id, person)
JOIN notifications n ON n.case_id = look.case_id AND look.person = ANY (n.people)
WHERE n.spread_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM first_looks l WHERE l.notification_id = n.id AND l.person = look.person)
  AND NOT EXISTS (
      SELECT FROM deliveries d
      WHERE d.notification_id = n.id AND split_part(d.target, ':', 2) = look.person AND d.status = 'pending')
ON CONFLICT DO NOTHING
"""


class FirstLooks:
    """Keeps who read what; looks of one moment are kept together."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        """Keep them through this pool."""
        self._pool = pool
        self._looks: Gathered[Look, None] = Gathered(self._keep, None)

    async def keep(self, case_id: UUID, ids: Sequence[str]) -> None:
        """Keep that somebody, by any of their ids, has read a case."""
        await self._looks.of_each([(case_id, each) for each in ids])

    async def _keep(self, looks: Sequence[Look]) -> dict[Look, None]:
        await self._pool.execute(FIRST_LOOKS, *map(list, zip(*looks, strict=True)))
        return {}
