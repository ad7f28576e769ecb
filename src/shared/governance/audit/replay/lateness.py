"""Which approvals came late: after the day by which the scheme of that time wanted the stage over."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.governance.scheme.domain import SCHEME_ID, Scheme
from shared.governance.scheme.lateness import MORE_DAYS, late, more_days
from shared.kernel.roles import Role
from shared.record.eventstore.reader import Reader
from shared.record.eventstore.unread import name_of
from shared.web.reads.readings import Reading

# Of each decision by an approver: the stage its case was in, and since when. A decision says the stage that
# it leads to, so a case entered a stage with the last decision that says another than the one before it.
DECIDED = """
WITH asked AS (
    SELECT position, stream_id FROM decisions
    WHERE position <= $1 AND happened_at >= $2 AND happened_at < $3 AND authority = $4
), steps AS (
    SELECT position, stream_id, happened_at, lag(stage) OVER cases AS stage,
           CASE WHEN stage IS DISTINCT FROM lag(stage) OVER cases THEN happened_at END AS entered,
           CASE WHEN stage IS DISTINCT FROM lag(stage) OVER cases THEN position END AS entered_with
    FROM decisions
    WHERE position <= $1 AND stage <> '' AND stream_id IN (SELECT stream_id FROM asked)
    WINDOW cases AS (PARTITION BY stream_id ORDER BY position)
), since AS (
    SELECT position, stream_id, happened_at, stage,
           max(entered) OVER earlier AS since, max(entered_with) OVER earlier AS entered_with
    FROM steps
    WINDOW earlier AS (
        PARTITION BY stream_id ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
)
SELECT position, stream_id, happened_at, stage, since, entered_with FROM since
WHERE position IN (SELECT position FROM asked) AND since IS NOT NULL ORDER BY position
"""
GAVE_MORE = """
SELECT position FROM decisions WHERE decision = ANY ($1) AND stream_id = ANY ($2) AND position <= $3
"""


async def late_by_the_scheme(reading: Reading, start: datetime, end: datetime, until: int) -> list[int]:
    """Return the positions of those decisions in [start, end) that came late, in order."""
    rows = await reading.pool.fetch(DECIDED, until, start, end, Role.APPROVER.value)
    scheme = await scheme_at(reading.record, until)
    more = await _more_days(reading, {row["stream_id"] for row in rows}, until)
    decided = ({**row, "extra": _within(more[row["stream_id"]], dict(row))} for row in rows)
    return list(late(decided, scheme))


def _within(more: Iterable[tuple[int, int]], row: Mapping[str, Any]) -> int:
    """Return the days that a case was given since it entered the stage in which it was decided on."""
    return sum(days for position, days in more if row["entered_with"] < position <= row["position"])


async def _more_days(
    reading: Reading, cases: Iterable[UUID], until: int
) -> Mapping[UUID, list[tuple[int, int]]]:
    """Return by case which decisions gave it more working days in its stage, and how many."""
    found: defaultdict[UUID, list[tuple[int, int]]] = defaultdict(list)
    rows = await reading.pool.fetch(GAVE_MORE, list(MORE_DAYS), list(cases), until)
    for recorded in await reading.record.at([row["position"] for row in rows]):
        said: Any = recorded.envelope["data"]
        found[recorded.stream_id].append((recorded.position, more_days(name_of(recorded), said)))
    return found


async def scheme_at(record: Reader, until: int) -> Scheme:
    """Return the scheme as adopted by a position."""
    scheme: Any = Scheme()
    for recorded in await record.stream(SCHEME_ID, until):
        scheme = recorded.event.apply(scheme)
    found: Scheme = scheme
    return found
