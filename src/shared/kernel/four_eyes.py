"""Four eyes: what gives power is proposed, until a second person who gains nothing by it confirms it.

Taking power away needs one person, and takes effect at once. A service that has a single administrator
says so in its configuration; what is given there takes effect unconfirmed, and says that it is.
"""

from collections.abc import Iterable
from enum import StrEnum

from shared.kernel.errors import Refused
from shared.kernel.messages import Stamp

FACT = "four_eyes"  # decisions from before there was such a rule know nothing of it


class Eyes(StrEnum):
    """How many people it takes to give power."""

    FOUR = "four"
    TWO = "two"  # a single administrator's


class ProposedByYou(Refused):
    """Somebody else must confirm what you have proposed."""


class YouGain(Refused):
    """Whoever gains by a proposal can't confirm it."""


class NotProposed(Refused):
    """No such proposal is waiting to be confirmed."""


def is_proposed(stamp: Stamp) -> bool:
    """Say whether what is decided waits for a second person."""
    return stamp.known.facts.get(FACT) == Eyes.FOUR


def is_unconfirmed(stamp: Stamp) -> bool:
    """Say whether what is decided takes effect without a second person, for there is none."""
    return stamp.known.facts.get(FACT) == Eyes.TWO


def must_be_a_second(proposed_by: str, gaining: Iterable[str], stamp: Stamp) -> None:
    """Refuse whoever proposed it or gains by it, by whatever account."""
    if stamp.is_from(proposed_by):
        raise ProposedByYou
    if gains := [person for person in gaining if stamp.is_from(person)]:
        raise YouGain(person=gains[0])


def must_be_a_second_of_one(proposals: Iterable[tuple[str, Iterable[str]]], stamp: Stamp) -> None:
    """Refuse whoever can confirm none of some proposals, each with who proposed it and who gains by it."""
    refusals: list[Refused] = []
    for proposed_by, gaining in proposals:
        try:
            return must_be_a_second(proposed_by, gaining, stamp)
        except Refused as refusal:
            refusals.append(refusal)
    raise next(iter(refusals), NotProposed())
