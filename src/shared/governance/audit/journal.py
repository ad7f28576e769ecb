"""The journal of decisions: one row for each event that somebody is answerable for."""

from sqlalchemy import ARRAY, BigInteger, Column, DateTime, Text, Uuid

from shared.governance.audit.decision_rows import decision_rows
from shared.kernel.messages import Recorded
from shared.record.projecting.views import Journal, journal_table

decisions = journal_table(
    "decisions",
    Column("stream_id", Uuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body_of_work", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("rule", Text),
    Column("stage", Text, nullable=False),
    Column("value_pence", BigInteger),
    Column("marks", ARRAY(Text), nullable=False),
    Column("by", Text, nullable=False),
    Column("acting_for", Text),
    Column("authority", Text, nullable=False),
    Column("scheme_version", BigInteger, nullable=False),
    Column("happened_at", DateTime(timezone=True), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)


def is_shown_unread(_: Recorded) -> bool:
    """Say that every event that can't be read has its row: that it was decided, and by whom."""
    return True


DECISIONS = Journal(
    decisions,
    decision_rows,
    passes=is_shown_unread,
    indexes=(
        "(stream_id, position)",
        '("by", position)',
        "(decision, position)",
        "(happened_at, position)",
        "(stream_id, position) WHERE value_pence IS NOT NULL",
        "(value_pence, stream_id) WHERE value_pence IS NOT NULL",
    ),
)
