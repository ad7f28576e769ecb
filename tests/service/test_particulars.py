"""One RFP carries what was said of it: null where nothing was said yet, and its waits as flow counts them."""

import pytest

from tests.support.api import Api
from tests.support.people import ADA, HANA, LARS, LEO, PRIYA, RITA, SAM, SCHEME
from tests.support.procuring import bids, closed, evaluated, opened

BLANK = (
    "cost_centre",
    "budget_code",
    "lead",
    "lots",
    "supplier",
    "award_value_pence",
    "approval_waits_for",
    "approval_value_pence",
    "approvals_granted",
    "award_approvals_granted",
    "bids",
    "late_bids",
    "bids_set_aside",
    "options_considered",
    "conflicts",
    "waiver",
    "hold",
    "contract",
)


async def test_nothing_yet_is_null_on_the_thing_and_in_the_list(api: Api) -> None:
    rfp = await api.raised()
    seen = (await api.get(f"/v1/rfps/{rfp}")).json()
    assert {name: seen[name] for name in BLANK} == dict.fromkeys(BLANK)
    assert (seen["clarifications"], seen["bids_received"]) == ([], [])
    [row] = (await api.get("/v1/rfps", sort="lead,lots", q="laptops")).json()["items"]
    assert {row[name] for name in BLANK if name in row} == {None}


@pytest.mark.slow
async def test_a_case_shows_options_questions_bids_and_the_hold_that_lasts(api: Api) -> None:
    rfp = await opened(api)
    await api.decide(rfp, "record-clarification", PRIYA, question="Which dock?")
    await api.decide(rfp, "answer-clarification", PRIYA, number=1, answer="USB-C.")
    await api.decide(rfp, "record-clarification", PRIYA, question="Which colour?")
    await bids(api, rfp, "A", "B")
    await api.decide(rfp, "hold", PRIYA, waiting_on="legal", reason="The terms are looked at.")
    answer = await api.get(f"/v1/rfps/{rfp}", SAM)
    seen = answer.json()
    assert seen["options_considered"] == "None"
    assert seen["conflicts"] == {"about": "", "text": "None"}
    first, second = seen["clarifications"]
    assert (first["question"], first["answer"], first["corrected"]) == ("Which dock?", "USB-C.", False)
    assert (second["number"], second["answer"], second["answered_at"]) == (2, None, None)
    assert [bid["reference"] for bid in seen["bids_received"]] == ["[sealed]", "[sealed]"]
    assert seen["reference"].startswith("RFP-")
    assert all(bid["received_at"] and not bid["late"] for bid in seen["bids_received"])
    assert (seen["hold"]["waiting_on"], seen["hold"]["reason"]) == ("legal", "The terms are looked at.")
    await api.decide(rfp, "end-hold", PRIYA)
    assert (await api.get(f"/v1/rfps/{rfp}")).json()["hold"] is None
    before = first["answered_at"]
    assert (await api.get(f"/v1/rfps/{rfp}", as_of=before)).json()["clarifications"][1:] == []


async def test_bids_are_named_once_they_are_open_and_a_contract_tells_its_dates(api: Api) -> None:
    rfp = await opened(api)
    await bids(api, rfp, "A", "B")
    await closed(api, rfp)
    await evaluated(api, rfp)
    aside = {"bid": "B", "ground": "withdrawn", "reason": "By letter.", "highest_bid_pence": 2_400_000}
    await api.decide(rfp, "set-bid-aside", HANA, **aside)
    seen = (await api.get(f"/v1/rfps/{rfp}")).json()
    assert [(bid["reference"], bid["set_aside"]) for bid in seen["bids_received"]] == [
        ("A", None),
        ("B", "withdrawn"),
    ]


async def test_a_conflict_is_read_by_those_with_the_right_and_by_whoever_declared_it(api: Api) -> None:
    rfp = await api.in_approval()
    await api.decide(rfp, "return-for-rework", HANA, reason_code="unclear", reason="Who knows whom?")
    said = "Leo's sister works there."
    await api.meets(LEO)
    await api.decide(
        rfp,
        "request-approval",
        budget_code="IT-1",
        options_considered="Lease or buy.",
        conflicts=said,
        conflicted=["leo"],
    )
    for who, text in ((RITA, said), (HANA, said), (LEO, said), (ADA, said)):
        seen = await api.get(f"/v1/rfps/{rfp}", who)
        assert seen.json()["conflicts"]["text"] == text, who.id
        assert seen.headers["etag"] == f'"{seen.json()["version"]}"'
    other = type(RITA)("rob", RITA.roles)
    assert (await api.get(f"/v1/rfps/{rfp}", other)).json()["conflicts"]["text"] == "[personal]"
    assert (await api.get(f"/v1/rfps/{rfp}")).json()["options_considered"] == "Lease or buy."


async def test_a_waiver_tells_its_ground_risk_and_outcome(api: Api) -> None:
    await api.in_approval()
    rfp = await api.in_approval(adopt=False)
    await api.decide(rfp, "return-for-rework", HANA, reason_code="unclear", reason="Only one can do it?")
    asked = {
        "ground": "only_one_supplier",
        "value_pence": 1_000_000,
        "duration_months": 12,
        "risk": "Locked in.",
        "budget_code": "IT-1",
        "options_considered": "None other.",
        "conflicts": "None",
    }
    await api.decide(rfp, "request-waiver", **asked)
    waiver = (await api.get(f"/v1/rfps/{rfp}")).json()["waiver"]
    assert (waiver["ground"], waiver["risk"], waiver["granted"]) == ("only_one_supplier", "Locked in.", None)
    await api.decide(rfp, "grant-waiver", HANA, reason="So it is.")
    seen = (await api.get(f"/v1/rfps/{rfp}")).json()
    assert (seen["waiver"]["granted"], seen["options_considered"]) == (True, "None other.")


async def test_the_waits_of_a_case_are_what_flow_charges_the_parties_with(api: Api) -> None:
    await api.adopts(SCHEME)
    rfp = await api.in_approval(adopt=False)
    await api.decide(rfp, "hold", PRIYA, waiting_on="finance", reason="Is there money?")
    await api.decide(rfp, "correct-hold", PRIYA, number=1, waiting_on="legal", reason="About the terms.")
    await api.decide(rfp, "end-hold", PRIYA)
    await api.decide(rfp, "approve", HANA, reason="In budget.")
    await api.decide(rfp, "terminate", LARS, 409, reason_code="other", reason="Too early.")
    await api.decide(rfp, "withdraw", reason="No longer needed.")
    waits = (await api.get(f"/v1/rfps/{rfp}", SAM)).json()["waits"]
    assert [(each["stage"], each["party"]) for each in waits["items"]] == [
        ("draft", "requester"),
        ("catalogue_check", "requester"),
        ("submitted", "procurement"),
        ("triage", "procurement"),
        ("business_case", "requester"),
        ("approval", "approver"),
        ("approval", "legal"),
        ("approval", "approver"),
        ("ready_to_issue", "procurement"),
    ]
    assert all(
        a["ended_at"] == b["began_at"] for a, b in zip(waits["items"], waits["items"][1:], strict=False)
    )
    by_party = {each["party"]: each["elapsed_seconds"] for each in waits["parties"]}
    flow = (await api.get("/v1/rfps/bottlenecks", SAM)).json()["parties"]
    assert by_party == pytest.approx({row["party"]: row["elapsed_seconds"] for row in flow})
