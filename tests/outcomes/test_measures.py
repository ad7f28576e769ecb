"""Live measures equal what their own rooms answer, as of any position."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from rfp_service.measures.offered import rfps_inside_target
from shared.kernel.person import Person
from shared.web.readings import Reading
from tests.outcomes.test_http import PROGRAMME, decided, outcome, programme
from tests.projects.test_http import decided as decided_on_project
from tests.projects.test_http import identified, scheme
from tests.support.api import Api
from tests.support.people import HANA, PIA, PRIYA, SAM, SCHEME

READINGS = 6


async def _some_work(api: Api) -> None:
    await scheme(api, transition_date="2027-01-01", stage_targets=[{"stage": "draft", "working_days": 3}])
    await api.in_approval(adopt=False)
    for number in range(3):
        await api.raised(title=f"Laptops {number}")
    for number in range(4):
        project = await identified(api, f"ICT-{number}", forecast_end=f"202{6 + number % 2}-06-01")
        if number % 3 == 0:
            await decided_on_project(api, project, "flag", reason="R.")
        if number % 2:
            plan = {"owner": "olga", "due": "2026-12-01", "steps": []}
            await decided_on_project(api, project, "agree-action-plan", **plan)


async def test_measures_equal_the_rooms_own_answers(api: Api) -> None:
    await _some_work(api)
    chance = Random(19)
    asked = sorted({chance.randint(4, api.position) for _ in range(READINGS)} | {api.position})
    for position in asked:
        as_of = str(position)
        shown = (await api.get("/v1/outcomes/measures", SAM, as_of=as_of)).json()
        value = {item["name"]: item["value"] for item in shown["items"]}
        risk = (await api.get("/v1/projects/at-risk", SAM, as_of=as_of)).json()["totals"]
        assert value["projects_at_risk"] == risk["at_risk"]
        planned = risk["at_risk"] - risk["without_action_plan"]
        share = planned / risk["at_risk"] if risk["at_risk"] else None
        assert value["projects_at_risk_with_plan"] == share
        deflection = (await api.get("/v1/catalogue/deflection", SAM, as_of=as_of)).json()
        assert value["catalogue_deflection"] == deflection["deflection"]
        flow = (await api.get("/v1/rfps/bottlenecks", SAM, as_of=as_of)).json()
        shares = {row["party"]: row["share_working"] for row in flow["parties"]}
        assert value["rfp_wait_on_requester"] == shares.get("requester", 0.0 if shares else None)
        board = (await api.get("/v1/rfps", SAM, as_of=as_of)).json()["items"]
        assert value["rfps_open"] == len(board)
        timed = [rfp for rfp in board if rfp["due_on"] is not None]
        late = [rfp for rfp in timed if rfp["overdue_working_days"]]
        assert value["rfps_inside_target"] == ((len(timed) - len(late)) / len(timed) if timed else None)
        tested = (await api.get("/v1/projects/forecast-calibration", SAM, as_of=as_of)).json()
        assert value["forecasts_within_p80"] == tested["within_p80"]


async def test_a_measure_has_its_outcomes_target_and_the_month_is_marked_unfinished(api: Api) -> None:
    await programme(api)
    await outcome(api, measures=[{"name": "rfps_open", "target": 2}])
    await api.raised()
    query = {"programme": str(PROGRAMME)}
    [shown] = (await api.get("/v1/outcomes/measures", SAM, **query)).json()["items"]
    assert (shown["value"], shown["target"], shown["on_target"]) == (1, 2, True)
    assert [point["finished"] for point in shown["trend"]] == [False]
    [other] = (await api.get("/v1/outcomes/measures", SAM, name="projects_at_risk")).json()["items"]
    assert (other["value"], other["target"], other["on_target"]) == (0, None, None)


async def test_a_measure_that_nobody_answers_is_refused(api: Api) -> None:
    await programme(api)
    of = await outcome(api)
    refused = await api.get("/v1/outcomes/measures", SAM, 409, name="happiness")
    assert refused.json()["missing"] == ["happiness"]
    body = {"decision": "amend", "measures": [{"name": "happiness"}], "reason": "R."}
    refused = await api.post(f"/v1/outcomes/{of}/decisions", body, PIA, 409, version=1)
    assert refused.json()["type"] == "/problems/no-such-measure"
    await decided(api, f"outcomes/{of}", "amend", measures=[{"name": "catalogue_deflection"}], reason="R.")


async def test_a_target_that_is_paused_or_extended_is_not_missed(api: Api) -> None:
    values: Any = SCHEME["values"]
    target = {"stage_targets": [{"stage": "approval", "working_days": 0}]}
    await api.adopts({**SCHEME, "values": {**values, **target, "hold_reasons": [{"code": "budget-check"}]}})
    rfp = await api.in_approval(adopt=False)

    async def inside() -> float | None:
        service = api.service
        assert await service.visibility.reaches(api.position, seconds=90)
        later = datetime.now(UTC) + timedelta(days=8)
        somebody, past = Person("sam", ()), False
        reading = Reading(
            service.pool, service.record, api.position, api.position, later, past, somebody, service.redact
        )
        return await rfps_inside_target(service, reading)

    assert await inside() == 0.0
    await api.decide(rfp, "extend-target", HANA, working_days=20, reason="Nobody is here.")
    assert await inside() == 1.0
    hold = {"waiting_on": "finance", "reason": "Is there money?", "reason_code": "budget-check"}
    await api.decide(rfp, "hold", PRIYA, **hold)
    assert await inside() is None
