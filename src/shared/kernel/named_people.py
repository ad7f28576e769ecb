"""Whether those whom a decision names are people: whoever has signed in, is in an import, or was invited."""

from collections.abc import Iterable

from shared.kernel.errors import Refused
from shared.kernel.messages import Stamp

PEOPLE = "people"  # the fact that lists those of the people named whom the directory knows


class NoSuchPerson(Refused):
    """The directory knows nobody by that id: invite whoever has not signed in yet."""


def must_be_known(stamp: Stamp, people: Iterable[str]) -> None:
    """Refuse whom the directory does not know; decisions from before it was asked named anybody."""
    known = stamp.known.facts.get(PEOPLE)
    if not isinstance(known, list):
        return
    for person in people:
        if person not in known:
            raise NoSuchPerson(person=person)
