"""Which approvals came late: after the day by which the scheme of that time wanted the stage over."""

from datetime import datetime
from typing import Any

from shared.governance.scheme.domain import SCHEME_ID, Scheme
from shared.governance.scheme.lateness import late
from shared.kernel.roles import Role
from shared.record.eventstore.reader import Reader
from shared.web.reads.readings import Reading

# Of each decision by an approver: the stage its case was in, and since when. A decision says the stage that
# it leads to, so a case entered a stage with the last decision that says another than the one before it.
DECIDED = """
WITH asked AS (
    SELECT position, stream_id FROM decisions
    WHERE position <= $1 AND happened_at >= $2 AND happened_at < $3 AND authority = $4
), steps AS (
    SELECT position, stream_id, happened_at, lag(stage) OVER cases AS stage,
           CASE WHEN stage IS DISTINCT FROM lag(stage) OVER cases THEN happened_at END AS entered
    FROM decisions
    WHERE position <= $1 AND stage <> '' AND stream_id IN (SELECT stream_id FROM asked)
    WINDOW cases AS (PARTITION BY stream_id ORDER BY position)
), since AS (
    SELECT position, happened_at, stage, max(entered) OVER (
        PARTITION BY stream_id ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS since
    FROM steps
)
SELECT position, happened_at, stage, since FROM since
WHERE position IN (SELECT position FROM asked) AND since IS NOT NULL ORDER BY position
"""


async def late_by_the_scheme(reading: Reading, start: datetime, end: datetime, until: int) -> list[int]:
    """Return the positions of those decisions in [start, end) that came late, in order."""
    rows = await reading.pool.fetch(DECIDED, until, start, end, Role.APPROVER.value)
    scheme = await scheme_at(reading.record, until)
    return list(late([dict(row) for row in rows], scheme))


async def scheme_at(record: Reader, until: int) -> Scheme:
    """Return the scheme as adopted by a position."""
    scheme: Any = Scheme()
    for recorded in await record.stream(SCHEME_ID, until):
        scheme = recorded.event.apply(scheme)
    found: Scheme = scheme
    return found
