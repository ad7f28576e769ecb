"""What ends on the transition date is late: in the rules, the odds, lists, sentences and measures alike."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from projects.api.readiness import _part
from projects.views.at_risk import RiskDay
from rfp_service.contracts.domain.dates import AgainstTransition
from rfp_service.contracts.domain.terms import Stated
from shared.web.offers.readiness import ReadinessStanding, ReadinessWait
from tests.contracts.test_dates import TRANSITION, dates, months
from tests.projects.test_http import decided, identified, scheme
from tests.support.api import Api
from tests.support.days import in_days, today
from tests.support.people import SAM

ENDS = {-1: False, 0: True, 1: True}  # days from the transition date, and whether that is late


async def test_a_project_that_ends_on_the_date_is_late_everywhere(api: Api) -> None:
    transition = today() + timedelta(days=90)
    await scheme(api, transition_date=transition.isoformat())
    begun = {"start": in_days(-10)}
    waits = await identified(api, "WAITS", **begun, forecast_end=in_days(20))
    made = {
        days: await identified(
            api, f"P{days}", **begun, forecast_end=(transition + timedelta(days)).isoformat()
        )
        for days in ENDS
    }
    for number in range(20):  # each took just what it was planned for
        on_time = {"start": "2024-01-01", "forecast_end": "2024-04-10", "finished_on": "2024-04-10"}
        await identified(api, f"DONE{number}", **on_time)
    for project in made.values():
        await decided(api, waits, "record-dependency", on="project", id=project)
    late = [made[days] for days, is_late in ENDS.items() if is_late]
    listed = (await api.get("/v1/projects/at-risk", SAM)).json()
    assert sorted(item["id"] for item in listed["items"]) == sorted(late)
    assert listed["totals"]["ends_on_or_after_transition"] == len(late)
    over = {item["id"]: item["working_days_over"] for item in listed["items"]}
    assert over[made[0]] == 0
    odds = (await api.get("/v1/projects/probabilities", SAM, probability_from=0.5)).json()["items"]
    assert sorted(item["id"] for item in odds) == sorted(late)
    for days, project in made.items():
        alone = (await api.get(f"/v1/projects/{project}", SAM)).json()
        assert bool(alone["flags"]) == ENDS[days]
        assert alone["probability"]["past_transition"] == ENDS[days]
        shown_before = date.fromisoformat(alone["probability"]["p50"]) < transition
        assert shown_before != ENDS[days], "what is shown says the same"
    [risk] = (await api.get("/v1/outcomes/measures", SAM, name="projects_at_risk")).json()["items"]
    assert risk["value"] == len(late)
    awaited = (await api.get(f"/v1/projects/{waits}/dependencies", SAM)).json()["items"]
    assert {item["id"]: item["after_transition"] for item in awaited} == {
        made[days]: is_late for days, is_late in ENDS.items()
    }


@pytest.mark.parametrize(("days", "is_late"), ENDS.items())
def test_a_project_of_unknown_end_is_blocked_by_what_ends_on_the_date(days: int, is_late: bool) -> None:  # noqa: FBT001  # from the table
    wait = ReadinessWait("project", uuid4(), "P", TRANSITION + timedelta(days=days), 0)
    row = {"id": uuid4(), "reference": "R", "title": "T", "owner": "", "plan_owner": ""}
    row |= {"latest_end": None, "forecast_end": None, "contingency_days": 0, "flagged": ""}
    day = RiskDay(TRANSITION, date(2026, 3, 2), date(2026, 3, 2))
    blocked = _part(row, day, 0, [wait]).standing is ReadinessStanding.BLOCKED
    assert blocked == is_late


@pytest.mark.parametrize(("days", "is_late"), ENDS.items())
def test_a_contract_that_ends_on_the_date_runs_past_it(days: int, is_late: bool) -> None:  # noqa: FBT001  # from the table
    ends = Stated(initial_end=TRANSITION + timedelta(days=days))
    found = dates(date(2026, 3, 2), stated=ends, notice=months(3))
    assert found.transition is (AgainstTransition.RUNS_PAST if is_late else AgainstTransition.ENDS_BEFORE)
    assert (found.transition_last_safe is not None) == is_late
