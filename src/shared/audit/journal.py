"""The journal of decisions: one row for each event that somebody is answerable for."""

from collections.abc import Iterable

from sqlalchemy import BigInteger, Column, DateTime, Text, Uuid

from shared.messages import Recorded
from shared.projecting.views import Journal, Row, journal_table

# Rows of a historic log are somebody else's decisions, taken before this record began.
NOT_DECISIONS = frozenset({"historic-case"})

decisions = journal_table(
    "decisions",
    Column("stream_id", Uuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("acting_for", Text, nullable=False),
    Column("authority", Text, nullable=False),
    Column("scheme_version", BigInteger, nullable=False),
    Column("happened_at", DateTime(timezone=True), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)


def decision_rows(recorded: Recorded) -> Iterable[Row]:
    """Return the row of one decision: who, on what authority, when; what was said stays in the record."""
    kind = type(recorded.event).kind
    if kind in NOT_DECISIONS:
        return ()
    envelope = recorded.envelope
    known = envelope.get("known")
    return (
        {
            "stream_id": recorded.stream_id,
            "version": recorded.version,
            "kind": kind,
            "decision": type(recorded.event).__name__,
            "by": envelope["by"],
            "acting_for": envelope.get("acting_for", ""),
            "authority": envelope.get("authority", ""),
            "scheme_version": known.get("scheme_version", 0) if isinstance(known, dict) else 0,
            "happened_at": recorded.happened_at,
            "recorded_at": recorded.recorded_at,
        },
    )


DECISIONS = Journal(
    decisions,
    decision_rows,
    indexes=("(stream_id, position)", '("by", position)', "(decision, position)"),
)
