"""The committee's paper: one content in four forms, made alike twice, issued in time or with a reason."""

import hashlib
import io
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from outcomes.api.forms import pages
from outcomes.api.issued_papers import publish_by
from outcomes.commands.papers import IssuePaper
from outcomes.domain.paper import Paper, PaperIssued
from outcomes.domain.refusals import LateWithoutReason, MeetingIsOver, NoSuchProgramme, PdfTookTooLong
from shared.kernel.calendar import WorkingDays
from shared.kernel.roles import Role
from tests.outcomes.examples import PROGRAMME, THERE, TODAY
from tests.outcomes.test_http import MINUTE, PAM, decided, milestone, outcome
from tests.outcomes.test_http import programme as begun
from tests.projects.test_http import scheme
from tests.service.test_people import named
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.people import ADA, PIA, RITA, SAM, Who
from tests.support.specs import given

LARS = Who("lars", (Role.LEGAL,))
REPORT = "/v1/outcomes/report"
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
        (date(2026, 5, 5), date(2026, 4, 24)),  # a Tuesday after the early May bank holiday
        (date(2026, 12, 15), date(2026, 12, 7)),
        (date(2027, 1, 5), date(2026, 12, 23)),  # 4 January, 31, 30, 29, 24 December lie between
    ],
)
def test_five_clear_days_are_working_days_between(meeting_on: date, by: date) -> None:
    assert publish_by(WorkingDays(), meeting_on, 5) == by


def test_a_day_on_which_the_council_is_closed_is_no_clear_day() -> None:
    closed = WorkingDays(frozenset({date(2026, 12, 10)}))
    assert publish_by(closed, date(2026, 12, 15), 5) == date(2026, 12, 4)
    assert publish_by(WorkingDays(), date(2026, 12, 15), 0) == date(2026, 12, 14)


@pytest.mark.slow
async def test_the_scheme_says_how_many_clear_days_a_paper_is_out_before_its_meeting(api: Api) -> None:
    await scheme(api, paper_clear_days=9)
    await told(api)
    body = {"programme": str(PROGRAMME), "meeting": "Scrutiny", "meeting_on": in_days(60)}
    for more, clear_days in (({}, 9), ({"clear_days": 5}, 9), ({"clear_days": 11}, 11)):
        await api.post("/v1/papers", {**body, **more}, PIA, 201)
        row = (await api.get("/v1/papers", SAM, programme=str(PROGRAMME))).json()["items"][0]
        first, last = date.fromisoformat(row["publish_by"]), date.fromisoformat(row["meeting_on"])
        between = [first + timedelta(days=n) for n in range(1, (last - first).days)]
        assert sum(map(WorkingDays().works, between)) == clear_days


async def told(api: Api) -> int:
    """Tell a short story; return where its first paper reads."""
    await begun(api)
    of = await outcome(api, measures=[{"name": "rfps_open", "target": 3}])
    soon = in_days(40)
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


@pytest.mark.slow
async def test_an_issued_paper_stays_as_it_was(api: Api) -> None:
    since = await told(api)
    meeting_on = in_days(3)
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
        "review_on": in_days(90),
    }
    await api.post("/v1/exemptions", exempt, LARS, 201)
    assert (await api.get(path, SAM, form="html")).content == issued
    anew = await made(api, since, "html", LARS, as_of=str(row["position"]))
    it_differs_visibly(issued, anew)
    following = (await api.get(REPORT, SAM, programme=str(PROGRAMME))).json()
    assert following["commitments"]["since_position"] == row["position"]


@pytest.mark.slow
async def test_a_later_release_makes_another_paper_anew_and_keeps_what_was_issued(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = await told(api)
    body = {"programme": str(PROGRAMME), "meeting": "Scrutiny", "meeting_on": in_days(30)}
    paper = (await api.post("/v1/papers", body, PIA, 201)).json()
    path = f"/v1/papers/{paper['id']}/document"
    issued = {form: (await api.get(path, SAM, form=form)).content for form in ("json", "html", "odt")}
    monkeypatch.setattr(api.app, "version", "9.9.9")
    assert b"rfp-service 9.9.9" in await made(api, since, "html", as_of=str(paper["position"] - 1))
    assert {form: (await api.get(path, SAM, form=form)).content for form in issued} == issued


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
        "review_on": in_days(90),
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
    meeting_on = in_days(30)
    body = {"programme": str(PROGRAMME), "meeting": "Scrutiny", "meeting_on": meeting_on}
    paper = (await api.post("/v1/papers", body, PIA, 201)).json()["id"]
    [row] = (await api.get("/v1/papers", SAM, programme=str(PROGRAMME))).json()["items"]
    kept = {document["media_type"] for document in row["documents"]}
    assert kept == {"application/json", "text/html", "application/vnd.oasis.opendocument.text"}
    await api.get(f"/v1/papers/{paper}/document", SAM, 404, form="pdf")
    assert b"Scrutiny" in (await api.get(f"/v1/papers/{paper}/document", SAM, form="html")).content


@pytest.mark.slow
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
    meeting = {**query, "meeting": "Scrutiny", "meeting_on": in_days(30)}
    paper = (await api.post("/v1/papers", meeting, PIA, 201)).json()
    erase = {"decision": "erase", "person": "olga", "ground": "Schedule, line 4"}
    await api.post("/v1/directory/decisions", erase, ADA, version=0)
    page = (await api.get(REPORT, SAM, form="html", **query)).content
    assert b"Owner: [erased]." in page
    assert b"Olga" not in page
    anew = (await api.get(REPORT, SAM, form="html", as_of=str(paper["position"] - 1), **query)).content
    issued = (await api.get(f"/v1/papers/{paper['id']}/document", SAM, form="html")).content
    assert (b"Owner: Olga Outcomes." in issued, b"Owner: Olga Outcomes." in anew) == (True, False)
    assert b"Owner: [erased]." in anew


async def test_a_paper_that_is_too_long_for_pdf_is_refused_and_issued_in_the_other_forms(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "WALL_SECONDS_LIMIT", 0)
    await told(api)
    refused = await api.get(REPORT, SAM, 409, form="pdf", programme=str(PROGRAMME))
    assert (refused.json()["type"], refused.json()["seconds"]) == ("/problems/pdf-took-too-long", 0)
    body = {"programme": str(PROGRAMME), "meeting": "Scrutiny", "meeting_on": in_days(30)}
    paper = (await api.post("/v1/papers", body, PIA, 201)).json()["id"]
    await api.get(f"/v1/papers/{paper}/document", SAM, 404, form="pdf")
    await api.get(f"/v1/papers/{paper}/document", SAM, form="odt")


def test_a_pdf_may_take_so_many_seconds_of_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "CPU_SECONDS_LIMIT", 1)
    with pytest.raises(PdfTookTooLong) as refused:
        pages.pdf(b"<p>On and on.</p>" * 50_000, datetime.now(UTC))
    assert refused.value.facts == {"seconds": 1}


async def test_a_paper_that_was_never_issued_is_not_found(api: Api) -> None:
    await begun(api)
    query = {"programme": str(PROGRAMME)}
    assert (await api.get("/v1/papers", SAM, **query)).json()["items"] == []
    await api.get(f"/v1/papers/{PROGRAMME}/document", SAM, 404)
    await api.get(REPORT, SAM, 404, programme="0f0f0f0f-0000-4000-8000-000000000001")
