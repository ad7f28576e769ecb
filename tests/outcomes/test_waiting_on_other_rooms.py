"""A milestone that waits for an RFP, a project or a contract shows how that stands, in the paper as well."""

from typing import Any

from tests.outcomes.test_http import PROGRAMME, decided, milestone, outcome, programme
from tests.outcomes.test_papers import LARS, REPORT
from tests.projects.test_http import identified
from tests.service.test_contracts import ending_in, registered, settled
from tests.service.test_lists import exempted
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.people import PIA, SAM

QUERY = {"programme": str(PROGRAMME)}
OVER = {"initial_end": "2025-01-31"}
MARK = "[exempt: paragraph 3 of Schedule 12A]"


async def waiting(api: Api) -> tuple[str, dict[str, str]]:
    """Let a milestone wait for one thing of each room; return it, and them."""
    await api.adopt_scheme()
    await programme(api)
    step = await milestone(api, await outcome(api), "Move to our own desk", due=in_days(20))
    things = {
        "rfp": await api.raised(title="Service desk"),
        "project": await identified(api, "ICT-1"),
        "contract": await registered(api, reference="C-2", terms=ending_in(40)),
    }
    for version, (kind, thing) in enumerate(things.items(), 1):
        await decided(api, f"milestones/{step}", "raise-dependency", version=version, on=kind, id=thing)
    return step, things


async def waits(api: Api, step: str, **query: Any) -> dict[str, dict[str, Any]]:
    seen = (await api.get(f"/v1/milestones/{step}", SAM, **query)).json()
    return {wait["on"]: wait for wait in seen["waits_for"]}


async def paper(api: Api) -> str:
    return (await api.get(REPORT, LARS, form="html", **QUERY)).text


async def test_things_of_every_room_are_named_and_what_is_done_is_waited_for_no_more(api: Api) -> None:
    step, things = await waiting(api)
    seen = await waits(api, step)
    assert {kind: wait["known"] for kind, wait in seen.items()} == dict.fromkeys(things, True)
    assert seen["contract"]["title"].startswith("C-2: ")
    assert {kind: wait["over"] for kind, wait in seen.items()} == dict.fromkeys(things, False)
    assert seen["contract"]["expected_on"] is not None
    page = await paper(api)
    assert "Service desk; ICT-1: Project ICT-1; C-2: " in page
    await api.decide(things["rfp"], "withdraw", reason="We do it ourselves.")
    assert (await waits(api, step))["rfp"]["over"] is True
    page = await paper(api)
    assert "Waits for: ICT-1: Project ICT-1; C-2: " in page


async def test_a_wait_names_nothing_that_is_exempt_of_what_is_waited_for(api: Api) -> None:
    step, things = await waiting(api)
    for thing in things.values():
        await exempted(api, thing, "title")
    seen = await waits(api, step)
    assert [wait["title"][-len(MARK) :] for wait in seen.values()] == [MARK] * 3
    page = await paper(api)
    assert "Service desk" not in page
    assert page.split("Waits for:")[1].split("</li>")[0].count(MARK) == 3
    part = (await api.get(f"{REPORT}/exempt", LARS, **QUERY)).json()
    named = [item["called"] for item in part["items"] if item["kind"] == "thing waited for"]
    assert [title.split(": ")[1] for title in named] == ["Service desk", "Project ICT-1", "Network support"]
    assert (await api.get(REPORT, SAM, **QUERY)).json()["exempt_items"] == len(part["items"])
    entitled = (await api.get(f"/v1/milestones/{step}", LARS)).json()
    assert entitled["waits_for"][0]["title"].endswith("Service desk")


async def test_a_contract_that_has_ended_is_waited_for_no_more(api: Api) -> None:
    step, _ = await waiting(api)
    contract = await registered(api, reference="C-3", terms=OVER)
    await settled(api, contract, stage="ended")
    await decided(api, f"milestones/{step}", "raise-dependency", PIA, 4, on="contract", id=contract)
    newest = (await api.get(f"/v1/milestones/{step}", SAM)).json()["waits_for"][-1]
    assert (newest["title"][:5], newest["stage"], newest["over"]) == ("C-3: ", "ended", True)
