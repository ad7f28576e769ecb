"""How many connections the service needs, and how many the database lets it have."""

import asyncpg
import structlog

from shared.settings import Settings

APART = 1  # of each process, beside its pool: the one that asks whether the database is there

# `reserved_connections` came with PostgreSQL 16.
ALLOWED = """
SELECT least(
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
    - coalesce(current_setting('reserved_connections', true)::int, 0),
    (SELECT CASE WHEN rolconnlimit < 0 THEN 1000000 ELSE rolconnlimit END FROM pg_roles
     WHERE rolname = current_user)
)
"""

log = structlog.get_logger(__name__)


def needed(settings: Settings) -> int:
    """Return how many connections `PROCESSES` that serve, and one that works beside them, hold together."""
    return (settings.processes + 1) * (settings.database_pool + APART)


def needs_sentence(settings: Settings) -> str:
    """Say how many connections are needed, and how that is reckoned."""
    return (
        f"PROCESSES={settings.processes} that serve and a worker each hold"
        f" DATABASE_POOL={settings.database_pool}"
        f" and {APART} more: {needed(settings)} connections, which `max_connections` and the role's own limit"
        " must allow beside everybody else's."
    )


async def warn_of_needs(pool: asyncpg.Pool, settings: Settings) -> None:
    """Log where the database allows fewer connections than all processes together hold."""
    allowed = await pool.fetchval(ALLOWED)
    if allowed < needed(settings):
        log.warning("too few connections allowed", allowed=allowed, do=needs_sentence(settings))
