"""A file that somebody hands in over several pages, kept with their session and sealed under its secret."""

from alembic import op

revision = "0029"
down_revision = "0023"

FILES = """
CREATE TABLE console_files (
    id uuid PRIMARY KEY,
    session bytea NOT NULL REFERENCES console_sessions ON DELETE CASCADE,
    sealed bytea NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT now()
)
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(FILES)
    op.execute("CREATE INDEX console_files_session ON console_files (session)")


def downgrade() -> None:
    """Drop it: what was being handed in is handed in again."""
    op.execute("DROP TABLE console_files")
