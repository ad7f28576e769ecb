"""A time that stands already stays where the database's clock is set back; only a new one can't lie ahead.

The rules are otherwise those of 0050, in the form of 0054: what was written just before the clock was set
back could not be written to until that time came again.
"""

import re

from alembic import op

from rfp_service.migrations.telling_rules import EITHER, TELLING_RULES, TableRule

revision = "0055"
down_revision = "0054"

AHEAD = re.compile(r"NOT is_soon\(NEW\.(\w+)")
WRITTEN_AHEAD = r"NEW.\1 IS DISTINCT FROM OLD.\1 AND NOT is_soon(NEW.\1"
KEPT_AS_THEY_ARE = ("as_attempted", "judged_once")

RULES = (
    *(rule for rule in TELLING_RULES if rule.name in KEPT_AS_THEY_ARE),
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
CREATE OR REPLACE FUNCTION {rule.table}_{rule.name}() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF {refused} THEN
        IF is_bound('{rule.table}') THEN
            RAISE EXCEPTION '{rule.sentence}' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Replace the functions of these triggers."""
    for rule in RULES:
        op.execute(CHECK.format(rule=rule, refused=AHEAD.sub(WRITTEN_AHEAD, rule.refused)))


def downgrade() -> None:
    """Refuse: earlier releases wrote where nothing was checked."""
    raise NotImplementedError("Checked writing is never undone by a migration; restore a backup.")
