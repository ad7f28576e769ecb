"""The table of deliveries: claimed for a time, each attempt noted before it is made and judged after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from shared.governance.notifications.places import (
    AT_ONE_ENDPOINT,
    FIRST_FEW,
    MAILS_LIMIT,
    WORKFLOWS_LIMIT,
    SendingPlaces,
)
from shared.governance.notifications.retries import BREAKS_AFTER, RELEASE_SECONDS, TargetHealth
from shared.governance.notifications.transport import ReceiverAnswer
from shared.record.database import Connection
from shared.record.projecting.views import STILL_VALID

# Each endpoint has its own places: one that is dead or hangs holds up no other.
ABLE = f"""
SELECT e.id::text AS target, e.in_order,
       CASE WHEN e.in_order OR coalesce(h.failures, 0) >= {BREAKS_AFTER} THEN 1
            ELSE least({AT_ONE_ENDPOINT}, coalesce(known.places, {FIRST_FEW})) END AS places,
       (SELECT count(*) FROM deliveries f
        WHERE f.target = e.id::text AND f.status = 'pending' AND f.leased_until >= now()) AS held
FROM webhook_endpoints e LEFT JOIN target_health h ON h.target = e.id::text
    LEFT JOIN unnest($3::text[], $4::int[]) AS known (target, places) ON known.target = e.id::text
WHERE e.valid_to = {STILL_VALID} AND e.status IN ('active', 'unverified')
  AND (h.open_until IS NULL OR h.open_until <= now())
"""
DIGEST_LIMIT = 200  # of things in one digest: the next one holds what is left
MAIL = "mail"  # the mail server is one target, whomever something is for
TEAMS = "teams"  # a person's own workflow is a target of its own
DIGEST = "digest"  # one mail with all that is due to a person
PERSONAL = (MAIL, TEAMS, DIGEST)
MAILED = (MAIL, DIGEST)
OF_PERSONS = "d.target_kind IN ('mail', 'teams', 'digest')"
LANE = "CASE WHEN d.target_kind IN ('mail', 'digest') THEN 'mail' ELSE d.target END"
DUE = """
d.status = 'pending' AND d.due_at <= now() AND (d.leased_until IS NULL OR d.leased_until < now())
"""
FIRST_PENDING = "SELECT min(f.id) FROM deliveries f WHERE f.target = d.target AND f.status = 'pending'"
RESTED = f"NOT EXISTS (SELECT FROM target_health h WHERE h.target = {LANE} AND h.open_until > now())"
# The first few of each target come before what goes beyond them at any, which leaves some places free.
CHOSEN = f"""
able AS ({ABLE}), due AS (
    SELECT first.id,
           a.held + row_number() OVER (PARTITION BY a.target ORDER BY first.due_at, first.id) AS place
    FROM able a CROSS JOIN LATERAL (
        SELECT d.id, d.due_at FROM deliveries d WHERE d.target = a.target AND {DUE}
          AND (NOT a.in_order OR d.id = ({FIRST_PENDING}))
        ORDER BY d.due_at, d.id LIMIT greatest(0, a.places - a.held)
    ) first
), chosen AS (
    SELECT id FROM (SELECT id, place, row_number() OVER (ORDER BY place, id) AS number FROM due) ranked
    WHERE place <= {FIRST_FEW} OR number <= $5 ORDER BY number LIMIT $1
)"""
CHOSEN_MESSAGES = f"""
chosen AS (
    (SELECT d.id FROM deliveries d WHERE {OF_PERSONS} AND d.target_kind = 'mail' AND {DUE} AND {RESTED}
     ORDER BY d.due_at, d.id LIMIT $1)
    UNION ALL
    (SELECT d.id FROM deliveries d WHERE {OF_PERSONS} AND d.target_kind = 'teams' AND {DUE} AND {RESTED}
     ORDER BY d.due_at, d.id LIMIT $3)
)"""
# All that is due to the person whose digest is due first, of what was looked at.
CHOSEN_DIGEST = f"""
first AS (
    SELECT d.target FROM deliveries d WHERE d.target_kind = 'digest' AND d.id = ANY ($1::bigint[])
      AND {DUE} AND {RESTED} ORDER BY d.due_at, d.id LIMIT 1
), chosen AS (
    SELECT d.id FROM deliveries d, first
    WHERE d.target = first.target AND d.id = ANY ($1::bigint[]) AND {DUE} ORDER BY d.id LIMIT {DIGEST_LIMIT}
)"""
CLAIM = """
WITH %s, claimed AS (
    UPDATE deliveries d SET leased_until = clock_timestamp() + $2 * interval '1 second',
        attempts = d.attempts + 1, tries = d.tries + 1
    FROM chosen WHERE d.id = chosen.id AND d.status = 'pending'
      AND (d.leased_until IS NULL OR d.leased_until < now())
    RETURNING d.*
), noted AS (
    INSERT INTO delivery_attempts (delivery_id, number) SELECT id, attempts FROM claimed
    RETURNING id, delivery_id, number
)
SELECT c.id, a.id AS attempt_id, c.target, c.target_kind, c.tries, n.message_id, n.type, n.body
FROM claimed c JOIN noted a ON a.delivery_id = c.id JOIN notifications n ON n.id = c.notification_id
ORDER BY c.id
"""
ANSWERED = """
UPDATE delivery_attempts
SET answered_at = clock_timestamp(), status_code = $2, answer = $3, fault = $4, retry_after_seconds = $5
WHERE id = $1 AND outcome = ''
"""
# What was answered, and whose sender died before it judged that. What nobody knows the answer to, because
# its sender died before that, is of unknown outcome: it is sent again, perhaps for the second time.
UNJUDGED = """
WITH unknown AS (
    UPDATE delivery_attempts a SET outcome = 'unknown'
    FROM deliveries d
    WHERE d.id = a.delivery_id AND a.outcome = '' AND a.answered_at IS NULL
      AND (d.leased_until IS NULL OR d.leased_until < now())
)
SELECT d.id, a.id AS attempt_id, d.target, d.target_kind, d.tries, n.message_id, n.type, n.body,
       a.status_code, a.answer, a.fault, a.retry_after_seconds
