"""How far each view has come: read and moved in the transaction that writes its rows."""

from collections.abc import Iterable

from shared.record.database import Connection
from shared.record.eventstore.unread import UnreadMark
from shared.record.projecting.rows import Written
from shared.record.projecting.views import STILL_VALID, StateView, View, columns_of

MOVED = "views_moved"
STAND = "UPDATE views SET position = $2, stopped = $3, unread = $4 WHERE name = $1"
MET = (
    "INSERT INTO unread_events (position, stream_id, kind, topic, why) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT DO NOTHING"
)


async def positions(connection: Connection, *, lock: bool = False) -> dict[str, int]:
    """Return the position of every view that has not been stopped; hold them still where asked."""
    rows = await connection.fetch(
        "SELECT name, position FROM views WHERE stopped IS NULL ORDER BY name"
        + (" FOR UPDATE" if lock else "")
    )
    return {row["name"]: row["position"] for row in rows}


async def move(connection: Connection, names: Iterable[str], position: int) -> None:
    """Say that views have come as far as a position, if not further, and tell those who wait for it."""
    await connection.execute(
        "UPDATE views SET position = greatest(position, $2) WHERE name = ANY ($1)", list(names), position
    )
    await connection.execute(
        f"SELECT pg_notify('{MOVED}', coalesce(min(position), 0)::text) FROM views WHERE stopped IS NULL"
    )


async def stand(connection: Connection, name: str, position: int, cause: UnreadMark) -> None:
    """Let a view stand at a position, before an event that this release can't read, and say so."""
    await connection.execute(STAND, name, position, cause.sentence(), cause.position)
    await connection.execute(MET, cause.position, cause.stream_id, cause.kind, cause.topic, cause.why)


async def write(connection: Connection, view: View, written: Written, table: str | None = None) -> None:
    """Add a block's rows to a view's table; end the rows that they follow."""
    table = table or view.name
    if isinstance(view, StateView) and written.closed:
        await connection.execute(
            f"UPDATE {table} t SET valid_to = u.at FROM unnest($1::uuid[], $2::bigint[]) u (id, at)"
            f" WHERE t.id = u.id AND t.valid_to = {STILL_VALID}",
            list(written.closed),
            list(written.closed.values()),
        )
    if written.rows:
        await connection.copy_records_to_table(table, records=written.rows, columns=columns_of(view))
