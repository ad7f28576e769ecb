"""Where copies of checkpoints were sent, how far, and since when one can't be."""

from alembic import op

revision = "0031"
down_revision = "0030"

COPIES = """
CREATE TABLE log_copies (
    target text PRIMARY KEY,
    size bigint NOT NULL DEFAULT 0,
    copied_at timestamptz,
    failing_since timestamptz,
    said text NOT NULL DEFAULT ''
)
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(COPIES)


def downgrade() -> None:
    """Take it away: each target is then sent the newest checkpoint once more."""
    op.execute("DROP TABLE log_copies")
