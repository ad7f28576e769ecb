"""Turns of any kind that the inbox shows: whoever can act is told, once, and told again when it is over.

What waits follows from the record and the day: so it is found by looking, and is no event. What has changed
is looked at at once; each morning, whatever may have come due, and whatever somebody else may act on now.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from rfp_service.inbox.inbox_service import InboxService
from shared.governance.delegations.waiting_things import bodies_of, own_stamp
from shared.governance.notifications.notification_types import NotificationType
from shared.governance.people.domain import DIRECTORY_ID, Directory
from shared.governance.scheme.domain import SCHEME_ID, Scheme
from shared.kernel.calendar import LONDON, OPENS_HOUR, day_in_london
from shared.kernel.messages import Recorded
from shared.kernel.person import Person
from shared.kernel.roles import Role
from shared.record.database import Connection, Pool
from shared.record.eventstore.encoding import Topics
from shared.record.eventstore.reader import Reader
from shared.web.access.redactor import Redactor
from shared.web.reads.readings import Reading
from shared.web.reads.waiting_things import CANDIDATES_LIMIT, Waiter, WaitingThings

AT_ONCE = 200  # things, between one chance for others' work and the next
UNMARKED = 1_000  # positions without a turn that are gone through again after a start
BEGIN = "INSERT INTO turn_looks (name) VALUES ('inbox') ON CONFLICT DO NOTHING"
LOOKED = "SELECT position, looked_on FROM turn_looks WHERE name = 'inbox'"
KEEP = "UPDATE turn_looks SET position = $1, looked_on = $2 WHERE name = 'inbox'"
CHANGED = """
SELECT DISTINCT originator_id FROM stored_events
WHERE notification_id > $1 AND notification_id <= $2
  AND (topic = ANY ($3) OR originator_id IN (SELECT thing FROM told_waits))
"""
# Whoever had a role when they last signed in, unless that is long ago.
PEOPLE = """
SELECT id, roles FROM people
WHERE roles <> '{}' AND erased_at IS NULL AND roles_at > now() - interval '90 days' ORDER BY id
"""
TOLD = "SELECT thing, wait, turn, person FROM told_waits WHERE thing = ANY ($1)"
STILL_TOLD = "SELECT DISTINCT thing FROM told_waits"
KEEP_TOLD = "INSERT INTO told_waits (thing, wait, turn, person) SELECT $1, $2, $3, unnest($4::text[])"
NO_LONGER = "DELETE FROM told_waits WHERE thing = $1 AND wait = $2 AND turn = $3 AND person = ANY ($4)"
TELL = """
INSERT INTO notifications
    (message_id, position, type, case_kind, case_id, sequence, wait, wait_turn, people, caused_by,
     happened_at)
VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""

KNOWN_ROLES = {*Role}

Which = tuple[str, str]  # a wait's kind, and what tells it from others of its kind
Whose = Mapping[Which, set[str]]


class WaitingTurns:
    """Looks for what waits, and has whoever can act told."""

    def __init__(self, service: InboxService) -> None:
        """Look at the things of this service's inbox, for whoever may see them."""
        self._pool = service.pool
        self._store = service.store
        self._things = {things.kind: things for things in service.waiting if things.told}
        self._permissions = service.permissions
        self._redact = service.redact
        topics = service.store.mapper.topics
        self._topics = [topic for things in self._things.values() for topic in _beginning(things, topics)]
        self._nothing_until = 0  # no turn began or ended there since the last look

    async def look_when_due(self) -> int:
        """Look, where that is due; there is nothing left to do after it."""
        await self.look(datetime.now(UTC))
        return 0

    async def look(self, now: datetime) -> None:
        """Look at what has changed since the last look, once; each morning at everything."""
        head = await self._store.reader.head()
        if not await self._is_due(head, now):
            self._nothing_until = head
            return
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(BEGIN)
            [looked] = await connection.fetch(f"{LOOKED} FOR UPDATE")  # two workers look one after another
            await self._look_at_all(connection, looked["position"], looked["looked_on"], head, now)

    async def _is_due(self, head: int, now: datetime) -> bool:
        looked = await self._pool.fetchrow(LOOKED)
        if looked is None or _is_a_new_morning(looked["looked_on"], now):
            return True
        since: int = looked["position"]
        return head - since > UNMARKED or bool(await self._changed(max(since, self._nothing_until), head))

    async def _changed(self, since: int, head: int) -> set[UUID]:
        rows = await self._pool.fetch(CHANGED, since, head, self._topics)
        return {UUID(str(row["originator_id"])) for row in rows}

    async def _look_at_all(
        self, connection: Connection, since: int, looked_on: date | None, head: int, now: datetime
    ) -> None:
        """Look at what is to be looked at, and keep that it was, in one transaction."""
        look = TurnLook(connection, self._store.reader, head, now, await self._directory(head))
        waiters = await self._waiters(look)
        things = set() if looked_on is None else await self._changed(since, head)
        if morning := _is_a_new_morning(looked_on, now):
            things |= await self._everything(look, waiters)
        await self._tell(look, sorted(things), waiters)
        await connection.execute(KEEP, max(since, head), day_in_london(now) if morning else looked_on)

    async def _directory(self, head: int) -> Directory:
        return (await self._store.load(DIRECTORY_ID, Directory(), head)).state

    async def _waiters(self, look: "TurnLook") -> Mapping[str, Sequence[Waiter]]:
        """Return by kind of thing everybody for whom one may wait, by what they decide for themselves."""
        scheme = (await self._store.load(SCHEME_ID, Scheme(), look.head)).state
        version, directory = scheme.in_force(look.day), look.directory
        roles: defaultdict[str, set[Role]] = defaultdict(set)
        for row in await self._pool.fetch(PEOPLE):
            roles[directory.person(row["id"])] |= {Role(each) for each in row["roles"] if each in KNOWN_ROLES}
        waiters = []
        for who, theirs in sorted(roles.items()):
            aliases = tuple(each for each in directory.same(who) if each != who)
            person = Person(who, tuple(sorted(theirs)), aliases=aliases)
            own, bodies = own_stamp(person, version, look.day, look.now), bodies_of(person, version)
            waiters.append(Waiter(person, look.day, bodies=bodies, own=own))
        return {
            kind: [each for each in waiters if self._permissions.allows(each.person, things.action)]
            for kind, things in self._things.items()
        }

    async def _everything(self, look: "TurnLook", waiters: Mapping[str, Sequence[Waiter]]) -> set[UUID]:
        """Return all that may wait for anybody, and all of which somebody was told that it does."""
        found = await look.connection.fetch(STILL_TOLD)
        for kind, theirs in waiters.items():
            for waiter in theirs:
                reading = look.reading(self._pool, waiter.person, self._redact)
                statement = self._things[kind].candidates(reading, waiter)
                found += [] if statement is None else await reading.rows(statement.limit(CANDIDATES_LIMIT))
        return {UUID(str(row[0])) for row in found}

    async def _tell(
        self, look: "TurnLook", things: Sequence[UUID], waiters: Mapping[str, Sequence[Waiter]]
    ) -> None:
        for first in range(0, len(things), AT_ONCE):
            some = things[first : first + AT_ONCE]
            histories: defaultdict[UUID, list[Recorded]] = defaultdict(list)
            for recorded in await self._store.reader.streams(some, look.head):
                histories[recorded.stream_id].append(recorded)
            told = await look.told_of(some)
            for thing, events in histories.items():
                kind = events[0].event.kind
                now = _waits(self._things[kind], events, waiters[kind])
                await look.tell_of(events[-1], now, told[thing])
            await asyncio.sleep(0)


