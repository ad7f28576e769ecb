"""Jobs, and their results in pieces."""

from alembic import op

revision = "0006"
down_revision = "0005"

JOBS = """
CREATE TABLE jobs (
    id uuid PRIMARY KEY,
    owner text NOT NULL,
    kind text NOT NULL,
    status text NOT NULL,
    total bigint NOT NULL,
    done bigint NOT NULL,
    counts jsonb NOT NULL,
    problem jsonb,
    started_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now()
)
"""
RESULTS = """
CREATE TABLE job_results (
    job_id uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
    piece bigint NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (job_id, piece)
)
"""


def upgrade() -> None:
    """Create the tables."""
    op.execute(JOBS)
    op.execute(RESULTS)


def downgrade() -> None:
    """Drop them; what jobs decided is in the record."""
    op.execute("DROP TABLE job_results")
    op.execute("DROP TABLE jobs")
