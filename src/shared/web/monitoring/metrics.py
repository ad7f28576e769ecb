"""What is measured, in Prometheus' form: of requests as they are answered, of the rest when somebody asks."""

import asyncpg
import structlog
from prometheus_client import Gauge, Histogram

from shared.record.database import AWAY, Pool
from shared.web.core_service import CoreService
from shared.web.monitoring.alarms import measure as measure_alarms
from shared.web.monitoring.service_readiness import SigningSeen, signing_seen, witnesses_lacking

LATENCIES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
NEVER = float("inf")

REQUESTS = Histogram(
    "rfp_request_seconds",
    "How long requests took until their answer began, by method, route and status.",
    ["method", "route", "status"],
    buckets=LATENCIES,
)
READY = Gauge(
    "rfp_ready", "1 where a process can do its work; of one that serves, as `/readyz` says.", ["process"]
)
VIEW_POSITION = Gauge("rfp_view_position", "The last position that a view shows.", ["view"])
VIEW_LAG = Gauge("rfp_view_lag", "How many entries of the record a view does not show yet.", ["view"])
VIEW_STOPPED = Gauge(
    "rfp_view_stopped",
    "1 where a view has stopped, at an event of a type where it can't read one.",
    ["view", "event_type"],
)
UNREAD_EVENTS = Gauge("rfp_unread_events", "Events on the record that this release can't read.")
HEAD = Gauge("rfp_record_head", "The last position of the record.")
WORKER = Gauge("rfp_worker_seconds", "How long ago a worker last said that it is at work.")
CHECKPOINT = Gauge("rfp_checkpoint_seconds", "The age of the newest checkpoint.")
UNSIGNED = Gauge("rfp_unsigned_seconds", "The age of the oldest entry that no checkpoint holds.")
LACKING = Gauge("rfp_witnesses_lacking", "How many more witnesses would have to keep up with the record.")
WITNESS = Gauge("rfp_witness_behind_seconds", "For how long a witness has owed the next entry.", ["witness"])
OLDEST_OVERDUE = Gauge(
    "rfp_delivery_oldest_overdue_seconds",
    "For how long the oldest delivery that is due, to a target in use, has not been made.",
)
DEADLINE = Gauge(
    "rfp_deadline_oldest_overdue_seconds", "For how long the oldest deadline due is not settled."
)
JOB = Gauge("rfp_job_oldest_idle_seconds", "For how long the running job that rests longest has not moved.")
POOL = Gauge("rfp_pool_connections", "Connections of this process, by whether they are in use.", ["state"])
POOL_WAITING = Gauge("rfp_pool_waiting", "How many wait for a connection of this process.")

VIEWS = """
SELECT v.name, v.position, v.stopped, u.topic, (SELECT position FROM event_head) AS head
FROM views v LEFT JOIN unread_events u ON u.position = v.unread
"""
OLDEST = """
SELECT
    (SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8 FROM (
        SELECT first.due_at FROM webhook_endpoints e CROSS JOIN LATERAL (
            SELECT d.due_at FROM deliveries d WHERE d.target = e.id::text AND d.status = 'pending'
            ORDER BY d.due_at, d.id LIMIT 1
        ) first
        WHERE e.valid_to = 9223372036854775807 AND e.status IN ('active', 'unverified')
        UNION ALL
        SELECT min(d.due_at) FROM deliveries d
        WHERE d.status = 'pending' AND d.target_kind IN ('mail', 'teams', 'digest')
     ) AS firsts WHERE due_at <= now()) AS delivery,
    (SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8
     FROM deadlines WHERE settled_at IS NULL AND due_at <= now()) AS deadline,
    (SELECT coalesce(extract(epoch FROM now() - min(changed_at)), 0)::float8
     FROM jobs WHERE status = 'running') AS job,
    (SELECT count(*) FROM unread_events) AS unread
"""

log = structlog.get_logger(__name__)


async def measure(service: CoreService) -> None:
    """Look at what is not counted as it happens; what the database knows stays while it is away."""
    measure_pool(service.pool)
    try:
        await _measure_views(service.pool)
        await _measure_oldest(service.pool)
        _measure_signing(await signing_seen(service))
        await measure_alarms(service.pool)
    except (asyncpg.PostgresError, *AWAY) as error:
        log.warning("views not measured", error=type(error).__name__)


def measure_pool(pool: Pool) -> None:
    """Look at the connections of this process: that asks nobody."""
    POOL.labels("idle").set(pool.get_idle_size())
    POOL.labels("in use").set(pool.get_size() - pool.get_idle_size())
    POOL_WAITING.set(pool.waiting)


async def _measure_views(pool: asyncpg.Pool) -> None:
    rows = await pool.fetch(VIEWS)
    for gauge in (VIEW_POSITION, VIEW_LAG, VIEW_STOPPED):
        gauge.clear()
    for row in rows:
        HEAD.set(row["head"])
        VIEW_POSITION.labels(row["name"]).set(row["position"])
        VIEW_LAG.labels(row["name"]).set(row["head"] - row["position"])
        VIEW_STOPPED.labels(row["name"], row["topic"] or "").set(row["stopped"] is not None)


async def _measure_oldest(pool: asyncpg.Pool) -> None:
    [oldest] = await pool.fetch(OLDEST)
    OLDEST_OVERDUE.set(oldest["delivery"])
    DEADLINE.set(oldest["deadline"])
    JOB.set(oldest["job"])
    UNREAD_EVENTS.set(oldest["unread"])


def _measure_signing(seen: SigningSeen) -> None:
    WORKER.set(NEVER if seen.worker_seconds is None else seen.worker_seconds)
    CHECKPOINT.set(seen.checkpoint_seconds)
    UNSIGNED.set(seen.unsigned_seconds)
    LACKING.set(witnesses_lacking(seen) if seen.witnesses else 0)
    WITNESS.clear()
    for lag in seen.witnesses:
        WITNESS.labels(lag.witness).set(lag.behind_seconds)
