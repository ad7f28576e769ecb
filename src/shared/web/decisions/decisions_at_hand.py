"""What may be decided next, kept at hand with all that the guards went by.

Guards are pure: what they say follows from a thing's state and from a stamp. So it is the same again while
both are. Nobody need know beforehand which guard goes by what: the stamp notes whether it was asked for the
time, and for who decides. What went by the time is asked again at each look; what went by the person is kept
for each of them; the rest is everybody's of the same roles, of whom the scheme says the same.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic import PrivateAttr
from pydantic_core import to_json

from shared.kernel.messages import Command, Known, Stamp, Stream
from shared.kernel.person import Person
from shared.web.access.permissions import Permissions
from shared.web.decisions.outlooks import NextDecision, Outlook, Owner, of_their_roles
from shared.web.reads.lists_at_hand import ListAtHand

THINGS_AT_HAND = 2_000
PEOPLE_AT_HAND = 50  # of whom it is kept what may be decided on one thing
SAID_AT_HAND = 10_000  # decisions that are the same word for word stand there once

Own = tuple[type[Command[Any]], ...]


@dataclass(slots=True)
class _Watch:
    """What a stamp was asked for."""

    time: bool = False
    person: bool = False


class WatchedStamp(Stamp):
    """A stamp that notes whether it was asked for the time, or for who decides; so do its copies."""

    _watch: _Watch = PrivateAttr(default_factory=_Watch)

    @property
    def watch(self) -> _Watch:
        """Return what it and its copies were asked for."""
        return self._watch


def _noting(name: str, mark: str) -> Any:
    def asked(stamp: WatchedStamp) -> object:
        setattr(stamp.watch, mark, True)
        return vars(stamp)[name]

    return property(asked)


for _name, _mark in (("at", "time"), ("by", "person"), ("acting_for", "person")):
    setattr(WatchedStamp, _name, _noting(_name, _mark))  # not in the class: there it would be no field


class Said(NamedTuple):
    """One decision as it is shown, and as JSON."""

    decision: NextDecision
    json: bytes


class GuardBasis(NamedTuple):
    """What guards went by, beside the thing itself and the stamp's time and person."""

    own: Own
    known: Known
    principals: tuple[str, ...]
    owner: Owner


@dataclass(slots=True)
class _Kept:
    """What may be decided on one thing as it stands, on one basis: each part by whom and when it holds."""

    stream: Stream[Any]
    basis: GuardBasis
    said: list[Said]  # to whomever asked first, and then
    of_people: list[int]  # which of these went by the person, of some of them at least
    of_the_time: list[int]
    by_person: dict[str, list[Said]] = field(default_factory=dict)
    written: dict[str, ListAtHand[NextDecision]] = field(default_factory=dict)


class DecisionsAtHand:
    """Says what may be decided next, and asks no guard again that would say the same."""

    def __init__(self) -> None:
        """Have nothing at hand yet."""
        self._kept: OrderedDict[tuple[object, ...], _Kept] = OrderedDict()
        self._said: dict[bytes, Said] = {}
        self._own: dict[tuple[object, ...], Own] = {}

    def own(self, permissions: Permissions, person: Person, commands: Own) -> Own:
        """Return what a person's roles may ever decide."""
        roles = person.roles, commands
        own = self._own.get(roles)
        if own is None:
            own = self._own[roles] = tuple(of_their_roles(permissions, person, commands))
        return own

    def of(
        self, stream: Stream[Any], person: Person, basis: GuardBasis, outlook: Callable[[], Outlook]
    ) -> ListAtHand[NextDecision]:
        """Return what a person may decide on a thing now; their outlook is made where a guard is asked."""
        limits = () if person.areas is None else (person.id, person.areas)
        place = stream.id, person.roles, person.reads_only, limits
        kept = self._kept.get(place)
        # The store folds a thing again where it has changed, and where the record was put back.
        if kept is None or kept.stream is not stream or kept.basis != basis:
            kept = self._asked(stream, basis, outlook())
            self._keep(place, kept)
            return self._written(kept, person.id, kept.said)
        self._kept.move_to_end(place)
        said = kept.by_person.get(person.id if kept.of_people else "")
        if said is not None and not kept.of_the_time:
            return self._written(kept, person.id, said)
        ahead, now = outlook(), list(said or kept.said)
        for number in tuple(kept.of_the_time) if said else {*kept.of_the_time, *kept.of_people}:
            now[number] = self._noted(kept, ahead, number)
        return self._written(kept, person.id, now)

    def _keep(self, place: tuple[object, ...], kept: _Kept) -> None:
        self._kept[place] = kept
        self._kept.move_to_end(place)
        if len(self._kept) > THINGS_AT_HAND:
            self._kept.popitem(last=False)

    def _asked(self, stream: Stream[Any], basis: GuardBasis, ahead: Outlook) -> _Kept:
        """Ask every guard, and note what it went by."""
        kept = _Kept(stream, basis, [], [], [])
        for number in range(len(basis.own)):
            kept.said.append(self._noted(kept, ahead, number))
        return kept

    def _noted(self, kept: _Kept, ahead: Outlook, number: int) -> Said:
        """Ask one guard, and note what it went by: of another person it may go by the time as well."""
        assert isinstance(ahead.stamp, WatchedStamp), "what guards go by is watched"
        watch = ahead.stamp.watch
        watch.time = watch.person = False
        said = self._one(ahead, kept.stream, kept.basis.own[number])
        if watch.time and number not in kept.of_the_time:
            kept.of_the_time.append(number)
        if watch.person and number not in kept.of_people:
            kept.of_people.append(number)
        return said

    def _one(self, ahead: Outlook, stream: Stream[Any], command: type[Command[Any]]) -> Said:
        """Return what the guard of one decision says."""
        decision = ahead.one(stream.state, command)
        json = to_json(decision)
        if len(self._said) >= SAID_AT_HAND:
            self._said.clear()
        return self._said.setdefault(json, Said(decision, json))

    @staticmethod
    def _written(kept: _Kept, person: str, said: list[Said]) -> ListAtHand[NextDecision]:
        """Return what was said as one list; it is the same one where the same was said before."""
        who = person if kept.of_people else ""
        if kept.by_person.get(who) != said:
            if len(kept.by_person) >= PEOPLE_AT_HAND:
                kept.by_person.clear()
                kept.written.clear()
            kept.by_person[who] = said
            json = b"[" + b",".join(each.json for each in said) + b"]"
            kept.written[who] = ListAtHand((each.decision for each in said), json)
        return kept.written[who]
