"""The rooms of the house, each named once: what one offers, and its events, are found by its name.

The import contract of the layers reads this list, too.
"""

from pkgutil import resolve_name
from typing import Any

ROOMS = ("rfp_service.rfps", "rfp_service.catalogue", "projects", "rfp_service.contracts", "outcomes")


def context_of(room: str) -> Any:  # noqa: ANN401  # this layer knows no web
    """Return what a room offers the roof: of `projects`, `PROJECTS` in `projects.context`."""
    return resolve_name(f"{room}.context:{room.rpartition('.')[2].upper()}")


def events_of(room: str) -> Any:  # noqa: ANN401  # a tuple of its own
    """Return a room's events: `EVENTS` in its `domain.all_events`."""
    return resolve_name(f"{room}.domain.all_events:EVENTS")
