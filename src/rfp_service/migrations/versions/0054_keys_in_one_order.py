"""Keys are destroyed in one order; what every delivery passes is looked at with less work.

The rules are those of 0050. They asked of every row whether its writer is bound, in a function that was
planned anew each time: now only where they would refuse.
"""

from alembic import op

from rfp_service.migrations.telling_rules import TELLING_RULES

revision = "0054"
down_revision = "0050"

# Whoever wraps keys anew, or destroys others, meanwhile takes their rows in the same order: nobody holds
# what another one waits for.
DESTROY = """
CREATE OR REPLACE FUNCTION destroy_personal_keys(people text[], things uuid[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    erased text[] := ARRAY(
        SELECT unnest(people) INTERSECT
        SELECT jsonb_array_elements_text(convert_from(s.state, 'UTF8')::jsonb #> '{data,ids}')
        FROM stored_events s
        WHERE s.originator_id = '9e091e00-0000-4000-8000-000000000001' AND s.topic = 'PersonErased'
    );
    disposed uuid[] := '{}';
BEGIN
    IF cardinality(things) > 0 THEN
        disposed := ARRAY(
            SELECT unnest(things) INTERSECT
            SELECT (convert_from(s.state, 'UTF8')::jsonb #>> '{data,record_id}')::uuid
            FROM stored_events s WHERE s.topic = 'RecordDisposed'
        );
    END IF;
    INSERT INTO personal_keys (id, person, stream_id, destroyed_at)
    SELECT gen_random_uuid(), g.person, g.thing, now() FROM (
        SELECT e, '00000000-0000-0000-0000-000000000000'::uuid FROM unnest(erased) AS e
        UNION ALL SELECT '', d FROM unnest(disposed) AS d
    ) AS g (person, thing)
    ORDER BY g.person, g.thing
    ON CONFLICT (person, stream_id) DO NOTHING;
    PERFORM FROM personal_keys k
    WHERE (k.person = ANY (erased) OR k.stream_id = ANY (disposed)) AND k.wrapped IS NOT NULL
    ORDER BY k.id FOR UPDATE;
    UPDATE personal_keys k SET wrapped = NULL, destroyed_at = now()
    WHERE (k.person = ANY (erased) OR k.stream_id = ANY (disposed)) AND k.wrapped IS NOT NULL;
END $$
"""
IS_BOUND = """
CREATE OR REPLACE FUNCTION is_bound(relation text) RETURNS boolean LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
BEGIN
    RETURN NOT pg_has_role(current_user, c.relowner, 'USAGE') FROM pg_catalog.pg_class c
    WHERE c.oid = relation::regclass;
END $$
"""
IS_ORDERED = """
CREATE OR REPLACE FUNCTION is_ordered(delivery deliveries, wanted text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM delivery_orders o
        WHERE o.done_at IS NULL AND o.target = delivery.target AND o.order_kind = wanted
          AND (wanted <> 'resend' OR o.delivery_id = delivery.id)
    );
END $$
"""
MAY_BECOME = """
CREATE OR REPLACE FUNCTION may_become(delivery deliveries, status text) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    RETURN CASE
        WHEN status = delivery.status THEN true
        WHEN status IN ('delivered', 'failed')
            THEN delivery.status = 'pending' AND was_answered(delivery, status)
        WHEN status = 'dropped' THEN is_ordered(delivery, 'drop')
            OR delivery.status = 'pending' AND delivery.attempts = 0
        WHEN status = 'pending' THEN is_ordered(delivery, 'resend')
            OR delivery.status IN ('failed', 'held') AND is_ordered(delivery, 'recover')
        ELSE false
    END;
END $$
"""
WAS_ANSWERED = """
CREATE FUNCTION was_answered(delivery deliveries, wanted text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM delivery_attempts a
        WHERE a.delivery_id = delivery.id AND a.number = delivery.attempts AND a.answered_at IS NOT NULL
          AND (wanted = 'failed' OR a.status_code BETWEEN 200 AND 299)
    );
END $$
"""
CHECK = """
CREATE OR REPLACE FUNCTION {rule.table}_{rule.name}() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF {rule.refused} THEN
        IF is_bound('{rule.table}') THEN
            RAISE EXCEPTION '{rule.sentence}' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$
"""
UNHOOK = "DROP TRIGGER {rule.name} ON {rule.table}"
TRIGGER = """
CREATE TRIGGER {rule.name} {rule.when} ON {rule.table}
FOR EACH ROW WHEN ({only_if}) EXECUTE FUNCTION {rule.table}_{rule.name}()
"""
# Most updates of an attempt put it into no batch.
ONLY_IF = {"in_its_batch": "NEW.batch IS DISTINCT FROM OLD.batch"}


def upgrade() -> None:
    """Replace the functions; hook those of each row again, to be asked what is refused first."""
    for statement in (DESTROY, IS_BOUND, IS_ORDERED, WAS_ANSWERED, MAY_BECOME):
        op.execute(statement)
    for rule in TELLING_RULES:
        if rule.how:  # at a transaction's end nobody knows any more as whom the row was written
            continue
        for template in (CHECK, UNHOOK, TRIGGER):
            op.execute(template.format(rule=rule, only_if=ONLY_IF.get(rule.name, "true")))


def downgrade() -> None:
    """Refuse: earlier releases wrote where nothing was checked."""
    raise NotImplementedError("Checked writing is never undone by a migration; restore a backup.")
