"""Linking accounts to one person, which takes two people, taking a link back, and erasing somebody."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from shared.governance.people.absences import EndAbsence, RecordAbsence
from shared.governance.people.domain import (
    AlreadyErased,
    Directory,
    KnownAlready,
    LinkConfirmed,
    LinkProposalWithdrawn,
    LinkProposed,
    NotLinked,
    OnePersonAlready,
    PersonErased,
    PersonInvited,
    PersonsLinked,
    PersonsUnlinked,
    WasErased,
    YourOwnAccounts,
)
from shared.governance.people.viewed_person import viewed_person
from shared.kernel.fields import PersonId, Reason, ShortText
from shared.kernel.four_eyes import NotProposed, is_proposed, is_unconfirmed, must_be_a_second
from shared.kernel.messages import Command, Stamp
from shared.kernel.named_people import NoSuchPerson
from shared.kernel.personal import Personal, text_about


class LinkPersons(Command[Directory]):
    """Propose that two ids are one person: once that is confirmed, rules take them for one."""

    decision: Literal["link"] = "link"
    person: PersonId = Field(description="The account that turned out to be somebody's second.")
    same_as: PersonId = Field(description="The person it belongs to.")
    reason: Reason = Field(description="Kept as a personal text about them.")

    @classmethod
    def guard(cls, directory: Directory, stamp: Stamp) -> None:
        if person := viewed_person(stamp):
            _must_not_be_erased(directory, person)
            _must_be_somebody_elses(directory, stamp, person)

    def decide(self, directory: Directory, stamp: Stamp) -> PersonsLinked | LinkProposed:
        """Propose it; nobody links their own accounts."""
        _must_be_known(stamp, self.person, self.same_as)
        if directory.person(self.person) == directory.person(self.same_as):
            raise OnePersonAlready(person=directory.person(self.person))
        _must_be_somebody_elses(directory, stamp, self.person, self.same_as)
        reason = _said_of(directory, self.person, self.reason)
        said: dict[str, Any] = {"person": self.person, "same_as": self.same_as, "reason": reason}
        if is_proposed(stamp):
            return LinkProposed(**said, proposed_by=stamp.by)
        return PersonsLinked(**said, unconfirmed=is_unconfirmed(stamp))


class ConfirmLink(Command[Directory]):
    """Confirm that two ids are one person, as somebody else proposed."""

    decision: Literal["confirm-link"] = "confirm-link"
    person: PersonId = Field(description="The account that turned out to be somebody's second.")

    @classmethod
    def guard(cls, directory: Directory, stamp: Stamp) -> None:
        if person := viewed_person(stamp):
            _confirmed(directory, stamp, person)

    def decide(self, directory: Directory, stamp: Stamp) -> LinkConfirmed:
        """Link them; nobody confirms what they proposed, nor a link of their own accounts."""
        same_as, proposed_by = _confirmed(directory, stamp, self.person)
        return LinkConfirmed(
            person=self.person, same_as=same_as, proposed_by=proposed_by, confirmed_by=stamp.by
        )


class WithdrawLink(Command[Directory]):
    """Take a proposed link back, at once."""

    decision: Literal["withdraw-link"] = "withdraw-link"
    person: PersonId
    reason: Reason = Field(description="Kept as a personal text about them.")

    @classmethod
    def guard(cls, directory: Directory, stamp: Stamp) -> None:
        if person := viewed_person(stamp):
            _proposed(directory, person)
            _must_not_be_erased(directory, person)

    def decide(self, directory: Directory, stamp: Stamp) -> LinkProposalWithdrawn:
        """Let it never count."""
        same_as, _ = _proposed(directory, self.person)
        reason = _said_of(directory, self.person, self.reason)
        return LinkProposalWithdrawn(person=self.person, same_as=same_as, reason=reason)


class UnlinkPerson(Command[Directory]):
    """Record that a link was a mistake."""

    decision: Literal["unlink"] = "unlink"
    person: PersonId
    reason: Reason = Field(description="Kept as a personal text about them.")

    @classmethod
    def guard(cls, directory: Directory, stamp: Stamp) -> None:
        if person := viewed_person(stamp):
            _unlinked(directory, stamp, person)
            _must_not_be_erased(directory, person)

    def decide(self, directory: Directory, stamp: Stamp) -> PersonsUnlinked:
        """Take the link back."""
        whose = _unlinked(directory, stamp, self.person)
        reason = _said_of(directory, self.person, self.reason)
        return PersonsUnlinked(person=self.person, same_as=whose, reason=reason)


class ErasePerson(Command[Directory]):
    """Destroy a name, an address and whatever personal was said of somebody; what they decided stays."""

    decision: Literal["erase"] = "erase"
    person: PersonId
    ground: ShortText = Field(
        description="The ground in law or schedule; no words about the person.",
        examples=["Left more than six years ago (retention schedule, line 4)"],
    )

    @classmethod
    def guard(cls, directory: Directory, stamp: Stamp) -> None:
        if person := viewed_person(stamp):
            _must_be_left(directory, person)

    def decide(self, directory: Directory, stamp: Stamp) -> PersonErased:
        """Erase them, under every id they have."""
        _must_be_known(stamp, self.person)
        _must_be_left(directory, self.person)
        ids = directory.same(self.person)
        return PersonErased(person=directory.person(self.person), ids=ids, ground=self.ground)


class InvitePerson(Command[Directory]):
    """Let decisions name somebody who has not signed in yet."""

    decision: Literal["invite"] = "invite"
    person: PersonId = Field(description="The id that they will sign in by.")

    def decide(self, directory: Directory, stamp: Stamp) -> PersonInvited:
        """Take them into the directory; nobody who is there already, or was erased."""
        known = stamp.known.facts.get("people")
        assert isinstance(known, list), "the directory was asked"
        if self.person in directory.erased:
            raise AlreadyErased(person=self.person)
        if self.person in known or self.person in directory.invited:
            raise KnownAlready(person=self.person)
        return PersonInvited(person=self.person)


def _proposed(directory: Directory, person: str) -> tuple[str, str]:
    if (found := directory.proposed.get(person)) is None:
        raise NotProposed(waiting=sorted(directory.proposed))
    return found


def _confirmed(directory: Directory, stamp: Stamp, person: str) -> tuple[str, str]:
    """Return whose account a person is proposed to be, and by whom; refuse who may not confirm that."""
    same_as, proposed_by = _proposed(directory, person)
    if directory.person(person) == directory.person(same_as):
        raise OnePersonAlready(person=directory.person(person))
    _must_be_somebody_elses(directory, stamp, person, same_as)
    must_be_a_second(proposed_by, [person, same_as], stamp)
    return same_as, proposed_by


def _unlinked(directory: Directory, stamp: Stamp, person: str) -> str:
    """Return whose account a person is; refuse who may not take that back."""
    whose = directory.person(person)
    if whose == person:
        raise NotLinked(person=person)
    _must_be_somebody_elses(directory, stamp, person, whose)
    return whose


def _must_be_left(directory: Directory, person: str) -> None:
    if person in directory.erased:
        raise AlreadyErased(person=person)


def _must_not_be_erased(directory: Directory, person: str) -> None:
    if person in directory.erased:
        raise WasErased(person=person)


def _must_be_known(stamp: Stamp, *people: str) -> None:
    known = stamp.known.facts.get("people")
    assert isinstance(known, list), "the directory was asked"
    for person in people:
        if person not in known:
            raise NoSuchPerson(person=person)


def _said_of(directory: Directory, person: str, text: str) -> Personal:
    _must_not_be_erased(directory, person)
    return text_about([person], text)


def _must_be_somebody_elses(directory: Directory, stamp: Stamp, *people: str) -> None:
    if directory.person(stamp.by) in {directory.person(person) for person in people}:
        raise YourOwnAccounts(person=stamp.by)


PeopleDecision = TypeAliasType(
    "PeopleDecision",
    Annotated[
        LinkPersons
        | ConfirmLink
        | WithdrawLink
        | UnlinkPerson
        | ErasePerson
        | InvitePerson
        | RecordAbsence
        | EndAbsence,
        Field(discriminator="decision"),
    ],
)
