"""The committee's paper: one content in four forms, made alike twice, issued in time or with a reason."""

import hashlib
import html
import io
import re
import sys
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from outcomes.api.forms import pages
from outcomes.api.issued_papers import publish_by
from outcomes.commands.papers import IssuePaper
from outcomes.domain.paper import Paper, PaperIssued
from outcomes.domain.refusals import LateWithoutReason, MeetingIsOver, NoSuchProgramme
from shared.kernel.calendar import WorkingDays
from shared.kernel.roles import Role
from tests.outcomes.examples import PROGRAMME, THERE, TODAY
from tests.outcomes.test_http import MINUTE, PAM, decided, milestone, outcome
from tests.outcomes.test_http import TODAY as NOW
from tests.outcomes.test_http import programme as begun
from tests.service.test_people import named
from tests.support.api import Api
from tests.support.people import ADA, PIA, RITA, SAM, Who
from tests.support.specs import given

LARS = Who("lars", (Role.LEGAL,))
REPORT = "/v1/outcomes/report"
FORMS = ("json", "html", "pdf", "odt")
MADE = {
    "publish_by": "2026-03-06",
    "as_of": "2026-03-02T09:00:00Z",
    "since": None,
    "position": 7,
    "since_position": 0,
    "release": "0.1.0",
    "documents": [{"media_type": "text/html", "sha256": "ab" * 32, "size": 12}],
}
ISSUE = IssuePaper(programme=PROGRAMME, meeting="Scrutiny", meeting_on=date(2026, 3, 16))


def test_a_paper_is_issued_in_time_or_late_with_a_reason() -> None:
    issued = PaperIssued(
        programme=PROGRAMME,
        meeting="Scrutiny",
        meeting_on=date(2026, 3, 16),
        issued_on=TODAY,
        **MADE,  # type: ignore[arg-type]  # read as a request would be
    )
    given(Paper()).when(ISSUE, **THERE, paper=MADE).then(issued)
    late = {**MADE, "publish_by": "2026-02-27"}
    given(Paper()).when(ISSUE, **THERE, paper=late).refused(LateWithoutReason)
    why = ISSUE.model_copy(update={"late_because": "The data came late."})
    given(Paper()).when(why, **THERE, paper=late).leads_to(late_because="The data came late.")
    given(Paper()).when(why, **THERE, paper=MADE).leads_to(late_because="")
    over = ISSUE.model_copy(update={"meeting_on": date(2026, 3, 1)})
    given(Paper()).when(over, **THERE, paper=MADE).refused(MeetingIsOver)
    given(Paper()).when(ISSUE, paper=MADE).refused(NoSuchProgramme)


@pytest.mark.parametrize(
    ("meeting_on", "by"),
    [
        (date(2026, 3, 16), date(2026, 3, 6)),  # Monday: five days of the week before, then Friday
        (date(2026, 3, 13), date(2026, 3, 5)),
        (date(2026, 4, 9), date(2026, 3, 30)),  # Good Friday and Easter Monday do not count
    ],
)
def test_five_clear_days_are_working_days_between(meeting_on: date, by: date) -> None:
    assert publish_by(WorkingDays(), meeting_on, 5) == by


async def told(api: Api) -> int:
    """Tell a short story; return where its first paper reads."""
    await begun(api)
    of = await outcome(api, measures=[{"name": "rfps_open", "target": 3}])
    soon = (NOW + timedelta(days=40)).isoformat()
    met = await milestone(api, of, "Gaps <found> & named", due=soon)
    moved = await milestone(api, of, "Interim process", due=soon)
    body = {"programme": str(PROGRAMME), "what": "Costs", "promised_by": "Supplier", "due": "2026-01-05"}
    data = (await api.post("/v1/promised-data", body, PIA, 201)).json()["id"]
    await decided(api, f"milestones/{moved}", "raise-dependency", on="data", id=data)
    first = api.position
    await decided(api, f"milestones/{met}", "submit-evidence", document=MINUTE)
    await decided(api, f"milestones/{met}", "accept", PAM, version=2)
    await decided(api, f"milestones/{moved}", "rebaseline", version=2, new="2090-01-01", reason="No data.")
    return first


async def made(api: Api, since: int, form: str, who: Who = SAM, **query: Any) -> bytes:
    query = {"programme": str(PROGRAMME), "since": str(since), "form": form, **query}
    return (await api.get(REPORT, who, **query)).content


