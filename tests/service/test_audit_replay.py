"""Replay over HTTP: why a decision was taken, how a case went, what changed between two times, one period."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from rfp_service.rfps.commands.amendments import AmendRfp
from rfp_service.rfps.commands.requests import RaiseRfp
from rfp_service.rfps.domain.rfp import Rfp
from shared.kernel.calendar import day_in_london
from shared.kernel.wording import long_day
from tests.support.api import Api
from tests.support.people import HANA, RITA, SAM
from tests.support.specs import stamp


async def listed(api: Api, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await api.get("/v1/audit/decisions", SAM, **query)).json()["items"]
    return items


async def test_a_decision_is_explained_and_taken_again(api: Api) -> None:
    await api.approved()
    seen = (await api.get(f"/v1/audit/decisions/{api.position}", SAM)).json()
    assert (seen["decision"], seen["by"], seen["authority"]) == ("ApprovalGranted", "hana", "approver")
    assert seen["meaning"] == "One tier approved; once the last one has, the RFP goes on."
    assert seen["rule"]["name"] == "Approve"
    assert seen["rule"]["allows"] == "Approve for your tier."
    assert seen["authority_in_words"] == (
        "An approver may take this decision, where the scheme names them for the tier that decides, never"
        " on what is theirs. They stood on the tier head, which decides on up to £25,000."
    )
    assert seen["scheme_version"] == 1
    assert seen["known"]["own_tiers"] == ["head"]
    changes = {c["field"]: (c["before"], c["after"]) for c in seen["changes"]}
    assert changes["stage"] == ("approval", "ready_to_issue")
    assert changes["approval.granted"] == (0, 1)
    again = seen["reexecution"]
    assert again["same"] is True
    assert (again["asked"]["decision"], again["asked"]["reason"]) == ("approve", "In budget.")
    assert [out["decision"] for out in again["came_out"]] == ["ApprovalGranted"]


async def test_every_decision_is_taken_again_with_the_same_result(api: Api) -> None:
    await api.approved()
    rfp = await api.raised()
    await api.decide(rfp, "withdraw", reason="No need.")
    for position in range(1, api.position + 1):
        seen = (await api.get(f"/v1/audit/decisions/{position}", SAM)).json()
        assert seen["reexecution"]["same"] is True, seen


async def test_only_what_had_been_decided_is_explained(api: Api) -> None:
    await api.raised()
    await api.raised()
    await api.get("/v1/audit/decisions/3", SAM, 404)
    await api.get("/v1/audit/decisions/2", SAM, 404, as_of=1)
    await api.get("/v1/audit/decisions/1", RITA, 403)


async def test_decisions_are_found_by_body_of_work_period_and_value(api: Api) -> None:
    began = datetime.now(UTC)
    rfp = await api.in_approval(2_000_000)
    await api.decide(rfp, "approve", HANA, reason="In budget.")
    other = await api.raised()
    assert {d["stream_id"] for d in await listed(api, body_of_work="rfps", decision="RfpRaised")} == {
        rfp,
        other,
    }
    assert [d["decision"] for d in await listed(api, body_of_work="administration")] == [
        "SchemeConfirmed",
        "SchemeProposed",
    ]
    worth = await listed(api, value_from=2_000_000, value_to=2_000_000)
    assert {d["stream_id"] for d in worth} == {rfp}
    assert worth[0]["decision"] == "ApprovalGranted"
    assert worth[0]["case_value_pence"] == 2_000_000
    assert worth[-1]["decision"] == "RfpAmended"  # before that, nothing was said of its value
    assert await listed(api, value_from=2_000_001) == []
    assert await listed(api, value_from=2_000_000, value_to=1_999_999) == []
    now = datetime.now(UTC)
    assert len(await listed(api, from_=began.isoformat(), to=now.isoformat())) == api.position
    assert await listed(api, to=began.isoformat()) == []
    assert await listed(api, from_=now.isoformat()) == []
    assert worth[0]["rule"] == "Approve"


async def test_a_case_is_found_by_what_it_was_worth_at_the_time(api: Api) -> None:
    rfp = await api.raised()
    for estimate in (1_000, 5_000, 3_000):
        await api.decide(rfp, "amend", estimate_pence=estimate)
    await api.decide(rfp, "withdraw", reason="No need.")

    async def found(low: int, high: int) -> list[int]:
        return [d["version"] for d in await listed(api, value_from=low, value_to=high)]

    assert await found(1_000, 1_000) == [2]
    assert await found(4_000, 9_000) == [3]
    assert await found(2_000, 4_000) == [5, 4]  # a withdrawal says no amount: the last said holds
    assert await found(0, 10_000) == [5, 4, 3, 2]
    assert await found(9_000, 10_000) == []


async def test_a_case_is_told_as_a_story(api: Api) -> None:
    rfp = await api.approved()
    story = (await api.get(f"/v1/audit/streams/{rfp}", SAM)).json()
    decisions = [item["decision"] for item in story["items"]]
    assert decisions[0] == "RfpRaised"
    assert decisions[-2:] == ["ApprovalRequested", "ApprovalGranted"]
    asked, granted = story["items"][-2:]
    assert [(t["told"], t["about"], t["people"]) for t in asked["told"]] == [
        ("head", "approval-requested", ["hana"])
    ]
    assert (granted["waited_on"], granted["waited_in"]) == ("approver", "approval")
    assert {"field": "stage", "before": "approval", "after": "ready_to_issue"} in granted["changes"]
    assert story["title"] == "Laptops"
    today = long_day(day_in_london(datetime.now(UTC)))
    waits = "It is not over: it waits for procurement. The last decision on it was"
    assert story["ending"] == f"{waits} on {today}: approval granted."
    assert story["complete"] is True
    assert story["completeness"] == "Versions 1 to 9 follow one another; none is missing."
    assert story["state"]["stage"] == "ready_to_issue"
    assert story["open_wait"]["party"] == "procurement"
    elapsed = sum(item["waited_seconds"] for item in story["items"])
    assert abs(sum(w["seconds"] for w in story["waiting"]) - elapsed) < 1e-6


async def test_a_story_says_how_its_case_ended(api: Api) -> None:
    rfp = await api.raised()
    await api.decide(rfp, "withdraw", reason="No need.")
    story = (await api.get(f"/v1/audit/streams/{rfp}", SAM)).json()
    assert story["ending"] == f"It ended on {long_day(day_in_london(datetime.now(UTC)))}: RFP withdrawn."


async def test_a_story_is_told_as_it_was_known_then(api: Api) -> None:
    rfp = await api.approved()
    then = (await api.get(f"/v1/audit/streams/{rfp}", SAM, as_of=4)).json()
    assert [item["decision"] for item in then["items"]] == ["RfpRaised", "RfpAmended"]
    assert then["state"]["stage"] == "draft"
    early = datetime.now(UTC) - timedelta(days=1)
    await api.get(f"/v1/audit/streams/{rfp}", SAM, 404, as_of=early.isoformat())
    now = await api.get(f"/v1/audit/streams/{rfp}", SAM, basis="recorded_now")
    assert now.json()["version"] == 9


async def test_a_story_is_headed_by_what_people_call_its_case(api: Api) -> None:
    await api.raised()
    rfp = await api.raised()
    told = (await api.get(f"/v1/audit/streams/{rfp}", SAM)).json()
    assert told["reference"] == "RFP-2"
    decided = (await api.get("/v1/audit/decisions", SAM)).json()["items"]
    assert [item["reference"] for item in decided] == ["RFP-2", "RFP-1"]
    [listed] = (await api.get("/v1/rfps", SAM, reference="RFP-2")).json()["items"]
    assert (listed["id"], listed["reference"]) == (rfp, "RFP-2")
    for other in ("RFP-9", "ICT-0042", "RFP-" + "9" * 40):
        assert (await api.get("/v1/rfps", SAM, reference=other)).json()["items"] == []


async def test_two_times_are_compared(api: Api) -> None:
    rfp = await api.in_approval()
    before = api.position
    await api.decide(rfp, "approve", HANA, reason="In budget.")
    other = await api.raised()
    found = (await api.get("/v1/audit/comparisons", SAM, from_=before)).json()
    assert [item["stream_id"] for item in found["items"]] == [other, rfp]
    new, approved = found["items"]
    assert (new["version_before"], new["version_after"]) == (0, 1)
    assert approved["decisions"] == ["ApprovalGranted"]
    assert {"field": "stage", "before": "approval", "after": "ready_to_issue"} in approved["changes"]
    first = (await api.get("/v1/audit/comparisons", SAM, from_=before, limit=1)).json()
    assert [item["stream_id"] for item in first["items"]] == [other]
    second = await api.get("/v1/audit/comparisons", SAM, from_=before, limit=1, cursor=first["next"])
    assert [item["stream_id"] for item in second.json()["items"]] == [rfp]
    only = await api.get("/v1/audit/comparisons", SAM, from_=0, stream_id=rfp, as_of=before)
    assert [item["version_after"] for item in only.json()["items"]] == [8]
    wrong = (await api.get("/v1/audit/comparisons", SAM, 422, from_=before, as_of=1)).json()
    assert wrong["type"] == "/problems/times-reversed"
    assert wrong["title"].startswith("A comparison must lead from an earlier time")
    assert (wrong["from_position"], wrong["position"]) == (before, 1)


async def test_a_list_shows_what_was_known_then_or_what_is_recorded_now_of_then(api: Api) -> None:
    now = datetime.now(UTC)
    asked = RaiseRfp(title="Laptops", description="Forty.", service_area="Registrars")
    on_paper = stamp("rita", at=now - timedelta(days=3))  # taken then, and recorded only now
    late = await api.service.store.create(uuid4(), asked, on_paper, blank=Rfp())
    amended = AmendRfp(title="Tablets")
    await api.service.store.handle(late.id, amended, stamp("rita", at=now), blank=Rfp(), expected=1)
    api.position = late.position + 1

    async def titles(**query: object) -> list[str]:
        return [item["title"] for item in (await api.get("/v1/rfps", SAM, **query)).json()["items"]]

    before, after = now - timedelta(days=4), now - timedelta(days=2)
    assert await titles(basis="recorded_now") == ["Tablets"]
    assert await titles(as_of=after.isoformat()) == []
    assert await titles(as_of=after.isoformat(), basis="recorded_now") == ["Laptops"]
    assert await titles(as_of=before.isoformat(), basis="recorded_now") == []
    await api.get("/v1/rfps", SAM, 422, basis="as_it_should_have_been")


async def test_a_period_is_seen_at_a_glance(api: Api) -> None:
    now, hour = datetime.now(UTC), timedelta(hours=1)  # a clock may step back
    rfp = await api.in_approval()
    await api.decide(rfp, "return-for-rework", HANA, reason_code="unclear", reason="How many?")
    await api.decide(
        rfp,
        "request-approval",
        budget_code="IT-1",
        options_considered="None",
        conflicts="My brother sells laptops.",
    )
    conflict = api.position
    query = {"from_": (now - hour).isoformat(), "to": (now + hour).isoformat()}
    seen = (await api.get("/v1/audit/periods", SAM, **query)).json()
    figures = seen["recorded_now"]
    assert figures["decisions"] == api.position
    assert figures["by_kind"]["ApprovalRequested"] == 2
    assert figures["by_body_of_work"]["rfps"] == api.position - 2
    assert figures["by_authority"]["approver"] == 1
    assert figures["conflicts_declared"] == {"n": 1, "positions": [conflict]}
    for figure in ("exceptions", "urgencies", "waivers", "call_ins", "late_approvals", "by_delegation"):
        assert figures[figure] == {"n": 0, "positions": []}
    assert "GeneralExceptionUsed" in seen["counted"]["exceptions"]
    assert seen["known_then"] == figures
    earlier = (await api.get("/v1/audit/periods", SAM, **query, as_of=conflict - 1)).json()
    assert earlier["recorded_now"]["conflicts_declared"]["n"] == 0
    reversed_ = {"from_": query["to"], "to": query["from_"]}
    await api.get("/v1/audit/periods", SAM, 422, **reversed_)
