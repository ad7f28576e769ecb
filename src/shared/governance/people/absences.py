"""Saying that somebody is away, or has left, so that nothing waits for them."""

from datetime import date
from typing import Literal

from pydantic import Field

from shared.governance.people.domain import (
    Absence,
    AbsenceBackwards,
    AbsenceEnded,
    AbsenceRecorded,
    Directory,
    NotAbsent,
    NotYourAbsence,
)
from shared.governance.people.viewed_person import viewed_person
from shared.kernel.calendar import day_in_london
from shared.kernel.fields import Day, PersonId
from shared.kernel.messages import Command, Stamp
from shared.kernel.named_people import must_be_known


class RecordAbsence(Command[Directory]):
    """Say from when until when somebody is away; without a last day, that they have left."""

    decision: Literal["record-absence"] = "record-absence"
    person: PersonId
    first_day: Day = Field(examples=["2026-08-03"])
    last_day: Day | None = Field(None, description="The last day away; none where they have left.")
    instead_of: Day | None = Field(
        None,
        description="The first day of an absence that this one puts right, where they share no day; "
        "those that it overlaps it replaces anyway.",
    )

    @classmethod
    def guard(cls, directory: Directory, stamp: Stamp) -> None:
        if person := viewed_person(stamp):
            _must_be_theirs(directory, person, stamp)

    def decide(self, directory: Directory, stamp: Stamp) -> AbsenceRecorded:
        """Keep it beside those ahead that it does not overlap; one's own, unless an administrator says so."""
        must_be_known(stamp, [self.person])
        _must_be_theirs(directory, self.person, stamp)
        if self.last_day is not None and self.last_day < self.first_day:
            raise AbsenceBackwards(first_day=self.first_day, last_day=self.last_day)
        replaced = [Absence(self.first_day, self.last_day)]
        if self.instead_of is not None:
            replaced.append(_beginning(directory, self.person, self.instead_of))
        return AbsenceRecorded(
            person=self.person,
            first_day=self.first_day,
            last_day=self.last_day,
            beside=_ahead(directory, self.person, stamp, *replaced),
        )


class EndAbsence(Command[Directory]):
    """Say that somebody is there again, or was never away."""

    decision: Literal["end-absence"] = "end-absence"
    person: PersonId
    first_day: Day | None = Field(
        None,
        description="Which of several absences, by its first day; else the one that holds, or all ahead.",
    )

    @classmethod
    def guard(cls, directory: Directory, stamp: Stamp) -> None:
        if person := viewed_person(stamp):
            _must_be_absent(directory, person, stamp)

    def decide(self, directory: Directory, stamp: Stamp) -> AbsenceEnded:
        """End the absence named, or the one that holds now; where none is or does, all of them."""
        _must_be_absent(directory, self.person, stamp)
        if self.first_day is not None:
            ended = [_beginning(directory, self.person, self.first_day)]
        else:
            today = day_in_london(stamp.at)
            ended = [each for each in directory.absences_of(self.person) if each.covers(today)]
        left = _ahead(directory, self.person, stamp, *ended) if ended else ()
        return AbsenceEnded(person=self.person, beside=left)


def _beginning(directory: Directory, person: str, day: date) -> Absence:
    """Return the absence of somebody that begins on a day; refuse where none does."""
    held = directory.absences_of(person)
    if (found := next((each for each in held if each.first_day == day), None)) is None:
        raise NotAbsent(person=person, first_days=[f"{each.first_day}" for each in held])
    return found


def _ahead(directory: Directory, person: str, stamp: Stamp, *others: Absence) -> tuple[Absence, ...]:
    """Return the absences of somebody that are not over, and overlap none of these."""
    today = day_in_london(stamp.at)
    held = (each for each in directory.absences_of(person) if not each.is_over(today))
    return tuple(each for each in held if not any(map(each.overlaps, others)))


def _must_be_absent(directory: Directory, person: str, stamp: Stamp) -> None:
    _must_be_theirs(directory, person, stamp)
    if person not in directory.absences:
        raise NotAbsent(person=person)


def _must_be_theirs(directory: Directory, person: str, stamp: Stamp) -> None:
    theirs = directory.person(stamp.by) == directory.person(person)
    if not theirs and "administrator" not in stamp.known.roles:
        raise NotYourAbsence(person=person)
