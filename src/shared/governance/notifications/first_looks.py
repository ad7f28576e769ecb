"""First looks: when whoever was told of a case first read it, one row for each telling and person."""

from collections.abc import AsyncIterator
from uuid import UUID

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency

from shared.web.core_service import core_service

# While a telling is still on its way to somebody, what they read they don't read because of it.
FIRST_LOOK = """
INSERT INTO first_looks (notification_id, person)
SELECT n.id, p.person FROM notifications n CROSS JOIN unnest(n.people) AS p (person)
WHERE n.case_id = $1 AND n.spread_at IS NOT NULL AND n.people && $2::text[] AND p.person = ANY ($2)
  AND NOT EXISTS (SELECT FROM first_looks l WHERE l.notification_id = n.id AND l.person = p.person)
  AND NOT EXISTS (
      SELECT FROM deliveries d
      WHERE d.notification_id = n.id AND split_part(d.target, ':', 2) = p.person AND d.status = 'pending')
ON CONFLICT DO NOTHING
"""


async def _look(request: Request) -> AsyncIterator[None]:
    """Keep that somebody read a case, once they have; nothing where they were refused."""
    yield
    [case_id] = request.path_params.values()
    await core_service(request).pool.execute(FIRST_LOOK, UUID(str(case_id)), list(request.state.person.ids))


def noted() -> Dependency:
    """Return a dependency that keeps who first read a case that they were told of; for reads of one."""
    dependency: Dependency = Depends(_look)
    return dependency
