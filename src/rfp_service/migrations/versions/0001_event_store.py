"""The event store: one table, one head row, one function that appends."""

from alembic import op

revision = "0001"
down_revision = None

# The first five columns are those of the eventsourcing library's application recorder, so that its
# stock readers find every event here. No sequence: positions come from the head row, under its lock.
EVENTS = """
CREATE TABLE stored_events (
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL CHECK (originator_version >= 0),
    topic text NOT NULL,
    state bytea NOT NULL CHECK (octet_length(state) <= 60000),
    notification_id bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32),
    PRIMARY KEY (originator_id, originator_version)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.2, autovacuum_analyze_scale_factor = 0.05)
"""
EVENTS_IN_ORDER = """
CREATE UNIQUE INDEX stored_events_notification_id_idx ON stored_events (notification_id)
"""

# One row, updated by every append: room on its page keeps those updates in place (HOT).
HEAD = """
CREATE TABLE event_head (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    position bigint NOT NULL,
    recorded_at timestamptz NOT NULL
) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)
"""
FIRST_HEAD = "INSERT INTO event_head (position, recorded_at) VALUES (0, '-infinity')"

KEYS = """
CREATE TABLE idempotency_keys (
    caller text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    position bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (caller, key)
)
"""

# RFC 6962, section 2.1: a leaf is hashed behind one zero byte. What stands behind it is the event in
# its place: position, stream, version and instant (microseconds since 2000-01-01T00:00Z) as 8, 16, 8
# and 8 bytes, most significant first; the topic in UTF-8 and one zero byte; the stored bytes as they are.
LEAF = r"""
CREATE FUNCTION event_leaf(
    "position" bigint, stream uuid, version bigint, topic text, at timestamptz, state bytea
) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
RETURN sha256(
    '\x00'::bytea || int8send("position") || uuid_send(stream) || int8send(version)
    || timestamptz_send(at) || convert_to(topic, 'UTF8') || '\x00'::bytea || state)
"""

