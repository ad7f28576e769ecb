"""A paper lists what was decided on RFPs in its period, the rarest ways first; what is exempt, apart."""

import io
import zipfile
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from shared.kernel.roles import Role
from tests.outcomes.test_http import PROGRAMME, programme
from tests.outcomes.test_papers import LARS, REPORT
from tests.service.test_lists import exempted
from tests.support.api import Api
from tests.support.people import HANA, PRIYA, SAM, Who

QUERY = {"programme": str(PROGRAMME)}
SUE = Who("sue", (Role.REQUESTER,), areas=("Schools",))
MARK = "[exempt: paragraph 3 of Schedule 12A]"
CASE = {"budget_code": "IT-1", "options_considered": "None.", "conflicts": "None"}
WAIVER = {
    **CASE,
    "ground": "only_one_supplier",
    "value_pence": 1_900_000,
    "duration_months": 12,
    "risk": "Nobody else may change it.",
}


async def story(api: Api) -> dict[str, str]:
    """Refuse a waiver, make a direct award, withdraw an RFP, approve another; return which is which."""
    refused = await api.in_business_case()
    await api.decide(refused, "request-waiver", **WAIVER)
    await api.decide(refused, "refuse-waiver", HANA, reason="Others <can>.")
    direct = await api.in_business_case(adopt=False)
    await api.decide(direct, "request-waiver", **WAIVER)
    await api.decide(direct, "grant-waiver", HANA, reason="Only they can.")
    await api.decide(direct, "approve", HANA, reason="In budget.")
    await api.decide(direct, "publish-transparency-notice", PRIYA, reference="T-9")
    award = {"supplier": "Fictional Systems Ltd", "value_pence": 1_800_000, "reason": "Nobody else."}
    await api.decide(direct, "recommend-award", PRIYA, **award)
    await api.decide(direct, "approve-award", HANA, reason="At a fair price.")
    usual = await api.in_approval(adopt=False)
    await api.decide(usual, "approve", HANA, reason="In budget.")
    withdrawn = await api.raised(title="Kiosks")
    await api.decide(withdrawn, "withdraw", reason="The branch closes.")
    return {"refused": refused, "direct": direct, "usual": usual, "withdrawn": withdrawn}


async def paper(api: Api, **query: Any) -> dict[str, Any]:
    shown: dict[str, Any] = (await api.get(REPORT, SAM, **QUERY, **query)).json()
    return shown


