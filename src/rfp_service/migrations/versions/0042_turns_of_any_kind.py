"""Turns of any kind that the inbox shows: who is told of which, and how far was looked for them."""

from alembic import op

revision = "0042"
down_revision = "0041"

WHAT_WAITS = """
ALTER TABLE notifications
    ADD COLUMN wait text NOT NULL DEFAULT '',
    ADD COLUMN wait_turn text NOT NULL DEFAULT ''
"""
TOLD = """
CREATE TABLE told_waits (
    thing uuid NOT NULL,
    wait text NOT NULL,
    turn text NOT NULL,
    person text NOT NULL,
    told_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (thing, wait, turn, person)
)
"""
LOOKS = """
CREATE TABLE turn_looks (
    name text PRIMARY KEY,
    position bigint NOT NULL DEFAULT 0,
    looked_on date
)
"""


def upgrade() -> None:
    """Make the columns and the tables; the first look is at everything that waits."""
    for statement in (WHAT_WAITS, TOLD, LOOKS):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: who was told what is kept."""
    raise NotImplementedError("What was told is never dropped by a migration; restore a backup.")
