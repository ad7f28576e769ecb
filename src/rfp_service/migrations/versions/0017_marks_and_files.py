"""What each person has read of what waits for them; and small files, each under its hash."""

from alembic import op

revision = "0017"
down_revision = "0016"

MARKS = """
CREATE TABLE inbox_marks (
    person text NOT NULL,
    thing uuid NOT NULL,
    kind text NOT NULL,
    position bigint NOT NULL,
    marked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (person, thing, kind)
)
"""
FILES = """
CREATE TABLE document_files (
    sha256 text PRIMARY KEY CHECK (sha256 = encode(sha256(content), 'hex')),
    content bytea NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT now()
)
"""


def upgrade() -> None:
    """Create the tables."""
    op.execute(MARKS)
    op.execute(FILES)


def downgrade() -> None:
    """Drop them; the record keeps the hashes alone."""
    op.execute("DROP TABLE document_files")
    op.execute("DROP TABLE inbox_marks")