FROM delivery_attempts a JOIN deliveries d ON d.id = a.delivery_id
    JOIN notifications n ON n.id = d.notification_id
WHERE a.outcome = '' AND a.answered_at IS NOT NULL AND d.status = 'pending' AND d.leased_until < now()
"""
SETTLED = """
WITH judged AS (UPDATE delivery_attempts SET outcome = $3 WHERE id = $2 AND outcome = '')
UPDATE deliveries SET status = $4, settled_at = clock_timestamp(), leased_until = NULL
WHERE id = $1 AND status = 'pending'
"""
TRIED = """
WITH judged AS (UPDATE delivery_attempts SET outcome = $3 WHERE id = $2 AND outcome = '')
UPDATE deliveries SET due_at = clock_timestamp() + $4 * interval '1 second', leased_until = NULL
WHERE id = $1 AND status = 'pending'
"""
# The first failures, too, come one after another: a row that is not there yet can not be locked.
HEALTH_BEGUN = "INSERT INTO target_health (target) VALUES ($1) ON CONFLICT DO NOTHING"
HEALTH = """
SELECT failures, failing_since, spaced_failures, last_spaced_at
FROM target_health WHERE target = $1 FOR UPDATE
"""
HEALTH_KEPT = """
INSERT INTO target_health
    (target, failures, failing_since, spaced_failures, last_spaced_at, open_until, last_failure_at)
VALUES ($1, $2, $3, $4, $5, clock_timestamp() + $6 * interval '1 second', clock_timestamp())
ON CONFLICT (target) DO UPDATE SET failures = $2, failing_since = $3, spaced_failures = $4,
    last_spaced_at = $5, open_until = excluded.open_until, last_failure_at = excluded.last_failure_at
"""
WELL_AGAIN = """
UPDATE target_health w SET failures = 0, failing_since = NULL, spaced_failures = 0, last_spaced_at = NULL,
    open_until = NULL
FROM (SELECT target, failures FROM target_health WHERE target = $1 FOR UPDATE) before
WHERE w.target = before.target AND before.failures > 0 RETURNING before.failures
"""
# A backlog is let go evenly, so that whoever comes back is not run over.
RELEASED = f"""
UPDATE deliveries d SET due_at = now() + ({RELEASE_SECONDS} * r.number / r.total) * interval '1 second'
FROM (
    SELECT id, row_number() OVER (ORDER BY due_at, id) AS number, count(*) OVER () AS total FROM deliveries
    WHERE target = $1 AND status = 'pending' AND due_at <= now() AND leased_until IS NULL
) r WHERE r.id = d.id
"""
# In how many seconds there is something to do by itself, if there is. However much waits for an endpoint: its
# first that may go, and the first lease to run out. What happened is spread once the endpoints' view has
# come so far, which rings nobody: until then the sender looks again.
NEXT = f"""
SELECT greatest(0, extract(epoch FROM comes - clock_timestamp()))::float8 FROM (
    SELECT min(comes) AS comes FROM (
        SELECT greatest(h.open_until, least(first.due_at, leased.until)) AS comes
        FROM webhook_endpoints e LEFT JOIN target_health h ON h.target = e.id::text LEFT JOIN LATERAL (
            SELECT d.due_at FROM deliveries d
            WHERE d.target = e.id::text AND d.status = 'pending' AND d.leased_until IS NULL
              AND (NOT e.in_order OR d.id = ({FIRST_PENDING}))
            ORDER BY d.due_at, d.id LIMIT 1
        ) first ON true
        LEFT JOIN LATERAL (
            SELECT d.leased_until AS until FROM deliveries d
            WHERE d.target = e.id::text AND d.status = 'pending' AND d.leased_until IS NOT NULL
            ORDER BY d.leased_until LIMIT 1
        ) leased ON true
        WHERE e.valid_to = {STILL_VALID} AND e.status IN ('active', 'unverified')
          AND least(first.due_at, leased.until) IS NOT NULL
        UNION ALL
        SELECT min(greatest(d.due_at, d.leased_until, h.open_until))
        FROM deliveries d LEFT JOIN target_health h ON h.target = {LANE}
        WHERE {OF_PERSONS} AND d.status = 'pending'
        UNION ALL
        SELECT clock_timestamp() FROM views v
        WHERE v.name = 'webhook_endpoints' AND v.stopped IS NULL
          AND EXISTS (SELECT FROM notifications n WHERE n.spread_at IS NULL)
    ) AS each
) AS next WHERE comes IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """One delivery that this sender has to itself for a while, and the attempt that was noted."""

    id: int
    attempt_id: int
    target: str
    target_kind: str
    tries: int
    message_id: UUID
    type: str
    body: bytes

    @property
    def lane(self) -> str:
        """Return what fails as one: an endpoint, or the mail server."""
        return MAIL if self.target_kind in MAILED else self.target

    @property
    def place(self) -> str:
        """Return whose places it takes: an endpoint's, the mail server's, or those of all workflows."""
        return TEAMS if self.target_kind == TEAMS else self.lane

    @property
    def person(self) -> str:
        """Return whom it is for, where it is for somebody."""
        return self.target.partition(":")[2]

    @classmethod
    def of(cls, row: asyncpg.Record) -> "Claimed":
        """Return the delivery in a row."""
        return cls(**{name: row[name] for name in cls.__slots__})


