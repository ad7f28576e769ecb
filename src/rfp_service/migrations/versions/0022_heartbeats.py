"""Who is at work: the process that works, and the last that served, each with its last sign of life."""

from alembic import op

revision = "0022"
down_revision = "0021"

HEARTBEATS = """
CREATE TABLE heartbeats (
    name text PRIMARY KEY,
    process text NOT NULL,
    beaten_at timestamptz NOT NULL DEFAULT now()
)
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(HEARTBEATS)


def downgrade() -> None:
    """Drop it; nothing is lost."""
    op.execute("DROP TABLE heartbeats")
