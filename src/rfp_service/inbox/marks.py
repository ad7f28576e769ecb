"""What somebody has read of what waits for them: no decision, and nobody else's business."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from shared.kernel.person import Person
from shared.record.database import Pool

MARK = """
INSERT INTO inbox_marks (person, thing, kind, position)
SELECT $1, thing, kind, max(position)
FROM unnest($2::uuid[], $3::text[], $4::bigint[]) AS m (thing, kind, position)
GROUP BY thing, kind ORDER BY thing, kind
ON CONFLICT (person, thing, kind) DO UPDATE
SET position = greatest(inbox_marks.position, excluded.position), marked_at = now()
"""
MARKED = """
SELECT thing, kind, max(position) FROM inbox_marks
WHERE person = ANY ($1) AND thing = ANY ($2) GROUP BY thing, kind
"""

Marks = Mapping[tuple[UUID, str], int]  # of each wait, up to which position it was read


async def keep_marks(pool: Pool, person: Person, marks: Iterable[tuple[UUID, str, int]]) -> None:
    """Keep that somebody has read these, as they stood at these positions."""
    columns = [list(column) for column in zip(*marks, strict=True)]
    await pool.execute(MARK, person.id, *columns)


async def marks_of(pool: Pool, person: Person, things: Iterable[UUID]) -> Marks:
    """Return what somebody has read of some things, by whichever account."""
    rows = await pool.fetch(MARKED, list(person.ids), list(things))
    return {(UUID(str(thing)), kind): position for thing, kind, position in rows}
