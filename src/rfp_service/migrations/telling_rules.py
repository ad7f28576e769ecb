"""What nobody may do to what is told, to whom it goes, and to what became of it."""

from typing import NamedTuple

IS_ORDERED = """
CREATE FUNCTION is_ordered(delivery deliveries, wanted text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM delivery_orders o
        WHERE o.done_at IS NULL AND o.target = delivery.target AND o.order_kind = wanted
          AND (wanted <> 'resend' OR o.delivery_id = delivery.id)
    )
$$
"""
# A delivery is delivered by an attempt that was answered with yes, and failed by one that was answered.
MAY_BECOME = """
CREATE FUNCTION may_become(delivery deliveries, status text) RETURNS boolean LANGUAGE sql AS $$
    SELECT CASE
        WHEN status = delivery.status THEN true
        WHEN status IN ('delivered', 'failed') THEN delivery.status = 'pending' AND EXISTS (
            SELECT FROM delivery_attempts a
            WHERE a.delivery_id = delivery.id AND a.number = delivery.attempts AND a.answered_at IS NOT NULL
              AND (status = 'failed' OR a.status_code BETWEEN 200 AND 299)
        )
        WHEN status = 'dropped' THEN is_ordered(delivery, 'drop')
            OR delivery.status = 'pending' AND delivery.attempts = 0
        WHEN status = 'pending' THEN is_ordered(delivery, 'resend')
            OR delivery.status IN ('failed', 'held') AND is_ordered(delivery, 'recover')
        ELSE false
    END
$$
"""


class TableRule(NamedTuple):
    """What nobody may do to a table: when that is looked at, what is refused, and in which words."""

    table: str
    name: str
    when: str
    refused: str
    sentence: str
    how: str = ""


AT_THE_END = "DEFERRABLE INITIALLY DEFERRED"
EITHER = "BEFORE INSERT OR UPDATE"


