"""What can be seen of exemptions: that they exist, of what, under which paragraph, until when."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel

from shared.governance.disclosure.domain import Exemption, ExemptionStatus
from shared.kernel.messages import Stream
from shared.record.projecting.row_models import COMPUTED, COUNTED, SEARCHED, UNSORTED, model_table, row_of
from shared.record.projecting.views import STILL_VALID, Row, StateView


class ExemptionRow(BaseModel):
    """Something exempt: of which thing and decision (0: the whole), which fields (by a space), and why."""

    id: UUID
    version: int
    status: ExemptionStatus
    matter_id: UUID
    matter_kind: Annotated[str, SEARCHED, COUNTED]
    matter_version: int
    fields: Annotated[str, COMPUTED, SEARCHED]
    paragraph: int
    reason: Annotated[str, SEARCHED, UNSORTED]
    public_interest: Annotated[str, SEARCHED, UNSORTED]
    review_on: date
    declared_by: Annotated[str, COUNTED]
    first_position: int
    opened_at: datetime
    changed_at: datetime


exemptions = model_table("exemptions", ExemptionRow)


def _computed(stream: Stream[Exemption]) -> Row:
    """Return the exempt fields as one text, a space between."""
    return {"fields": " ".join(stream.state.fields)}


exemption_row = row_of(ExemptionRow, _computed)


EXEMPTIONS = StateView(
    exemptions, exemption_row, Exemption(), indexes=(f"(matter_id) WHERE valid_to = {STILL_VALID}",)
)

# The same in SQL: the things of which something is exempt that has one of these names.
WITH_EXEMPT = (
    f"SELECT matter_id FROM exemptions WHERE valid_to = {STILL_VALID} AND status = 'in_force'"
    " AND string_to_array(fields, ' ') && CAST({names} AS text[])"
)