async def test_every_form_is_made_alike_twice_and_says_the_same(api: Api) -> None:
    since = await told(api)
    at = str(api.position)
    await api.raised()  # what is recorded later changes nothing of it
    forms = {form: await made(api, since, form, as_of=at) for form in FORMS}
    for form, content in forms.items():
        assert await made(api, since, form, RITA, as_of=at) == content, form
    page = forms["html"].decode()
    assert "Gaps &lt;found&gt; &amp; named" in page
    assert ">2 things</a> were promised" in page
    assert "Missing, " in page
    assert "<dl" not in page
    assert 'colspan="' not in page
    assert not re.search(r"<t[dh]>\s*</t[dh]>", page)
    pdf = PdfReader(io.BytesIO(forms["pdf"]))
    assert_reads_well(pdf)
    assert addresses_in(pdf) == {each for each in addresses_on(page) if each.startswith("http")}
    assert_says_and_links_as(page, forms["odt"])
    figures = (await api.get(REPORT, SAM, programme=str(PROGRAMME), since=str(since), as_of=at)).json()
    assert figures["commitments"]["counts"]["pushed_out"] == 1
    assert [d["what"] for d in figures["decisions"]] == ["met", "moved"]
    assert figures["measures"][0]["on_target"] is True
    assert len(figures["record"]["root"]) == 64


def assert_says_and_links_as(page: str, text_document: bytes) -> None:
    """Check that a text document says what a page does, and leads to where the page leads."""
    with zipfile.ZipFile(io.BytesIO(text_document)) as odt:
        assert odt.testzip() is None
        assert odt.namelist()[0] == "mimetype"
        content = odt.read("content.xml").decode()
    assert "2 things were promised" in content
    linked = {html.unescape(each) for each in re.findall(r'xlink:href="([^"]+)"', content)}
    assert linked == {each for each in addresses_on(page) if each.startswith("http")}


def addresses_on(page: str) -> set[str]:
    """Return where a page leads."""
    return {html.unescape(each) for each in re.findall(r'href="([^"]+)"', page)}


def addresses_in(pdf: PdfReader) -> set[str]:
    """Return where the pages of a PDF lead outside of it."""
    annotations: list[Any] = [
        each.get_object() for page in pdf.pages for each in (page.get("/Annots") or ArrayObject())
    ]
    return {str(each["/A"]["/URI"]) for each in annotations if "/URI" in each.get("/A", {})}


def assert_reads_well(pdf: PdfReader) -> None:
    """Check what a screen reader needs: title, language, outline, and headings for every cell."""
    root: Any = pdf.trailer["/Root"]
    assert pdf.metadata is not None
    assert "progress on outcomes" in str(pdf.metadata.title)
    assert root["/Lang"] == "en-GB"
    outline = str(pdf.outline)
    assert "Promises kept" in outline
    assert "Outcome by outcome" in outline
    cells = [one for one in parts(root["/StructTreeRoot"]) if one.get("/S") == "/TD"]
    assert len(cells) > 20
    for cell in cells:
        attributes: Any = cell["/A"].get_object()
        several = attributes if isinstance(attributes, ArrayObject) else [attributes]
        assert any(each.get_object().get("/Headers") for each in several), cell


def parts(node: Any) -> list[DictionaryObject]:
    """Return every element of a structure tree."""
    node = node.get_object()
    if isinstance(node, ArrayObject):
        return [part for each in node for part in parts(each)]
    if not isinstance(node, DictionaryObject):
        return []
    below = parts(node["/K"]) if "/K" in node else []
    return [node, *below] if "/S" in node else below


async def test_an_issued_paper_stays_as_it_was(api: Api) -> None:
    since = await told(api)
    meeting_on = (NOW + timedelta(days=3)).isoformat()
    body = {"programme": str(PROGRAMME), "meeting": "Scrutiny", "meeting_on": meeting_on}
    late = {**body, "late_because": "The data came late."}
    await api.post("/v1/papers", late, RITA, 403)
    paper = (await api.post("/v1/papers", late, PIA, 201)).json()["id"]
    [row] = (await api.get("/v1/papers", SAM, programme=str(PROGRAMME))).json()["items"]
    assert (row["id"], row["late_because"]) == (paper, "The data came late.")
    path = f"/v1/papers/{paper}/document"
    issued = (await api.get(path, SAM, form="html")).content
    hashes = {d["media_type"]: d["sha256"] for d in row["documents"]}
    for form, media_type in (("html", "text/html"), ("pdf", "application/pdf")):
        content = (await api.get(path, SAM, form=form)).content
        assert hashlib.sha256(content).hexdigest() == hashes[media_type]
    step = (await api.get(REPORT, SAM, programme=str(PROGRAMME), since=str(since))).json()
    title = step["commitments"]["promises"][0]["id"]
    exempt = {
        "matter_id": title,
        "fields": ["title"],
        "paragraph": 3,
        "reason": "Bargaining.",
        "public_interest": "It would tell them.",
        "review_on": (NOW + timedelta(days=90)).isoformat(),
    }
    await api.post("/v1/exemptions", exempt, LARS, 201)
    assert (await api.get(path, SAM, form="html")).content == issued
    anew = await made(api, since, "html", LARS, as_of=str(row["position"]))
    it_differs_visibly(issued, anew)
    following = (await api.get(REPORT, SAM, programme=str(PROGRAMME))).json()
    assert following["commitments"]["since_position"] == row["position"]


