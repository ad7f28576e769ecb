"""Keeping the views that the database has the views that the program declares."""

from collections.abc import Sequence

from shared.record.database import Connection
from shared.record.eventstore.encoding import EnvelopeMapper, Topics
from shared.record.projecting.rebuilding import Granting, rebuild
from shared.record.projecting.unread import owing, resume
from shared.record.projecting.views import View, fingerprint


async def outdated(connection: Connection, views: Sequence[View]) -> list[View]:
    """Return the views that the database lacks or has in an older form."""
    rows = await connection.fetch("SELECT name, fingerprint FROM views")
    present = {row["name"]: row["fingerprint"] for row in rows}
    return [view for view in views if present.get(view.name) != fingerprint(view)]


async def keep(
    owner_url: str, connection: Connection, topics: Topics, views: Sequence[View], grant: Granting
) -> list[str]:
    """Rebuild what is new or changed, drop what is gone; return the names of what was rebuilt.

    What went past an event that could not be read, and now can, is rebuilt as well.
    """
    mapper = EnvelopeMapper(topics)
    old = await outdated(connection, views)
    old += [view for view in await owing(connection, mapper, views) if view not in old]
    names = [view.name for view in views]
    gone = await connection.fetch("DELETE FROM views WHERE name <> ALL ($1) RETURNING name", names)
    for row in gone:
        await connection.execute(f"DROP TABLE IF EXISTS {row['name']}")
    if old:
        await rebuild(owner_url, topics, old, grant=grant)
    await resume(connection, mapper, views)
    return [view.name for view in old]
