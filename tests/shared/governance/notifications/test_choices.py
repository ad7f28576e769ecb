"""How people are told: as they choose, in the hours they choose, by London's clocks."""

from datetime import UTC, date, datetime

import pytest

from shared.governance.notifications.choices import (
    ChooseNotifications,
    DigestGoesByMail,
    NotificationChoice,
    NotificationsChosen,
    QuietAllDay,
)
from shared.kernel.calendar import WorkingDays
from tests.support.specs import given

NIGHT = NotificationChoice(quiet_from="18:00", quiet_until="08:00", working_days_only=True)
SMALL_HOURS = NotificationChoice(quiet_from="00:30", quiet_until="01:30")
NOON = NotificationChoice(quiet_from="12:00", quiet_until="14:00")
LUNCH = NotificationChoice(quiet_from="12:00", quiet_until="13:30", working_days_only=True)
DAYS = WorkingDays(frozenset({date(2026, 3, 9)}))  # a Monday


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_whoever_has_not_chosen_is_told_at_once() -> None:
    assert NotificationChoice().told_at(at("2026-03-07T03:00"), DAYS) == at("2026-03-07T03:00")


@pytest.mark.parametrize(
    ("choice", "happens", "told"),
    [
        (NIGHT, "2026-03-02T10:00", "2026-03-02T10:00"),
        (NIGHT, "2026-03-02T17:59", "2026-03-02T17:59"),
        (NIGHT, "2026-03-02T18:00", "2026-03-03T08:00"),
        (NIGHT, "2026-03-03T07:59", "2026-03-03T08:00"),
        (NIGHT, "2026-03-06T19:00", "2026-03-10T08:00"),  # over the weekend and a closed day
        (NIGHT, "2026-03-07T12:00", "2026-03-10T08:00"),
        (NIGHT, "2026-07-01T17:30", "2026-07-02T07:00"),  # summer time
        (NIGHT, "2026-03-27T20:00", "2026-03-30T07:00"),  # the clocks go forward between
        (NIGHT, "2026-10-23T20:00", "2026-10-26T08:00"),  # and back
        (SMALL_HOURS, "2026-03-29T00:45", "2026-03-29T01:30"),  # half past one is not there this day
        (SMALL_HOURS, "2026-10-25T00:15", "2026-10-25T00:30"),  # and twice this day: the first counts
        (NOON, "2026-03-02T12:30", "2026-03-02T14:00"),
        (NOON, "2026-03-02T14:00", "2026-03-02T14:00"),
        (LUNCH, "2026-03-07T12:00", "2026-03-10T00:00"),  # a quiet hour of a day begins no day
        (LUNCH, "2026-03-10T12:30", "2026-03-10T13:30"),
        (LUNCH, "2026-03-27T13:00", "2026-03-27T13:30"),
    ],
)
def test_in_quiet_hours_somebody_is_told_when_they_are_over(
    choice: NotificationChoice, happens: str, told: str
) -> None:
    assert choice.told_at(at(happens), DAYS).astimezone(UTC) == at(told)


def test_each_person_chooses_for_themselves() -> None:
    wanted = ChooseNotifications(quiet_from="18:00", quiet_until="08:00", working_days_only=True)
    given(NotificationChoice()).when(wanted, by="ann").then(
        NotificationsChosen(
            person="ann", mail=True, quiet_from="18:00", quiet_until="08:00", working_days_only=True
        )
    )
    given(NotificationChoice()).when(wanted, by="ann").leads_to(quiet_from="18:00", working_days_only=True)


@pytest.mark.parametrize(("begins", "ends"), [("18:00", "18:00"), ("18:00", ""), ("", "08:00")])
def test_nobody_is_quiet_all_day(begins: str, ends: str) -> None:
    wanted = ChooseNotifications(quiet_from=begins, quiet_until=ends)
    given(NotificationChoice()).when(wanted).refused(QuietAllDay)


MORNING = NotificationChoice(digest_at="07:30", working_days_only=True)
EVERY_DAY = NotificationChoice(digest_at="07:30")
AT_NIGHT = NotificationChoice(
    digest_at="23:00", quiet_from="18:00", quiet_until="08:00", working_days_only=True
)


@pytest.mark.parametrize(
    ("choice", "happens", "told"),
    [
        (MORNING, "2026-03-02T07:29", "2026-03-02T07:30"),
        (MORNING, "2026-03-02T07:30", "2026-03-03T07:30"),  # this one goes out now
        (MORNING, "2026-03-06T10:00", "2026-03-10T07:30"),  # over the weekend and a closed day
        (EVERY_DAY, "2026-03-06T10:00", "2026-03-07T07:30"),
        (EVERY_DAY, "2026-03-28T10:00", "2026-03-29T06:30"),  # the clocks went forward
        (AT_NIGHT, "2026-03-06T10:00", "2026-03-10T08:00"),  # quiet comes before the digest
    ],
)
def test_a_digest_comes_once_a_day_out_of_quiet_hours(
    choice: NotificationChoice, happens: str, told: str
) -> None:
    assert choice.digested_at(at(happens), DAYS) == at(told)


def test_a_digest_goes_by_mail() -> None:
    wanted = ChooseNotifications(mail=False, digest_at="07:30")
    given(NotificationChoice()).when(wanted).refused(DigestGoesByMail)
    daily = ChooseNotifications(digest_at="07:30")
    given(NotificationChoice()).when(daily, by="ann").leads_to(digest_at="07:30")
