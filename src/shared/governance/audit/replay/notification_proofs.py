"""Proof of telling: who was told of a case by which way, when they first looked, and when they decided."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from shared.kernel.calendar import LONDON
from shared.kernel.messages import Recorded
from shared.kernel.roles import Role
from shared.web.reads.readings import Reading

TOLD_LATE_HOURS = 24
WAYS = {"teams": "Teams", "teams-workflow": "a channel of Teams"}  # all others are called what they are
TELLINGS = """
WITH ways AS (
    SELECT d.id, d.notification_id, d.target_kind, d.status, split_part(d.target, ':', 2) AS person,
           (SELECT min(a.answered_at) FROM delivery_attempts a
            WHERE a.delivery_id = d.id AND a.outcome = 'delivered') AS accepted_at
    FROM deliveries d JOIN notifications n ON n.id = d.notification_id WHERE n.case_id = $1
)
SELECT n.id, n.type, n.tier, n.position, n.sequence, n.happened_at, p.person, w.target_kind, w.status,
       w.accepted_at, l.looked_at
FROM notifications n CROSS JOIN LATERAL (
    SELECT unnest(n.people) AS person
    UNION SELECT '' WHERE EXISTS (SELECT FROM ways x WHERE x.notification_id = n.id AND x.person = '')
) p
LEFT JOIN ways w ON w.notification_id = n.id AND w.person = p.person
LEFT JOIN first_looks l ON l.notification_id = n.id AND l.person = p.person
WHERE n.case_id = $1 AND n.position <= $2 AND n.spread_at IS NOT NULL
ORDER BY n.id, p.person, w.id
"""
# What answers a tier's turn: approvers also hold, extend and moderate, which is nobody's turn to be told of.
ANSWERS = (
    "ApprovalGranted",
    "ApprovalRefused",
    "AwardApproved",
    "AwardRefused",
    "KeyDecisionRefused",
    "KeyDecisionTaken",
    "OrderApproved",
    "OrderRefused",
    "RenewalDecisionApproved",
    "RenewalDecisionRefused",
    "RfpReturnedForRework",
    "TakeoverConfirmed",
    "WaiverGranted",
    "WaiverRefused",
)
# Decisions of approvers on a turn that somebody was to be told of, and of which whoever took them, or the
# people of their tier's channel, had not been told within a day of its beginning and before deciding.
# Answers are dated by the database's clock, and so by that is what was decided before or after them.
TOLD_LATE = f"""
SELECT d.position FROM decisions d CROSS JOIN LATERAL (
    SELECT n.id, n.happened_at FROM notifications n
    WHERE n.case_id = d.stream_id AND n.position < d.position AND n.type = 'approval.requested'
    ORDER BY n.id DESC LIMIT 1
) asked
WHERE d.position <= $1 AND d.happened_at >= $2 AND d.happened_at < $3 AND d.authority = $4
  AND d.decision = ANY ($5)
  AND NOT EXISTS (
    SELECT FROM deliveries w JOIN delivery_attempts a ON a.delivery_id = w.id AND a.outcome = 'delivered'
    WHERE w.notification_id = asked.id AND a.answered_at <= d.recorded_at
      AND a.answered_at <= asked.happened_at + interval '{TOLD_LATE_HOURS} hours'
      AND (split_part(w.target, ':', 2) IN (d.by, d.acting_for) OR w.target_kind = 'teams-workflow'))
ORDER BY d.position
"""


class Telling(BaseModel):
    """One telling of one person or program by one way; without a way, nobody could tell them."""

    about: str = Field(examples=["approval.requested"])
    tier: str
    person: str = Field(description="Blank: a program, or a channel, of nobody in particular.")
    way: str = Field(examples=["mail"])
    status: str = Field(description="Blank where there was no way.", examples=["delivered"])
    happened_at: datetime
    accepted_at: datetime | None = Field(description="When the other side took it.")
    first_looked_at: datetime | None = Field(description="Their first signed-in read of the case after it.")
    decided_at: datetime | None = Field(description="Their next decision on the case.")
    sentence: str


async def tellings(reading: Reading, case_id: UUID, events: Sequence[Recorded]) -> list[Telling]:
    """Return who was told of a case by a reading's time, oldest first."""
    rows = await reading.pool.fetch(TELLINGS, case_id, reading.position)
    return [telling(dict(row), events, reading.as_of) for row in rows]


def telling(row: Mapping[str, Any], events: Sequence[Recorded], as_of: datetime) -> Telling:
    """Return one telling as it was known by an instant, from the events of its case by then."""
    person = row["person"]
    decided = next((event.happened_at for event in events if _follows(event, row)), None)
    by_then = {
        "accepted_at": _by(row["accepted_at"], as_of),
        "first_looked_at": _by(row["looked_at"], as_of),
        "decided_at": decided if person else None,
    }
    return Telling(
        about=row["type"],
        tier=row["tier"],
        person=person,
        way=row["target_kind"] or "",
        status=row["status"] or "",
        happened_at=row["happened_at"],
        **by_then,
        sentence=_sentence(person, row["type"], row["target_kind"] or "", **by_then),
    )


def _follows(recorded: Recorded, row: Mapping[str, Any]) -> bool:
    """Say whether an event is what somebody who was told decided afterwards."""
    return recorded.version > row["sequence"] and row["person"] in (
        recorded.by,
        recorded.envelope.get("acting_for"),
    )


def _by(instant: datetime | None, as_of: datetime) -> datetime | None:
    return instant if instant is not None and instant <= as_of else None


def _sentence(
    person: str,
    about: str,
    way: str,
    *,
    accepted_at: datetime | None,
    first_looked_at: datetime | None,
    decided_at: datetime | None,
) -> str:
    """Return a telling in words, with London's clocks."""
    whom, of_it = person or "a program", f"({about.replace('.', ' ').replace('-', ' ')})"
    by_way = f"was told {clock(accepted_at)} by {WAYS.get(way, way)}" if accepted_at else "was not told"
    told = f"{whom} {by_way} {of_it}"
    looked = f", first looked at it {clock(first_looked_at)}" if first_looked_at else ""
    decided = f", decided {clock(decided_at)}" if decided_at else ""
    return f"{told}{looked}{decided}."


def clock(instant: datetime) -> str:
    """Return an instant as London's clocks show it."""
    local = instant.astimezone(LONDON)
    return f"on {local.day} {local:%B %Y} at {local:%H:%M}"


async def told_late(reading: Reading, start: datetime, end: datetime, until: int) -> list[int]:
    """Return the positions of approvers' decisions in [start, end) who were told late, or not at all."""
    rows = await reading.pool.fetch(TOLD_LATE, until, start, end, Role.APPROVER.value, ANSWERS)
    return [row["position"] for row in rows]
