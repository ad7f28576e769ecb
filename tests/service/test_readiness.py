"""Transition readiness in one read: what is ready, at risk, blocked, and on whose data, as of any time."""

from typing import Any

import pytest

from projects.api import readiness as of_projects
from rfp_service.rfps.api import readiness as of_rfps
from shared.kernel.roles import Role
from shared.web.offers import readiness as offered
from tests.outcomes.test_http import PROGRAMME, milestone, outcome, programme
from tests.outcomes.test_http import decided as said_of
from tests.projects.test_http import decided, identified, scheme
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.people import PAUL, PIA, PRIYA, RITA, SAM, Who

SOON = in_days(60)
LARS = Who("lars", (Role.LEGAL,))


async def lines(api: Api, who: Who = SAM, **asked: Any) -> dict[str, Any]:
    """Return the lines by body of work, and those of outcomes by their sentence."""
    seen = (await api.get("/v1/readiness", who, **asked)).json()
    return {line["name"] or line["body_of_work"]: line for line in seen["items"]}


def counts(line: Any) -> tuple[int, ...]:
    return tuple(line[name] for name in ("ready", "on_track", "at_risk", "blocked"))


async def test_an_outcome_is_blocked_on_whose_data_are_late_until_they_come(api: Api) -> None:
    await programme(api)
    made = await outcome(api)
    due = in_days(-28)
    promise = {"programme": str(PROGRAMME), "what": "Licence costs", "promised_by": "Supplier", "due": due}
    data = (await api.post("/v1/promised-data", promise, PIA, 201)).json()["id"]
    waiting = await milestone(api, made, due=SOON)
    await milestone(api, made, "Full process", due=in_days(90))
    await milestone(api, made, "Asset list")
    await said_of(api, f"milestones/{waiting}", "raise-dependency", on="data", id=data)
    blocked = api.position
    line = (await lines(api))["We buy IT ourselves."]
    assert (line["standing"], line["id"], counts(line)) == ("blocked", made, (0, 1, 1, 1))
    assert line["waits_on"] == [{"on": "Supplier", "parts": 1}]
    worst, undated = line["parts"]
    assert (worst["id"], worst["waits_for"][0]["on"]) == (waiting, "Supplier")
    assert worst["waits_for"][0]["working_days_late"] >= 15
    assert undated["reasons"] == ["has no day"]
    await said_of(api, f"promised-data/{data}", "record-arrived", arrived_on=in_days(0))
    assert counts((await lines(api))["We buy IT ourselves."]) == (0, 2, 1, 0)
    then = (await lines(api, as_of=blocked))["We buy IT ourselves."]
    assert counts(then) == (0, 1, 1, 1)


async def test_projects_contracts_and_rfps_say_what_is_not_ready_and_why(api: Api) -> None:
    await scheme(api, transition_date=in_days(90), hold_reasons=[{"code": "budget-check"}])
    first = await identified(api, "CABLES", forecast_end=SOON)
    late = await identified(api, "SWITCHES", forecast_end=in_days(99))
    await decided(api, first, "record-dependency", on="project", id=late)
    await identified(api, "PHONES", forecast_end=SOON)
    await identified(api, "DONE", start="2020-01-01", finished_on="2020-06-01")
    contract = {
        "reference": "C-1",
        "title": "Network support",
        "supplier": {"name": "Fictional Ltd"},
        "terms": {"initial_end": "2090-12-31"},
        "held_by_outgoing_supplier": True,
    }
    await api.post("/v1/contracts", contract, PAUL, 201)
    rfp = await api.raised()
    found = await lines(api)
    projects = found["projects"]
    assert (projects["standing"], counts(projects)) == ("blocked", (1, 1, 1, 1))
    assert [part["reference"] for part in projects["parts"]] == ["CABLES", "SWITCHES"]
    assert projects["parts"][0]["waits_for"][0]["what"] == "SWITCHES: Project SWITCHES"
    assert projects["parts"][1]["reasons"] == ["ends_on_or_after_transition", "no_action_plan"]
    assert counts(found["contracts"]) == (0, 0, 1, 0)
    assert found["contracts"]["waits_on"] == [{"on": "outgoing_supplier", "parts": 1}]
    assert counts(found["rfps"]) == (0, 1, 0, 0)
    hold = {"waiting_on": "finance", "reason": "Is there money?", "reason_code": "budget-check"}
    await api.decide(rfp, "hold", RITA, **hold)
    [part] = (held := (await lines(api))["rfps"])["parts"]
    assert (counts(held), part["reasons"], part["waits_for"][0]["on"]) == (
        (0, 0, 0, 1),
        ["on hold"],
        "finance",
    )
    whole = (await api.get("/v1/readiness", PRIYA)).json()
    assert (whole["transition_date"], whole["days_left"]) == (in_days(90), 90)


