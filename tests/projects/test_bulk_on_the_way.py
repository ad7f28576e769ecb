"""Owners, forecasts, ratings, flags and action plans of many projects at once: tried, taken, and undone."""

from datetime import date
from typing import Any

import pytest

from projects.api.bulk_delivery import steps_of
from projects.domain.project import project_id
from tests.projects.test_bulk import CSV, became, outcomes, sent
from tests.projects.test_http import decided, identified, scheme
from tests.support.api import Api
from tests.support.people import PIA, RITA, SAM

STEP = {"what": "Ask for the data", "due": "2046-04-01", "done_on": None}
EACH: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "owners": ({"owner": "omar"}, {"owner": "omar"}),
    "forecasts": (
        {"forecast_end": "2047-09-30", "contingency_days": 7},
        {"forecast_end": "2047-09-30", "contingency_days": 7, "forecasts": ["2047-06-01", "2047-09-30"]},
    ),
    "ratings": (
        {"scale": "five_point", "confidence": "Amber/Red"},
        {"scale": "five_point", "confidence": "Amber/Red"},
    ),
    "flags": ({}, {"flagged": "As the board said."}),
    "flag-liftings": ({}, {"flagged": None}),
    "action-plans": (
        {"owner": "pia", "due": "2046-12-01", "steps": [{"what": "Ask for the data", "due": "2046-04-01"}]},
        {"plan_owner": "pia", "plan_due": "2046-12-01", "steps": [STEP]},
    ),
}


async def three(api: Api, path: str) -> list[str]:
    await scheme(api, transition_date="2047-04-01")
    days = {"start": "2026-01-05", "forecast_end": "2047-06-01", "contingency_days": 3}
    made = [await identified(api, f"P{number}", owner="olga", **days) for number in range(3)]
    for project in made:
        if path == "flag-liftings":
            await decided(api, project, "flag", reason="They say so.")
    return made


async def seen(api: Api, project: str) -> dict[str, Any]:
    answer: dict[str, Any] = (await api.get(f"/v1/projects/{project}", SAM)).json()
    return answer


@pytest.mark.parametrize("path", EACH)
async def test_many_are_decided_on_at_once_and_the_batch_is_undone(api: Api, path: str) -> None:
    said, wanted = EACH[path]
    made = await three(api, path)
    before = await seen(api, made[0])
    held = {name: before[name] for name in wanted}
    items = [{"reference": f"P{n}", "reason": "As the board said.", **said} for n in range(2)]
    whole = f"/v1/projects/{path}"
    await sent(api, items, path=whole, who=RITA, expect=403)
    tried = await sent(api, items, path=whole, dry_run="true")
    assert became(tried) == ["possible"] * 2
    assert await seen(api, made[0]) == before
    done = await sent(api, items, path=whole, key="one")
    assert became(done) == ["done"] * 2
    assert became(await sent(api, items, path=whole, key="one")) == ["repeated"] * 2
    api.position = await api.service.record.head()
    after = await seen(api, made[1])
    assert {name: after[name] for name in wanted} == wanted
    undo = {"decision": "undo", "reason": "The wrong list."}
    batch = done.headers["batch"]
    undone = await api.post(f"/v1/project-batches/{batch}/decisions", undo, PIA, 207, version=2)
    assert undone.json()["counts"] == {"done": 2, "repeated": 0, "refused": 0}
    api.position = await api.service.record.head()
    for project in made:
        again = await seen(api, project)
        assert {name: again[name] for name in wanted} == held


async def test_what_was_decided_since_stands_when_a_batch_is_undone(api: Api) -> None:
    made = await three(api, "action-plans")
    items = [{"reference": f"P{n}", "reason": "R.", **EACH["action-plans"][0]} for n in range(3)]
    done = await sent(api, items, path="/v1/projects/action-plans")
    assert became(done) == ["done"] * 3, done.text
    batch = done.headers["batch"]
    await decided(api, made[0], "agree-action-plan", owner="omar", due="2046-05-01")
    await decided(api, made[1], "finish-action-step", step=1, done_on="2026-03-02")
    undo = {"decision": "undo", "reason": "The wrong list."}
    undone = await api.post(f"/v1/project-batches/{batch}/decisions", undo, PIA, 207, version=2)
    assert undone.json()["counts"] == {"done": 1, "repeated": 0, "refused": 2}
    api.position = await api.service.record.head()
    owners = [(await seen(api, project))["plan_owner"] for project in made]
    assert owners == ["omar", "pia", None]


async def test_each_is_put_to_the_same_rules_as_one_alone(api: Api) -> None:
    made = await three(api, "flags")
    await decided(api, made[1], "cancel", reason="No need.")
    reason = {"reason": "R."}
    same = {"reference": "P0", "forecast_end": "2047-06-01", **reason}
    early = {"reference": "P2", "forecast_end": "2020-01-01", **reason}
    over = {"reference": "P1", "forecast_end": "2048-01-01", **reason}
    told = outcomes(await sent(api, [same, over, early], path="/v1/projects/forecasts"))
    assert [line["problem"]["type"] for line in told] == [
        "/problems/same-forecast",
        "/problems/wrong-project-stage",
        "/problems/ends-before-it-starts",
    ]
    lifted = outcomes(await sent(api, [{"reference": "P0", **reason}], path="/v1/projects/flag-liftings"))
    assert lifted[0]["problem"]["type"] == "/problems/not-flagged"
    off = {"reference": "P0", "scale": "three_point", "confidence": "Amber/Red", **reason}
    rated = outcomes(await sent(api, [off], path="/v1/projects/ratings"))
    assert rated[0]["problem"]["type"] == "/problems/not-on-this-scale"


async def test_a_list_that_was_corrected_says_new_forecasts(api: Api) -> None:
    await three(api, "forecasts")
    table = (await api.get("/v1/projects", PIA, headers={"Accept": CSV}, reference="P1")).text
    corrected = table.replace("2047-06-01", "2047-07-01")
    told = await sent(api, corrected.encode(), CSV, path="/v1/projects/forecasts", reason="Late.")
    assert "done" in told.text
    api.position = await api.service.record.head()
    assert (await seen(api, str(project_id("P1"))))["forecast_end"] == "2047-07-01"


async def test_steps_of_a_plan_come_in_one_cell_of_a_table(api: Api) -> None:
    await three(api, "action-plans")
    table = (
        "reference,owner,due,steps,reason\r\n"
        "P0,pia,2046-12-01,Ask for the data by 2046-04-01; Test: 2046-05-01,R.\r\n"
        "P1,pia,2046-12-01,Some day,R.\r\n"
    )
    told = await sent(api, table.encode(), CSV, path="/v1/projects/action-plans")
    assert ["done" in line for line in told.text.splitlines()[1:]] == [True, False]
    api.position = await api.service.record.head()
    steps = (await seen(api, str(project_id("P0"))))["steps"]
    assert [(step["what"], step["due"]) for step in steps] == [
        ("Ask for the data", "2046-04-01"),
        ("Test", "2046-05-01"),
    ]


def test_a_cell_without_a_day_is_no_step() -> None:
    assert steps_of("Ask for it by 2046-04-01;") == [{"what": "Ask for it", "due": date(2046, 4, 1)}]
    assert steps_of("Some day") == ["Some day"]
    assert steps_of([]) == []
