"""Many RFPs at once over HTTP: taken over at every stage, led by others, held; and all of it taken back."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from rfp_service.rfps.domain.takeover_events import taken_over_id
from tests.rfps.test_taking_over import handed_in
from tests.support.api import Api
from tests.support.people import HANA, LARS, PAUL, PRIYA, RITA, SAM

AHEAD = datetime.now(UTC).date() + timedelta(days=40)
LATER = f"""Ref,Title,Department,Requested by,Buyer,Status,Since,Value,Regime,Route,Closing date,\
Closing time,Awarded to,Award value
SR-1,Open,Registrars,rita,priya,open,2026-02-02,500,below_threshold,quotations,{AHEAD},12:00,,
SR-2,Measured,Registrars,rita,priya,evaluation,2026-02-02,500,below_threshold,quotations,,,,
SR-3,Awarded,Registrars,rita,priya,award_notice,2026-02-02,500,below_threshold,quotations,,,Acme,500
SR-4,Standing,Registrars,rita,priya,standstill,2026-02-02,500,below_threshold,quotations,{AHEAD},,Acme,500
SR-5,To sign,Registrars,rita,priya,contracting,2026-02-02,500,below_threshold,quotations,,,Acme,500
SR-8,Asked,Registrars,rita,,triage,2026-02-02,500,,,,,,
SR-6,Odd,Registrars,rita,priya,open,2026-02-02,500,below_threshold,in_house,{AHEAD},,,
SR-7,No end,Registrars,rita,priya,open,2026-02-02,500,below_threshold,quotations,,,,
"""
CONTRACT = {"reference": "C-5", "signed_on": "2026-11-02", "starts_on": "2026-11-02", "ends_on": "2027-11-01"}


async def in_flight(api: Api) -> dict[str, Any]:
    await api.adopt_scheme()
    await api.meets(RITA, PRIYA, PAUL, HANA)
    return await handed_in(api, LATER)


async def seen(api: Api, reference: str) -> dict[str, Any]:
    one: dict[str, Any] = (await api.get(f"/v1/rfps/{taken_over_id(reference)}", PRIYA)).json()
    return one


async def test_each_is_live_at_its_stage_and_goes_on_from_there(api: Api) -> None:
    report = await in_flight(api)
    assert (report["counts"]["done"], report["counts"]["refused"]) == (6, 2), report
    problems = {told["reference"]: told["problem"]["type"] for told in report["refused"]}
    assert problems == {"SR-6": "/problems/taken-over-too-far", "SR-7": "/problems/taken-over-incomplete"}
    opened = await seen(api, "SR-1")
    assert (opened["stage"], opened["waiting_on"]) == ("open", "market")
    assert opened["responses_by"] == opened["clock_ends_at"]
    assert opened["taken_over"]["since"] == "2026-02-02"
    await one_is_measured_here(api)
    await one_is_signed_once_confirmed(api)


async def one_is_measured_here(api: Api) -> None:
    """Criteria as they were published, bids as the portal has them, evaluators of our own."""
    rfp = str(taken_over_id("SR-2"))
    criteria = [{"name": "Price", "weight": 100}]
    await api.decide(rfp, "fix-criteria", PRIYA, criteria=criteria)
    await api.decide(
        rfp, "record-response", PRIYA, reference="B-1", sha256="ab" * 32, received_at="2026-01-30T10:00:00Z"
    )
    answer = (await api.get(f"/v1/rfps/{rfp}", PRIYA)).json()
    assert (answer["criteria"], answer["bids"], answer["waiting_on"]) == (criteria, 1, "procurement")


async def one_is_signed_once_confirmed(api: Api) -> None:
    rfp = str(taken_over_id("SR-5"))
    refused = await api.decide(rfp, "conclude-contract", LARS, expect=409, **CONTRACT)
    assert refused.json()["type"] == "/problems/takeover-unconfirmed"
    waiting = (await api.get("/v1/approvals", HANA)).json()["items"]
    assert {item["title"] for item in waiting} == {"Awarded", "Standing", "To sign"}
    inbox = (await api.get("/v1/inbox", HANA)).json()["items"]
    assert {item["kind"] for item in inbox if item["title"] == "To sign"} == {"takeover"}
    await api.decide(rfp, "confirm-takeover", HANA, reason="Their minutes say so.")
    await api.decide(rfp, "conclude-contract", LARS, **CONTRACT)
    history = (await api.get(f"/v1/rfps/{rfp}/history", SAM)).json()["items"]
    assert [entry["decision"] for entry in history] == [
        "RfpWaitTold",
        "RfpTakenOver",
        "TakeoverConfirmed",
        "ContractConcluded",
    ]


def became(told: dict[str, Any]) -> str:
    """Return what became of an item, or why it was refused."""
    problem = told.get("problem")
    return str(problem["type"] if problem else told["outcome"])


async def undone(api: Api, batch: str) -> list[str]:
    """Take a batch back, and say what became of each of its RFPs."""
    path = f"/v1/rfp-batches/{batch}"
    version = (await api.get(path, PRIYA)).json()["version"]
    body = {"decision": "undo", "reason": "The wrong file."}
    headers = api.headers(PRIYA, If_Match=f'"{version}"')
    answer = await api.client.post(f"{path}/decisions", json=body, headers=headers)
    assert answer.status_code == 207, answer.text
    api.position = await api.service.record.head()
    return [became(told) for told in answer.json()["items"]]


async def test_a_register_that_was_wrong_is_taken_back_and_a_right_one_put_in_its_place(api: Api) -> None:
    report = await in_flight(api)
    await api.decide(str(taken_over_id("SR-5")), "confirm-takeover", HANA, reason="Their minutes say so.")
    told = await undone(api, report["batch"])
    assert sorted(told) == ["/problems/rfp-decided-since", *["done"] * 5], told
    assert (await seen(api, "SR-1"))["stage"] == "withdrawn"
    corrected = LATER.replace("SR-1,Open,Registrars", "SR-1,Open to all,Libraries")
    again = await handed_in(api, corrected)
    assert again["counts"]["done"] == 5, again
    anew = await seen(api, "SR-1")
    assert (anew["stage"], anew["title"], anew["service_area"]) == ("open", "Open to all", "Libraries")
    parties = (await api.get("/v1/rfps/bottlenecks", SAM)).json()["parties"]
    assert all(p["open_elapsed_seconds"] >= 0 and p["elapsed_seconds"] >= 0 for p in parties)


async def test_a_later_register_is_taken_back_alone(api: Api) -> None:
    await in_flight(api)
    report = await handed_in(api, LATER.replace("SR-8,Asked", "SR-8,Asked twice"))
    assert (await seen(api, "SR-8"))["title"] == "Asked twice"
    assert await undone(api, report["batch"]) == ["done"]
    assert ((await seen(api, "SR-8"))["title"], (await seen(api, "SR-8"))["stage"]) == ("Asked", "triage")
    corrected = LATER.replace("SR-8,Asked", "SR-8,Asked thrice")
    again = await handed_in(api, corrected, accept="unless_conflicting")
    told = {(d["what"], d["old"], d["new"]) for d in again["differences"] if d["field"] == "title"}
    assert told == {("changed", "Asked", "Asked thrice")}
    assert (await seen(api, "SR-8"))["title"] == "Asked thrice"


async def sent(api: Api, path: str, items: list[dict[str, Any]], expect: int = 207) -> tuple[str, list[str]]:
    content = b"".join(json.dumps(item).encode() + b"\n" for item in items)
    headers = api.headers(PRIYA) | {"Content-Type": "application/x-ndjson"}
    answer = await api.client.post(f"/v1/rfps/{path}", content=content, headers=headers)
    assert answer.status_code == expect, answer.text
    api.position = await api.service.record.head()
    return answer.headers["batch"], [became(json.loads(line)) for line in answer.text.splitlines()]


async def test_many_are_led_by_somebody_else_and_led_again_as_before(api: Api) -> None:
    await in_flight(api)
    number = (await seen(api, "SR-1"))["reference"]
    items = [
        {"reference": number, "lead": "paul", "reason": "Priya has left."},
        {"reference": "SR-2", "lead": "paul", "reason": "Priya has left."},
        {"reference": "SR-3", "lead": "nobody-at-all", "reason": "Priya has left."},
        {"reference": "RFP-999999", "lead": "paul", "reason": "Priya has left."},
    ]
    batch, told = await sent(api, "leads", items)
    assert told == ["done", "done", "/problems/no-such-person", "/problems/no-such-reference"], told
    assert [(await seen(api, ref))["lead"] for ref in ("SR-1", "SR-2", "SR-3")] == ["paul", "paul", "priya"]
    assert await undone(api, batch) == ["done", "done"]
    assert (await seen(api, "SR-1"))["lead"] == "priya"


async def test_many_are_held_at_once_and_go_on_at_once(api: Api) -> None:
    await in_flight(api)
    why = {"waiting_on": "outgoing_supplier", "reason": "Its data centre moves."}
    batch, told = await sent(api, "holds", [{"reference": "SR-1", **why}, {"reference": "SR-2", **why}])
    assert told == ["done", "done"]
    assert ((await seen(api, "SR-2"))["on_hold"], (await seen(api, "SR-2"))["waiting_on"]) == (
        True,
        "outgoing_supplier",
    )
    _, told = await sent(api, "hold-ends", [{"reference": "SR-1"}])
    assert told == ["done"]
    assert sorted(await undone(api, batch)) == ["/problems/rfp-decided-since", "done"]
    for reference in ("SR-1", "SR-2"):
        assert (await seen(api, reference))["on_hold"] is False
