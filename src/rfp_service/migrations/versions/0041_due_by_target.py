"""What is due is found by its target alone, so that a backlog of one is not gone through for another."""

from alembic import op

revision = "0041"
down_revision = "0038"

# With it, what is due to a target without a backlog was looked for among everything that is due.
OVERDUE = "DROP INDEX deliveries_due_at_idx"


def upgrade() -> None:
    """Drop the index of all that waits by its time."""
    op.execute(OVERDUE)


def downgrade() -> None:
    """Refuse: who was told what is kept."""
    raise NotImplementedError("What was told is never dropped by a migration; restore a backup.")
