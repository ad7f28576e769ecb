"""The demonstration's two papers: a story of half a year, on four sides and an appendix, for everybody."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from outcomes.domain.ids import programme_id
from tests.service.test_console_in_a_browser import looked_at
from tests.support.browser import browser
from tests.support.running import Running
from tests.support.visiting import Visitor, visitor

pytestmark = pytest.mark.xdist_group("demonstration")

PROGRAMME = str(programme_id("transition"))
SIDES_LIMIT = 4
# Each event on an RFP that members are told of, and what it is counted as.
COUNTED_AS = {
    "SpecialUrgencyAgreed": "special_urgency",
    "GeneralExceptionUsed": "general_exception",
    "DecisionCalledIn": "called_in",
    "CallInUpheld": "call_in_upheld",
    "ReferredToCouncil": "referred_to_council",
    "CallInReleased": "call_in_released",
    "CallInLapsed": "call_in_lapsed",
    "WaiverGranted": "waiver_granted",
    "WaiverRefused": "waiver_refused",
    "AwardApproved": "direct_award",
    "AwardRevoked": "award_revoked",
    "ChallengeResolved": "challenge_resolved",
    "KeyDecisionTaken": "key_decision",
    "KeyDecisionRefused": "key_decision_refused",
    "AwardRefused": "award_refused",
    "ApprovalRefused": "approval_refused",
    "ProcurementTerminated": "terminated",
    "RfpRejected": "rejected",
    "RfpWithdrawn": "withdrawn",
}
SEEN = {
    "special_urgency",
    "general_exception",
    "waiver_granted",
    "waiver_refused",
    "direct_award",
    "key_decision",
}


@pytest.fixture
def sam(demonstration: Running) -> Iterator[Visitor]:
    with visitor(demonstration, "sam-scrutiny") as sam:
        yield sam


def issued(sam: Visitor) -> list[dict[str, Any]]:
    """Return the two papers that the story issues, the first one first."""
    head = sam.client.get("/readyz").json()["head"]  # the views may still be behind the story
    papers: list[dict[str, Any]] = sam.asked("/papers", programme=PROGRAMME, after=head)["items"]
    return papers[::-1][:2]


def document(sam: Visitor, paper: dict[str, Any], form: str) -> bytes:
    headers = {"Authorization": f"Bearer {sam.token}"}
    answer = sam.client.get(f"/v1/papers/{paper['id']}/document", params={"form": form}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.content


def test_the_second_paper_says_what_became_of_the_promises_of_the_first(sam: Visitor) -> None:
    first, second = issued(sam)
    assert second["since_position"] == first["position"]
    paper = sam.asked(f"/papers/{second['id']}/document", form="json")
    kept = paper["commitments"]["counts"]
    assert (kept["promised"], kept["met"], kept["moved"], kept["dropped"], kept["silent"]) == (14, 9, 3, 1, 1)
    assert (kept["reopened"], kept["added_late"], kept["pushed_out"]) == (1, 1, 3)
    late = [data["working_days_late"] for data in paper["board"]["promised_data"] if data["arrived_on"]]
    assert late
    assert min(late) > 35  # two months, some bank holidays among them
    assert all(decision["by_name"] for decision in paper["decisions"])
    projects, contracts = paper["lists"]
    figures = {measure["name"]: measure["value"] for measure in paper["measures"]}
    assert projects["total"] == figures["projects_at_risk"] > len(projects["items"]) > 0
    assert contracts["items"]


def test_decisions_on_rfps_out_of_the_ordinary_are_those_of_the_record(sam: Visitor) -> None:
    """Counted anew from the audit's list of every decision, and from each RFP's route."""
    second = issued(sam)[1]
    paper = sam.asked(f"/papers/{second['id']}/document", form="json")
    [told] = paper["case_decisions"]
    since, until = second["since_position"], second["position"]
    query = {"kind": "rfp", "decision": list(COUNTED_AS), "sort": "-position", "limit": 200}
    rows = [
        row
        for row in sam.asked("/audit/decisions", as_of=str(until), **query)["items"]
        if row["position"] > since and (row["decision"] != "AwardApproved" or is_direct(sam, row))
    ]
    counted = Counter(COUNTED_AS[row["decision"]] for row in rows)
    assert {one["kind"]: one["count"] for one in told["counts"]} == counted
    assert {one["position"] for one in told["items"]} <= {row["position"] for row in rows}
    assert set(counted) >= SEEN
    assert all(one["reason"] and one["by_name"] for one in told["items"])


def is_direct(sam: Visitor, row: dict[str, Any]) -> bool:
    """Say whether an approval was the last one that a direct award needed."""
    route = sam.asked(f"/rfps/{row['stream_id']}", as_of=str(row["position"]))["route"]
    return route == "direct_award" and row["said"]["stage"] != "award_approval"


def test_links_lead_to_where_the_demonstration_listens(demonstration: Running, sam: Visitor) -> None:
    for paper in issued(sam):
        page = document(sam, paper, "html").decode()
        assert set(re.findall(r'href="(http://[^/"]*)', page)) == {demonstration.url}
    package = sam.asked("/open-contracting/releases")
    assert package["uri"].startswith(f"{demonstration.url}/")


@pytest.mark.slow
def test_each_paper_has_four_sides_and_an_appendix_and_no_ids(sam: Visitor) -> None:
    for paper in issued(sam):
        pdf = PdfReader(io.BytesIO(document(sam, paper, "pdf")))
        pages = [page.extract_text() for page in pdf.pages]
        [appendix] = [n for n, text in enumerate(pages) if text.lstrip().startswith("Appendix")]
        assert 0 < appendix <= SIDES_LIMIT
        assert all(f"Page {n} of {len(pages)}" in text for n, text in enumerate(pages, 1))
        assert PROGRAMME not in "".join(pages)


@pytest.mark.slow
async def test_both_papers_are_accessible_on_a_phone_and_on_a_desk(
    demonstration: Running, tmp_path: Path
) -> None:
    with visitor(demonstration, "sam-scrutiny") as sam:
        pages = [document(sam, paper, "html").decode() for paper in issued(sam)]
    async with browser(tmp_path) as running:
        page = await running.new_page()
        for number, content in enumerate(pages, 1):
            await page.set_content(content)
            await looked_at(page, f"paper-{number}")
