"""The directory's decisions: which accounts are one person, and who was erased; names are not in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.kernel.errors import Refused
from shared.kernel.messages import Event
from shared.kernel.personal import Personal
from shared.kernel.states import replace

DIRECTORY_ID = UUID("9e091e00-0000-4000-8000-000000000001")  # there is one directory


@dataclass(frozen=True)
class Absence:
    """From when until when somebody is not there; for good where there is no last day."""

    first_day: date
    last_day: date | None

    def covers(self, day: date) -> bool:
        """Say whether it holds on a day; the first and the last are part of it."""
        return self.first_day <= day and not self.is_over(day)

    def is_over(self, day: date) -> bool:
        """Say whether its last day is before a day."""
        return self.last_day is not None and self.last_day < day

    def overlaps(self, other: "Absence") -> bool:
        """Say whether there is a day on which both hold."""
        return not (self.is_over(other.first_day) or other.is_over(self.first_day))


@dataclass(frozen=True)
class Directory:
    """Whose account is whose: each linked id points straight at the person it belongs to."""

    kind: ClassVar[str] = "directory"

    links: Mapping[str, str] = field(default_factory=dict)
    once: frozenset[frozenset[str]] = frozenset()  # ids that were linked at some time
    erased: frozenset[str] = frozenset()
    invited: frozenset[str] = frozenset()
    proposed: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # to whom, and by whom
    absences: Mapping[str, "Absence"] = field(default_factory=dict)
    further: Mapping[str, tuple["Absence", ...]] = field(default_factory=dict)  # that count beside these

    def is_away(self, person: str, day: date) -> bool:
        """Say whether somebody is not there on a day, by any of their ids; who was erased has left."""
        return any(
            identity in self.erased or any(each.covers(day) for each in self.absences_of(identity))
            for identity in self.same(person)
        )

    def absences_of(self, identity: str) -> tuple[Absence, ...]:
        """Return the absences that count of an id: first the one that was said last."""
        if (last := self.absences.get(identity)) is None:
            return ()
        return (last, *self.further.get(identity, ()))

    def absence_shown(self, identity: str, day: date) -> Absence | None:
        """Return the absence of an id that holds on a day, or else comes next, or was said last."""
        held = self.absences_of(identity)
        ahead = sorted((each for each in held if not each.is_over(day)), key=lambda each: each.first_day)
        return next(iter((*ahead, *held)), None)

    def with_absences(self, identity: str, held: "tuple[Absence, ...]") -> "Directory":
        """Return the directory with these absences of an id, and no other."""
        absences = {person: each for person, each in self.absences.items() if person != identity}
        further = {person: each for person, each in self.further.items() if person != identity}
        if held:
            absences[identity] = held[0]
        if len(held) > 1:
            further[identity] = held[1:]
        return replace(self, absences=absences, further=further)

    def linking(self, person: str, same_as: str) -> "Directory":
        """Return the directory with an account, and all that was linked to it, at a person."""
        whose = self.person(same_as)
        moved = dict.fromkeys(self.same(person), whose)
        linked = replace(self, links=dict(sorted({**self.links, **moved}.items())))
        linked = replace(linked, once=linked.once | {frozenset(linked.same(whose))})
        return linked.without_proposal(person)

    def without_proposal(self, person: str) -> "Directory":
        """Return the directory without what was proposed of an account."""
        left = {alias: said for alias, said in self.proposed.items() if alias != person}
        return replace(self, proposed=left)

    def person(self, identity: str) -> str:
        """Return the person behind an id."""
        return self.links.get(identity, identity)

    def same(self, identity: str) -> tuple[str, ...]:
        """Return all ids of one person, in order; just the one where nothing is linked."""
        person = self.person(identity)
        linked = (alias for alias, whose in self.links.items() if whose == person)
        return tuple(sorted({person, *linked}))

    def groups(self, identities: Iterable[str]) -> tuple[tuple[str, ...], ...]:
        """Return the ids that rules take for one person, for those of these that have several.

        Ids that were linked once stay together here: what an account did while it was linked is
        recorded as the person's, and taking the link back must not let it decide on that.
        """
        found = {self._ever_same(identity) for identity in identities if self.once}
        return tuple(sorted(group for group in found if len(group) > 1))

    def _ever_same(self, identity: str) -> tuple[str, ...]:
        now = {*self.same(identity)}
        return tuple(sorted(now.union(*(group for group in self.once if group & now))))


class DirectoryEvent(Event[Directory]):
    """Something that was decided on the directory."""

    kind: ClassVar[str] = "directory"


class PersonsLinked(DirectoryEvent):
    """An account belongs to somebody who is known by another id already."""

    person: str
    same_as: str
    reason: Personal
    unconfirmed: bool = False  # for there was a single administrator

    def apply(self, directory: Directory) -> Directory:
        """Return the directory with this account, and all that was linked to it, at that person."""
        return directory.linking(self.person, self.same_as)


class LinkProposed(DirectoryEvent):
    """Somebody holds that an account is somebody's second; rules take them for two people still."""

    person: str
    same_as: str
    reason: Personal
    proposed_by: str

    def apply(self, directory: Directory) -> Directory:
        """Return the directory with a link that waits."""
        said = {**directory.proposed, self.person: (self.same_as, self.proposed_by)}
        return replace(directory, proposed=said)


