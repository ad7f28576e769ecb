"""Who is away, or has left: said by themselves or an administrator, without a reason."""

from datetime import date
from typing import Any

from shared.governance.people.absences import EndAbsence, RecordAbsence
from shared.governance.people.domain import (
    Absence,
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


CHRISTMAS = Absence(date(2026, 12, 24), date(2027, 1, 4))
AT_CHRISTMAS = RecordAbsence(
    person="hana", first_day=CHRISTMAS.first_day, last_day=CHRISTMAS.last_day
)  # said on a day of the first


def test_an_absence_that_lies_ahead_leaves_the_one_that_holds() -> None:
    both = AbsenceRecorded(
        person="hana",
        first_day=CHRISTMAS.first_day,
        last_day=CHRISTMAS.last_day,
        beside=(Absence(FIRST, LAST),),
    )
    given(Directory(), RECORDED).when(AT_CHRISTMAS, by="hana").then(both)
    days = (FIRST, LAST, date(2026, 3, 9), CHRISTMAS.first_day, date(2027, 1, 4), date(2027, 1, 5))
    assert [away(day, RECORDED, both) for day in days] == [True, True, False, True, True, False]
    directory: Directory = given(Directory(), RECORDED, both).state
    shown = [directory.absence_shown("hana", day) for day in (FIRST, date(2026, 3, 9), date(2027, 2, 1))]
    assert shown == [Absence(FIRST, LAST), CHRISTMAS, CHRISTMAS]
    back = AbsenceEnded(person="hana", beside=(CHRISTMAS,))
    given(Directory(), RECORDED, both).when(END, by="hana").then(back)
    assert [away(day, RECORDED, both, back) for day in (FIRST, CHRISTMAS.first_day)] == [False, True]


def test_another_word_on_the_same_days_takes_the_place_of_the_first() -> None:
    longer = RecordAbsence(person="hana", first_day=date(2026, 3, 4), last_day=date(2026, 3, 20))
    given(Directory(), RECORDED).when(longer, by="hana").then(
        AbsenceRecorded(person="hana", first_day=date(2026, 3, 4), last_day=date(2026, 3, 20))
    )
    for_good = RECORDED.model_copy(update={"last_day": None})
    given(Directory(), for_good).when(AT_CHRISTMAS, by="hana").then(
        AbsenceRecorded(person="hana", first_day=CHRISTMAS.first_day, last_day=CHRISTMAS.last_day)
    )


def test_what_was_recorded_when_only_the_last_counted_stays_so() -> None:
    once = AbsenceRecorded(person="hana", first_day=CHRISTMAS.first_day, last_day=CHRISTMAS.last_day)
    assert [away(day, RECORDED, once) for day in (FIRST, CHRISTMAS.first_day)] == [False, True]


def test_nobody_says_so_of_a_colleague() -> None:
    given(Directory()).when(RECORD, **ADMINISTRATOR).then(RECORDED)
    given(Directory()).when(RECORD, by="derek").refused(NotYourAbsence, person="hana")
    given(Directory(), RECORDED).when(END, by="derek").refused(NotYourAbsence, person="hana")


def test_an_absence_is_of_somebody_and_forwards() -> None:
    given(Directory()).when(RECORD, by="hana", people=[]).refused(NoSuchPerson)
    backwards = RecordAbsence(person="hana", first_day=LAST, last_day=FIRST)
    given(Directory()).when(backwards, by="hana").refused(AbsenceBackwards)
    given(Directory()).when(END, by="hana").refused(NotAbsent)


def test_an_absence_that_was_moved_counts_no_more_on_its_first_days() -> None:
    ahead = AbsenceRecorded(person="hana", first_day=date(2026, 8, 3), last_day=date(2026, 8, 7))
    both = AbsenceRecorded(
        person="hana",
        first_day=CHRISTMAS.first_day,
        last_day=CHRISTMAS.last_day,
        beside=(Absence(ahead.first_day, ahead.last_day),),
    )
    moved = RecordAbsence(
        person="hana", first_day=date(2026, 8, 17), last_day=date(2026, 8, 21), instead_of=date(2026, 8, 3)
    )
    said = AbsenceRecorded(
        person="hana", first_day=date(2026, 8, 17), last_day=date(2026, 8, 21), beside=(CHRISTMAS,)
    )
    given(Directory(), ahead, both).when(moved, by="hana").then(said)
    days = (date(2026, 8, 5), date(2026, 8, 19), date(2026, 12, 28))
    assert [away(day, ahead, both, said) for day in days] == [False, True, True]
    other = moved.model_copy(update={"instead_of": date(2026, 8, 4)})
    given(Directory(), ahead, both).when(other, by="hana").refused(
        NotAbsent, first_days=["2026-12-24", "2026-08-03"]
    )


def test_one_of_several_absences_ahead_is_taken_back() -> None:
    ahead = Absence(date(2026, 8, 3), date(2026, 8, 7))
    both = AbsenceRecorded(
        person="hana", first_day=CHRISTMAS.first_day, last_day=CHRISTMAS.last_day, beside=(ahead,)
    )
    one = EndAbsence(person="hana", first_day=CHRISTMAS.first_day)
    given(Directory(), both).when(one, by="hana").then(AbsenceEnded(person="hana", beside=(ahead,)))
    none = EndAbsence(person="hana", first_day=date(2026, 8, 4))
    given(Directory(), both).when(none, by="hana").refused(NotAbsent, person="hana")