TELLING_RULES = (
    # Something is told of a case as the record has it, or of a bulk job that has ended.
    TableRule(
        "notifications",
        "of_a_case",
        "BEFORE INSERT",
        """NOT (EXISTS (
                SELECT FROM stored_events s
                WHERE s.originator_id = NEW.case_id AND s.originator_version = NEW.sequence
            ) OR (NEW.type = 'job.ended' AND EXISTS (
                SELECT FROM jobs j
                WHERE j.id = NEW.case_id AND j.status <> 'running' AND NEW.people = ARRAY[j.owner])))
        """,
        "The record has nothing of which this would tell.",
    ),
    TableRule(
        "notifications",
        "spread_once",
        "BEFORE UPDATE",
        "OLD.spread_at IS NOT NULL OR NOT is_soon(NEW.spread_at)",
        "What was told stays as it was.",
    ),
    TableRule(
        "delivery_orders",
        "somebody_decided",
        EITHER,
        """(TG_OP = 'INSERT' AND NOT EXISTS (
            SELECT FROM stored_events s
            WHERE s.notification_id = NEW.position AND s.originator_id::text = NEW.target
              AND s.topic = CASE NEW.order_kind WHEN 'resend' THEN 'DeliveryResent'
                  WHEN 'recover' THEN 'PeriodRecovered' ELSE 'EndpointDeleted' END))
            OR (TG_OP = 'UPDATE' AND (OLD.done_at IS NOT NULL OR NOT is_soon(NEW.done_at)))
        """,
        "Nobody has given this order.",
    ),
    TableRule(
        "deliveries",
        "to_be_made",
        "BEFORE INSERT",
        "NEW.status NOT IN ('pending', 'held') OR NOT is_soon(NEW.due_at, '31 days')",
        "A delivery begins as one that is still to be made.",
    ),
    TableRule(
        "deliveries",
        "as_attempted",
        "BEFORE UPDATE",
        """NOT may_become(OLD, NEW.status)
            OR (NEW.tries = 0 AND OLD.tries > 0
                AND NOT (is_ordered(OLD, 'resend') OR is_ordered(OLD, 'recover')))
            OR NEW.attempts - OLD.attempts NOT IN (0, 1) OR NEW.tries NOT IN (0, OLD.tries, OLD.tries + 1)
            OR ((NEW.target, NEW.target_kind) <> (OLD.target, OLD.target_kind) AND NOT (
                OLD.attempts = 0 AND OLD.target_kind = 'mail' AND NEW.target_kind = 'digest'
                AND NEW.target = 'digest:' || split_part(OLD.target, ':', 2)))
            OR (NEW.settled_at IS NULL) <> (NEW.status IN ('pending', 'held'))
            OR NOT is_soon(NEW.settled_at) OR NOT is_soon(NEW.leased_until, '1 day')
            OR NOT is_soon(NEW.due_at, '31 days')
        """,
        "No attempt and no order shows that this became of the delivery.",
    ),
    TableRule(
        "delivery_attempts",
        "claimed",
        "BEFORE INSERT",
        """NOT EXISTS (
            SELECT FROM deliveries d
            WHERE d.id = NEW.delivery_id AND d.attempts = NEW.number AND d.leased_until IS NOT NULL)
        """,
        "Nobody has claimed this delivery.",
    ),
    TableRule(
        "delivery_attempts",
        "judged_once",
        "BEFORE UPDATE",
        """(OLD.outcome <> ''
                AND (NEW.outcome, NEW.answered_at) IS DISTINCT FROM (OLD.outcome, OLD.answered_at))
            OR (OLD.answered_at IS NOT NULL
                AND to_jsonb(NEW) - '{outcome,batch}'::text[] <> to_jsonb(OLD) - '{outcome,batch}'::text[])
            OR (NEW.answered_at IS NULL AND NEW.status_code IS NOT NULL) OR NOT is_soon(NEW.answered_at)
            OR (NEW.outcome = 'delivered' AND coalesce(NEW.status_code, 0) NOT BETWEEN 200 AND 299)
            OR NEW.outcome NOT IN ('', 'delivered', 'failed', 'unknown')
        """,
        "An attempt is answered once, judged once, and then stays as it was.",
    ),
    TableRule(
        "delivery_attempts",
        "in_its_batch",
        "BEFORE UPDATE",
        """NEW.batch IS DISTINCT FROM OLD.batch AND (OLD.batch IS NOT NULL OR NOT EXISTS (
            SELECT FROM stored_events s
            WHERE s.originator_id = '8a7b1c52-2d0e-4a3e-9f4d-1b5a7e6c9d20'
              AND s.originator_version = NEW.batch
              AND convert_from(s.state, 'UTF8')::jsonb #> '{data,attempts}' @> to_jsonb(OLD.id)))
        """,
        "The record has no such batch of attempts.",
    ),
    TableRule(
        "first_looks",
        "was_told",
        "BEFORE INSERT",
        """NOT EXISTS (
            SELECT FROM notifications n
            WHERE n.id = NEW.notification_id AND n.spread_at IS NOT NULL AND NEW.person = ANY (n.people))
        """,
        "They were not told of it.",
    ),
    # Whoever counts as told was told, and whoever no longer does was told that: in the same transaction.
    TableRule(
        "told_waits",
        "was_told",
        "AFTER INSERT OR DELETE",
        """(SELECT n.type FROM notifications n
            WHERE n.case_id = coalesce(NEW.thing, OLD.thing) AND n.wait = coalesce(NEW.wait, OLD.wait)
              AND n.wait_turn = coalesce(NEW.turn, OLD.turn)
              AND coalesce(NEW.person, OLD.person) = ANY (n.people) ORDER BY n.id DESC LIMIT 1
        ) IS DISTINCT FROM (CASE TG_OP WHEN 'INSERT' THEN 'turn.began' ELSE 'turn.ended' END)
        """,
        "They were told something else.",
        AT_THE_END,
    ),
)