def it_differs_visibly(issued: bytes, anew: bytes) -> None:
    assert b"Gaps &lt;found&gt;" in issued
    assert b"Gaps &lt;found&gt;" not in anew
    assert b"1 item in this paper has something exempt" in anew
    assert b"paragraph 3 of Schedule 12A" in anew


async def test_the_exempt_part_is_a_document_of_its_own_for_those_entitled(api: Api) -> None:
    since = await told(api)
    path, query = f"{REPORT}/exempt", {"programme": str(PROGRAMME)}
    nothing = (await api.get(path, LARS, **query)).json()
    assert (nothing["items"], nothing["notice"]) == ([], "Nothing in this paper is exempt.")
    shown = (await api.get(REPORT, SAM, since=str(since), **query)).json()
    [moved] = [each["id"] for each in shown["commitments"]["promises"] if each["fate"] == "moved"]
    exempt = {
        "matter_id": moved,
        "fields": ["title", "reason"],
        "paragraph": 3,
        "reason": "Bargaining",
        "public_interest": "It would tell them.",
        "review_on": (NOW + timedelta(days=90)).isoformat(),
    }
    await api.post("/v1/exemptions", exempt, LARS, 201)
    await api.get(path, SAM, 403, **query)
    part = (await api.get(path, LARS, **query)).json()
    assert part["notice"].startswith("Not for publication by virtue of paragraph 3 of Part 1")
    [item] = part["items"]
    assert {one["field"]: one["said"] for one in item["said"]} == {
        "title": "Interim process",
        "reason": "No data.",
    }
    page = (await api.get(path, LARS, form="html", **query)).text
    assert "Interim process" in page
    assert "Bargaining. Public interest: It would tell them." in page
    assert "Interim process" not in (await api.get(REPORT, LARS, form="html", **query)).text
    pdf = PdfReader(io.BytesIO((await api.get(path, LARS, form="pdf", **query)).content))
    assert pdf.metadata is not None
    assert "exempt part" in str(pdf.metadata.title)


WITHOUT_PANGO = """
import sys
class NoPango:
    def find_spec(self, name, *_):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
sys.meta_path.insert(0, NoPango())
from outcomes.api.forms.pdf_child import main
sys.exit(main())
"""


