"""How far views and reactions have come, and the outbox of notices. Views' tables make themselves."""

from alembic import op

revision = "0002"
down_revision = "0001"

VIEWS = """
CREATE TABLE views (
    name text PRIMARY KEY,
    fingerprint text NOT NULL,
    position bigint NOT NULL,
    stopped text
)
"""
REACTIONS = "CREATE TABLE reactions (name text PRIMARY KEY, position bigint NOT NULL)"
NOTICES = """
CREATE TABLE notices (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    position bigint NOT NULL,
    told text NOT NULL,
    about text NOT NULL,
    case_id uuid NOT NULL,
    happened_at timestamptz NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (position, told, about)
)
"""
PEOPLE = """
CREATE TABLE people (
    id text PRIMARY KEY,
    name text NOT NULL,
    source text NOT NULL DEFAULT ''
)
"""


def upgrade() -> None:
    """Create the bookkeeping."""
    for statement in (VIEWS, REACTIONS, NOTICES, PEOPLE):
        op.execute(statement)


def downgrade() -> None:
    """Drop the bookkeeping; views are rebuilt, reactions start again at the head."""
    for table in ("people", "notices", "reactions", "views"):
        op.execute(f"DROP TABLE {table}")