async def listed(api: Api, address: str, who: Who = SAM) -> dict[str, Any]:
    """Return all that an address of the paper leads to."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    found: dict[str, Any] = (await api.get(parts.path, who, **query, count="true", limit=200)).json()
    return found


async def test_decisions_on_rfps_in_the_period_are_listed_with_their_reasons(api: Api) -> None:
    await programme(api)
    before = api.position
    rfps = await story(api)
    shown = await paper(api, since=str(before))
    [decided] = shown["case_decisions"]
    assert [(one["kind"], one["thing"]) for one in decided["items"]] == [
        ("waiver_granted", rfps["direct"]),
        ("waiver_refused", rfps["refused"]),
        ("direct_award", rfps["direct"]),
        ("withdrawn", rfps["withdrawn"]),
    ]
    granted, refused, direct, withdrawn = decided["items"]
    assert (refused["reason"], refused["by"], refused["by_name"]) == ("Others <can>.", "hana", "hana")
    assert direct["what"] == "Direct award to Fictional Systems Ltd approved"
    assert (granted["pence"], refused["pence"], direct["pence"]) == (1_900_000, 2_000_000, 1_800_000)
    assert (withdrawn["pence"], withdrawn["reason"]) == (None, "The branch closes.")
    assert [(one["kind"], one["count"]) for one in decided["counts"]] == [
        (one["kind"], 1) for one in decided["items"]
    ]
    page = (await api.get(REPORT, SAM, form="html", since=str(before), **QUERY)).text
    assert "Others &lt;can&gt;." in page
    text = await odt_text(api, str(before))
    assert "Direct award to Fictional Systems Ltd approved" in text
    then = await paper(api, since=str(before), as_of=str(refused["position"]))
    assert [one["kind"] for one in then["case_decisions"][0]["items"]] == ["waiver_refused"]
    assert (await paper(api))["case_decisions"] == []  # without an earlier reading there is no period


@pytest.mark.slow
async def test_every_figure_on_decisions_leads_to_them_whoever_asks_as_far_as_they_may_see(api: Api) -> None:
    await programme(api)
    before = api.position
    rfps = await story(api)
    shown = await paper(api, since=str(before))
    [decided] = shown["case_decisions"]
    figures = {each["figure"]: each["cases"] for each in shown["figures"]}
    whole = await listed(api, figures["/case_decisions/0/total"])
    assert whole["total"] == decided["total"] == 4
    assert [one["position"] for one in whole["items"]] == [one["position"] for one in decided["items"]]
    for number, one in enumerate(decided["counts"]):
        found = await listed(api, figures[f"/case_decisions/0/counts/{number}/count"])
        assert (found["total"], {row["kind"] for row in found["items"]}) == (one["count"], {one["kind"]})
    theirs = await listed(api, figures["/case_decisions/0/total"], SUE)
    assert theirs["total"] == 0  # all of them are of another service area
    schools = {"title": "Boards", "description": "Ten.", "service_area": "Schools"}
    hers = (await api.post("/v1/rfps", schools, SUE)).json()["id"]
    await api.decide(hers, "withdraw", SUE, reason="A mistake.")
    query = {**QUERY, "since": str(before), "body_of_work": "rfps"}
    [row] = (await api.get("/v1/outcomes/decisions", SUE, **query)).json()["items"]
    assert (row["thing"], row["reason"]) == (hers, "A mistake.")
    assert rfps["withdrawn"] != hers


@pytest.mark.slow
async def test_what_is_exempt_of_a_decision_is_only_in_the_exempt_part(api: Api) -> None:
    await programme(api)
    before = api.position
    rfps = await story(api)
    await exempted(api, rfps["refused"], "reason")
    await exempted(api, rfps["withdrawn"], "title")
    await exempted(api, rfps["direct"], "supplier", "value_pence")
    query = {**QUERY, "since": str(before)}
    shown = await paper(api, since=str(before))
    granted, refused, direct, withdrawn = shown["case_decisions"][0]["items"]
    assert (refused["reason"], withdrawn["title"][-len(MARK) :]) == (MARK, MARK)
    assert (direct["what"], direct["pence"]) == (f"Direct award to {MARK} approved", None)
    assert (granted["pence"], granted["reason"]) == (None, "Only they can.")
    assert (direct["withheld"], granted["withheld"]) == ({"what": MARK, "pence": MARK}, {"pence": MARK})
    assert shown["exempt_items"] == 4
    await the_open_paper_keeps(api, before, "Others", "Kiosks", "Fictional Systems", "18,000", "1800000")
    part = (await api.get(f"{REPORT}/exempt", LARS, **query)).json()
    said = [{one["field"]: one["said"] for one in item["said"]} for item in part["items"]]
    assert [(item["id"], len(item["grounds"])) for item in part["items"]] == [
        (rfps[name], 1) for name in ("direct", "refused", "direct", "withdrawn")
    ]
    assert said[1] == {"Reason": "Others <can>."}
    assert said[2] == {"Decision": "Direct award to Fictional Systems Ltd approved", "Worth": "£18,000"}
    assert said[3]["Case"].endswith("Kiosks")
    for wanted in ("Others", "Kiosks", "Fictional"):
        assert (await api.get("/v1/outcomes/decisions", SAM, q=wanted, **query)).json()["items"] == []
        assert (await api.get("/v1/outcomes/decisions", LARS, q=wanted, **query)).json()["items"]


async def odt_text(api: Api, since: str) -> str:
    content = (await api.get(REPORT, SAM, form="odt", since=since, **QUERY)).content
    return zipfile.ZipFile(io.BytesIO(content)).read("content.xml").decode()


async def the_open_paper_keeps(api: Api, since: int, *secrets: str) -> None:
    """See that no form of the open paper says what is exempt, also to those who may read it."""
    query = {**QUERY, "since": str(since)}
    forms = {form: (await api.get(REPORT, LARS, form=form, **query)).text for form in ("html", "json")}
    for form, text in {**forms, "odt": await odt_text(api, str(since))}.items():
        assert [each for each in secrets if each in text] == [], form
