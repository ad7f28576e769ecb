"""Every event of a project in flight, for the record to know them by name."""

from typing import Any

from projects.domain.capacity import CAPACITY_EVENTS
from projects.domain.delivery import DELIVERY_EVENTS
from projects.domain.events import CASE_EVENTS
from projects.domain.restatement import RESTATEMENT_EVENTS
from shared.kernel.messages import Event

EVENTS: tuple[type[Event[Any]], ...] = (*CASE_EVENTS, *DELIVERY_EVENTS, *RESTATEMENT_EVENTS, *CAPACITY_EVENTS)
