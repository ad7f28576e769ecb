"""Signed checkpoints of the log of reads, so that a cut tail of it is found."""

from alembic import op

revision = "0007"
down_revision = "0006"

CHECKPOINTS = """
CREATE TABLE read_checkpoints (
    position bigint PRIMARY KEY,
    note text NOT NULL,
    signed_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""
NO_EDIT = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON read_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
ALWAYS = "ALTER TABLE read_checkpoints ENABLE ALWAYS TRIGGER append_only"


def upgrade() -> None:
    """Create them; nothing of them goes back."""
    for statement in (CHECKPOINTS, NO_EDIT, ALWAYS):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: what was signed is never undone."""
    raise NotImplementedError("A signed log is never dropped by a migration; restore a backup.")
