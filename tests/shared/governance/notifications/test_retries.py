"""When something is tried again, and when an endpoint is given up: by days and failures together."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.governance.notifications.retries import (
    ATTEMPTS_LIMIT,
    RESTS_SECONDS,
    STEPS_SECONDS,
    TargetHealth,
    pause_seconds,
    rest_seconds,
)
from shared.governance.notifications.transport import retry_after
from tests.support.specs import NOW


def test_it_is_tried_ten_times_over_three_days() -> None:
    assert ATTEMPTS_LIMIT == 10
    assert 72 < sum(STEPS_SECONDS) / 3_600 < 78
    assert pause_seconds(ATTEMPTS_LIMIT) is None


def test_pauses_differ_by_a_fifth_at_most_and_do_differ() -> None:
    for tries, step in enumerate(STEPS_SECONDS, start=1):
        pauses = [pause_seconds(tries) or 0 for _ in range(500)]
        assert all(0.8 * step <= pause <= 1.2 * step for pause in pauses)
        assert max(pauses) - min(pauses) > 0.2 * step


def test_who_asks_for_more_time_gets_up_to_twice_the_step() -> None:
    assert pause_seconds(2, 1.0) == 300
    assert pause_seconds(2, 450.0) == 450
    assert pause_seconds(2, 9_000.0) == 600


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120.0),
        ("Mon, 02 Mar 2026 10:05:00 GMT", 300.0),
        ("Monday, 02-Mar-26 10:05:00 GMT", 300.0),
        ("Mon Mar  2 10:05:00 2026", 300.0),
        ("Mon, 02 Mar 2020 10:05:00 GMT", 0.0),
        ("soon", None),
    ],
)
def test_who_asks_for_more_time_says_how_much_or_until_when(said: str, seconds: float | None) -> None:
    at = datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert retry_after([(b"Date", b"x"), (b"retry-after", said.encode())], at) == seconds


def test_an_endpoint_rests_after_five_failures_in_a_row_and_longer_each_time() -> None:
    assert [rest_seconds(n) for n in range(5)] == [None] * 5
    assert [rest_seconds(n) for n in range(5, 12)] == [*RESTS_SECONDS, 900, 900]


def test_a_sparse_endpoint_is_not_given_up_for_few_failures_in_five_days() -> None:
    health = TargetHealth().failed(NOW)
    assert not health.is_given_up(NOW + timedelta(days=6))
    again = health.failed(NOW + timedelta(days=6))
    assert (again.failures, again.spaced_failures) == (2, 2)
    assert not again.is_given_up(NOW + timedelta(days=6))


def test_many_failures_in_an_hour_count_as_one() -> None:
    health = TargetHealth()
    for minute in range(60):
        health = health.failed(NOW + timedelta(minutes=minute))
    assert (health.failures, health.spaced_failures) == (60, 1)
    assert not health.is_given_up(NOW + timedelta(days=9))


def test_five_days_of_failure_twelve_hours_apart_give_it_up_and_half_of_that_warns() -> None:
    health, warned, given_up = TargetHealth(), None, None
    for n in range(20):
        at = NOW + n * timedelta(hours=12)
        health = health.failed(at)
        warned = warned or (at if health.needs_a_look(at) else None)
        given_up = given_up or (at if health.is_given_up(at) else None)
    assert warned == NOW + timedelta(hours=60)
    assert given_up == NOW + timedelta(days=5)


def test_what_failed_before_an_endpoint_was_resumed_gives_it_up_no_more() -> None:
    health = TargetHealth()
    for n in range(11):
        health = health.failed(NOW + n * timedelta(hours=12))
    at = NOW + timedelta(days=30)
    assert health.failed(at).counted_from(None, at).is_given_up(at)
    anew = health.failed(at).counted_from(at - timedelta(hours=1), at)
    assert anew == TargetHealth().failed(at)
    assert anew.counted_from(at - timedelta(hours=1), at + timedelta(hours=12)) == anew
