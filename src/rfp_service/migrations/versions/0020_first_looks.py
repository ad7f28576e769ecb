"""What is told of a tier to another one, and when whoever was told first looked."""

from alembic import op

revision = "0020"
down_revision = "0018"

TOLD_TIER = "ALTER TABLE notifications ADD COLUMN told_tier text NOT NULL DEFAULT ''"
FIRST_LOOKS = """
CREATE TABLE first_looks (
    notification_id bigint NOT NULL REFERENCES notifications,
    person text NOT NULL,
    looked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (notification_id, person)
)
"""


def upgrade() -> None:
    """Add the column, and create the table."""
    op.execute(TOLD_TIER)
    op.execute(FIRST_LOOKS)


def downgrade() -> None:
    """Refuse: who was told what, and saw it, is kept."""
    raise NotImplementedError("What was told is never dropped by a migration; restore a backup.")