# The work itself, with the earliest instant as an argument. It is the owner's alone: whoever could
# choose that instant could date decisions. Commands arrive numbered 0 … n, their events in order.
# It answers with a row for each command that was not appended (its key's earlier receipt, or a taken
# version) and one row, its command null, with the place of the first event appended; the others
# follow it one position and one microsecond apart, in order.
# The plan is pinned below: planned against an empty table it would scan for ever after.
APPEND_FROM = """
CREATE FUNCTION append_events_from(
    earliest timestamptz,
    commands int[], streams uuid[], versions bigint[], topics text[], states bytea[],
    key_commands int[], callers text[], keys text[], hashes bytea[]
) RETURNS TABLE (
    command int, outcome text, stream uuid, version bigint, "position" bigint, recorded_at timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    head event_head;
    first_at timestamptz;
    refused int[] := '{}';
    appended int;
BEGIN
    SELECT * INTO head FROM event_head FOR UPDATE;
    IF cardinality(key_commands) > 0 THEN
        FOR command, outcome, stream, version, "position", recorded_at IN
            SELECT k.command, CASE WHEN i.request_hash = k.hash THEN 'repeated' ELSE 'key_used' END,
                   i.originator_id, i.originator_version, i.position, i.recorded_at
            FROM unnest(key_commands, callers, keys, hashes) AS k (command, caller, key, hash)
            JOIN idempotency_keys i ON i.caller = k.caller AND i.key = k.key
        LOOP
            refused := refused || command;
            RETURN NEXT;
        END LOOP;
    END IF;
    FOR command IN
        SELECT DISTINCT e.command
        FROM unnest(commands, streams, versions) AS e (command, stream, version)
        JOIN stored_events s ON s.originator_id = e.stream AND s.originator_version = e.version
        WHERE e.command <> ALL (refused)
    LOOP
        refused := refused || command;
        outcome := 'taken';
        RETURN NEXT;
    END LOOP;
    first_at := greatest(earliest, head.recorded_at + interval '1 microsecond');
    INSERT INTO stored_events
    SELECT p.stream, p.version, p.topic, p.state, p.place, p.at,
           event_leaf(p.place, p.stream, p.version, p.topic, p.at, p.state)
    FROM (
        SELECT e.stream, e.version, e.topic, e.state, head.position + e.n AS place,
               first_at + (e.n - 1) * interval '1 microsecond' AS at
        FROM (
            SELECT u.*, row_number() OVER () AS n
            FROM unnest(commands, streams, versions, topics, states)
                 AS u (command, stream, version, topic, state)
            WHERE u.command <> ALL (refused)
        ) e
    ) p;
    GET DIAGNOSTICS appended = ROW_COUNT;
    IF appended = 0 THEN
        RETURN;
    END IF;
    UPDATE event_head h SET position = head.position + appended,
        recorded_at = first_at + (appended - 1) * interval '1 microsecond';
    IF cardinality(key_commands) > 0 THEN
        INSERT INTO idempotency_keys
        SELECT DISTINCT ON (k.command) k.caller, k.key, k.hash, s.originator_id,
               s.originator_version, s.notification_id, s.recorded_at
        FROM unnest(key_commands, callers, keys, hashes) AS k (command, caller, key, hash)
        JOIN unnest(commands, streams, versions) AS e (command, stream, version)
             ON e.command = k.command
        JOIN stored_events s ON s.originator_id = e.stream AND s.originator_version = e.version
        WHERE k.command <> ALL (refused)
        ORDER BY k.command, s.originator_version DESC;
    END IF;
    PERFORM pg_notify('stored_events', (head.position + appended)::text);
    command := NULL;
    outcome := 'appended';
    "position" := head.position + 1;
    recorded_at := first_at;
    RETURN NEXT;
END $$
"""
APPEND = """
CREATE FUNCTION append_events(
    commands int[], streams uuid[], versions bigint[], topics text[], states bytea[],
    key_commands int[], callers text[], keys text[], hashes bytea[]
) RETURNS TABLE (
    command int, outcome text, stream uuid, version bigint, "position" bigint, recorded_at timestamptz
) LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT * FROM append_events_from(clock_timestamp(), commands, streams, versions, topics, states,
                                     key_commands, callers, keys, hashes)
$$
"""
PIN_THE_PLAN = """
ALTER FUNCTION append_events_from SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off
    SET enable_mergejoin = off SET jit = off
"""
NOT_FOR_EVERYBODY = """
REVOKE ALL ON FUNCTION append_events, append_events_from FROM PUBLIC
"""

# Positions and instants rise together, so the last position by an instant is found by halving.
POSITION_AT = """
CREATE FUNCTION position_at(instant timestamptz) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    low bigint := 0;
    high bigint;
    middle bigint;
BEGIN
    SELECT h.position INTO high FROM event_head h;
    WHILE low < high LOOP
        middle := (low + high + 1) / 2;
        IF (SELECT recorded_at FROM stored_events WHERE notification_id = middle) <= instant THEN
            low := middle;
        ELSE
            high := middle - 1;
        END IF;
    END LOOP;
    RETURN low;
END $$
"""

# The record is append-only for everybody, superusers included; a trigger that fires always says so.
REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The record is append-only: % is refused.', TG_OP;
END $$
"""
NO_EDIT = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stored_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
ALWAYS = "ALTER TABLE stored_events ENABLE ALWAYS TRIGGER append_only"


def upgrade() -> None:
    """Create the record."""
    for statement in (
        EVENTS,
        EVENTS_IN_ORDER,
        HEAD,
        FIRST_HEAD,
        KEYS,
        LEAF,
        APPEND_FROM,
        APPEND,
        PIN_THE_PLAN,
        NOT_FOR_EVERYBODY,
        POSITION_AT,
        REFUSE,
        NO_EDIT,
        ALWAYS,
    ):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: a record is never undone."""
    raise NotImplementedError("The record is never dropped by a migration; restore a backup.")
