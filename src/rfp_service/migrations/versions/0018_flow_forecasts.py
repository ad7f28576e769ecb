"""Forecasts as they were made, to be scored once it is known what came; nothing here is ever changed."""

from alembic import op

revision = "0018"
down_revision = "0017"

FORECASTS = """
CREATE TABLE flow_forecasts (
    week date NOT NULL,
    within_days integer NOT NULL,
    case_id text NOT NULL,
    made_us bigint NOT NULL,
    position bigint NOT NULL,
    chance double precision,
    chance_by_age double precision,
    finish_p50_us bigint,
    finish_p85_us bigint,
    finish_p95_us bigint,
    PRIMARY KEY (week, within_days, case_id)
)
"""


def upgrade() -> None:
    """Create the table."""
    op.execute(FORECASTS)


def downgrade() -> None:
    """Drop it; what was forecast can't be found out again."""
    op.execute("DROP TABLE flow_forecasts")
