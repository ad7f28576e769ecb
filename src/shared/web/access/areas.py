"""What is out of a person's service areas is not there for them."""

from collections.abc import Iterable
from typing import Any

from shared.kernel.errors import OutOfSight
from shared.kernel.messages import Event, Recorded
from shared.kernel.person import Person


def owned(events: Iterable[Event[Any]]) -> tuple[str | None, str | None]:
    """Return the service area of a thing and who raised it, as its events say; None if they don't.

    What a batch that was undone had changed holds again what it held.
    """
    area = raised_by = None
    for event in events:
        again = getattr(event, "restored", {}).get("service_area")
        area = getattr(event, "service_area", None) or again or area
        raised_by = getattr(event, "raised_by", None) or raised_by
    return area, raised_by


def whose(recorded: Iterable[Recorded]) -> tuple[str | None, str | None]:
    """Return the service area of a thing and who raised it, as its history says."""
    return owned(one.event for one in recorded)


def sees(areas: frozenset[str] | None, area: object, *, own: bool) -> bool:
    """Say whether a thing is of one of the reader's service areas, or of none, or their own."""
    return areas is None or area is None or area in areas or own


def in_sight(person: Person, areas: frozenset[str] | None, area: object, raised_by: object) -> None:
    """Find nothing where a thing is of another service area than the reader's, and not their own."""
    if not sees(areas, area, own=raised_by in person.ids):
        raise OutOfSight
