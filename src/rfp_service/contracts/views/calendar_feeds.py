"""The private addresses of the contracts' calendar: one row for each, without what opens it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from rfp_service.contracts.domain.calendar_feeds import CalendarFeed
from shared.kernel.fields import TextOrNull
from shared.kernel.messages import Stream
from shared.record.projecting.row_models import COMPUTED, COUNTED, SEARCHED, model_table, row_of
from shared.record.projecting.views import Row, StateView


class CalendarFeedRow(BaseModel):
    """A private address: who opened it, and what it shows."""

    id: UUID
    version: int
    opened_by: Annotated[str, SEARCHED, COUNTED]
    owner: Annotated[
        TextOrNull, COUNTED, Field(description="Whose contracts it shows; null where it shows everybody's.")
    ]
    areas: Annotated[
        list[str] | None, COMPUTED, Field(description="Of which services; null where it is not limited.")
    ]
    revoked: bool
    first_position: int
    opened_at: datetime
    changed_at: datetime


contract_feeds = model_table("contract_feeds", CalendarFeedRow)


def _computed(stream: Stream[CalendarFeed]) -> Row:
    """Return the service areas that it is limited to, if it is."""
    areas = stream.state.areas
    return {"areas": None if areas is None else list(areas)}


CONTRACT_FEEDS = StateView(contract_feeds, row_of(CalendarFeedRow, _computed), CalendarFeed())