async def claim_for_endpoints(
    pool: asyncpg.Pool, places: SendingPlaces, lease_seconds: float
) -> list[Claimed]:
    """Take what is due to endpoints, and note an attempt at each before it is sent."""
    if not places.free:
        return []
    more = (*places.given, places.free_for_more)
    return await _claimed(pool, CHOSEN, places.free, lease_seconds, *more)


async def claim_for_people(
    pool: asyncpg.Pool, places: SendingPlaces, lease_seconds: float, looked_at: Sequence[int] = ()
) -> list[Claimed]:
    """Take what is due to people, of digests what was looked at, and note an attempt at each, too."""
    mails, workflows = places.left(MAIL, MAILS_LIMIT), places.left(TEAMS, WORKFLOWS_LIMIT)
    found = await _claimed(pool, CHOSEN_MESSAGES, mails, lease_seconds, workflows)
    if looked_at and mails > sum(each.lane == MAIL for each in found):
        found += await _claimed(pool, CHOSEN_DIGEST, looked_at, lease_seconds)
    return found


async def _claimed(pool: asyncpg.Pool, chosen: str, *values: object) -> list[Claimed]:
    return [Claimed.of(row) for row in await pool.fetch(CLAIM % chosen, *values)]


async def answered(pool: asyncpg.Pool, claimed: Claimed, answer: ReceiverAnswer) -> None:
    """Write down what came of an attempt, before it is judged."""
    await pool.execute(
        ANSWERED,
        claimed.attempt_id,
        answer.status or None,
        answer.body,
        answer.fault,
        answer.retry_after_seconds,
    )


async def unjudged(pool: asyncpg.Pool) -> Sequence[tuple[Claimed, ReceiverAnswer]]:
    """Return what was answered and never judged; what was never answered is marked so."""
    return [
        (
            Claimed.of(row),
            ReceiverAnswer(row["status_code"] or 0, row["answer"], row["fault"], row["retry_after_seconds"]),
        )
        for row in await pool.fetch(UNJUDGED)
    ]


async def settle(pool: asyncpg.Pool, claimed: Claimed, outcome: str, status: str) -> None:
    """Say what became of a delivery for good."""
    await pool.execute(SETTLED, claimed.id, claimed.attempt_id, outcome, status)


async def try_again(pool: asyncpg.Pool, claimed: Claimed, outcome: str, seconds: float) -> None:
    """Say what an attempt came to; make its delivery due again, after so many seconds."""
    await pool.execute(TRIED, claimed.id, claimed.attempt_id, outcome, seconds)


async def well_again(pool: asyncpg.Pool, target: str) -> None:
    """Note that an endpoint takes something; let a backlog go evenly where it had come to rest."""
    failures = await pool.fetchval(WELL_AGAIN, target)
    if failures is not None and failures >= BREAKS_AFTER:
        await pool.execute(RELEASED, target)


async def health_after_failure(connection: Connection, target: str, at: datetime) -> TargetHealth:
    """Return how an endpoint has done, with one more failure."""
    await connection.execute(HEALTH_BEGUN, target)
    row = await connection.fetchrow(HEALTH, target)
    before = TargetHealth(*row) if row else TargetHealth()
    return before.failed(at)


async def keep_health(connection: Connection, target: str, health: TargetHealth, rest: float | None) -> None:
    """Keep how an endpoint does, and for how long it rests."""
    await connection.execute(
        HEALTH_KEPT,
        target,
        health.failures,
        health.failing_since,
        health.spaced_failures,
        health.last_spaced_at,
        rest,
    )
