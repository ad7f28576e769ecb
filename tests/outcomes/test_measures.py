"""Live measures equal what their own rooms answer, as of any position."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from rfp_service.measures.room_figures import PARTIES, rfps_inside_target
from shared.kernel.person import Person
from shared.web.reads.readings import Reading
from tests.outcomes.test_http import PROGRAMME, decided, outcome, programme
from tests.projects.test_http import decided as decided_on_project
from tests.projects.test_http import identified, scheme
from tests.service.test_contracts import CORA, decide, ending_in, registered, this_month
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.people import HANA, PIA, PRIYA, SAM, SCHEME

READINGS = 50


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
    await _a_round(api)


async def _a_round(api: Api) -> None:
    """Close a month's round with one contract put off and one decided."""
    yearly = {"value_basis": "yearly", "value_pence": 1_200_000}
    off = await registered(api, reference="C-2", terms=ending_in(5), **yearly)
    done = await registered(api, reference="C-3", terms=ending_in(4), **yearly)
    review = (await api.post("/v1/renewal-rounds", {"month": this_month()}, CORA)).json()["id"]
    until = in_days(30)
    said = {"decision": "defer", "contract": off, "reason": "Prices come.", "until": until}
    await api.post(f"/v1/renewal-rounds/{review}/decisions", said, CORA, version=1)
    await decide(api, done, "start-review")
    await decide(api, done, "recommend", outcome="renew", value_pence=100, reason="It works.")
    await decide(api, done, "approve-renewal", HANA, reason="Yes.")
    version = (await api.get(f"/v1/renewal-rounds/{review}")).json()["version"]
    await api.post(f"/v1/renewal-rounds/{review}/decisions", {"decision": "close"}, CORA, version=version)


async def _rooms_own(api: Api, as_of: str) -> dict[str, float | None]:
    """Return the figures as they follow from what each room answers itself."""

    async def said(path: str, **query: Any) -> Any:
        return (await api.get(path, SAM, as_of=as_of, **query)).json()

    risk = (await said("/v1/projects/at-risk"))["totals"]
    shares = {row["party"]: row["share_working"] for row in (await said("/v1/rfps/bottlenecks"))["parties"]}
    rfps = (await said("/v1/rfps"))["items"]
    timed = [rfp for rfp in rfps if rfp["due_on"] is not None]
    rounds = (await said("/v1/renewal-rounds", stage="closed"))["items"]
    settled = sum(each["decided"] for each in rounds)
    contracts = (await said("/v1/contracts"))["items"]
    saved = (await said("/v1/contracts/savings"))["items"]
    exposed = (await said("/v1/contracts/exposure"))["items"]
    return {
        "projects_at_risk": risk["at_risk"],
        "projects_at_risk_with_plan": _share(risk["at_risk"] - risk["without_action_plan"], risk["at_risk"]),
        "catalogue_deflection": (await said("/v1/catalogue/deflection"))["deflection"],
        **{f"rfp_wait_on_{each}": shares.get(each, 0.0 if shares else None) for each in PARTIES},
        "rfps_open": len(rfps),
        "rfps_inside_target": _share(sum(not rfp["overdue_working_days"] for rfp in timed), len(timed)),
        "forecasts_within_p80": (await said("/v1/projects/forecast-calibration"))["within_p80"],
        "contracts_reviewed_on_time": _share(settled, settled + sum(each["deferred"] for each in rounds)),
        "contract_notices_missed": sum(contract["missed_notices"] for contract in contracts),
        "contract_exposure": sum(month["exposure_pence"] for month in exposed),
        "contract_savings_confirmed": sum(m["confirmed_saving_pence"] for m in saved) / 100
        if saved
        else None,
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


@pytest.mark.slow
async def test_measures_equal_the_rooms_own_answers(api: Api) -> None:
    await _some_work(api)
    chance = Random(19)
    own: dict[str, dict[str, float | None]] = {}
    for position in [api.position, *(chance.randint(4, api.position) for _ in range(READINGS - 1))]:
        as_of = str(position)
        shown = (await api.get("/v1/outcomes/measures", SAM, as_of=as_of)).json()
        value = {item["name"]: item["value"] for item in shown["items"]}
        own[as_of] = own.get(as_of) or await _rooms_own(api, as_of)
        assert value == own[as_of], as_of  # every measure there is
    now = own[str(api.position)]
    assert (now["contracts_reviewed_on_time"], now["contract_exposure"]) == (0.5, 2_400_000)


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
