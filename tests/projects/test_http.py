"""Projects over HTTP: registered once by their reference, decided on, listed, seen as of any time."""

from typing import Any
from uuid import UUID

from projects.domain.delivery import TransitionReadinessConfirmed
from projects.domain.project import ProjectStage, project_id
from tests.support.api import Api
from tests.support.people import ADA, PIA, RITA, SAM, SCHEME

NETWORK = {"reference": "ICT-1", "title": "Network refresh", "origin": "supplier"}
CATEGORISE = {"decision": "categorise", "category": "Networks", "reason": "Cables."}


async def identified(api: Api, reference: str = "ICT-1", **more: Any) -> str:
    body = {"reference": reference, "title": f"Project {reference}", **more}
    identity: str = (await api.post("/v1/projects", body, PIA, 201)).json()["id"]
    return identity


async def decided(api: Api, project: str, decision: str, **fields: Any) -> dict[str, Any]:
    version = (await api.get(f"/v1/projects/{project}", PIA)).json()["version"]
    body = {"decision": decision, **fields}
    path = f"/v1/projects/{project}/decisions"
    receipt: dict[str, Any] = (await api.post(path, body, PIA, version=version)).json()
    return receipt


async def scheme(api: Api, version: int = 0, **more: Any) -> None:
    values = {**SCHEME["values"], **more}  # type: ignore[dict-item]  # an object
    await api.adopts({**SCHEME, "values": values}, version)


async def test_a_project_is_registered_under_the_id_of_its_reference(api: Api) -> None:
    made = await api.post("/v1/projects", NETWORK, PIA, 201, key="one")
    assert made.json()["id"] == str(project_id("ICT-1"))
    assert (await api.post("/v1/projects", NETWORK, PIA, 201, key="one")).json() == made.json()
    taken = await api.post("/v1/projects", {**NETWORK, "reference": "ict-1 "}, PIA, 409)
    assert taken.json()["type"] == "/problems/reference-taken"


async def test_a_project_without_a_reference_gets_one(api: Api) -> None:
    made = (await api.post("/v1/projects", {"title": "Nameless"}, PIA, 201)).json()
    seen = (await api.get(f"/v1/projects/{made['id']}")).json()
    assert seen["reference"].startswith("PRJ-")
    found = (await api.get("/v1/projects", reference=seen["reference"])).json()
    assert [item["id"] for item in found["items"]] == [made["id"]]


async def test_only_the_programme_office_decides_and_everybody_reads(api: Api) -> None:
    await api.post("/v1/projects", NETWORK, RITA, 403)
    project = await identified(api)
    await api.post(f"/v1/projects/{project}/decisions", CATEGORISE, SAM, 403, version=1)
    for who in (RITA, SAM, ADA):
        await api.get(f"/v1/projects/{project}", who)


async def test_a_decision_names_the_version_it_was_made_on(api: Api) -> None:
    project = await identified(api)
    path = f"/v1/projects/{project}/decisions"
    await api.post(path, CATEGORISE, PIA, 428)
    await api.post(path, CATEGORISE, PIA, 200, version=1)
    assert (await api.post(path, CATEGORISE, PIA, 412, version=1)).json()["version"] == 2
    await api.post(f"/v1/projects/{project_id('none')}/decisions", CATEGORISE, PIA, 404)


async def test_categories_and_weights_are_those_of_the_scheme(api: Api) -> None:
    await scheme(
        api,
        project_categories=[{"name": "Networks", "sub_categories": ["WAN"]}],
        weights=[{"name": "benefit", "weight": 3}, {"name": "urgency", "weight": 1}],
    )
    first, second = await identified(api), await identified(api, "ICT-2")
    other = {**CATEGORISE, "category": "Bridges"}
    no = await api.post(f"/v1/projects/{first}/decisions", other, PIA, 409, version=1)
    assert no.json()["type"] == "/problems/no-such-category"
    for project, benefit in ((first, 4), (second, 8)):
        await decided(api, project, "categorise", category="Networks", reason="Cables.")
        scores = {"benefit": benefit, "urgency": 4}
        receipt = await decided(api, project, "prioritise", moscow="must", scores=scores, reason="R.")
        await api.get("/v1/projects", after=receipt["position"])
    seen = (await api.get(f"/v1/projects/{second}")).json()
    assert (seen["score"], seen["rank"], seen["weights_version"]) == (7.0, 1, 1)
    entry = (await api.get(f"/v1/projects/{second}/history")).json()["items"][-1]
    assert entry["known"]["facts"]["weights"] == {"benefit": 3.0, "urgency": 1.0}
    assert entry["said"]["scores"] == {"benefit": 8, "urgency": 4}


