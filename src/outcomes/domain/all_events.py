"""Every event of this room, for the record to know them by name."""

from typing import Any

from outcomes.domain.engagement import ENGAGEMENT_EVENTS
from outcomes.domain.milestone_events import MILESTONE_EVENTS
from outcomes.domain.paper import PAPER_EVENTS
from outcomes.domain.priority_tags import TAG_EVENTS
from outcomes.domain.programme import PROGRAMME_EVENTS
from outcomes.domain.promised_data import DATA_EVENTS
from shared.kernel.messages import Event

EVENTS: tuple[type[Event[Any]], ...] = (
    *PROGRAMME_EVENTS,
    *MILESTONE_EVENTS,
    *DATA_EVENTS,
    *ENGAGEMENT_EVENTS,
    *TAG_EVENTS,
    *PAPER_EVENTS,
)
