"""Who has signed in to the console, each under the hash of what their browser alone knows."""

from alembic import op

revision = "0021"
down_revision = "0020"

SESSIONS = """
CREATE TABLE console_sessions (
    id bytea PRIMARY KEY,
    person text NOT NULL,
    sealed bytea NOT NULL,
    position bigint NOT NULL DEFAULT 0,
    begun_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now()
)
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(SESSIONS)


def downgrade() -> None:
    """Drop it, which signs everybody out."""
    op.execute("DROP TABLE console_sessions")
