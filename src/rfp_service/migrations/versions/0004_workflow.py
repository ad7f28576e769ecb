"""Deadlines that move cases by themselves, and trigrams that forgive slips of the finger."""

from alembic import op

revision = "0004"
down_revision = "0003"

# An extension that any owner of a database may add, as PostgreSQL trusts it.
TRIGRAMS = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
DEADLINES = """
CREATE TABLE deadlines (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id uuid NOT NULL,
    kind text NOT NULL,
    version int NOT NULL,
    due_at timestamptz NOT NULL,
    leased_until timestamptz,
    attempts int NOT NULL DEFAULT 0,
    settled_at timestamptz,
    outcome text,
    UNIQUE (case_id, kind, version)
)
"""
TO_COME = "CREATE INDEX ON deadlines (due_at) WHERE settled_at IS NULL"


def upgrade() -> None:
    """Create the deadlines, and what the catalogue's search needs."""
    for statement in (TRIGRAMS, DEADLINES, TO_COME):
        op.execute(statement)


def downgrade() -> None:
    """Drop the deadlines; a reaction that comes again begins at the head."""
    op.execute("DROP TABLE deadlines")
