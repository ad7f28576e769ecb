"""What is out of a person's service areas is not there for them."""

from collections.abc import Iterable

from shared.access.tokens import Person
from shared.errors import NotFound
from shared.messages import Recorded


def whose(events: Iterable[Recorded]) -> tuple[str | None, str | None]:
    """Return the service area of a thing and who raised it, as its events say; None where they don't."""
    area = raised_by = None
    for recorded in events:
        area = getattr(recorded.event, "service_area", None) or area
        raised_by = getattr(recorded.event, "raised_by", None) or raised_by
    return area, raised_by


def in_sight(person: Person, areas: frozenset[str] | None, area: object, raised_by: object) -> None:
    """Find nothing where a thing is of another service area than the reader's, and not their own."""
    if areas is None or area is None or area in areas or raised_by in person.ids:
        return
    raise NotFound
