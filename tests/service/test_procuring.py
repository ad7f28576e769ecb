"""An RFP over HTTP from its approval to a signed contract, and what may be seen of it on the way."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rfp_service.rfps.views.similarity import FOUND_LIMIT
from shared.kernel.calendar import day_in_london, end_of
from shared.kernel.roles import Role
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.people import DEREK, HANA, LEO, PAUL, PRIYA, RITA, SAM, SCHEME, Who
from tests.support.procuring import (
    AGREED,
    AN_HOUR,
    EVAN,
    EVE,
    LARS,
    an_hour_later,
    awarded,
    bids,
    closed,
    evaluated,
    opened,
    prepared,
)


async def test_an_rfp_goes_from_the_market_to_a_contract_and_clocks_move_it(api: Api) -> None:
    rfp = await opened(api)
    await api.decide(rfp, "record-clarification", PRIYA, question="How many?")
    await api.decide(rfp, "answer-clarification", PRIYA, number=1, answer="Forty.")
    await bids(api, rfp, "A", "B")
    shut = await closed(api, rfp)
    assert (shut["bids"], shut["late_bids"], shut["waiting_on"]) == (2, 0, "evaluators")
    with an_hour_later():
        await bids(api, rfp, "TOO-LATE", received_at=(datetime.now(UTC) + AN_HOUR).isoformat())
    await evaluated(api, rfp)
    await awarded(api, rfp)
    await api.decide(rfp, "send-summaries", PRIYA, told=["A", "B"])
    await api.decide(rfp, "publish-award-notice", PRIYA, reference="UK6-1")
    seen = (await api.get(f"/v1/rfps/{rfp}")).json()
    assert (seen["stage"], seen["supplier"]) == ("standstill", "Fictional Systems Ltd")
    assert seen["late_bids"] == 1
    assert seen["clock_ends_at"] == seen["standstill_ends"]
    await api.decide(rfp, "record-challenge", LARS, grounds="A price was misread.")
    await api.decide(rfp, "resolve-challenge", LARS, outcome="award_stands", reason="It was not.")
    today = datetime.now(UTC).date().isoformat()
    body: dict[str, Any] = {"reference": "C-1", "signed_on": today, "starts_on": today, "ends_on": today}
    refused = await api.decide(rfp, "conclude-contract", LARS, 409, **body)
    assert refused.json()["type"] == "/problems/standstill-running"


async def test_scores_are_sealed_until_they_may_be_seen(api: Api) -> None:
    rfp = await opened(api)
    await bids(api, rfp, "A", "B")
    await closed(api, rfp)
    path = f"/v1/rfps/{rfp}/comparison"
    assert (await api.get(path, PRIYA, 409)).json()["type"] == "/problems/scores-sealed"
    await evaluated(api, rfp)
    for who in (RITA, EVE, SAM):
        await api.get(path, who, 409)
    for who in (RITA, PRIYA, SAM):
        assert await _scores_said(api, rfp, who) == [None] * 8
    first, second = (await api.get(path, PRIYA)).json()["bids"]
    assert second["measured"][1]["given"] == {"eve": 90, "evan": 70}
    assert (first["total"], second["total"], first["rank"]) == (78, None, None)
    await api.decide(rfp, "moderate-scores", HANA, **AGREED)
    await api.get(path, RITA, 409)
    shown = (await api.get(path, PRIYA)).json()
    assert [(b["bid"], b["rank"], b["total"]) for b in shown["bids"]] == [("A", 1, 78), ("B", 2, 62)]
    quality = shown["bids"][1]["measured"][1]
    assert quality == {
        "criterion": "Quality",
        "weight": 40,
        "given": {"eve": 90, "evan": 70},
        "moderated": 80,
        "score": 80,
        "removed": {},
    }
    await api.decide(
        rfp,
        "recommend-award",
        PRIYA,
        bid="A",
        supplier="Fictional Systems Ltd",
        value_pence=2_000_000,
        reason="The best.",
    )
    await api.get(path, SAM, 409)
    await _a_judge_is_removed_by_an_approver_only(api, rfp)
    await api.decide(rfp, "approve-award", HANA, reason="As evaluated.")
    await api.get(path, SAM, 409)
    await api.decide(rfp, "send-summaries", PRIYA, told=["A", "B"])
    assert (await api.get(path, SAM)).json()["recommended"] == {"bid": "A"}
    await _everything_is_told_but_what_is_exempt(api, rfp)


async def _a_judge_is_removed_by_an_approver_only(api: Api, rfp: str) -> None:
    removal = {"evaluator": "evan", "reason": "Holiday.", "highest_bid_pence": 2_400_000}
    refused = await api.decide(rfp, "remove-evaluator", PRIYA, 409, **removal)
    assert refused.json()["type"] == "/problems/evaluators-settled"
    await api.decide(rfp, "remove-evaluator", HANA, **removal)
    shown = (await api.get(f"/v1/rfps/{rfp}/comparison", HANA)).json()
    assert shown["removed"] == ["evan"]
    assert shown["bids"][1]["measured"][1]["removed"] == {"evan": 70}
    assert [(b["mean_with_removed"], b["mean_without_removed"]) for b in shown["bids"]] == [
        (78, 78),
        (62, 66),
    ]
    last = (await api.get(f"/v1/rfps/{rfp}/history", SAM)).json()["items"][-1]
    assert (last["decision"], last["said"].get("highest_bid_pence")) == ("EvaluatorRemovedAfterScores", None)
    assert last["said"]["tier"] == "head"


async def _everything_is_told_but_what_is_exempt(api: Api, rfp: str) -> None:
    assert None not in await _scores_said(api, rfp, RITA)
    path = f"/v1/rfps/{rfp}/comparison"
    exempt = {
        "matter_id": rfp,
        "fields": ["bid"],
        "paragraph": 3,
        "reason": "It names a bidder.",
        "public_interest": "None.",
        "review_on": in_days(180),
    }
    await api.post("/v1/exemptions", exempt, LARS)
    held = (await api.get(path, SAM)).json()
    assert "bid" in held["withheld"]
    assert "A" not in {bid["bid"] for bid in [*held["bids"], held["recommended"]]}
    assert "A" in {bid["bid"] for bid in (await api.get(path, LARS)).json()["bids"]}


@pytest.mark.slow
async def test_evaluators_read_their_own_scores_and_nobody_elses_until_the_award(api: Api) -> None:
    rfp = await opened(api)
    await bids(api, rfp, "A", "B")
    await closed(api, rfp)
    await evaluated(api, rfp)
    correct = {"bid": "A", "criterion": "Price", "score": 88, "comment": "Misread."}
    await api.decide(rfp, "correct-score", EVE, **correct)
    assert await _scores_said(api, rfp, EVE) == [90, 60, 50, 90, None, None, None, None]
    assert await _scores_said(api, rfp, EVAN) == [None, None, None, None, 90, 60, 50, 70]
    history = (await api.get(f"/v1/rfps/{rfp}/history", EVE)).json()["items"]
    assert (history[-1]["said"]["was"], history[-1]["said"]["comment"]) == (90, "Misread.")
    others = [i for i in history if i["said"].get("evaluator") == "evan" and "score" in i["said"]]
    assert {item["said"]["comment"] for item in others} == {"[sealed]"}
    await api.decide(rfp, "moderate-scores", HANA, **AGREED)
    *_, moderated = (await api.get(f"/v1/rfps/{rfp}/history", EVE)).json()["items"]
    assert (moderated["said"]["given"], moderated["said"]["score"]) == (None, None)


async def test_who_has_bid_is_read_nowhere_before_bids_are_opened(api: Api) -> None:
    rfp = await opened(api)
    await bids(api, rfp, "SECRETBID-1", "SECRETBID-2")
    withdrawn = {"bid": "SECRETBID-2", "ground": "withdrawn", "reason": "SECRETBID-2 wrote."}
    await api.decide(rfp, "set-bid-aside", PRIYA, **withdrawn)
    position = (await api.service.record.head()) - 1
    paths = (
        f"/v1/rfps/{rfp}",
        f"/v1/rfps/{rfp}/history",
        "/v1/rfps",
        "/v1/audit/decisions",
        f"/v1/audit/streams/{rfp}",
        f"/v1/audit/decisions/{position}",
    )
    everybody = Who("una", tuple(Role))
    answers = [await api.get(path, everybody) for path in paths]
    answers.append(await api.get("/v1/audit/comparisons", everybody, from_=0))
    for answer in answers:
        assert "SECRETBID" not in answer.text, answer.url
    seen = (await api.get(f"/v1/rfps/{rfp}", everybody)).json()
    assert seen["reference"].startswith("RFP-")  # its own is no secret
    assert (seen["bids"], seen["bids_set_aside"]) == (2, 1)
    told = (await api.get(f"/v1/audit/streams/{rfp}", everybody)).json()
    assert any(step["withheld"].get("reference") == "[sealed]" for step in told["items"])
    await closed(api, rfp)
    history = (await api.get(f"/v1/rfps/{rfp}/history", RITA)).json()["items"]
    came = [i["said"]["reference"] for i in history if i["decision"] == "ResponseReceived"]
    assert came == ["SECRETBID-1", "SECRETBID-2"]


async def _scores_said(api: Api, rfp: str, who: Who) -> list[int | None]:
    items = (await api.get(f"/v1/rfps/{rfp}/history", who)).json()["items"]
    return [item["said"].get("score") for item in items if item["decision"] == "ScoreRecorded"]


async def test_what_a_role_may_never_do_is_403_and_what_the_case_forbids_409(api: Api) -> None:
    rfp = await prepared(api)
    until_ = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    notice = {"reference": "T-1", "responses_by": until_}
    await api.decide(rfp, "publish-tender-notice", HANA, 403, **notice)
    wrong = await api.decide(rfp, "issue-invitation", PRIYA, 409, **notice)
    assert wrong.json()["type"] == "/problems/other-way-of-asking"
    assert wrong.json()["route"] == "open_tender"
    await api.decide(rfp, "publish-tender-notice", PRIYA, 422, reference="T", responses_by="soon")
    early = await api.decide(rfp, "close-responses", PRIYA, 409)
    assert early.json()["type"] == "/problems/wrong-stage"
    assert (await api.get(f"/v1/rfps/{rfp}")).json()["version"] == 12


async def test_a_key_decision_is_announced_taken_and_called_in(api: Api) -> None:
    values = {**SCHEME["values"], "key_decision_pence": 2_000_000}  # type: ignore[dict-item]
    await api.adopts({**SCHEME, "values": values})
    rfp = await api.in_approval(2_000_001, adopt=False)
    await api.decide(rfp, "approve", HANA, reason="In budget.")
    seen = (await api.get(f"/v1/rfps/{rfp}")).json()
    assert (seen["stage"], seen["waiting_on"]) == ("key_decision", "procurement")
    early = await api.decide(rfp, "take-key-decision", HANA, 409, reason="Now.")
    assert early.json()["type"] == "/problems/notice-too-short"
    today = day_in_london(datetime.now(UTC))
    await api.decide(
        rfp, "publish-forward-plan-notice", PRIYA, reference="FP-0", published_on=today.isoformat()
    )
    [waiting] = (await api.get("/v1/approvals", HANA)).json()["items"]
    assert waiting["waiting_on"] == "statutory_clock"
    assert datetime.fromisoformat(waiting["can_be_taken_from"]) == end_of(today + timedelta(28))
    then = (datetime.now(UTC) - timedelta(days=40)).date().isoformat()
    await api.decide(rfp, "publish-forward-plan-notice", PRIYA, reference="FP-1", published_on=then)
    [waiting] = (await api.get("/v1/approvals", HANA)).json()["items"]
    assert (waiting["waiting_on"], waiting["can_be_taken_from"]) == ("approver", None)
    await api.decide(rfp, "take-key-decision", HANA, reason="Good value.")
    await api.decide(rfp, "publish-decision", PRIYA, reference="D-1")
    await api.decide(rfp, "call-in", SAM, reason="Too dear.")
    await api.decide(rfp, "uphold-call-in", SAM, reason="Too dear.")
    seen = (await api.get(f"/v1/rfps/{rfp}")).json()
    assert (seen["stage"], seen["approvals_granted"]) == ("key_decision", 1)


async def test_a_delegate_sees_what_waits_and_is_recorded_as_acting_for(api: Api) -> None:
    dora = Who("dora", HANA.roles)
    rfp = await api.in_approval()
    today = datetime.now(UTC).date().isoformat()
    assert await _waiting(api, dora) == []
    assert await _waiting(api, HANA) == [(rfp, None)]
    give = {
        "delegate": "dora",
        "limit_pence": 2_000_000,
        "first_day": today,
        "last_day": today,
        "reason": "Leave.",
    }
    given = (await api.post("/v1/delegations", give, HANA)).json()
    assert await _waiting(api, dora) == [(rfp, "hana")]
    forbidden = await api.decide(rfp, "approve", dora, 409, reason="In budget.")
    assert forbidden.json()["type"] == "/problems/not-your-tier"
    other = await api.decide(rfp, "approve", dora, 409, reason="In budget.", acting_for="derek")
    assert other.json()["type"] == "/problems/not-their-delegate"
    await api.decide(rfp, "approve", dora, reason="In budget.", acting_for="hana")
    *_, last = (await api.get(f"/v1/rfps/{rfp}/history", SAM)).json()["items"]
    assert (last["by"], last["acting_for"]) == ("dora", "hana")
    assert last["known"]["facts"]["delegations"][0]["limit_pence"] == 2_000_000
    assert await _waiting(api, HANA) == []
    end = {"decision": "end", "reason": "Back."}
    path = f"/v1/delegations/{given['id']}/decisions"
    await api.post(path, end, dora, 409, version=1)
    await api.post(path, end, HANA, version=1)
    [row] = (await api.get("/v1/delegations", delegator="hana")).json()["items"]
    assert row["ended"] is True
    assert (await api.get("/v1/delegations", live=True)).json()["items"] == []
    await api.post("/v1/delegations", give, RITA, 403)


async def test_a_delegation_below_the_value_does_not_do(api: Api) -> None:
    dora = Who("dora", HANA.roles)
    await api.meets(dora)
    rfp = await api.in_approval()
    today = datetime.now(UTC).date().isoformat()
    give = {
        "delegate": "dora",
        "limit_pence": 1_999_999,
        "first_day": today,
        "last_day": today,
        "reason": "Leave.",
    }
    await api.post("/v1/delegations", give, HANA)
    assert await _waiting(api, dora) == []
    refused = await api.decide(rfp, "approve", dora, 409, reason="Yes.", acting_for="hana")
    assert refused.json()["type"] == "/problems/over-delegated-limit"
    assert (refused.json()["value_pence"], refused.json()["limit_pence"]) == (2_000_000, 1_999_999)


async def _waiting(api: Api, who: Who) -> list[tuple[str, str | None]]:
    items = (await api.get("/v1/approvals", who)).json()["items"]
    return [(item["id"], item["acting_for"]) for item in items]


@pytest.mark.slow
async def test_approvals_are_listed_oldest_deadline_first_a_page_at_a_time(api: Api) -> None:
    targets = [{"stage": "approval", "working_days": 5}]
    values = {**SCHEME["values"], "stage_targets": targets}  # type: ignore[dict-item]
    await api.adopts({**SCHEME, "values": values})
    rfps = [await api.in_approval(adopt=False) for _ in range(3)]
    first = await api.get("/v1/approvals", HANA, limit=2)
    assert [item["id"] for item in first.json()["items"]] == rfps[:2]
    assert first.json()["items"][0]["due_on"] > datetime.now(UTC).date().isoformat()
    second = await api.get("/v1/approvals", HANA, limit=2, cursor=first.json()["next"])
    assert [item["id"] for item in second.json()["items"]] == rfps[2:]
    assert second.json()["next"] is None
    assert (await api.get("/v1/approvals", DEREK)).json()["items"] == []
    await api.get("/v1/approvals", RITA, 403)


async def test_lists_say_what_is_due_and_overdue_on_the_day_they_are_read(api: Api) -> None:
    targets = [{"stage": "draft", "working_days": 0}, {"stage": "approval", "working_days": 400}]
    values = {**SCHEME["values"], "stage_targets": targets}  # type: ignore[dict-item]
    await api.adopts({**SCHEME, "values": values})
    draft = await api.raised()
    waiting = await api.in_approval(adopt=False)
    rows = {row["id"]: row for row in (await api.get("/v1/rfps")).json()["items"]}
    assert rows[draft]["due_on"] == datetime.now(UTC).date().isoformat()
    assert rows[waiting]["overdue_working_days"] == 0
    for flag, expect in ((True, set()), (False, {draft, waiting})):
        listed = (await api.get("/v1/rfps", overdue=flag)).json()["items"]
        assert {row["id"] for row in listed} == expect
    await api.decide(draft, "hold", waiting_on="finance", reason="Budget check.")
    [held] = (await api.get("/v1/rfps", on_hold=True)).json()["items"]
    assert held["id"] == draft
    led = (await api.get("/v1/rfps", PRIYA, mine=True)).json()["items"]
    assert [row["id"] for row in led] == [waiting]


async def test_near_duplicates_are_pointed_out_before_one_asks_again(api: Api) -> None:
    first = await api.raised(LEO, "Laptops for the registrars")
    await api.raised(LEO, "Winter gritting telemetry")
    found = (await api.get("/v1/rfps/near-duplicates", need="laptop for registrar")).json()["items"]
    assert [item["id"] for item in found] == [first]
    assert 0.25 <= found[0]["nearness"] <= 1
    misspelt = (await api.get("/v1/rfps/near-duplicates", need="Labtops for registars")).json()
    assert [item["id"] for item in misspelt["items"]] == [first]
    elsewhere = Who("ines", RITA.roles, ("Highways",))
    out_of_sight = await api.get("/v1/rfps/near-duplicates", elsewhere, need="laptop for registrar")
    assert out_of_sight.json()["items"] == []
    nothing = (await api.get("/v1/rfps/near-duplicates", need="foster care payments")).json()
    assert nothing["items"] == []
    before = (await api.get("/v1/rfps/near-duplicates", need="laptops", as_of=0)).json()["items"]
    assert before == []


async def test_nearer_needs_of_other_areas_keep_none_of_ones_own_from_being_found(api: Api) -> None:
    async def raised(title: str, area: str) -> str:
        body = {"title": title, "description": "Forty of them.", "service_area": area}
        identity: str = (await api.post("/v1/rfps", body, LEO)).json()["id"]
        return identity

    own = await raised("Laptops for the highway depots", "Highways")
    for _ in range(FOUND_LIMIT):
        await raised("Laptops for the registrars", "Registrars")
    path, need = "/v1/rfps/near-duplicates", "laptops for the registrars"
    elsewhere = Who("ines", RITA.roles, ("Highways",))
    for as_of in (None, api.position):
        now = {} if as_of is None else {"as_of": as_of}
        found = (await api.get(path, elsewhere, need=need, **now)).json()["items"]
        assert [item["id"] for item in found] == [own]
        found = (await api.get(path, need=need, **now)).json()["items"]
        assert len(found) == FOUND_LIMIT
        assert own not in {item["id"] for item in found}


async def test_a_past_rfp_is_copied_into_a_draft_of_ones_own(api: Api) -> None:
    past = await api.approved()
    copy = (await api.post("/v1/rfp-copies", {"copy_of": past, "near_duplicate": True}, LEO, 201)).json()
    seen = (await api.get(f"/v1/rfps/{copy['id']}")).json()
    assert (seen["stage"], seen["raised_by"], seen["title"]) == ("draft", "leo", "Laptops")
    assert (seen["estimate_pence"], seen["needed_by"]) == (2_000_000, None)
    assert (seen["lead"], seen["approval_tiers"]) == (None, [])
    assert seen["near_duplicate_of"] == past
    for wrong in (copy["id"].replace("4", "5"), (await _check(api))):
        refused = await api.post("/v1/rfp-copies", {"copy_of": wrong}, LEO, 409)
        assert refused.json()["type"] == "/problems/nothing-to-copy"
    await api.post("/v1/rfp-copies", {"copy_of": past}, PAUL, 403)


async def test_what_one_may_not_see_is_not_copied(api: Api) -> None:
    past = await api.approved()
    elsewhere = Who("ines", RITA.roles, ("Highways",))
    refused = await api.post("/v1/rfp-copies", {"copy_of": past}, elsewhere, 409)
    assert refused.json()["type"] == "/problems/nothing-to-copy"
    moved = Who("rita", RITA.roles, ("Highways",))  # she sees what she raised, wherever she is now
    refused = await api.post("/v1/rfp-copies", {"copy_of": past}, moved, 403)
    assert refused.json()["type"] == "/problems/outside-your-areas"


async def test_what_is_exempt_is_not_copied_even_by_whoever_raised_it(api: Api) -> None:
    past = await api.approved()
    exempt = {
        "matter_id": past,
        "fields": ["estimate_pence"],
        "paragraph": 3,
        "review_on": in_days(180),
        "reason": "It shows our ceiling.",
        "public_interest": "A better price.",
    }
    await api.post("/v1/exemptions", exempt, LARS)
    await api.get("/v1/exemptions")  # its view is there
    for who in (LEO, RITA):
        refused = await api.post("/v1/rfp-copies", {"copy_of": past}, who, 409)
        assert refused.json()["type"] == "/problems/exempt-is-not-copied"


async def _check(api: Api) -> str:
    identity: str = (await api.post("/v1/catalogue-checks", {"query": "laptop"})).json()["id"]
    return identity


async def test_evaluators_can_not_be_kept_in_the_dark_about_what_is_theirs(api: Api) -> None:
    rfp = await prepared(api)
    seen = (await api.get(f"/v1/rfps/{rfp}", EVAN)).json()
    assert seen["evaluators"] == ["eve", "evan"]
    assert [c["weight"] for c in seen["criteria"]] == [60, 40]