async def test_a_machine_without_pango_says_so_and_issues_the_other_forms(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PROGRAM", (sys.executable, "-c", WITHOUT_PANGO))
    since = await told(api)
    query = {"programme": str(PROGRAMME), "since": str(since)}
    refused = await api.get(REPORT, SAM, 409, form="pdf", **query)
    assert refused.json()["type"] == "/problems/pdf-not-made"
    assert (await api.get(REPORT, SAM, form="odt", **query)).content.startswith(b"PK")
    meeting_on = (NOW + timedelta(days=30)).isoformat()
    body = {"programme": str(PROGRAMME), "meeting": "Scrutiny", "meeting_on": meeting_on}
    paper = (await api.post("/v1/papers", body, PIA, 201)).json()["id"]
    [row] = (await api.get("/v1/papers", SAM, programme=str(PROGRAMME))).json()["items"]
    kept = {document["media_type"] for document in row["documents"]}
    assert kept == {"application/json", "text/html", "application/vnd.oasis.opendocument.text"}
    await api.get(f"/v1/papers/{paper}/document", SAM, 404, form="pdf")
    assert b"Scrutiny" in (await api.get(f"/v1/papers/{paper}/document", SAM, form="html")).content


async def test_every_figure_leads_to_the_cases_behind_it(api: Api) -> None:
    since = await told(api)
    page = (await made(api, since, "html")).decode().replace("http://service", "")
    figures = re.findall(r'<td(?: class="n")? data-h="[^"]*">(?:<a href="[^"]*">)?\d[^<]*', page)
    assert len(figures) > 10
    assert [each for each in figures if "<a " not in each and "Aim" not in each] == []
    counted = re.findall(r'<a href="(/v1/milestones\?[^"]+)">(\d+)</a>', page)
    assert len(counted) == 10  # six of the programme, four of its outcome
    for address, figure in counted:
        listed = await api.client.get(address.replace("&amp;", "&"), headers=api.headers(SAM))
        assert len(listed.json()["items"]) == int(figure), address
    inside = set(re.findall(r'href="#([^"]+)"', page))
    assert {"promises", "promise-met", "promise-moved", "added-late", "outcome-3"} <= inside
    assert [name for name in inside if f'id="{name}"' not in page and not name.startswith("promise-")] == []
    others = set(re.findall(r'href="(/v1/[^"]+)"', page)) - {address for address, _ in counted}
    for address in others:
        answer = await api.client.get(address.replace("&amp;", "&"), headers=api.headers(SAM))
        assert answer.status_code == 200, address


async def test_every_figure_of_the_json_leads_to_the_cases_behind_it(api: Api) -> None:
    since = await told(api)
    of = await outcome(api, 5, measures=[{"name": "projects_at_risk"}])
    await milestone(api, of, "Projects known", due=(NOW - timedelta(days=3)).isoformat())
    await api.post("/v1/projects", {"reference": "ICT-1", "title": "No end is known"}, PIA, 201)
    await api.raised()
    ended = await api.raised(title="No longer needed")
    await api.decide(ended, "withdraw", reason="It is not needed.")
    paper = (await api.get(REPORT, SAM, programme=str(PROGRAMME), since=str(since))).json()
    await api.raised()  # what comes later is behind no figure of it
    seen = [await _leads_to_its_cases(api, paper, each["figure"], each["cases"]) for each in paper["figures"]]
    assert sum(seen) > 35
    pointed = {each["figure"] for each in paper["figures"]}
    assert {f"/measures/{n}/value" for n in range(len(paper["measures"]))} <= pointed
    assert {f"/commitments/counts/{name}" for name in paper["commitments"]["counts"]} <= pointed


async def _leads_to_its_cases(api: Api, paper: Any, figure: str, cases: str) -> bool:
    """Follow a link as it stands, and compare what is there with the figure; say whether that is a number."""
    value: Any = paper
    for part in figure.strip("/").split("/"):
        value = value[int(part)] if isinstance(value, list) else value[part]
    answer = await api.client.get(cases, headers=api.headers(LARS if "exempt" in cases else SAM))
    assert answer.status_code == 200, (cases, answer.text)
    found = answer.json()
    path = cases.split("?", maxsplit=1)[0]
    counted = {
        "/v1/milestones": lambda: len(found["items"]),
        "/v1/rfps": lambda: len(found["items"]),
        "/v1/projects/at-risk": lambda: found["totals"]["at_risk"],
        "/v1/outcomes/commitments": lambda: found["counts"][figure.rsplit("/", 1)[1]],
        "/v1/renewal-rounds": lambda: len(found["items"]),
        "/v1/outcomes/report/exempt": lambda: len(found["items"]),
        "/v1/promised-data": lambda: found["items"][int(figure.split("/")[3])]["working_days_late"],
    }
    assert counted[path]() == (value or 0), figure
    return value is not None


async def test_people_are_named_as_the_directory_has_them_until_they_are_erased(api: Api) -> None:
    await told(api)
    await named(api, "olga", name="Olga Outcomes")
    of = await outcome(api, 4, owner="olga")
    await milestone(api, of, "Owned", owner="ghost")
    query = {"programme": str(PROGRAMME)}
    shown = (await api.get("/v1/outcomes", SAM, **query)).json()["outcomes"][1]
    assert (shown["owner"], shown["owner_name"]) == ("olga", "Olga Outcomes")
    assert shown["undated"][0]["owner_name"] == "ghost"  # the directory knows nobody of that id
    assert b"Owner: Olga Outcomes." in (await api.get(REPORT, SAM, form="html", **query)).content
    erase = {"decision": "erase", "person": "olga", "ground": "Schedule, line 4"}
    await api.post("/v1/directory/decisions", erase, ADA, version=0)
    page = (await api.get(REPORT, SAM, form="html", **query)).content
    assert b"Owner: [erased]." in page
    assert b"Olga" not in page


async def test_a_paper_that_was_never_issued_is_not_found(api: Api) -> None:
    await begun(api)
    query = {"programme": str(PROGRAMME)}
    assert (await api.get("/v1/papers", SAM, **query)).json()["items"] == []
    await api.get(f"/v1/papers/{PROGRAMME}/document", SAM, 404)
    await api.get(REPORT, SAM, 404, programme="0f0f0f0f-0000-4000-8000-000000000001")