@dataclass(frozen=True)
class TurnLook:
    """One look: in which transaction, as of when, and who is away."""

    connection: Connection
    record: Reader
    head: int
    now: datetime
    directory: Directory

    @property
    def day(self) -> date:
        return day_in_london(self.now)

    def reading(self, pool: Pool, person: Person, redact: Redactor) -> Reading:
        """Return the reading that somebody's inbox would stand on."""
        return Reading(
            pool, self.record, self.head, self.head, self.now, past=False, person=person, redact=redact
        )

    async def told_of(self, things: Sequence[UUID]) -> Mapping[UUID, Whose]:
        """Return who was told of what waits, by the thing."""
        told: defaultdict[UUID, defaultdict[Which, set[str]]] = defaultdict(lambda: defaultdict(set))
        for row in await self.connection.fetch(TOLD, things):
            told[row["thing"]][row["wait"], row["turn"]].add(row["person"])
        return told

    async def tell_of(self, last: Recorded, now: Whose, told: Whose) -> None:
        """Tell those for whom a thing waits and who don't know; and those who do, where it no longer does.

        The absent are told only where nobody is there. Whoever ended it knows.
        """
        for which in sorted({*now, *told}):
            can, had = now.get(which, set()), told.get(which, set())
            there = {person for person in can if not self.directory.is_away(person, self.day)} or can
            if new := sorted(there - had):
                await self.connection.execute(KEEP_TOLD, last.stream_id, *which, new)
                await self._told(NotificationType.TURN_BEGAN, last, which, new, "")
            if gone := sorted(had - can):
                await self.connection.execute(NO_LONGER, last.stream_id, *which, gone)
                await self._told(NotificationType.TURN_ENDED, last, which, gone, last.by)

    async def _told(
        self, kind: NotificationType, last: Recorded, which: Which, people: list[str], by: str
    ) -> None:
        of_thing = (last.position, kind.value, last.event.kind, last.stream_id, last.version)
        await self.connection.execute(TELL, *of_thing, *which, people, by, self.now)


def _beginning(things: WaitingThings, topics: Topics) -> Sequence[str]:
    """Return the topics of what a turn may begin with."""
    return [event.__name__ for event in things.begun_by] or topics.of_kind(things.kind)


def _waits(things: WaitingThings, events: Sequence[Recorded], waiters: Sequence[Waiter]) -> Whose:
    """Return for whom a thing waits now, of what is told by looking."""
    state = things.blank
    for recorded in events:
        state = recorded.event.apply(state)
    found: defaultdict[Which, set[str]] = defaultdict(set)
    for waiter in waiters:
        for wait in things.waits(state, waiter):
            if wait.kind in things.told:
                found[wait.kind, wait.turn].add(waiter.person.id)
    return found


def _is_a_new_morning(looked_on: date | None, now: datetime) -> bool:
    """Say whether everything was last looked at before today, and the council has opened."""
    if looked_on is None:
        return True
    today = day_in_london(now)
    return looked_on < today and now >= datetime.combine(today, time(OPENS_HOUR), LONDON)
