"""The demonstration's two papers: a story of half a year, on four sides and an appendix, for everybody."""

import io
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


@pytest.fixture
def sam(demonstration: Running) -> Iterator[Visitor]:
    with visitor(demonstration, "sam-scrutiny") as sam:
        yield sam


def issued(sam: Visitor) -> list[dict[str, Any]]:
    """Return the two papers that the story issues, the first one first."""
    papers: list[dict[str, Any]] = sam.asked("/papers", programme=PROGRAMME)["items"]
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


def test_each_paper_has_four_sides_and_an_appendix_and_no_ids(sam: Visitor) -> None:
    for paper in issued(sam):
        pdf = PdfReader(io.BytesIO(document(sam, paper, "pdf")))
        pages = [page.extract_text() for page in pdf.pages]
        [appendix] = [n for n, text in enumerate(pages) if text.lstrip().startswith("Appendix")]
        assert 0 < appendix <= SIDES_LIMIT
        assert all(f"Page {n} of {len(pages)}" in text for n, text in enumerate(pages, 1))
        assert PROGRAMME not in "".join(pages)


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
