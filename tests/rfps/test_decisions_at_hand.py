"""What may be decided next is kept at hand, and is what the guards would say if they were asked anew."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Literal
from uuid import UUID

from pydantic_core import to_json

from rfp_service.permissions import PERMISSIONS
from rfp_service.rfps.api.rfps import DECISIONS
from rfp_service.rfps.domain.rfp import Rfp
from shared.kernel.errors import Refused
from shared.kernel.messages import Command, Known, Stamp, Stream
from shared.kernel.person import Person
from shared.kernel.roles import Role
from shared.web.decisions.decisions_at_hand import DecisionsAtHand, GuardBasis, WatchedStamp
from shared.web.decisions.outlooks import NextDecision, Outlook
from tests.rfps import way
from tests.rfps.test_guards import Met, met, outlook, state_after
from tests.rfps.test_random_decisions import PEOPLE
from tests.rfps.way import LONG_AFTER
from tests.support.in_full import of_many
from tests.support.specs import NOW

THING = UUID(int=7)
LATER = (timedelta(), timedelta(days=3), timedelta(days=40), timedelta(days=400))
EVERY = of_many(4, 36)  # of the RFPs that walks and examples come to


class Asked(Outlook):
    """An outlook that counts how often its guards are asked."""

    guards = 0

    def one(self, *asked: Any) -> NextDecision:
        Asked.guards += 1
        return super().one(*asked)


def at_hand(kept: DecisionsAtHand, stream: Stream[Rfp], ahead: Outlook) -> list[NextDecision]:
    """Return what is at hand for somebody at the time of their stamp; it must be its own JSON."""
    person, stamp = ahead.person, ahead.stamp
    known = stamp.known.model_copy(update={"position": 0})
    own = kept.own(PERMISSIONS, person, DECISIONS)
    watched = WatchedStamp(by=stamp.by, at=stamp.at, known=known)
    found = kept.of(
        stream,
        person,
        GuardBasis(own, known, ahead.principals, ahead.owner),
        lambda: Asked(person, PERMISSIONS, watched, ahead.principals, ahead.owner),
    )
    assert found.json == to_json(list(found))
    return list(found)


def anew(kept: DecisionsAtHand, stream: Stream[Rfp], ahead: Outlook) -> list[NextDecision]:
    return ahead.of(stream.state, kept.own(PERMISSIONS, ahead.person, DECISIONS))


def looks(here: Met) -> Iterator[tuple[Outlook, datetime]]:
    """Yield everybody before one RFP, turn by turn, as time goes on."""
    for later in LATER:
        for by in PEOPLE:
            ahead = outlook((*here[:3], here[3] + later), by)
            yield ahead, here[3] + later


def test_whoever_asks_and_whenever_it_is_what_the_guards_would_say() -> None:
    kept, asked = DecisionsAtHand(), 0
    Asked.guards = 0
    for here in islice(met(), 0, None, EVERY):
        stream = Stream(THING, here[0], 1, 1, 1, NOW, NOW)
        for ahead, _ in looks(here):
            assert at_hand(kept, stream, ahead) == anew(kept, stream, ahead)
            asked += len(kept.own(PERMISSIONS, ahead.person, DECISIONS))
    assert Asked.guards < asked / 2, "most of it is at hand"


def only(decision: str, found: Sequence[NextDecision]) -> NextDecision:
    return next(each for each in found if each["decision"] == decision)


def signer(at: datetime) -> Outlook:
    return outlook((state_after(way.CONTRACTING), 0, (), at), "lars")


def test_what_time_alone_allows_is_allowed_once_it_has_come() -> None:
    kept = DecisionsAtHand()
    stream = Stream(THING, state_after(way.CONTRACTING), 1, 1, 1, NOW, NOW)
    assert not only("conclude-contract", at_hand(kept, stream, signer(NOW)))["allowed"]
    assert only("conclude-contract", at_hand(kept, stream, signer(LONG_AFTER)))["allowed"]


def test_another_state_another_scheme_or_another_reach_is_asked_anew() -> None:
    kept = DecisionsAtHand()
    before = Stream(THING, state_after(way.CONTRACTING), 1, 1, 1, NOW, NOW)
    assert only("conclude-contract", at_hand(kept, before, signer(LONG_AFTER)))["allowed"]
    ended = Stream(THING, Rfp(), 2, 1, 2, NOW, NOW)
    assert not only("conclude-contract", at_hand(kept, ended, signer(LONG_AFTER)))["allowed"]

    ruled = signer(LONG_AFTER)
    unruled = ruled.stamp.known.model_copy(update={"rules": None, "tiers": (), "own_tiers": ()})
    ruled = replace(ruled, stamp=ruled.stamp.model_copy(update={"known": unruled}), _stamps={})
    assert at_hand(kept, before, ruled) == anew(kept, before, ruled)

    reading = signer(LONG_AFTER)
    reader: Person = replace(reading.person, reads_only=True)
    assert not any(each["allowed"] for each in at_hand(kept, before, replace(reading, person=reader)))


class LeftToOthers(Refused):
    """Whoever raised it leaves it to others."""


class NotYetTime(Refused):
    """The time for it has not come."""


class DecideLater(Command[Rfp]):
    """A decision that asks for the time of those only whom it does not refuse beforehand."""

    decision: Literal["decide-later"] = "decide-later"

    @classmethod
    def guard(cls, state: Rfp, stamp: Stamp) -> None:
        if stamp.by == "ann":
            raise LeftToOthers
        if stamp.at < LONG_AFTER:
            raise NotYetTime


def test_of_whom_the_time_counts_it_is_asked_though_it_did_not_count_of_the_first() -> None:
    kept, known = DecisionsAtHand(), Known()
    stream = Stream(THING, Rfp(), 1, 1, 1, NOW, NOW)

    def allowed(who: str, at: datetime) -> bool:
        person = Person(who, (Role.REQUESTER,))
        basis = GuardBasis((DecideLater,), known, (), (None, None))
        stamp = WatchedStamp(by=who, at=at, known=known)
        [one] = kept.of(stream, person, basis, lambda: Outlook(person, PERMISSIONS, stamp))
        return one["allowed"]

    assert not allowed("ann", NOW)
    assert not allowed("bea", NOW)
    assert allowed("bea", LONG_AFTER)
    assert not allowed("ann", LONG_AFTER)
