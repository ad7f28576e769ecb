"""With which roles people last signed in, so that a role's people are told."""

from alembic import op

revision = "0038"
down_revision = "0028"

ROLES = """
ALTER TABLE people
    ADD COLUMN roles text[] NOT NULL DEFAULT '{}',
    ADD COLUMN roles_at timestamptz
"""


def upgrade() -> None:
    """Add the columns; they fill as people sign in."""
    op.execute(ROLES)


def downgrade() -> None:
    """Take them away: a role's people are told by endpoints alone."""
    op.execute("ALTER TABLE people DROP COLUMN roles, DROP COLUMN roles_at")
