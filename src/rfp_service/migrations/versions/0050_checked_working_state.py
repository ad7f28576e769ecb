"""What scrutiny is shown of working state changes only as it can have happened, whoever has the password.

The triggers bind every role but the owner's, as which the functions of 0023 run. Their path leaves temporary
tables to the end: nobody puts one in the place of the table that is looked at.
"""

from alembic import op

from rfp_service.migrations.telling_rules import EITHER, IS_ORDERED, MAY_BECOME, TELLING_RULES, TableRule

revision = "0050"
down_revision = "0046"

PATH = "SET search_path = public, pg_temp"
IS_BOUND = """
CREATE FUNCTION is_bound(relation text) RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
    SELECT NOT pg_has_role(current_user, c.relowner, 'USAGE') FROM pg_catalog.pg_class c
    WHERE c.oid = relation::regclass
$$
"""
IS_SOON = """
CREATE FUNCTION is_soon(at timestamptz, latest interval DEFAULT '0') RETURNS boolean LANGUAGE sql AS $$
    SELECT at IS NULL OR at <= clock_timestamp() + latest
$$
"""
FUNCTIONS = (IS_BOUND, IS_SOON, IS_ORDERED, MAY_BECOME)


AHEAD = "NEW.position > (SELECT h.position FROM event_head h)"
MOVED = f"{AHEAD} OR TG_OP = 'UPDATE' AND NEW.position < OLD.position"
FORWARD = "A place in the record goes forward, and not beyond its end."

