"""The paper's forms say the same, read well, and lead with every figure to the cases behind it."""

import html
import io
import re
import xml.etree.ElementTree as ET
import zipfile
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from tests.outcomes.test_http import decided, milestone, outcome
from tests.outcomes.test_http import programme as begun
from tests.outcomes.test_papers import LARS, PROGRAMME, REPORT, made, told
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.patience import until_true
from tests.support.people import PIA, RITA, SAM

FORMS = ("json", "html", "pdf", "odt")


@pytest.mark.slow
async def test_every_form_is_made_alike_twice_and_says_the_same(api: Api) -> None:
    since = await told(api)
    at = str(api.position)
    await api.raised()  # what is recorded later changes nothing of it
    await until_true(lambda: _is_signed(api, at))
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


async def _is_signed(api: Api, at: str) -> bool:
    """Say whether the log has come as far as a position."""
    paper = (await api.get(REPORT, SAM, programme=str(PROGRAMME), as_of=at)).json()
    return paper["record"]["root"] is not None


def assert_says_and_links_as(page: str, text_document: bytes) -> None:
    """Check that a text document says what a page does, and leads to where the page leads."""
    with zipfile.ZipFile(io.BytesIO(text_document)) as odt:
        assert odt.testzip() is None
        assert odt.namelist()[0] == "mimetype"
        content, meta = (odt.read(name).decode() for name in ("content.xml", "meta.xml"))
    assert "2 things were promised" in content
    assert "progress on outcomes" in meta
    assert "<dc:language>en-GB<" in meta
    assert content.count("<table:table-header-rows>") == content.count("<table:table ") > 3
    assert "number-columns-spanned" not in content
    assert content.count("<text:h ") == content.count('text:style-name="Heading_20_') > 5
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
    await milestone(api, of, "Projects known", due=in_days(-3))
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
        "/v1/outcomes/decisions": lambda: len(found["items"]),
        "/v1/promised-data": lambda: found["items"][int(figure.split("/")[3])]["working_days_late"],
    }
    assert counted[path]() == (value or 0), figure
    return value is not None


HOSTILE = "<script>alert(1)</script> \U0001f600 \u0645\u0631\u062d\u0628\u0627 & \u201d]]> " + "W" * 120


@pytest.mark.slow
async def test_whatever_is_said_is_shown_as_it_was_said_in_every_form(api: Api) -> None:
    await begun(api)
    of = await outcome(api, statement=HOSTILE)
    step = await milestone(api, of, HOSTILE, due=in_days(0))
    since = api.position
    await decided(api, f"milestones/{step}", "rebaseline", new="2090-01-01", reason=HOSTILE * 3)
    about = {
        "programme": str(PROGRAMME),
        "about": HOSTILE,
        "opened_on": "2026-01-05",
        "closes_on": "2026-01-09",
    }
    asked = (await api.post("/v1/consultations", about, PIA, 201)).json()["id"]
    await decided(api, f"consultations/{asked}", "count", counts={HOSTILE: 5})
    page = (await made(api, since, "html")).decode()
    assert "<script" not in page
    escaped = HOSTILE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert page.count(escaped) > 8
    with zipfile.ZipFile(io.BytesIO(await made(api, since, "odt"))) as odt:
        content = ET.fromstring(odt.read("content.xml"))
    assert "".join(content.itertext()).count(HOSTILE) > 8
    figures = (await api.get(REPORT, SAM, programme=str(PROGRAMME), since=str(since))).json()
    assert figures["decisions"][0]["reason"] == HOSTILE * 3
    pdf = PdfReader(io.BytesIO(await made(api, since, "pdf")))
    assert "<script>alert(1)</script>" in "".join(each.extract_text() for each in pdf.pages)
    for each in pdf.pages:
        for x in _ends_of_words(each):
            assert 0 <= x <= float(each.mediabox.width)


def _ends_of_words(page: Any) -> list[float]:
    """Return where pieces of text begin, from the left edge of a page, in points."""
    found: list[float] = []
    page.extract_text(
        visitor_text=lambda text, cm, tm, *_: found.append(tm[4] * cm[0] + cm[4]) if text.strip() else None
    )
    return found
