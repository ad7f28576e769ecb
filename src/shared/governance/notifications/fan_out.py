"""Spreading: each notification becomes a delivery for every target that it is for, in one transaction.

Endpoints are taken as they were when it happened: their view keeps every version by position. What is
exempt is withheld by what is known now, and in doubt. What a later release left that this one can't read is
left for that release, and holds up nothing else.
"""

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import asyncpg
import structlog

from shared.governance.notifications.choices import NotificationChoice, choice_of
from shared.governance.notifications.claims import DIGEST, MAIL, OF_PERSONS, TEAMS
from shared.governance.notifications.later_releases import LOOK_AGAIN_SECONDS, OF_A_LATER_RELEASE
from shared.governance.notifications.notification_types import TO_ONE_ENDPOINT, NotificationType
from shared.governance.notifications.payloads import payload
from shared.governance.notifications.recipients import OVER, TURNS, Recipients
from shared.governance.scheme.domain import SCHEME_ID, Scheme
from shared.kernel.calendar import WorkingDays
from shared.record.database import Connection
from shared.record.eventstore.store import EventStore
from shared.record.projecting.views import STILL_VALID
from shared.web.context import NotificationSubject

BLOCK = 100
MAILS_AT_ONCE = 5  # to one person, of one block
REST_SECONDS = 5.0  # where nothing else is to be spread

log = structlog.get_logger(__name__)

UNSPREAD = f"""
SELECT n.*, EXISTS (
    SELECT FROM exemptions x
    WHERE x.matter_id = n.case_id AND x.valid_to = {STILL_VALID} AND x.status = 'in_force'
) OR n.position > (SELECT v.position FROM views v WHERE v.name = 'exemptions') AS withheld
FROM notifications n
WHERE n.spread_at IS NULL AND n.id <> ALL ($1::bigint[])
  AND n.position <= (SELECT v.position FROM views v WHERE v.name = 'webhook_endpoints')
ORDER BY n.id LIMIT {BLOCK} FOR UPDATE OF n SKIP LOCKED
"""
ONLY_LEFT = """
SELECT NOT EXISTS (SELECT FROM notifications WHERE spread_at IS NULL AND id <> ALL ($1::bigint[]))
"""
SPREAD = """
UPDATE notifications SET spread_at = clock_timestamp(), area = $2, people = $3, body = $4 WHERE id = $1
"""
TO_ENDPOINTS = """
INSERT INTO deliveries (notification_id, target, target_kind, status)
SELECT n.id, e.id::text, e.target, CASE e.status WHEN 'active' THEN 'pending' ELSE 'held' END
FROM notifications n JOIN webhook_endpoints e ON e.valid_from <= n.position AND e.valid_to > n.position
WHERE n.id = $1 AND e.id <> n.case_id AND e.status IN ('active', 'paused', 'disabled')
  AND (e.types = '{}' OR n.type = ANY (e.types))
  AND (e.people = '{}' OR n.people && e.people)
  AND (e.teams = '{}' OR n.tier = ANY (e.teams) OR n.told_tier = ANY (e.teams))
  AND (e.areas = '{}' OR n.area = ANY (e.areas))
ORDER BY e.id ON CONFLICT (notification_id, target) DO NOTHING
"""
TO_PERSON = """
INSERT INTO deliveries (notification_id, target, target_kind, status, due_at)
VALUES ($1, $4 || ':' || $2, $4, 'pending', greatest($3, clock_timestamp()))
ON CONFLICT (notification_id, target) DO NOTHING
"""
# What would only be told later of a turn that is over by then is not told at all.
NO_LONGER = f"""
UPDATE deliveries d SET status = 'dropped', settled_at = clock_timestamp()
FROM notifications n, notifications over
WHERE over.id = $1 AND n.id = d.notification_id AND n.case_id = over.case_id AND n.id < over.id
  AND n.type = ANY ($2) AND (over.tier = '' OR n.tier = over.tier)
  AND n.wait = over.wait AND n.wait_turn = over.wait_turn
  AND (over.wait = '' OR split_part(d.target, ':', 2) = ANY ($3))
  AND {OF_PERSONS} AND d.status = 'pending' AND d.attempts = 0
RETURNING split_part(d.target, ':', 2) AS person
"""
# Who may have heard of the turn before, by another way or an earlier reminder, is told that it is over.
HAVE_HEARD = f"""
SELECT split_part(d.target, ':', 2) AS person
FROM notifications over JOIN notifications n ON n.case_id = over.case_id AND n.id < over.id
  JOIN deliveries d ON d.notification_id = n.id
WHERE over.id = $1 AND n.type = ANY ($2) AND (over.tier = '' OR n.tier = over.tier)
  AND n.wait = over.wait AND n.wait_turn = over.wait_turn
  AND {OF_PERSONS} AND d.attempts > 0 AND split_part(d.target, ':', 2) = ANY ($3)
  AND n.id > coalesce((SELECT max(o.id) FROM notifications o
      WHERE o.case_id = over.case_id AND o.id < over.id AND o.type = ANY ($4)
        AND o.wait = over.wait AND o.wait_turn = over.wait_turn
        AND (over.tier = '' OR o.tier IN ('', over.tier))
        AND (over.wait = '' OR split_part(d.target, ':', 2) = ANY (o.people || o.caused_by))), 0)
"""
TO_ONE = """
INSERT INTO deliveries (notification_id, target, target_kind, status)
SELECT n.id, e.id::text, e.target, 'pending'
FROM notifications n JOIN webhook_endpoints e
  ON e.id = n.case_id AND e.valid_from <= n.position AND e.valid_to > n.position
WHERE n.id = $1 ON CONFLICT (notification_id, target) DO NOTHING
"""