RULES = (
    # An account is somebody's who comes with it for the first time; more are linked, on the record. (In the
    # demonstration people are called by what their tokens call them.)
    TableRule(
        "identities",
        "new_person",
        "AFTER INSERT",
        """EXISTS (
            SELECT FROM identities i
            WHERE i.person_id = NEW.person_id AND (i.issuer, i.subject) <> (NEW.issuer, NEW.subject)
        ) OR NOT EXISTS (
            SELECT FROM people p WHERE p.id = NEW.person_id AND (p.first_seen = now() OR p.id = NEW.subject))
        """,
        "Nobody is given an account of somebody who is known already.",
    ),
    TableRule(
        "people",
        "never_in_the_clear",
        EITHER,
        "NEW.name <> '' OR NEW.email <> ''",
        "Names and addresses do not stand in the clear.",
    ),
    TableRule(
        "people",
        "own_name",
        EITHER,
        """NEW.sealed IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.sealed IS DISTINCT FROM OLD.sealed) AND (
            NEW.sealed ->> 'about' IS DISTINCT FROM NEW.id OR NOT EXISTS (
                SELECT FROM personal_keys k WHERE k.id::text = NEW.sealed ->> 'key' AND k.person = NEW.id
                  AND k.stream_id = '00000000-0000-0000-0000-000000000001'))
        """,
        "This name is not sealed under the key of its person.",
    ),
    TableRule(
        "people",
        "erased_by_the_record",
        EITHER,
        """(TG_OP = 'UPDATE' AND OLD.erased_at IS NOT NULL AND NEW.erased_at IS DISTINCT FROM OLD.erased_at)
            OR (NEW.erased_at IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.erased_at IS NULL) AND NOT EXISTS (
                SELECT FROM stored_events s
                WHERE s.originator_id = '9e091e00-0000-4000-8000-000000000001' AND s.topic = 'PersonErased'
                  AND convert_from(s.state, 'UTF8')::jsonb #> '{data,ids}' ? NEW.id))
        """,
        "Nobody is erased but as the record says, or comes back.",
    ),
    *TELLING_RULES,
    TableRule(
        "reactions",
        "new_ones",
        "BEFORE INSERT",
        f"NEW.since <> NEW.position OR {AHEAD}",
        "A new reaction has seen what is on the record, and no more.",
    ),
    TableRule("reactions", "only_forward", "BEFORE UPDATE", MOVED, FORWARD),
    TableRule("notifications", "of_the_record", "BEFORE INSERT", AHEAD, FORWARD),
    TableRule("notices", "of_the_record", "BEFORE INSERT", AHEAD, FORWARD),
    TableRule("flow_forecasts", "of_the_record", "BEFORE INSERT", AHEAD, FORWARD),
    TableRule("turn_looks", "only_forward", EITHER, MOVED, FORWARD),
    TableRule("inbox_marks", "only_forward", EITHER, MOVED, FORWARD),
    # What waits for a release that can read it is on the record, and forgotten when nothing waits any more.
    TableRule(
        "unread_events",
        "of_the_record",
        "BEFORE INSERT OR DELETE",
        """(TG_OP = 'DELETE' AND (OLD.views <> '{}' OR OLD.reactions <> '{}'))
            OR (TG_OP = 'INSERT' AND NOT EXISTS (
                SELECT FROM stored_events s
                WHERE s.notification_id = NEW.position AND s.originator_id = NEW.stream_id
                  AND s.topic = NEW.topic))
        """,
        "The record has no such event, or something still waits for it.",
    ),
    TableRule(
        "deadlines",
        "claimed",
        "BEFORE UPDATE",
        """NOT is_soon(NEW.leased_until, '1 hour') OR NEW.attempts < 0
            OR NEW.attempts - OLD.attempts NOT IN (-1, 0, 1)
        """,
        "A deadline is claimed for a short time, and counted once.",
    ),
    TableRule(
        "jobs",
        "goes_on",
        EITHER,
        """NEW.status NOT IN ('running', 'done', 'failed') OR NOT is_soon(NEW.changed_at)
            OR (TG_OP = 'INSERT' AND (NEW.status <> 'running' OR NEW.done <> 0))
        """,
        "A job begins as one that runs and has done nothing.",
    ),
    TableRule(
        "api_key_uses",
        "of_the_record",
        EITHER,
        """NOT is_soon(NEW.last_used_at) OR NOT EXISTS (
            SELECT FROM stored_events s
            WHERE s.originator_id = NEW.account_id AND s.originator_version = 1
              AND s.topic LIKE 'ServiceAccount%')
        """,
        "The record knows of no such account.",
    ),
    TableRule(
        "heartbeats",
        "until_now",
        EITHER,
        "NOT is_soon(NEW.beaten_at)",
        "Nobody has been at work in the time to come.",
    ),
    TableRule(
        "witness_answers",
        "of_the_log",
        EITHER,
        """NOT is_soon(NEW.failing_since)
            OR NOT EXISTS (SELECT FROM log_keys k WHERE k.verifier = NEW.witness AND k.change = 'witness')
        """,
        "The log knows of no such witness.",
    ),
    TableRule(
        "log_copies",
        "of_the_log",
        EITHER,
        """NOT is_soon(NEW.copied_at) OR NOT is_soon(NEW.failing_since)
            OR NOT (NEW.size = 0 OR EXISTS (SELECT FROM log_checkpoints c WHERE c.size = NEW.size))
        """,
        "The log has no checkpoint of this size.",
    ),
)
CHECK = """
CREATE FUNCTION {rule.table}_{rule.name}() RETURNS trigger LANGUAGE plpgsql {path} AS $$
BEGIN
    IF {rule.refused} THEN
        RAISE EXCEPTION '{rule.sentence}' USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$
"""
TRIGGER = """
CREATE {kind} {rule.name} {rule.when} ON {rule.table} {rule.how}
FOR EACH ROW WHEN (is_bound('{rule.table}')) EXECUTE FUNCTION {rule.table}_{rule.name}()
"""
# When the database took a forecast in: one that was made afterwards shows it.
KEPT_AT = (
    "ALTER TABLE flow_forecasts ADD COLUMN kept_at timestamptz",
    "ALTER TABLE flow_forecasts ALTER COLUMN kept_at SET DEFAULT clock_timestamp()",
)
# What differs from the record and is no view: readiness and metrics show it.
DIFFERING = "CREATE TABLE differing_tables (name text PRIMARY KEY, said text NOT NULL)"


def upgrade() -> None:
    """Create the functions, then the triggers."""
    for statement in (*FUNCTIONS, *KEPT_AT, DIFFERING):
        op.execute(statement)
    for rule in RULES:
        op.execute(CHECK.format(rule=rule, path=PATH))
        kind = "CONSTRAINT TRIGGER" if rule.how else "TRIGGER"
        op.execute(TRIGGER.format(rule=rule, kind=kind))


def downgrade() -> None:
    """Refuse: earlier releases wrote where nothing was checked."""
    raise NotImplementedError("Checked writing is never undone by a migration; restore a backup.")
