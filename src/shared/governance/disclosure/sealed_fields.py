"""Sealed matters: an event says which of its fields nobody reads until a later event opens them.

To seal something, declare it on the event, and nothing else:

    class ResponseReceived(RfpEvent):
        sealed = Sealed(("reference", "sha256", "price_pence"), until=("ResponsesOpened",))

From then on these fields are withheld, by name and at any depth, from that event and from every row of
its thing, in lists, CSV, NDJSON, the audit list and histories, whoever asks, until the thing has an event
of a name in `until`. What comes after that event is sealed again. Rules are not concerned: `decide` and
`apply` see everything. Name such fields alike in the event and in what shows them, and offer no filter on
them. Where the thing's row has a field of the same name that is no secret (an RFP's own `reference`), name
it in `within` too; where people may read what they said themselves, name the field that says who in
`author`. A route that shows one thing answers with `seen(…)`; lists and histories need nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from shared.governance.disclosure.exemptible_fields import contents
from shared.kernel.messages import Event, Sealed


class Seen(NamedTuple):
    """That an event happened, without what it says."""

    version: int
    topic: str


class SealedFields:
    """What the service's events declare as sealed."""

    def __init__(self, events: Iterable[type[Event[Any]]]) -> None:
        """Collect the declarations, and whatever else may be kept from somebody."""
        known = tuple(events)
        self._known = frozenset(event.__name__ for event in known)
        self._sealed: Mapping[str, Sealed] = {
            event.__name__: event.sealed for event in known if event.sealed is not None
        }
        parts = frozenset(part for event in known for whole in event.wholes.values() for part in whole)
        self.may_be_exempt = parts | {name for event in known for name in contents(event)}

    @cached_property
    def within(self) -> frozenset[str]:
        """Return the names that are sealed inside a thing, and mean another field in its own row."""
        return frozenset(name for sealed in self._sealed.values() for name in sealed.within)

    def knows(self, topic: str) -> bool:
        """Say whether what an event of this name seals is known; of a later release's it is not."""
        return topic in self._known

    def author_of(self, topic: str, said: object) -> str:
        """Return who reads what they said in an event of this name; blank if nobody does."""
        sealed = self._sealed.get(topic)
        if sealed is None or not sealed.author or not isinstance(said, Mapping):
            return ""
        return str(said.get(sealed.author, ""))

    @cached_property
    def topics(self) -> list[str]:
        """Return the names of all events that are sealed or open a seal."""
        openers = {name for sealed in self._sealed.values() for name in sealed.until}
        return sorted(openers | set(self._sealed))

    def closed(self, happened: Sequence[Seen]) -> dict[int, frozenset[str]]:
        """Return the fields still sealed in each version of one thing, given its events in order."""
        closed: dict[int, frozenset[str]] = {}
        for number, seen in enumerate(happened):
            sealed = self._sealed.get(seen.topic)
            if sealed and not any(later.topic in sealed.until for later in happened[number + 1 :]):
                closed[seen.version] = frozenset(sealed.fields)
        return closed

    def fields_of(self, topic: str) -> frozenset[str]:
        """Return the fields that an event of this name seals."""
        sealed = self._sealed.get(topic)
        return frozenset(sealed.fields) if sealed else frozenset()
