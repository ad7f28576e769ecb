"""What waits for somebody: each room says of its own things which do, and since when is found out here.

Whether an approval waits for somebody is asked of the command that would decide it: what is shown as
waiting and what would be accepted can't differ.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select

from shared.kernel.calendar import end_of
from shared.kernel.errors import Refused
from shared.kernel.messages import Command, Event, Recorded, Stamp
from shared.kernel.person import Person
from shared.kernel.roles import Role
from shared.web.reads.readings import Reading

TheService = Any  # what the roof makes, and hands to those below it

CANDIDATES_LIMIT = 1_000  # of one kind: more than anybody could ever look at


@dataclass(frozen=True)
class Waiter:
    """Somebody that things may wait for, and the stamps of what they decide, also in another's stead."""

    person: Person
    today: date
    stamps: tuple[Stamp, ...] = ()
    bodies: frozenset[str] = frozenset()  # the advisory bodies that they are members of
    own: Stamp | None = None  # of what they decide for themselves, also where no scheme is in force

    @property
    def ids(self) -> tuple[str, ...]:
        """Return every id that is theirs."""
        return self.person.ids

    @property
    def tiers(self) -> tuple[str, ...]:
        """Return the tiers they stand on, or may stand in on."""
        return tuple(tier for stamp in self.stamps for tier in _tiers(stamp))

    def has(self, *roles: Role) -> bool:
        """Say whether they have one of these roles."""
        return not set(roles).isdisjoint(self.person.roles)

    def may(self, command: Command[Any], state: Any) -> bool:
        """Say whether they could decide this now, for themselves."""
        assert self.own is not None, "whoever asks has a stamp"
        try:
            command.decide(state, self.own)
        except Refused:
            return False
        return True

    def deciding_for(self, command: Callable[[str | None], Command[Any]], state: Any) -> str | None:
        """Return for whom they could decide this now, blank for themselves; None if they can't."""
        for stamp in self.stamps:
            try:
                command(stamp.acting_for or None).decide(state, stamp)
            except Refused:
                continue
            return stamp.acting_for
        return None


def _tiers(stamp: Stamp) -> Iterable[str]:
    if not stamp.acting_for:
        return stamp.known.own_tiers
    given: Any = stamp.known.facts.get("delegations", [])
    return [tier for delegation in given for tier in delegation["tiers"]]


class Wait(NamedTuple):
    """Something that waits: which kind, why, in whose stead, and what tells one such wait from the next.

    It waits since the event that brought it about; where a day had to come first, since that day.
    """

    kind: str
    why: str
    acting_for: str = ""
    turn: str = ""
    due_on: date | None = None
    from_day: date | None = None


class ThingShown(NamedTuple):
    """What is shown of a thing that waits."""

    reference: str
    title: str
    service_area: str
    stage: str
    raised_by: str = ""


class ThingStanding(NamedTuple):
    """A thing as it stands while its events are gone through: its state, and since when in which stage."""

    state: Any
    first_position: int
    stage_since: datetime


@dataclass(frozen=True)
class WaitingThings:
    """A room's things that can wait for somebody.

    `candidates` are a few more than do: `waits` alone says for whom one waits. `told` are the kinds of waits
    of which whoever can act is told as they begin and end; of others, people are told by other means.
    `begun_by` are the events with which they may begin, where these are few; else any of its things may.
    """

    kind: str
    action: str  # the right it takes to see them
    blank: Any
    candidates: Callable[[Reading, Waiter], "Select[Any] | None"]
    waits: Callable[[Any, Waiter], Iterable[Wait]]
    shown: Callable[[ThingStanding], ThingShown]
    facts: Callable[[Any, Reading], Awaitable[Any]] | None = None
    due: Callable[[ThingStanding, Wait, Any], date | None] = lambda _, wait, __: wait.due_on
    told: frozenset[str] = frozenset()
    begun_by: tuple[type[Event[Any]], ...] = ()


async def waiting(
    things: WaitingThings, service: TheService, reading: Reading, waiter: Waiter
) -> list[dict[str, Any]]:
    """Return everything of one kind that waits for somebody, each with why and since when.

    With each goes where others decided on the thing: what has changed since somebody last looked follows.
    """
    statement = things.candidates(reading, waiter)
    if statement is None:
        return []
    ids = [row[0] for row in await reading.rows(statement.limit(CANDIDATES_LIMIT))]
    if not ids:
        return []
    facts = await things.facts(service, reading) if things.facts else None
    histories: dict[UUID, list[Recorded]] = {}
    for recorded in await reading.record.streams(ids, reading.position):
        histories.setdefault(recorded.stream_id, []).append(recorded)
    found = (_of_one(things, events, waiter, facts) for events in histories.values())
    return [item for items in found for item in items]


def _of_one(
    things: WaitingThings, events: Sequence[Recorded], waiter: Waiter, facts: object
) -> list[dict[str, Any]]:
    """Return what of one thing waits: since the event from which on it has done so without a break."""
    state, since = things.blank, dict[tuple[str, str, str], Recorded]()
    waits: Mapping[tuple[str, str, str], Wait] = {}
    entered = events[0].happened_at
    for recorded in events:
        stage, state = getattr(state, "stage", None), recorded.event.apply(state)
        if getattr(state, "stage", None) != stage:
            entered = recorded.happened_at
        waits = {(wait.kind, wait.acting_for, wait.turn): wait for wait in things.waits(state, waiter)}
        since = {key: since.get(key, recorded) for key in waits}
    standing = ThingStanding(state, events[0].position, entered)
    shown = things.shown(standing)
    by_others = tuple(recorded.position for recorded in events if recorded.by not in waiter.ids)
    return [
        {
            "thing": things.kind,
            "id": events[0].stream_id,
            **shown._asdict(),
            "kind": wait.kind,
            "why": wait.why,
            "acting_for": wait.acting_for,
            "since": _since(since[key], wait),
            "position": since[key].position,
            "due_on": things.due(standing, wait, facts),
            "by_others": by_others,
        }
        for key, wait in waits.items()
    ]


def _since(recorded: Recorded, wait: Wait) -> datetime:
    if wait.from_day is None:
        return recorded.happened_at
    return max(recorded.happened_at, end_of(wait.from_day - timedelta(days=1)))
