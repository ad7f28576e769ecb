"""Who is away, or has left: said by themselves or an administrator, without a reason."""

from datetime import date
from typing import Any

from shared.governance.people.absences import EndAbsence, RecordAbsence
from shared.governance.people.domain import (
    AbsenceBackwards,
    AbsenceEnded,
    AbsenceRecorded,
    Directory,
    NotAbsent,
    NotYourAbsence,
)
from shared.kernel.named_people import NoSuchPerson
from tests.support.specs import given

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 6)
RECORD = RecordAbsence(person="hana", first_day=FIRST, last_day=LAST)
RECORDED = AbsenceRecorded(person="hana", first_day=FIRST, last_day=LAST)
END = EndAbsence(person="hana")
ADMINISTRATOR: dict[str, Any] = {"by": "ada", "roles": ["administrator"]}


def away(day: date, *events: Any) -> bool:
    directory: Directory = given(Directory(), *events).state
    return directory.is_away("hana", day)


def test_an_absence_holds_on_its_days_and_without_a_last_one_for_good() -> None:
    given(Directory()).when(RECORD, by="hana").then(RECORDED)
    assert [away(day, RECORDED) for day in (date(2026, 3, 1), FIRST, LAST, date(2026, 3, 7))] == [
        False,
        True,
        True,
        False,
    ]
    assert away(date(2099, 1, 1), RECORDED.model_copy(update={"last_day": None}))


def test_the_last_word_counts() -> None:
    assert not away(FIRST, RECORDED, AbsenceEnded(person="hana"))
    given(Directory(), RECORDED).when(END, by="hana").then(AbsenceEnded(person="hana"))


def test_nobody_says_so_of_a_colleague() -> None:
    given(Directory()).when(RECORD, **ADMINISTRATOR).then(RECORDED)
    given(Directory()).when(RECORD, by="derek").refused(NotYourAbsence, person="hana")
    given(Directory(), RECORDED).when(END, by="derek").refused(NotYourAbsence, person="hana")


def test_an_absence_is_of_somebody_and_forwards() -> None:
    given(Directory()).when(RECORD, by="hana", people=[]).refused(NoSuchPerson)
    backwards = RecordAbsence(person="hana", first_day=LAST, last_day=FIRST)
    given(Directory()).when(backwards, by="hana").refused(AbsenceBackwards)
    given(Directory()).when(END, by="hana").refused(NotAbsent)