# Whoever is told much at once, as when many things came in or a day brought them about, is told in one mail.
IN_ONE_MAIL = f"""
WITH many AS (
    SELECT target FROM deliveries
    WHERE notification_id = ANY ($1) AND target_kind = '{MAIL}' AND status = 'pending'
    GROUP BY target HAVING count(*) > {MAILS_AT_ONCE}
)
UPDATE deliveries d SET target_kind = '{DIGEST}', target = '{DIGEST}:' || split_part(d.target, ':', 2)
FROM many
WHERE d.target = many.target AND d.notification_id = ANY ($1) AND d.status = 'pending' AND d.attempts = 0
"""


class FanOut:
    """Turns what is to be told into deliveries."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        store: EventStore,
        subjects: Mapping[str, NotificationSubject],
        public_url: str,
        *,
        mails: bool = False,
    ) -> None:
        """Say of these subjects what may be said, with links to this address; by mail, too, or not."""
        self._pool = pool
        self._store = store
        self.subjects = subjects
        self._url = public_url
        self._mails = mails
        self._recipients = Recipients(store)
        self._left: dict[int, float] = {}  # what could not be spread, and when to look at it again

    async def spread(self) -> int:
        """Spread the next block of notifications; return how many were looked at.

        What can't be spread is in no block for a while, so that it fills none, whatever there is of it.
        """
        now = time.monotonic()
        self._left = {left: again_at for left, again_at in self._left.items() if again_at > now}
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(UNSPREAD, list(self._left))
            faults = [(row, fault) for row in rows if (fault := await self._fault_of(connection, row))]
            await connection.execute(IN_ONE_MAIL, [row["id"] for row in rows])
        if faults:
            self._leave(faults)
        return len(rows)

    def _leave(self, faults: Sequence[tuple[asyncpg.Record, Exception]]) -> None:
        """Leave for a while what could not be spread, and say so."""
        self._left |= {row["id"]: time.monotonic() + LOOK_AGAIN_SECONDS for row, _ in faults}
        row, fault = faults[0]
        log.warning(
            "this release can't tell of what a later one left, and leaves it",
            number=len(faults),
            notification=row["id"],
            type=row["type"],
            case_kind=row["case_kind"],
            exc_info=fault,
        )

    async def rest_seconds(self) -> float:
        """Return for how long there is nothing to spread but what could not be; none, where there is."""
        if self._left and await self._pool.fetchval(ONLY_LEFT, list(self._left)):
            return REST_SECONDS
        return 0.0

    async def _fault_of(self, connection: Connection, row: asyncpg.Record) -> Exception | None:
        """Spread one notification, all of it or nothing; return why it could not be."""
        try:
            async with connection.transaction():
                await self._one(connection, row)
        except OF_A_LATER_RELEASE as fault:
            return fault
        return None

    async def _one(self, connection: Connection, row: asyncpg.Record) -> None:
        subject = self.subjects[row["case_kind"]]
        state = (await self._store.load(row["case_id"], subject.blank, row["position"])).state
        kind = NotificationType(row["type"])
        people = await self._recipients.of(connection, row, subject, state)
        body = payload(
            dict(row),
            *subject.where(row["case_id"]),
            self._url,
            withheld=row["withheld"],
            challenge=secrets.token_urlsafe(32) if kind is NotificationType.ENDPOINT_CHALLENGE else "",
        )
        await connection.execute(SPREAD, row["id"], subject.area(state), people, body)
        await connection.execute(TO_ONE if kind in TO_ONE_ENDPOINT else TO_ENDPOINTS, row["id"])
        if kind in OVER:
            untold = await self._untold(connection, row)
            people = [person for person in people if person not in untold]
        await self._to_people(connection, row["id"], people)

    async def _untold(self, connection: Connection, row: asyncpg.Record) -> set[str]:
        """Drop what is still to be told of a turn that is over; return who has heard nothing of it."""
        turns = [each.value for each in (*TURNS, *([NotificationType.TURN_BEGAN] if row["wait"] else ()))]
        dropped = await connection.fetch(NO_LONGER, row["id"], turns, row["people"])
        if not (untold := {each["person"] for each in dropped}):
            return untold
        over = [each.value for each in OVER]
        heard = await connection.fetch(HAVE_HEARD, row["id"], turns, sorted(untold), over)
        return untold - {each["person"] for each in heard}

    async def _to_people(self, connection: Connection, notification: int, people: Sequence[str]) -> None:
        """Tell each of them by the ways that they chose, when their quiet hours are over."""
        closed = (await self._store.load(SCHEME_ID, Scheme())).state.closed_days()
        days, now = WorkingDays(closed), datetime.now(UTC)
        for person in people:
            choice = (await self._store.load(choice_of(person), NotificationChoice())).state
            for way, at in self._ways(choice, now, days):
                await connection.execute(TO_PERSON, notification, person, at, way)

    def _ways(
        self, choice: NotificationChoice, now: datetime, days: WorkingDays
    ) -> Iterator[tuple[str, datetime]]:
        """Yield the ways by which somebody wants to be told, each with its time."""
        if self._mails and choice.mail:
            digested = bool(choice.digest_at)
            yield (DIGEST, choice.digested_at(now, days)) if digested else (MAIL, choice.told_at(now, days))
        if choice.teams_address_id is not None:
            yield TEAMS, choice.told_at(now, days)
