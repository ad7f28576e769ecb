"""The people directory in full, accounts, and the keys of personal texts."""

from alembic import op

revision = "0003"
down_revision = "0002"

PEOPLE = """
ALTER TABLE people
    ALTER COLUMN name SET DEFAULT '',
    ADD COLUMN email text NOT NULL DEFAULT '',
    ADD COLUMN first_seen timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN erased_at timestamptz,
    ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY UNIQUE
"""
IDENTITIES = """
CREATE TABLE identities (
    issuer text NOT NULL,
    subject text NOT NULL,
    person_id text NOT NULL REFERENCES people,
    first_seen timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (issuer, subject)
)
"""
# A row stays when its key is destroyed. The row of a person on no thing (all zeros) says that they were
# erased altogether, so that no new key is made.
KEYS = """
CREATE TABLE personal_keys (
    id uuid PRIMARY KEY,
    person text NOT NULL,
    stream_id uuid NOT NULL,
    wrapped bytea,
    made_at timestamptz NOT NULL DEFAULT now(),
    destroyed_at timestamptz,
    UNIQUE (person, stream_id),
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
)
"""
USES = """
CREATE TABLE api_key_uses (
    account_id uuid NOT NULL,
    key_name text NOT NULL,
    last_used_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, key_name)
)
"""


def upgrade() -> None:
    """Create them."""
    for statement in (PEOPLE, IDENTITIES, KEYS, USES):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: keys that are gone can't be made again."""
    raise NotImplementedError("Personal keys are never dropped by a migration; restore a backup.")
