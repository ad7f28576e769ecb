"""Events that a release couldn't read: where they stand, and which views and reactions still owe them."""

from alembic import op

revision = "0009"
down_revision = "0008"

UNREAD = """
CREATE TABLE unread_events (
    position bigint PRIMARY KEY,
    stream_id uuid NOT NULL,
    kind text NOT NULL,
    topic text NOT NULL,
    why text NOT NULL,
    views text[] NOT NULL DEFAULT '{}',
    reactions text[] NOT NULL DEFAULT '{}'
)
"""


def upgrade() -> None:
    """Create the table, and let a stopped view say at which event it stands still."""
    op.execute(UNREAD)
    op.execute("ALTER TABLE views ADD COLUMN unread bigint")


def downgrade() -> None:
    """Drop them; what was owed is then found only by a rebuild."""
    op.execute("ALTER TABLE views DROP COLUMN unread")
    op.execute("DROP TABLE unread_events")
