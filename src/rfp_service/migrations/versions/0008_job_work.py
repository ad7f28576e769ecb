"""What a job is to do, kept until it is done, so that any process can go on with it."""

from alembic import op

revision = "0008"
down_revision = "0007"

WORK = """
CREATE TABLE job_work (
    job_id uuid PRIMARY KEY REFERENCES jobs ON DELETE CASCADE,
    work jsonb NOT NULL,
    attempts int NOT NULL DEFAULT 0
)
"""
BODIES = """
CREATE TABLE job_bodies (
    job_id uuid NOT NULL REFERENCES job_work ON DELETE CASCADE,
    piece bigint NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (job_id, piece)
)
"""


def upgrade() -> None:
    """Create the tables."""
    op.execute(WORK)
    op.execute(BODIES)


def downgrade() -> None:
    """Drop them; a job that was under way is begun again by its request."""
    op.execute("DROP TABLE job_bodies")
    op.execute("DROP TABLE job_work")
