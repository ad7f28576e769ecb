"""What the rules need to know of the scheme, read as at one position and given to them in `Known`."""

from datetime import UTC, date, datetime

from shared.governance.scheme.domain import SCHEME_ID, Scheme, Version
from shared.kernel.calendar import day_in_london
from shared.kernel.messages import Known
from shared.kernel.person import Person
from shared.kernel.rules import Rules
from shared.record.eventstore.changes import Looked
from shared.record.eventstore.store import EventStore

PEOPLE_AT_HAND = 10_000


class SchemeFacts:
    """Tells what the scheme says now; the scheme itself is folded again only when it has changed."""

    def __init__(self, store: EventStore) -> None:
        """Read the scheme of this record."""
        self._store = store
        self._version = 0
        self._read: Looked | None = None
        self.scheme = Scheme()
        self._made: Rules | None = None
        self._made_for: tuple[int, date] | None = None
        self._known: dict[Person, Known] = {}  # of one scheme on one day
        self._known_of: tuple[Scheme, date] | None = None

    @property
    def version(self) -> int:
        """Return the version of the scheme's stream that was read last."""
        return self._version

    async def known(self, person: Person) -> Known:
        """Return what is known to a decision by this person, taken now."""
        position = await self.refresh()
        today = day_in_london(datetime.now(UTC))
        if self._known_of != (self.scheme, today) or len(self._known) > PEOPLE_AT_HAND:
            self._known_of, self._known = (self.scheme, today), {}
        if (known := self._known.get(person)) is None:
            known = self._known[person] = self._known_by(person, self.scheme.in_force(today), today)
        if known.position != position:
            known = self._known[person] = known.model_copy(update={"position": position})
        return known

    def _known_by(self, person: Person, version: Version, today: date) -> Known:
        """Return what is known to a person's decisions all day, as long as the scheme stays as it is."""
        values = version.values
        tiers = values.tiers if values else []
        return Known(
            roles=tuple(role.value for role in person.roles),
            scheme_version=version.number,
            tiers=tuple(tier.as_known() for tier in tiers),
            own_tiers=values.tiers_of(*person.ids) if values else (),
            rules=self._rules(version, today),
        )

    def _rules(self, version: Version, today: date) -> Rules | None:
        """Return the rules of a version; they are the same all day."""
        if self._made_for != (version.number, today):
            self._made = version.values.rules(today) if version.values else None
            self._made_for = (version.number, today)
        return self._made

    async def refresh(self) -> int:
        """Read the scheme again where it has changed; return the position that this was read at."""
        looked = await self._store.changes.look()
        if self._read is None or not self._store.changes.unchanged(SCHEME_ID, self._read):
            stream = await self._store.load(SCHEME_ID, Scheme())
            self.scheme, self._version, self._read = stream.state, stream.version, looked
        return looked.position
