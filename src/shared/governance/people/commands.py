"""Linking accounts to one person, taking a link back, and erasing somebody."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from shared.governance.people.domain import (
    AlreadyErased,
    Directory,
    KnownAlready,
    NotLinked,
    OnePersonAlready,
    PersonErased,
    PersonInvited,
    PersonsLinked,
    PersonsUnlinked,
    WasErased,
    YourOwnAccounts,
)
from shared.kernel.fields import PersonId, Reason, ShortText
from shared.kernel.messages import Command, Stamp
from shared.kernel.naming import NoSuchPerson
from shared.kernel.personal import Personal, text_about


class LinkPersons(Command[Directory]):
    """Record that two ids are one person: from then on, rules take them for one."""

    decision: Literal["link"] = "link"
    person: PersonId = Field(description="The account that turned out to be somebody's second.")
    same_as: PersonId = Field(description="The person it belongs to.")
    reason: Reason = Field(description="Kept as a personal text about them.")

    def decide(self, directory: Directory, stamp: Stamp) -> PersonsLinked:
        """Link them; nobody links their own accounts."""
        _must_be_known(stamp, self.person, self.same_as)
        if directory.person(self.person) == directory.person(self.same_as):
            raise OnePersonAlready(person=directory.person(self.person))
        _must_be_somebody_elses(directory, stamp, self.person, self.same_as)
        reason = _said_of(directory, self.person, self.reason)
        return PersonsLinked(person=self.person, same_as=self.same_as, reason=reason)


class UnlinkPerson(Command[Directory]):
    """Record that a link was a mistake."""

    decision: Literal["unlink"] = "unlink"
    person: PersonId
    reason: Reason = Field(description="Kept as a personal text about them.")

    def decide(self, directory: Directory, stamp: Stamp) -> PersonsUnlinked:
        """Take the link back."""
        whose = directory.person(self.person)
        if whose == self.person:
            raise NotLinked(person=self.person)
        _must_be_somebody_elses(directory, stamp, self.person, whose)
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

    def decide(self, directory: Directory, stamp: Stamp) -> PersonErased:
        """Erase them, under every id they have."""
        _must_be_known(stamp, self.person)
        if self.person in directory.erased:
            raise AlreadyErased(person=self.person)
        ids = directory.same(self.person)
        return PersonErased(person=directory.person(self.person), ids=ids, ground=self.ground)


class InvitePerson(Command[Directory]):
    """Let somebody be named in decisions who has not signed in yet."""

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


def _must_be_known(stamp: Stamp, *people: str) -> None:
    known = stamp.known.facts.get("people")
    assert isinstance(known, list), "the directory was asked"
    for person in people:
        if person not in known:
            raise NoSuchPerson(person=person)


def _said_of(directory: Directory, person: str, text: str) -> Personal:
    if person in directory.erased:
        raise WasErased(person=person)
    return text_about([person], text)


def _must_be_somebody_elses(directory: Directory, stamp: Stamp, *people: str) -> None:
    if directory.person(stamp.by) in {directory.person(person) for person in people}:
        raise YourOwnAccounts(person=stamp.by)


PeopleDecision = TypeAliasType(
    "PeopleDecision",
    Annotated[LinkPersons | UnlinkPerson | ErasePerson | InvitePerson, Field(discriminator="decision")],
)