class LinkConfirmed(DirectoryEvent):
    """A second person confirmed that these are one."""

    person: str
    same_as: str
    proposed_by: str
    confirmed_by: str

    def apply(self, directory: Directory) -> Directory:
        """Return the directory with this account at that person."""
        return directory.linking(self.person, self.same_as)


class LinkProposalWithdrawn(DirectoryEvent):
    """A link was taken back before it was confirmed."""

    person: str
    same_as: str
    reason: Personal

    def apply(self, directory: Directory) -> Directory:
        """Return the directory without what was proposed."""
        return directory.without_proposal(self.person)


class PersonsUnlinked(DirectoryEvent):
    """An account was linked to somebody by mistake."""

    person: str
    same_as: str
    reason: Personal

    def apply(self, directory: Directory) -> Directory:
        """Return the directory with this account on its own again."""
        links = {alias: whose for alias, whose in directory.links.items() if alias != self.person}
        return replace(directory, links=links)


class PersonErased(DirectoryEvent):
    """Name, address and everything personal that was said of somebody is destroyed; the id stays."""

    person: str
    ids: tuple[str, ...]
    ground: str

    def apply(self, directory: Directory) -> Directory:
        """Return the directory, which knows whom to keep nothing of."""
        return replace(directory, erased=directory.erased | {*self.ids})


class PersonInvited(DirectoryEvent):
    """Somebody who has not signed in yet may be named in decisions."""

    person: str

    def apply(self, directory: Directory) -> Directory:
        """Return the directory, which knows them from now on."""
        return replace(directory, invited=directory.invited | {self.person})


class AbsenceRecorded(DirectoryEvent):
    """Somebody is not there for a time, or has left; why is nobody's business."""

    person: str
    first_day: date
    last_day: date | None = None
    beside: tuple[Absence, ...] = ()  # what was said before and still counts; once it was only the last

    def apply(self, directory: Directory) -> Directory:
        """Return the directory with their absences."""
        said = Absence(self.first_day, self.last_day)
        return directory.with_absences(self.person, (said, *self.beside))


class AbsenceEnded(DirectoryEvent):
    """Somebody is there again."""

    person: str
    beside: tuple[Absence, ...] = ()  # what still lies ahead

    def apply(self, directory: Directory) -> Directory:
        """Return the directory without their absence."""
        return directory.with_absences(self.person, self.beside)


class AbsenceBackwards(Refused):
    """An absence can't end before its first day."""


class NotAbsent(Refused):
    """No absence is recorded for them."""


class NotYourAbsence(Refused):
    """Only whoever is away, or an administrator, can record an absence."""


class KnownAlready(Refused):
    """The directory already knows them."""


class OnePersonAlready(Refused):
    """These accounts already belong to one person."""


class NotLinked(Refused):
    """This account is not linked to anybody."""


class AlreadyErased(Refused):
    """This person has already been erased."""


class WasErased(Refused):
    """Nothing personal can be kept about somebody who has been erased."""


class YourOwnAccounts(Refused):
    """Somebody else must link your accounts, or separate them."""


EVENTS = (
    PersonsLinked,
    PersonsUnlinked,
    PersonErased,
    PersonInvited,
    LinkProposed,
    LinkConfirmed,
    LinkProposalWithdrawn,
    AbsenceRecorded,
    AbsenceEnded,
)
