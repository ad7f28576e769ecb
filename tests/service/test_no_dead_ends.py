"""What went wrong is put right by decisions, and the RFP goes on: each dead end, over HTTP, to beyond it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.kernel.calendar import end_of
from tests.support.api import Api
from tests.support.days import in_days, today
from tests.support.people import ADA, DEREK, HANA, LARS, PAUL, PRIYA, RITA, SAM, SCHEME
from tests.support.procuring import (
    AN_HOUR,
    CRITERIA,
    EVAN,
    EVE,
    an_hour_later,
    awarded,
    closed,
    evaluated,
    last_change,
)

CASE = {"budget_code": "IT-1", "options_considered": "None", "conflicts": "None"}
ROUTE = {"regime": "procurement_act_2023", "route": "open_tender"}


async def adopted(api: Api, **more: Any) -> None:
    values: Any = SCHEME["values"]
    await api.adopts({**SCHEME, "values": {**values, **more}})


async def in_triage(api: Api, estimate_pence: int = 2_000_000) -> str:
    rfp = await api.raised()
    worth = {"estimate_pence": estimate_pence, "estimate_with_vat_pence": estimate_pence * 12 // 10}
    await api.decide(rfp, "amend", cost_centre="CC-1", needed_by="2027-01-01", **worth)
    check = await api.post("/v1/catalogue-checks", {"query": "laptop"})
    await api.decide(rfp, "check-catalogue", check_id=check.json()["id"])
    await api.decide(rfp, "confirm-no-match")
    await api.decide(rfp, "submit")
    await api.decide(rfp, "accept", PRIYA)
    return rfp


async def approved(api: Api, estimate_pence: int = 2_000_000) -> str:
    rfp = await in_triage(api, estimate_pence)
    await api.decide(rfp, "select-route", PRIYA, lead="priya", **ROUTE)
    await api.decide(rfp, "request-approval", **CASE)
    await api.decide(rfp, "approve", HANA, reason="In budget.")
    return rfp


async def ready(api: Api) -> str:
    rfp = await approved(api)
    await api.decide(rfp, "fix-criteria", PRIYA, criteria=CRITERIA)
    await api.meets(EVE, EVAN)
    for who in (EVE, EVAN):
        await api.decide(rfp, "appoint-evaluator", PRIYA, evaluator=who.id)
    return rfp


async def seen(api: Api, rfp: str) -> dict[str, Any]:
    found: dict[str, Any] = (await api.get(f"/v1/rfps/{rfp}")).json()
    return found


async def no(api: Api, problem: str, rfp: str, decision: str, who: Any, **said: Any) -> dict[str, Any]:
    refused: dict[str, Any] = (await api.decide(rfp, decision, who, 409, **said)).json()
    assert refused["type"] == f"/problems/{problem}", refused
    return refused


@pytest.mark.slow
async def test_what_was_recorded_wrongly_of_a_tender_is_put_right_and_it_is_awarded(api: Api) -> None:
    await adopted(api, unanswered_stop_closing=True)
    rfp = await ready(api)
    asked_at = datetime.now(UTC)
    until_ = asked_at + AN_HOUR
    await api.decide(rfp, "publish-tender-notice", PRIYA, reference="T-1", responses_by=until_.isoformat())
    bid = {"sha256": "ab" * 32, "received_at": (asked_at - timedelta(days=1)).isoformat()}
    await no(api, "received-before-asked", rfp, "record-response", PRIYA, reference="A", **bid)
    bid["received_at"] = await last_change(api, rfp)
    await api.decide(rfp, "record-response", PRIYA, reference="WRONG", **bid)
    await api.decide(rfp, "record-response", PRIYA, reference="B", **bid)
    await _answered_wrongly_and_rightly(api, rfp)
    await _closed_once_every_question_has_its_answer(api, rfp)
    right = {"bid": "WRONG", "reference": "A", "reason": "Another supplier's."}
    await no(api, "another-corrects", rfp, "correct-bid", PRIYA, **right)
    await api.decide(rfp, "correct-bid", PAUL, **right)
    await evaluated(api, rfp)
    await awarded(api, rfp)
    left_out = await no(api, "bidders-missing", rfp, "send-summaries", PRIYA, told=["A"])
    assert left_out["missing"] == ["B"]
    await api.decide(rfp, "send-summaries", PRIYA, told=["A", "B"])
    await api.decide(rfp, "publish-award-notice", PRIYA, reference="UK6-1")


async def _answered_wrongly_and_rightly(api: Api, rfp: str) -> None:
    await api.decide(rfp, "record-clarification", PRIYA, question="How many?")
    await api.decide(rfp, "answer-clarification", PRIYA, number=1, answer="Four.")
    await api.decide(rfp, "correct-answer", PRIYA, number=1, answer="Forty.", reason="A slip.")
    await api.decide(rfp, "record-clarification", PRIYA, question="By when?")
    assert (await seen(api, rfp))["closes_with_unanswered"]


async def _closed_once_every_question_has_its_answer(api: Api, rfp: str) -> None:
    assert (await closed(api, rfp))["kept_open"]
    assert (await seen(api, rfp))["waiting_on"] == "procurement"
    await no(api, "questions-unanswered", rfp, "close-responses", PRIYA)
    await api.decide(rfp, "answer-clarification", PRIYA, number=2, answer="By June.")
    with an_hour_later():
        await api.decide(rfp, "close-responses", PRIYA)
    assert (await seen(api, rfp))["stage"] == "evaluation"


@pytest.mark.slow
async def test_the_market_has_its_days_whole(api: Api) -> None:
    await adopted(api, minimum_periods=[{"route": "open_tender", "days": 3}])
    rfp = await ready(api)
    earliest = end_of(today() + timedelta(days=3))
    short = (earliest - timedelta(seconds=1)).isoformat()
    refused = await no(
        api, "too-little-time", rfp, "publish-tender-notice", PRIYA, reference="T", responses_by=short
    )
    assert datetime.fromisoformat(refused["earliest_at"]) == earliest
    enough = refused["earliest_at"]
    await api.decide(rfp, "publish-tender-notice", PRIYA, reference="T", responses_by=enough)
    assert (await seen(api, rfp))["stage"] == "open"


async def test_a_conflict_declared_by_mistake_and_a_hold_on_the_wrong_party_end(api: Api) -> None:
    await adopted(api)
    rfp = await in_triage(api)
    await no(api, "no-such-person", rfp, "select-route", PRIYA, lead="ghost", **ROUTE)
    lots = {**ROUTE, "lead": "priya", "lots": 2}
    await no(api, "lots-not-offered", rfp, "select-route", PRIYA, **lots)
    await api.decide(rfp, "select-route", PRIYA, lead="priya", **ROUTE)
    await no(api, "no-such-person", rfp, "request-approval", RITA, **CASE, conflicted=["ghost"])
    await api.meets(ADA, HANA)
    version = (await api.get("/v1/people/ada", ADA)).json()["version"]
    invite = {"decision": "invite", "person": "ghost"}
    await api.post("/v1/directory/decisions", invite, ADA, version=version)
    await api.decide(rfp, "request-approval", **CASE, conflicted=["ghost", "hana"])
    await _held_by_the_wrong_party(api, rfp)
    await no(api, "conflicted", rfp, "approve", HANA, reason="In budget.")
    of_hana = {"person": "hana", "reason": "It is another Hana."}
    await api.decide(rfp, "withdraw-conflict", PRIYA, **of_hana)
    await no(api, "another-confirms", rfp, "confirm-no-conflict", PRIYA, **of_hana)
    await api.decide(rfp, "confirm-no-conflict", LARS, **of_hana)
    await api.decide(rfp, "approve", HANA, reason="In budget.")
    assert (await seen(api, rfp))["stage"] == "ready_to_issue"
    await _nobody_unknown_is_named(api, rfp)


async def _held_by_the_wrong_party(api: Api, rfp: str) -> None:
    await api.decide(rfp, "hold", PRIYA, waiting_on="finance", reason="Is there money?")
    await api.decide(rfp, "correct-hold", PRIYA, number=1, waiting_on="legal", reason="It was the terms.")
    assert (await seen(api, rfp))["waiting_on"] == "legal"
    await api.decide(rfp, "end-hold", PRIYA)


async def _nobody_unknown_is_named(api: Api, rfp: str) -> None:
    await no(api, "no-such-person", rfp, "appoint-evaluator", PRIYA, evaluator="nobody")
    day = in_days(0)
    given = {"limit_pence": 1, "first_day": day, "last_day": day, "reason": "Leave."}
    refused = await api.post("/v1/delegations", {"delegate": "nobody", **given}, HANA, 409)
    assert refused.json()["type"] == "/problems/no-such-person"


async def test_a_waiver_goes_to_the_tier_of_the_larger_value_and_on(api: Api) -> None:
    await adopted(api)
    rfp = await in_triage(api, 9_000_000)
    await api.decide(rfp, "select-route", PRIYA, lead="priya", **ROUTE)
    waiver = {"ground": "continuity", "value_pence": 2_000_000, "duration_months": 12, "risk": "Small."}
    await api.decide(rfp, "request-waiver", **CASE, **waiver)
    await no(api, "not-your-tier", rfp, "grant-waiver", HANA, reason="Small.")
    await api.decide(rfp, "grant-waiver", DEREK, reason="Nobody else can.")
    assert (await seen(api, rfp))["approval_tiers"] == ["head", "director"]
    await api.decide(rfp, "approve", HANA, reason="In budget.")
    await api.decide(rfp, "approve", DEREK, reason="In budget.")
    assert (await seen(api, rfp))["stage"] == "award_approval"


@pytest.mark.slow
async def test_a_decision_that_was_called_in_is_taken_again_and_urgency_is_published(api: Api) -> None:
    await adopted(api, key_decision_pence=1_000_000)
    rfp = await approved(api)
    then = in_days(-40)
    await api.decide(rfp, "publish-forward-plan-notice", PRIYA, reference="FP-1", published_on=then)
    await api.decide(rfp, "take-key-decision", HANA, reason="Good value.")
    await api.decide(rfp, "publish-decision", PRIYA, reference="D-1")
    await api.decide(rfp, "call-in", SAM, reason="Too dear.")
    await api.decide(rfp, "uphold-call-in", SAM, reason="Too dear.")
    upheld = (await api.get(f"/v1/rfps/{rfp}/history", SAM)).json()["items"][-1]["said"]
    assert (upheld["next_tier"], upheld["notice_kept"]) == ("head", True)
    assert (await seen(api, rfp))["waiting_on"] == "approver"
    await api.decide(rfp, "take-key-decision", HANA, reason="It is worth it.")
    assert (await seen(api, rfp))["stage"] == "call_in"
    urgent = await approved(api)
    published = {"reference": "SU-1", "published_on": in_days(0)}
    await no(api, "not-urgent", urgent, "publish-special-urgency", PRIYA, **published)
    await api.decide(urgent, "agree-special-urgency", SAM, reason="The contract ends on Friday.")
    await api.decide(urgent, "publish-special-urgency", PRIYA, **published)
    await api.decide(urgent, "take-key-decision", HANA, reason="At once.")
    assert (await seen(api, urgent))["stage"] == "ready_to_issue"
