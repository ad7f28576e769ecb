"""What can be seen of disposals."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel

from shared.governance.retention.domain import Disposal
from shared.record.projecting.row_models import COUNTED, SEARCHED, model_table, row_of
from shared.record.projecting.views import STILL_VALID, StateView


class DisposalRow(BaseModel):
    """A record that was disposed of."""

    id: UUID
    record_id: UUID
    record_kind: Annotated[str, SEARCHED, COUNTED]
    ground: Annotated[str, SEARCHED, COUNTED]
    first_position: int
    opened_at: datetime


disposals = model_table("disposals", DisposalRow)


disposal_row = row_of(DisposalRow)


DISPOSED = StateView(
    disposals, disposal_row, Disposal(), indexes=(f"(record_id) WHERE valid_to = {STILL_VALID}",)
)
