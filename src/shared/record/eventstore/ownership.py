"""Whether the service's role could edit the record that it is only to append to."""

import asyncpg

from shared.settings import NotConfigured

# A role that owns a table can drop its triggers and edit it, and so can whoever may become its owner.
OWNED = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
AND pg_has_role(current_user, c.relowner, 'MEMBER') ORDER BY c.relname LIMIT 1
"""


async def must_own_nothing(pool: asyncpg.Pool) -> None:
    """Refuse a role that could edit the record: one that owns a table, directly or as a superuser."""
    owned = await pool.fetchval(OWNED)
    if owned is not None:
        raise NotConfigured(
            f"The role in DATABASE_URL must own no table, and it owns {owned}:"
            " let another role own the tables, in DATABASE_OWNER_URL."
        )
