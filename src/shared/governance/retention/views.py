"""What can be seen of disposals."""

from sqlalchemy import Column, Text, Uuid

from shared.governance.retention.domain import Disposal
from shared.kernel.messages import Stream
from shared.record.projecting.views import STILL_VALID, Row, StateView, state_table

disposals = state_table(
    "disposals",
    Column("record_id", Uuid, nullable=False),
    Column("record_kind", Text, nullable=False),
    Column("ground", Text, nullable=False),
)


def disposal_row(stream: Stream[Disposal]) -> Row:
    """Return a disposal's row."""
    disposal = stream.state
    return {"record_id": disposal.record_id, "record_kind": disposal.record_kind, "ground": disposal.ground}


DISPOSED = StateView(
    disposals, disposal_row, Disposal(), indexes=(f"(record_id) WHERE valid_to = {STILL_VALID}",)
)
