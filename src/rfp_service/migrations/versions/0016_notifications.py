"""What is told: an outbox of notifications, their deliveries to targets, and every attempt at one."""

from alembic import op

revision = "0016"
down_revision = "0010"

NOTIFICATIONS = """
CREATE TABLE notifications (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id uuid NOT NULL UNIQUE,
    position bigint NOT NULL,
    type text NOT NULL,
    case_kind text NOT NULL,
    case_id uuid NOT NULL,
    sequence bigint NOT NULL,
    tier text NOT NULL DEFAULT '',
    people text[] NOT NULL DEFAULT '{}',
    caused_by text NOT NULL DEFAULT '',
    happened_at timestamptz NOT NULL,
    written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    area text NOT NULL DEFAULT '',
    body bytea,
    spread_at timestamptz
)
"""
TO_SPREAD = "CREATE INDEX ON notifications (id) WHERE spread_at IS NULL"
BY_CASE = "CREATE INDEX ON notifications (case_id, id)"
DELIVERIES = """
CREATE TABLE deliveries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    notification_id bigint NOT NULL REFERENCES notifications,
    target text NOT NULL,
    target_kind text NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'held', 'delivered', 'failed', 'dropped')),
    attempts int NOT NULL DEFAULT 0,
    tries int NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    leased_until timestamptz,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    settled_at timestamptz,
    UNIQUE (notification_id, target)
)
"""
DUE = "CREATE INDEX ON deliveries (target, due_at, id) WHERE status = 'pending'"
OVERDUE = "CREATE INDEX ON deliveries (due_at) WHERE status = 'pending'"
MAIL_DUE = "CREATE INDEX ON deliveries (due_at, id) WHERE status = 'pending' AND target_kind = 'mail'"
IN_FLIGHT = """
CREATE INDEX ON deliveries (target, leased_until) WHERE status = 'pending' AND leased_until IS NOT NULL
"""
BY_TARGET = "CREATE INDEX ON deliveries (target, id)"
ATTEMPTS = """
CREATE TABLE delivery_attempts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    delivery_id bigint NOT NULL REFERENCES deliveries,
    number int NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    answered_at timestamptz,
    status_code int,
    answer text NOT NULL DEFAULT '',
    fault text NOT NULL DEFAULT '',
    retry_after_seconds float8,
    outcome text NOT NULL DEFAULT '',
    batch bigint,
    UNIQUE (delivery_id, number)
)
"""
# Of the attempts that nobody has judged yet, there are few; of those in no batch, too.
UNJUDGED = "CREATE INDEX ON delivery_attempts (delivery_id) WHERE outcome = ''"
UNBATCHED = "CREATE INDEX ON delivery_attempts (id) WHERE batch IS NULL"
LOG = """
CREATE VIEW delivery_log AS
SELECT d.id, n.position, d.target, d.target_kind, n.type, n.case_id, d.status, d.attempts, d.due_at,
       n.happened_at, d.made_at, d.settled_at
FROM deliveries d JOIN notifications n ON n.id = d.notification_id
"""
HEALTH = """
CREATE TABLE target_health (
    target text PRIMARY KEY,
    failures int NOT NULL DEFAULT 0,
    failing_since timestamptz,
    spaced_failures int NOT NULL DEFAULT 0,
    last_spaced_at timestamptz,
    open_until timestamptz,
    last_failure_at timestamptz
)
"""
ORDERS = """
CREATE TABLE delivery_orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    position bigint NOT NULL,
    target text NOT NULL,
    order_kind text NOT NULL CHECK (order_kind IN ('resend', 'recover', 'drop')),
    delivery_id bigint,
    since timestamptz,
    until timestamptz,
    done_at timestamptz,
    deliveries bigint
)
"""
ORDERS_TO_DO = "CREATE INDEX ON delivery_orders (id) WHERE done_at IS NULL"
SECRETS = """
CREATE TABLE endpoint_secrets (
    id uuid PRIMARY KEY,
    wrapped bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""
TOLD = """
CREATE FUNCTION notifications_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('notifications', '');
    RETURN NULL;
END $$
"""
WAKE = """
CREATE TRIGGER wake AFTER INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION notifications_written()
"""


def upgrade() -> None:
    """Create the tables, and wake the sender when there is something to send."""
    for statement in (
        NOTIFICATIONS,
        TO_SPREAD,
        BY_CASE,
        DELIVERIES,
        DUE,
        OVERDUE,
        MAIL_DUE,
        IN_FLIGHT,
        BY_TARGET,
        ATTEMPTS,
        UNJUDGED,
        UNBATCHED,
        LOG,
        HEALTH,
        ORDERS,
        ORDERS_TO_DO,
        SECRETS,
        TOLD,
        WAKE.format(table="notifications"),
        WAKE.format(table="delivery_orders"),
    ):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: who was told what is kept."""
    raise NotImplementedError("What was told is never dropped by a migration; restore a backup.")
