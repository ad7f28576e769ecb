"""Who is told: whoever can act on it now, and when it is done, whoever had been told that they could."""

from collections.abc import Sequence
from datetime import date

import asyncpg

from shared.governance.notifications.notification_types import NotificationType
from shared.governance.notifications.payloads import party_of
from shared.governance.scheme.domain import SCHEME_ID, Scheme
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import State
from shared.record.database import Connection
from shared.record.eventstore.store import EventStore
from shared.record.projecting.views import STILL_VALID
from shared.web.context import NotificationSubject

TURNS = frozenset(
    {
        NotificationType.APPROVAL_REQUESTED,
        NotificationType.APPROVAL_DUE_SOON,
        NotificationType.APPROVAL_OVERDUE,
        NotificationType.APPROVAL_ESCALATED,
    }
)
# What a tier, or a party, is told beside turns to approve.
TO_A_PARTY = frozenset({NotificationType.TURN_BEGAN, NotificationType.CASE_SLOW})
OVER = frozenset({NotificationType.APPROVAL_DECIDED, NotificationType.APPROVAL_SUPERSEDED})
TO_WHOEVER_ASKED = frozenset(
    {
        NotificationType.REQUEST_ENDED,
        NotificationType.CONTRACT_DATE_NEAR,
        NotificationType.CONTRACT_DATE_MISSED,
        NotificationType.CONTRACT_NOTICE_DUE,
        NotificationType.CONTRACT_NOTICE_MISSED,
        NotificationType.PLAN_DUE_SOON,
        NotificationType.PLAN_OVERDUE,
        NotificationType.MILESTONE_DUE_SOON,
        NotificationType.MILESTONE_OVERDUE,
        NotificationType.ENDPOINT_FAILING,
        NotificationType.ENDPOINT_DISABLED,
    }
)

STOOD_IN_FOR = f"""
SELECT delegator, delegate FROM delegations
WHERE delegator = ANY ($1) AND valid_to = {STILL_VALID} AND NOT ended AND NOT waiting
  AND first_day <= $2 AND last_day >= $2
ORDER BY first_position
"""
# Whoever was told of a turn on a case, and has not been told since that it is over.
TOLD = """
SELECT DISTINCT person FROM notifications n CROSS JOIN unnest(n.people) AS person
WHERE n.case_id = $1 AND n.id < $2 AND n.type = ANY ($3) AND ($4 = '' OR n.tier = $4)
  AND n.id > coalesce((SELECT max(o.id) FROM notifications o
      WHERE o.case_id = $1 AND o.id < $2 AND o.type = ANY ($5) AND ($4 = '' OR o.tier = $4)), 0)
ORDER BY person
"""


class Recipients:
    """Finds people by the scheme and the delegations in force."""

    def __init__(self, store: EventStore) -> None:
        """Read the scheme of this record."""
        self._store = store

    async def of(
        self, connection: Connection, row: asyncpg.Record, subject: NotificationSubject, state: State
    ) -> list[str]:
        """Return who is told of a notification, each once; never whoever caused it."""
        kind = NotificationType(row["type"])
        if kind in TO_WHOEVER_ASKED:
            found = [subject.requester(state)]
        elif kind in TO_A_PARTY and (party := party_of(row["told_tier"])):
            found = [*subject.party(state, party)]
        elif kind in TURNS or (kind in TO_A_PARTY and row["tier"]):
            found = await self._of_the_tier(connection, row, subject.barred(state))
        elif kind in OVER:
            kinds = [[each.value for each in some] for some in (TURNS, OVER)]
            told = await connection.fetch(TOLD, row["case_id"], row["id"], kinds[0], row["tier"], kinds[1])
            found = [each["person"] for each in told]
        else:
            found = list(row["people"])
        return [person for person in dict.fromkeys(found) if person and person != row["caused_by"]]

    async def _of_the_tier(
        self, connection: Connection, row: asyncpg.Record, barred: Sequence[str]
    ) -> list[str]:
        """Return who stands on a tier, or stands in for one who does; the absent are not told.

        What is escalated within a tier is told to its stand-ins only: the others know.
        """
        scheme = (await self._store.load(SCHEME_ID, Scheme(), row["position"])).state
        day = day_in_london(row["happened_at"])
        tier = row["told_tier"] or row["tier"]
        approvers = scheme.standing_on(tier, day)
        able = await self._in_their_place(connection, approvers, day, scheme.deciding_for(tier, day))
        if row["type"] == NotificationType.APPROVAL_ESCALATED and not row["told_tier"]:
            able = [person for person in able if person not in approvers]
        return [person for person in able if person not in barred]

    async def _in_their_place(
        self, connection: Connection, people: list[str], day: date, may: Sequence[str] | None
    ) -> list[str]:
        """Return people, or whoever decides for them; of those, where not everybody may, who may."""
        stand_ins: dict[str, list[str]] = {}
        for delegator, delegate in await connection.fetch(STOOD_IN_FOR, people, day):
            if may is None or delegate in may:
                stand_ins.setdefault(delegator, []).append(delegate)
        return [able for person in people for able in stand_ins.get(person, [person])]
