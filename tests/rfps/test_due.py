"""Stage targets: due on a working day, overdue by working days, on the day one asks."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfp_service.rfps.views.targets import EXTRA_LIMIT, TargetDue, Targets
from shared.governance.scheme.domain import Scheme, Version
from shared.governance.scheme.parts import StageTarget
from tests.support.specs import SCHEME


def targets(as_of: datetime, days: int = 5, closed: Any = ()) -> Targets:
    values = SCHEME.model_copy(
        update={
            "stage_targets": [StageTarget(stage="approval", working_days=days)],
            "closed_days": list(closed),
        }
    )
    return Targets(Scheme((Version(1, values),)), as_of)


def at(day: str, hour: int = 12) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("today", "overdue"), [("2026-03-09", 0), ("2026-03-10", 1), ("2026-03-14", 4), ("2026-03-16", 5)]
)
def test_five_working_days_from_monday_are_over_on_monday(today: str, overdue: int) -> None:
    assert targets(at(today)).of("approval", at("2026-03-02")) == TargetDue(date(2026, 3, 9), overdue)


def test_closed_days_and_bank_holidays_are_no_working_days() -> None:
    closed = targets(at("2026-03-09"), closed=[date(2026, 3, 4)])
    assert closed.of("approval", at("2026-03-02")).due_on == date(2026, 3, 10)
    easter = targets(at("2026-04-09"))
    assert easter.of("approval", at("2026-04-01")).due_on == date(2026, 4, 10)


def test_a_day_is_londons() -> None:
    late_in_summer = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)  # half past midnight on the 2nd
    assert targets(at("2026-06-02"), 0).of("approval", late_in_summer).due_on == date(2026, 6, 2)


def test_without_a_target_or_a_scheme_nothing_is_due() -> None:
    assert targets(at("2026-03-09")).of("draft", at("2020-01-01")) == TargetDue()
    assert Targets(Scheme(), at("2026-03-09")).of("approval", at("2020-01-01")) == TargetDue()


@given(st.integers(0, 500), st.integers(0, 40), st.integers(0, 24 * 90), st.integers(0, 300))
def test_what_the_filter_picks_is_what_is_overdue(day: int, target: int, hours_ago: int, extra: int) -> None:
    now = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=day)
    entered = now - timedelta(hours=hours_ago)
    by = targets(now, target, closed=[date(2026, 3, 4)])
    picked = entered < by.overdue_before()["approval"][min(extra, EXTRA_LIMIT)]
    assert picked == (by.of("approval", entered, extra).overdue_working_days > 0)


def test_what_is_paused_is_not_due_and_extra_days_make_it_later() -> None:
    by = targets(at("2026-03-16"))
    assert by.of("approval", at("2026-03-02"), paused=True) == TargetDue()
    assert by.of("approval", at("2026-03-02"), 4) == TargetDue(date(2026, 3, 13), 1)