async def test_of_many_projects_at_risk_the_first_are_told_and_all_are_counted(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scheme(api, transition_date=in_days(30))
    ends = {"LATER": 80, "FIRST": 40, "AMPLE": 10, "SECOND": 60, "WAITS": 50}
    made = {name: await identified(api, name, forecast_end=in_days(days)) for name, days in ends.items()}
    await identified(api, "UNKNOWN")
    await decided(api, made["WAITS"], "record-dependency", on="project", id=made["AMPLE"])
    whole = (await lines(api))["projects"]
    assert counts(whole) == (0, 1, 5, 0)
    in_order = ["FIRST", "WAITS", "SECOND", "LATER", "UNKNOWN"]
    assert [part["reference"] for part in whole["parts"]] == in_order
    for module in (offered, of_projects):
        monkeypatch.setattr(module, "PARTS_LIMIT", 3)
    few = (await lines(api))["projects"]
    assert few == whole | {"parts": whole["parts"][:3]}


async def test_of_many_rfps_held_up_the_first_are_told_and_all_are_counted(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scheme(api, hold_reasons=[{"code": "budget-check"}])
    needed = {"second": -10, "first": -20, "in time": 400, "held": 30, "held and late": -5}
    made = {name: await api.raised(title=name) for name in (*needed, "for no day")}
    for name, days in needed.items():
        await api.decide(made[name], "amend", needed_by=in_days(days))
    for name in ("held", "held and late"):
        asked = {"waiting_on": "finance", "reason": "Is there money?", "reason_code": "budget-check"}
        await api.decide(made[name], "hold", RITA, **asked)
    whole = (await lines(api))["rfps"]
    assert counts(whole) == (0, 2, 2, 2)
    assert [part["title"] for part in whole["parts"]] == ["held and late", "held", "first", "second"]
    assert whole["parts"][0]["reasons"] == ["on hold", "the day it was needed by has passed"]
    assert whole["waits_on"] == [{"on": "finance", "parts": 2}, {"on": "requester", "parts": 2}]
    for module in (offered, of_rfps):
        monkeypatch.setattr(module, "PARTS_LIMIT", 3)
    few = (await lines(api))["rfps"]
    assert few == whole | {"parts": whole["parts"][:3]}


async def test_a_day_that_is_exempt_makes_no_rfp_late_for_whom_it_is_withheld_from(api: Api) -> None:
    made = await api.raised()
    await api.decide(made, "amend", needed_by=in_days(-20))
    body = {
        "matter_id": made,
        "fields": ["needed_by"],
        "paragraph": 3,
        "reason": "It would tell.",
        "public_interest": "Less.",
        "review_on": in_days(90),
    }
    await api.post("/v1/exemptions", body, LARS)
    await api.get("/v1/exemptions")
    assert counts((await lines(api, SAM))["rfps"]) == (0, 1, 0, 0)
    assert counts((await lines(api, LARS))["rfps"]) == (0, 0, 1, 0)


async def test_who_acts_for_another_area_sees_nothing_of_this_one(api: Api) -> None:
    await api.raised()
    una = Who("una", (Role.REQUESTER,), ("Highways",))
    line = (await lines(api, una))["rfps"]
    assert (line["standing"], counts(line), line["parts"]) == (None, (0, 0, 0, 0), [])
    await api.get("/v1/readiness", None, 401)


async def test_what_is_exempt_of_a_project_tells_nothing_to_whom_it_is_withheld_from(api: Api) -> None:
    made = await identified(api, "CABLES", forecast_end=SOON)
    body = {
        "matter_id": made,
        "fields": ["forecast_end"],
        "paragraph": 3,
        "reason": "It would tell.",
        "public_interest": "Less.",
        "review_on": in_days(90),
    }
    await api.post("/v1/exemptions", body, LARS)
    await api.get("/v1/exemptions")
    assert counts((await lines(api, SAM))["projects"]) == (0, 0, 0, 0)
    assert counts((await lines(api, LARS))["projects"]) == (0, 1, 0, 0)
