"""The bytes of issued papers, each under its hash; nothing here is ever changed."""

from alembic import op

revision = "0010"
down_revision = "0009"

DOCUMENTS = """
CREATE TABLE issued_documents (
    sha256 text PRIMARY KEY CHECK (sha256 = encode(sha256(content), 'hex')),
    media_type text NOT NULL,
    content bytea NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT now()
)
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(DOCUMENTS)


def downgrade() -> None:
    """Drop it; the record keeps the hashes alone."""
    op.execute("DROP TABLE issued_documents")