async def test_projects_are_listed_by_what_they_are_as_of_any_time(api: Api) -> None:
    first = await identified(api, origin="wlbc")
    second = await identified(api, "ICT-2", origin="lancon")
    before = api.position
    await decided(api, first, "categorise", category="Networks", reason="Cables.")
    await decided(api, second, "pause", reason="Winter.")

    async def listed(**query: Any) -> list[str]:
        items = (await api.get("/v1/projects", **query)).json()["items"]
        return [item["id"] for item in items]

    assert await listed() == [second, first]
    assert await listed(origin="wlbc") == [first]
    assert await listed(category="Networks", stage="categorised") == [first]
    assert await listed(category="") == [second]
    assert await listed(paused="true") == [second]
    assert await listed(category="", as_of=before) == [second, first]
    then = (await api.get(f"/v1/projects/{first}", as_of=before)).json()
    assert (then["version"], then["stage"]) == (1, "identified")


async def test_a_project_goes_all_the_way(api: Api) -> None:
    project = await identified(api, start="2025-01-06", forecast_end="2026-01-30")
    await decided(api, project, "categorise", category="Networks", reason="Cables.")
    await decided(api, project, "prioritise", moscow="must", reason="It is old.")
    needs = [{"month": "2026-09", "skill": "networks", "people": 1.5}]
    await decided(api, project, "decide-handling", handling="internal", needs=needs, reason="We can.")
    steps = [{"what": "Ask for the data", "due": "2026-01-10"}]
    await decided(api, project, "agree-action-plan", owner="pia", due="2026-02-01", steps=steps)
    await decided(api, project, "set-milestone", name="Design", baseline="2025-06-01")
    await decided(api, project, "move-milestone", name="Design", new="2025-06-11", reason="Sickness.")
    await decided(api, project, "start-delivery", started_on="2025-02-03")
    missing = await api.post(
        f"/v1/projects/{project}/decisions",
        {"decision": "confirm-readiness", "checklist": {"receiving team named": "Minute 4"}},
        PIA,
        409,
        version=9 - 1,
    )
    items = ["receiving team named", *missing.json()["missing"]]
    await decided(api, project, "confirm-readiness", checklist=dict.fromkeys(items, "Minute 4"))
    await decided(api, project, "transfer", transferred_on="2026-02-02", received_by="Networks team")
    await decided(api, project, "close", finished_on="2026-02-27", reason="Done.")
    seen = (await api.get(f"/v1/projects/{project}")).json()
    assert (seen["stage"], seen["finished_on"]) == ("closed", "2026-02-27")
    assert seen["milestones"][0] == {
        "name": "Design",
        "baseline": "2025-06-01",
        "forecast": "2025-06-11",
        "slips": 1,
        "slip_days": 10,
        "reached_on": None,
    }
    assert seen["needs"] == needs


async def test_the_checklist_is_that_of_the_scheme_in_force(api: Api) -> None:
    await scheme(api, readiness_checklist=["keys handed over"])
    project = await identified(api)
    await decided(api, project, "categorise", category="Networks", reason="Cables.")
    await decided(api, project, "prioritise", moscow="must", reason="It is old.")
    await decided(api, project, "decide-handling", handling="internal", reason="We can.")
    await decided(api, project, "start-delivery", started_on="2025-02-03")
    path = f"/v1/projects/{project}/decisions"
    empty = {"decision": "confirm-readiness", "checklist": {}}
    no = (await api.post(path, empty, PIA, 409, version=5)).json()
    assert no["missing"] == ["keys handed over"]
    receipt = await decided(api, project, "confirm-readiness", checklist={"keys handed over": "Receipt 7"})
    [*_, last] = await api.service.record.stream(UUID(receipt["id"]))
    assert last.event == TransitionReadinessConfirmed(
        stage=ProjectStage.READY, checklist={"keys handed over": "Receipt 7"}, scheme_version=1
    )
