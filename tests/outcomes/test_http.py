"""Outcomes over HTTP: set up, promised, moved, shown, accepted, read as of any time."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from outcomes.api.answers import MilestoneShown
from outcomes.api.forms.wording import told
from outcomes.domain.ids import outcome_id, programme_id
from shared.kernel.roles import Role
from shared.kernel.wording import long_day
from tests.service.test_contracts import registered
from tests.support.api import Api
from tests.support.days import in_days, today
from tests.support.people import PIA, RITA, SAM, Who

PAM = Who("pam", (Role.PROGRAMME_OFFICER,))
PROGRAMME = programme_id("transition")
MINUTE = {"title": "Minute 12", "sha256": "ab" * 32, "link": "https://documents.example/12"}


async def programme(api: Api, code: str = "transition") -> str:
    body = {"code": code, "name": "Bringing the IT service home"}
    made: str = (await api.post("/v1/programmes", body, PIA, 201)).json()["id"]
    return made


async def outcome(api: Api, number: int = 3, **more: Any) -> str:
    body = {"programme": str(PROGRAMME), "number": number, "statement": "We buy IT ourselves."}
    made: str = (await api.post("/v1/outcomes", body | more, PIA, 201)).json()["id"]
    return made


async def milestone(api: Api, of: str, title: str = "Interim process", **more: Any) -> str:
    body = {"outcome": of, "title": title} | more
    made: str = (await api.post("/v1/milestones", body, PIA, 201)).json()["id"]
    return made


async def decided(
    api: Api, path: str, decision: str, who: Who = PIA, version: int = 1, **fields: Any
) -> dict[str, Any]:
    body = {"decision": decision, **fields}
    receipt: dict[str, Any] = (await api.post(f"/v1/{path}/decisions", body, who, version=version)).json()
    return receipt


async def board(api: Api, **query: Any) -> dict[str, Any]:
    shown: dict[str, Any] = (await api.get("/v1/outcomes", SAM, programme=str(PROGRAMME), **query)).json()
    return shown


async def test_a_programme_holds_outcomes_and_they_hold_milestones(api: Api) -> None:
    assert await programme(api) == str(PROGRAMME)
    made = await outcome(api)
    assert made == str(outcome_id(PROGRAMME, 3))
    soon, later = today() + timedelta(days=20), today() + timedelta(days=400)
    await milestone(api, made, due=soon.isoformat())
    await milestone(api, made, "Full process", due=later.isoformat())
    await milestone(api, made, "Asset management")
    await milestone(api, made, "Gaps found", due=in_days(-3))
    shown = await board(api)
    assert shown["counts"] == {
        "achieved": 0,
        "next_6_months": 2,
        "overdue": 1,
        "later": 1,
        "undated": 1,
        "dropped": 0,
    }
    [one] = shown["outcomes"]
    assert [m["title"] for m in one["next_6_months"]] == ["Gaps found", "Interim process"]
    assert one["colour"] == "amber"
    assert one["next_6_months"][0]["colour_reasons"] == ["overdue by 3 days"]
    listed = (await api.get("/v1/programmes", RITA)).json()["items"]
    assert [item["code"] for item in listed] == ["transition"]


async def test_what_belongs_to_nothing_is_refused(api: Api) -> None:
    body = {"programme": str(PROGRAMME), "number": 1, "statement": "S."}
    refused = await api.post("/v1/outcomes", body, PIA, 409)
    assert refused.json()["type"] == "/problems/no-such-programme"
    stray = {"outcome": str(uuid4()), "title": "T"}
    refused = await api.post("/v1/milestones", stray, PIA, 409)
    assert refused.json()["type"] == "/problems/no-such-outcome"
    await api.get("/v1/outcomes", RITA, 404, programme=str(uuid4()))
    await api.get(f"/v1/outcomes/{uuid4()}", RITA, 404)
    await api.get(f"/v1/milestones/{uuid4()}", RITA, 404)
    await api.post("/v1/programmes", {"code": "x", "name": "X"}, RITA, 403)


async def test_a_milestone_is_met_when_somebody_else_says_so_and_reopened_with_a_reason(api: Api) -> None:
    await programme(api)
    made = await milestone(api, await outcome(api), due=in_days(0))
    path = f"milestones/{made}"
    await decided(api, path, "submit-evidence", document=MINUTE)
    own = {"decision": "accept"}
    refused = await api.post(f"/v1/{path}/decisions", own, PIA, 409, version=2)
    assert refused.json()["type"] == "/problems/own-evidence"
    met = await decided(api, path, "accept", PAM, version=2, reason="Seen in use.")
    seen = (await api.get(f"/v1/{path}")).json()
    assert (seen["horizon"], seen["colour"], seen["accepted_by"]) == ("achieved", "complete", "pam")
    assert seen["evidence"][0]["document"] == MINUTE
    await decided(api, path, "reopen", version=3, reason="Two teams use the old form.")
    seen = (await api.get(f"/v1/{path}")).json()
    assert (seen["horizon"], seen["version"]) == ("next_6_months", 4)
    assert seen["reopened"][0]["reason"] == "Two teams use the old form."
    then = await board(api, as_of=str(met["position"]))
    assert then["counts"]["achieved"] == 1
    history = (await api.get(f"/v1/{path}/history")).json()["items"]
    assert [entry["decision"] for entry in history] == [
        "MilestoneScheduled",
        "EvidenceSubmitted",
        "MilestoneMet",
        "MilestoneReopened",
    ]


async def test_to_be_given_a_first_day_is_no_move(api: Api) -> None:
    await programme(api)
    step = await milestone(api, await outcome(api), "Asset management")
    path, first, second = f"milestones/{step}", in_days(20), in_days(40)

    async def moved(to: str, reason: str) -> tuple[str, list[str], str]:
        before = (await api.get(f"/v1/{path}", PIA)).json()["version"]
        await decided(api, path, "rebaseline", version=before, new=to, reason=reason)
        seen = (await api.get(f"/v1/{path}", PIA)).json()
        shown = MilestoneShown.model_validate({name: seen[name] for name in MilestoneShown.model_fields})
        return seen["colour"], seen["colour_reasons"], told(shown)

    on, later = long_day(date.fromisoformat(first)), long_day(date.fromisoformat(second))
    before = api.position
    assert await moved(first, "A day at last.") == ("green", [], f", due {on}.")
    assert await moved(second, "No data.") == ("green", [], f", due {later}. Moved from {on}: No data.")
    back = f", due {on}. Moved, and moved back: They came."
    assert await moved(first, "They came.") == ("amber", ["moved 2 times"], back)
    asked = {"programme": str(PROGRAMME), "since": str(before)}
    taken = (await api.get("/v1/outcomes/decisions", SAM, **asked)).json()["items"]
    assert [each["what"] for each in taken] == ["Given its day", "Moved", "Moved"]


async def test_promised_data_show_in_every_outcome_that_waits_for_them(api: Api) -> None:
    await programme(api)
    due = today() - timedelta(days=28)  # four weeks: nineteen working days at the least
    body = {
        "programme": str(PROGRAMME),
        "what": "Licence costs",
        "promised_by": "Supplier",
        "due": due.isoformat(),
    }
    data = (await api.post("/v1/promised-data", body, PIA, 201)).json()["id"]
    for number in (2, 7):
        step = await milestone(api, await outcome(api, number), f"Analysis {number}", due=in_days(60))
        await decided(api, f"milestones/{step}", "raise-dependency", on="data", id=data)
    shown = await board(api)
    for one in shown["outcomes"]:
        [wait] = one["next_6_months"][0]["waits_for"]
        assert (wait["title"], wait["stage"], wait["over"]) == ("Licence costs", "promised", False)
        assert 15 <= wait["working_days_late"] <= 20
        assert one["colour"] == "amber"
    await decided(api, f"promised-data/{data}", "chase", note="By letter.")
    await decided(api, f"promised-data/{data}", "record-arrived", version=2, arrived_on=due.isoformat())
    [item] = (await api.get("/v1/promised-data", SAM, programme=str(PROGRAMME))).json()["items"]
    assert (item["working_days_late"], item["arrived_on"]) == (0, due.isoformat())
    assert [w["outcome_number"] for w in item["waiting"]] == [2, 7]
    assert item["chases"][0]["note"] == "By letter."
    shown = await board(api)
    assert {one["colour"] for one in shown["outcomes"]} == {"green"}


async def test_a_linked_project_that_is_over_shows_as_over(api: Api) -> None:
    await programme(api)
    body = {"reference": "ICT-1", "title": "Network refresh", "finished_on": in_days(0)}
    project = (await api.post("/v1/projects", body, PIA, 201)).json()["id"]
    step = await milestone(api, await outcome(api), due=in_days(0))
    await decided(api, f"milestones/{step}", "raise-dependency", on="project", id=project)
    await decided(api, f"milestones/{step}", "raise-dependency", version=2, on="contract", id=str(uuid4()))
    known, unknown = (await api.get(f"/v1/milestones/{step}")).json()["waits_for"]
    assert (known["title"], known["over"]) == ("ICT-1: Network refresh", True)
    assert (unknown["known"], unknown["over"]) == (False, False)


async def test_a_consultation_and_a_strategy_are_seen(api: Api) -> None:
    await programme(api)
    body = {
        "programme": str(PROGRAMME),
        "about": "Devices",
        "opened_on": in_days(0),
        "closes_on": in_days(0),
        "asked": 84,
    }
    made = (await api.post("/v1/consultations", body, PIA, 201)).json()["id"]
    counts = {"laptop": 31, "own device": 12}
    await decided(api, f"consultations/{made}", "count", counts=counts)
    await decided(api, f"consultations/{made}", "close", version=2, conclusion="Laptops.")
    [item] = (await api.get("/v1/consultations", RITA, programme=str(PROGRAMME))).json()["items"]
    assert (item["answered"], item["counts"], item["conclusion"]) == (43, counts, "Laptops.")
    adopted = {
        "name": "Digital strategy",
        "edition": "1.5",
        "sha256": "ab" * 32,
        "adopted_on": in_days(0),
        "themes": [{"name": "Foundation platforms", "priorities": ["Disaster recovery"]}],
    }
    await api.post("/v1/strategies", adopted, PIA, version=0)
    [strategy] = (await api.get("/v1/strategies")).json()["items"]
    assert strategy["themes"] == adopted["themes"]
    tagged = await milestone(api, await outcome(api), "Recovery tested", priorities=["Disaster recovery"])
    seen = (await api.get(f"/v1/milestones/{tagged}")).json()
    assert seen["priorities"] == ["Disaster recovery"]
    wrong = {"outcome": str(outcome_id(PROGRAMME, 3)), "title": "T", "priorities": ["Tea"]}
    refused = await api.post("/v1/milestones", wrong, PIA, 409)
    assert refused.json()["missing"] == ["Tea"]


async def test_what_is_exempt_of_a_milestone_is_withheld_and_nothing_follows_from_it(api: Api) -> None:
    await programme(api)
    step = await milestone(api, await outcome(api), "Notice to quit", due="2020-01-01")
    body = {
        "matter_id": step,
        "fields": ["title", "due"],
        "paragraph": 3,
        "reason": "Bargaining.",
        "public_interest": "It would tell them.",
        "review_on": in_days(90),
    }
    await api.post("/v1/exemptions", body, Who("lars", (Role.LEGAL,)), 201)
    seen = (await api.get(f"/v1/milestones/{step}")).json()
    assert seen["title"] == "[exempt: paragraph 3 of Schedule 12A]"
    assert (seen["due"], seen["first_due"], seen["overdue"]) == (None, None, False)
    assert (seen["horizon"], seen["colour"]) == ("undated", "green")
    seen = (await api.get(f"/v1/milestones/{step}", Who("lars", (Role.LEGAL,)))).json()
    assert (seen["title"], seen["overdue"]) == ("Notice to quit", True)


async def test_an_outcome_and_a_programme_can_be_put_right(api: Api) -> None:
    await programme(api)
    made = await outcome(api)
    await decided(
        api, f"outcomes/{made}", "amend", statement="We buy IT services ourselves.", reason="Clearer."
    )
    await decided(
        api, f"outcomes/{made}", "rate-confidence", version=2, confidence="Amber/Green", reason="R."
    )
    seen = (await api.get(f"/v1/outcomes/{made}")).json()
    assert seen["statement"] == "We buy IT services ourselves."
    assert (seen["confidence"], seen["version"], seen["colour"]) == ("Amber/Green", 3, "not_rated")
    history = (await api.get(f"/v1/outcomes/{made}/history")).json()
    assert history["version"] == 3
    await decided(api, f"programmes/{PROGRAMME}", "amend", name="Transition", reason="Shorter.")
    assert (await board(api))["programme"]["name"] == "Transition"


async def test_a_programme_is_seen_by_itself_with_what_may_be_decided_on_it(api: Api) -> None:
    await programme(api)
    path = f"/v1/programmes/{PROGRAMME}"
    began = (await api.get(path, PIA)).json()
    assert (began["version"], began["code"], began["owner"], began["owner_name"]) == (
        1,
        "transition",
        None,
        None,
    )
    assert began["next"] == [{"decision": "amend", "allowed": True}]
    receipt = await decided(api, f"programmes/{PROGRAMME}", "amend", owner="pia", reason="She runs it.")
    seen = (await api.get(path, RITA, after=receipt["position"])).json()
    assert (seen["version"], seen["owner"], seen["owner_name"], seen["next"]) == (2, "pia", "pia", [])
    then = (await api.get(path, RITA, as_of=receipt["position"] - 1)).json()
    assert (then["owner"], then["next"]) == (None, None)
    history = (await api.get(f"{path}/history", RITA)).json()["items"]
    assert [entry["decision"] for entry in history] == ["ProgrammeBegun", "ProgrammeAmended"]
    for missing in (f"/v1/programmes/{uuid4()}", f"/v1/programmes/{uuid4()}/history"):
        await api.get(missing, RITA, 404)


async def test_spend_demand_and_risk_are_read_by_priority(api: Api) -> None:
    strategy = {
        "name": "Digital strategy",
        "edition": "1.5",
        "sha256": "ab" * 32,
        "adopted_on": in_days(0),
        "themes": [{"name": "Platforms", "priorities": ["Disaster recovery", "Telephony"]}],
    }
    await api.post("/v1/strategies", strategy, PIA, version=0)
    await programme(api)
    late = {"due": in_days(-3), "priorities": ["Disaster recovery"]}
    step = await milestone(api, await outcome(api), "Recovery tested", **late)
    rfp = await api.raised()
    contract = await registered(api, value_pence=120_000, value_basis="yearly")
    tag = {"on": "rfp", "id": rfp, "priorities": ["Disaster recovery"]}
    await api.post("/v1/priority-tags", tag, PIA, version=0)
    await api.post("/v1/priority-tags", {**tag, "priorities": ["Tea"]}, PIA, 409, version=1)
    await api.post("/v1/priority-tags", {**tag, "on": "contract"}, PIA, 409, version=1)
    await api.post("/v1/priority-tags", {**tag, "id": str(uuid4())}, PIA, 409, version=0)
    await api.post("/v1/priority-tags", tag, RITA, 403, version=1)
    await api.post("/v1/priority-tags", {**tag, "on": "contract", "id": contract}, PIA, version=0)
    seen, empty = (await api.get("/v1/priorities", PIA)).json()["items"]
    versions = {thing["id"]: thing["tags_version"] for thing in seen["things"]}
    assert versions == {step: None, rfp: 1, contract: 1}
    figures = {name: value for name, value in seen.items() if name != "things"}
    assert figures == {
        "strategy": "Digital strategy",
        "theme": "Platforms",
        "priority": "Disaster recovery",
        "spend_pence": 120_000,
        "contracts": 1,
        "demand": 1,
        "demand_pence": 0,
        "unvalued": 1,  # nobody has said yet what the RFP is about to cost
        "projects": 0,
        "milestones": 1,
        "at_risk": 1,
    }
    assert (empty["priority"], empty["things"]) == ("Telephony", [])
    for thing in seen["things"]:
        await api.get(thing["path"], PIA)
    await api.post("/v1/priority-tags", {**tag, "priorities": []}, PIA, version=1)
    [only] = (await api.get("/v1/priorities", PIA, name="Disaster recovery")).json()["items"]
    assert {thing["id"] for thing in only["things"]} == {step, contract}


async def test_an_overdue_milestone_is_at_risk_until_its_evidence_is_accepted(api: Api) -> None:
    strategy = {"name": "S", "edition": "1", "sha256": "ab" * 32, "adopted_on": in_days(0)}
    await api.post(
        "/v1/strategies", strategy | {"themes": [{"name": "T", "priorities": ["P"]}]}, PIA, version=0
    )
    await programme(api)
    step = await milestone(api, await outcome(api), due=in_days(-3), priorities=["P"])
    await decided(api, f"milestones/{step}", "submit-evidence", document=MINUTE)
    [only] = (await api.get("/v1/priorities", PIA)).json()["items"]
    assert (only["at_risk"], (await board(api))["counts"]["overdue"]) == (1, 1)
