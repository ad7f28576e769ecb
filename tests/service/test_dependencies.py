"""What a project depends on is joined from the rooms that know it, as far as the reader may see."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

from shared.kernel.roles import Role
from shared.web.offers.prerequisites import Expected, Prerequisites
from tests.projects.test_http import decided, identified, scheme
from tests.support.api import Api
from tests.support.people import RITA, SAM, Who

NEED = {"title": "Switches", "description": "Forty.", "service_area": "Registrars"}


async def test_dependencies_show_how_each_thing_stands(api: Api) -> None:
    await scheme(api, transition_date="2027-04-01")
    project = await identified(api, forecast_end="2026-12-31", contingency_days=10)
    other = await identified(api, "ICT-2", title="Cables", forecast_end="2027-03-20", contingency_days=14)
    rfp = (await api.post("/v1/rfps", NEED, RITA, 201)).json()["id"]
    needed = {"decision": "amend", "needed_by": "2026-11-30"}
    await api.post(f"/v1/rfps/{rfp}/decisions", needed, RITA, 200, version=1)
    contract = str(uuid4())
    for on, thing in (("project", other), ("rfp", rfp), ("contract", contract)):
        receipt = await decided(api, project, "record-dependency", on=on, id=thing)
    path = f"/v1/projects/{project}/dependencies"
    seen = (await api.get(path, SAM, after=receipt["position"])).json()
    assert (seen["latest_end"], seen["transition_date"]) == ("2027-01-10", "2027-04-01")
    by_kind = {item["on"]: item for item in seen["items"]}
    assert by_kind["project"]["title"] == "ICT-2: Cables"
    assert (
        by_kind["project"]
        | {
            "stage": "identified",
            "ended": False,
            "expected_on": "2027-04-03",
            "after_the_project": True,
            "after_transition": True,
        }
        == by_kind["project"]
    )
    assert (
        by_kind["rfp"]
        | {
            "stage": "draft",
            "ended": False,
            "expected_on": "2026-11-30",
            "after_the_project": False,
            "after_transition": False,
        }
        == by_kind["rfp"]
    )
    assert (by_kind["contract"]["known"], by_kind["contract"]["title"]) == (False, None)
    await decided(api, other, "cancel", reason="No longer wanted.")
    now = (await api.get(path, SAM)).json()["items"]
    [ended] = [i for i in now if i["on"] == "project"]
    assert (ended["ended"], ended["expected_on"]) == (True, "2027-04-03")
    assert (ended["after_the_project"], ended["after_transition"]) == (False, False)
    then = (await api.get(path, SAM, as_of=receipt["position"])).json()["items"]
    assert [i["ended"] for i in then if i["on"] == "project"] == [False]
    await api.get(f"/v1/projects/{uuid4()}/dependencies", SAM, 404)


async def test_an_rfp_of_another_service_area_stays_unknown(api: Api) -> None:
    project = await identified(api)
    rfp = (await api.post("/v1/rfps", NEED, RITA, 201)).json()["id"]
    await decided(api, project, "record-dependency", on="rfp", id=rfp)
    reader = Who("hugo", (Role.REQUESTER,), ("Highways",))
    [item] = (await api.get(f"/v1/projects/{project}/dependencies", reader)).json()["items"]
    assert (item["known"], item["title"]) == (False, None)


async def test_a_room_that_comes_later_joins_by_offering_its_things(api: Api) -> None:
    project, contract = await identified(api), uuid4()
    await decided(api, project, "record-dependency", on="contract", id=str(contract))

    end = date(2027, 1, 1)

    async def find(_: object, ids: Sequence[UUID]) -> dict[UUID, Expected]:
        return {one: Expected("C-1: Print", "live", ended=False, expected_on=end) for one in ids}

    offered = Prerequisites("contract", "read-projects", find)
    service = replace(api.service, prerequisites={**api.service.prerequisites, "contract": offered})
    before, api.app.state.service = api.service, service
    try:
        [item] = (await api.get(f"/v1/projects/{project}/dependencies")).json()["items"]
    finally:
        api.app.state.service = before
    assert (item["known"], item["title"], item["expected_on"]) == (True, "C-1: Print", "2027-01-01")
