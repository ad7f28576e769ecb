"""Who is told: whoever can act on it now, and when it is done, whoever had been told that they could."""

from collections.abc import Sequence
from datetime import date

import asyncpg

from shared.governance.notifications.notification_types import NotificationType
from shared.governance.notifications.payloads import party_of
from shared.governance.people.domain import DIRECTORY_ID, Directory
from shared.governance.scheme.domain import SCHEME_ID, Scheme
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Known, State, Tier
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
TO_A_PARTY = frozenset(
    {
        NotificationType.TURN_BEGAN,
        NotificationType.CASE_SLOW,
        NotificationType.ROUND_OPENED,
        NotificationType.PIPELINE_NOTICE_DUE,
        NotificationType.PIPELINE_NOTICE_MISSED,
    }
)
OVER = frozenset(
    {NotificationType.APPROVAL_DECIDED, NotificationType.APPROVAL_SUPERSEDED, NotificationType.TURN_ENDED}
)
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
SELECT delegator, delegate, limit_pence FROM delegations
WHERE valid_to = {STILL_VALID} AND NOT ended AND NOT waiting AND first_day <= $1 AND last_day >= $1
ORDER BY first_position
"""
# Whoever had a role when they last signed in, unless that is long ago.
WITH_ROLES = """
SELECT id FROM people
WHERE roles && $1::text[] AND erased_at IS NULL AND roles_at > now() - interval '90 days' ORDER BY id
"""
# Whoever was told of a turn on a case, and has not been told since that it is over.
TOLD = """
SELECT DISTINCT person FROM notifications n CROSS JOIN unnest(n.people) AS person
WHERE n.case_id = $1 AND n.id < $2 AND n.type = ANY ($3) AND ($4 = '' OR n.tier = $4)
  AND n.id > coalesce((SELECT max(o.id) FROM notifications o
      WHERE o.case_id = $1 AND o.id < $2 AND o.type = ANY ($5) AND o.wait = ''
        AND ($4 = '' OR o.tier IN ('', $4))), 0)
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
            found = await self._of_the_party(connection, row, subject, state, party)
        elif kind in TURNS or (kind in TO_A_PARTY and row["tier"]):
            found = await self._of_the_tier(connection, row, subject, state)
        elif kind in OVER and not row["people"]:
            kinds = [[each.value for each in some] for some in (TURNS, OVER)]
            told = await connection.fetch(TOLD, row["case_id"], row["id"], kinds[0], row["tier"], kinds[1])
            found = [each["person"] for each in told]
        else:
            found = list(row["people"])
        return [person for person in dict.fromkeys(found) if person and person != row["caused_by"]]

    async def _of_the_party(
        self,
        connection: Connection,
        row: asyncpg.Record,
        subject: NotificationSubject,
        state: State,
        party: str,
    ) -> list[str]:
        """Return the people of a party; of a whole role, those who are there of those who have it."""
        if known := [person for person in subject.party(state, party) if person]:
            return known
        roles = [role.value for role in subject.roles(state, party)]
        directory = (await self._store.load(DIRECTORY_ID, Directory(), row["position"])).state
        day = day_in_london(row["happened_at"])
        found = [directory.person(each["id"]) for each in await connection.fetch(WITH_ROLES, roles)]
        return [person for person in found if not directory.is_away(person, day)]

    async def _of_the_tier(
        self, connection: Connection, row: asyncpg.Record, subject: NotificationSubject, state: State
    ) -> list[str]:
        """Return who stands on a tier, or stands in for one who does; the absent are not told.

        What is escalated within a tier is told to its stand-ins only: the others know.
        """
        scheme = (await self._store.load(SCHEME_ID, Scheme(), row["position"])).state
        directory = (await self._store.load(DIRECTORY_ID, Directory(), row["position"])).state
        day = day_in_london(row["happened_at"])
        values = scheme.in_force(day).values
        tiers = () if values is None else values.tiers
        known = Known(tiers=tuple(Tier(name=each.name, up_to_pence=each.up_to_pence) for each in tiers))
        tier = row["told_tier"] or row["tier"]
        approvers, may = scheme.standing_on(tier, day), scheme.deciding_for(tier, day)
        pence = subject.amount(state, known)
        live = [
            given
            for given in await connection.fetch(STOOD_IN_FOR, day)
            if given["limit_pence"] >= pence and (may is None or given["delegate"] in may)
        ]
        told = able_to_act(approvers, live, directory, day, subject.barred(state))
        if row["type"] == NotificationType.APPROVAL_ESCALATED and not row["told_tier"]:
            told = [person for person in told if person not in approvers]
        return told


def able_to_act(
    approvers: Sequence[str],
    live: Sequence[asyncpg.Record],
    directory: Directory,
    day: date,
    barred: Sequence[str],
) -> list[str]:
    """Return who can act for a tier: those on it who are there, and for the others who stands in for them.

    Where all of them are away and nobody stands in, they are told all the same: better late than nobody.
    """
    kept_out = {identity for person in barred for identity in directory.same(person)}
    on_it = [person for person in approvers if person not in kept_out]
    found = []
    for person in on_it:
        stand_ins = [
            given["delegate"]
            for given in live
            if given["delegator"] in directory.same(person)
            and given["delegate"] not in kept_out
            and not directory.is_away(given["delegate"], day)
        ]
        found += stand_ins or ([] if directory.is_away(person, day) else [person])
    return list(dict.fromkeys(found or on_it))
