"""Digests, and reminders of days that are due: found fast, however much waits for endpoints."""

from alembic import op

revision = "0027"
down_revision = "0031"

# What is due to people is found without going through what waits for an endpoint that is down.
TO_PERSONS = """
CREATE INDEX ON deliveries (due_at, id)
WHERE status = 'pending' AND target_kind IN ('mail', 'teams', 'digest')
"""
ONLY_MAIL = "DROP INDEX deliveries_due_at_id_idx"
# What was planned before this release is due as well: its clocks are set from the first event on.
FROM_THE_BEGINNING = """
INSERT INTO reactions (name, position, since) VALUES ('set_due_days', 0, 0) ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    """Make the index, and begin the reaction."""
    for statement in (ONLY_MAIL, TO_PERSONS, FROM_THE_BEGINNING):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: who was told what is kept."""
    raise NotImplementedError("What was told is never dropped by a migration; restore a backup.")
