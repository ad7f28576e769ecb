"""The people directory: names by id, kept out of events so that they can be erased."""

from collections.abc import Sequence

import asyncpg


async def remember(pool: asyncpg.Pool, people: Sequence[tuple[str, str]], source: str) -> None:
    """Write down who stands behind some ids, unless it is known already."""
    if people:
        await pool.execute(
            "INSERT INTO people (id, name, source) SELECT id, name, $3"
            " FROM unnest($1::text[], $2::text[]) AS p (id, name) ON CONFLICT (id) DO NOTHING",
            [person for person, _ in people],
            [name for _, name in people],
            source,
        )
