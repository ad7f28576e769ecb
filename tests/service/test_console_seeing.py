"""The console's pages for seeing: what they say is what the API says to the same person, figure by figure."""

import csv
import html
import io
import os
import re
import time
import zipfile
from pathlib import Path

import pytest

from rfp_service.console.flow_sentences import NOT_KNOWN, TAKES
from rfp_service.console.pages.record import ASKED_FIRST
from rfp_service.console.words import words
from rfp_service.demonstration.neighbour import NAMES
from shared.governance.audit.replay.parties import whom
from tests.service.test_console_in_a_browser import looked_at
from tests.support.browser import be_somebody, browser
from tests.support.days import begin_in_days, in_days
from tests.support.running import Running
from tests.support.visiting import Visitor, rows_of, said, visitor

pytestmark = pytest.mark.xdist_group("demonstration")

WORKING_DAY = 28_800


def test_where_it_waits_is_told_in_a_sentence_and_in_the_apis_own_figures(demonstration: Running) -> None:
    with visitor(demonstration, "paul-procurement") as paul:
        page = paul.page("/bottlenecks?steps=all&stuck=all")
        figures, stuck = paul.asked("/rfps/bottlenecks"), paul.asked("/rfps/stuck", limit=200)
    slowest = max(figures["edges"], key=lambda edge: edge["share_working"])["from"]
    waited_on = max(stuck["parties"], key=lambda cost: cost["working_days"])["party"]
    takes = TAKES.get(slowest, f"{words(slowest)} takes")
    assert f"<h1>{takes} the longest; open RFPs wait most for {whom(waited_on)}</h1>" in page
    assert f"Of all working time that {figures['cases']['all']} RFPs waited" in page
    edges = sorted(figures["edges"], key=lambda edge: edge["rank_with_open"])
    shares = [row[2] for row in rows_of(page, "steps")]
    assert shares == [f"{100 * edge['share_working']:.1f}%" for edge in edges]
    assert [row[3] for row in rows_of(page, "steps")] == [str(edge["n"]) for edge in edges]
    waited = [each for each in figures["parties"] if each["working_seconds"] or each["open_working"]["sum"]]
    assert [row[3] for row in rows_of(page, "parties")] == [
        f"{each['working_seconds'] / WORKING_DAY:.1f}" for each in waited
    ]
    assert [each["reference"] for each in stuck["items"]] == [
        row[0].split(" · ")[0].rsplit(" ", 1)[1] for row in rows_of(page, "stuck")
    ]
    assert sum(int(row[2]) for row in rows_of(page, "ageing")) == stuck["total"]


def test_a_figure_opens_its_cases_as_many_as_it_says(demonstration: Running) -> None:
    with visitor(demonstration, "paul-procurement") as paul:
        page = paul.page("/bottlenecks?steps=all")
        found = re.findall(r'href="/console(/rfps\?stage=\w+)">(\d+)', page)
        assert len(found) > 3
        for address, number in found:
            title = said(paul.page(address).split("</h1>")[0].split("<h1>")[1])
            assert title == f"{number} RFP{'' if number == '1' else 's'}"
            assert paul.asked(f"{address}&count=true")["total"] == int(number)


def test_what_is_shown_comes_as_csv_by_the_same_choice(demonstration: Running) -> None:
    with visitor(demonstration, "paul-procurement") as paul:
        for choice in ("", f"?service_area=Libraries&from={in_days(-300)}&to={in_days(-150)}"):
            page = paul.page(f"/bottlenecks{choice}")
            steps = re.search(r'href="([^"]+steps\.csv[^"]*)"', page)
            assert steps is not None
            file = paul.client.get(steps[1].replace("&amp;", "&"))
            assert file.headers["content-disposition"] == 'attachment; filename="steps.csv"'
            rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
            number = int(re.search(r"All (\d+) steps", page)[1]) if "steps</a>" in page else len(rows)
            assert len(rows) == number > 0
        file = paul.client.get("/console/files/rfps.csv")
        rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
        assert len(rows) == paul.asked("/rfps", count=True)["total"]
        assert len({row["id"] for row in rows}) == len(rows)


def test_two_periods_stand_side_by_side_with_their_own_figures(demonstration: Running) -> None:
    begin = f"before_from={in_days(-270)}&after_from={in_days(-120)}"
    days = f"{begin}&before_to={in_days(-180)}&after_to={in_days(-30)}"
    asked = f"{begin}&before_to={in_days(-179)}&after_to={in_days(-29)}"
    first = f"from={begin_in_days(-270)}&to={begin_in_days(-179)}"
    with visitor(demonstration, "pia-programme") as pia:
        page = pia.page(f"/bottlenecks/compared?{days}")
        compared = pia.asked(f"/rfps/comparison?{asked}")
        before = pia.asked(f"/rfps/bottlenecks?{first}")
    names = ("cycle_time", "raised", "reached_procurement")
    closed, _, raised, reached = rows_of(page, "figures")
    assert [closed[1:], raised[1:], reached[1:]] == [
        [str(compared[name][when]["n"]) for when in ("before", "after")] for name in names
    ]
    assert all(sentence in html.unescape(page) for sentence in compared["sentences"])
    worst = max(before["edges"], key=lambda edge: edge["share_working"])
    assert f"{100 * worst['share_working']:.1f}% of {worst['n']} time" in said(page)


def test_a_choice_that_nothing_matches_or_that_can_not_be_is_a_page_too(demonstration: Running) -> None:
    with visitor(demonstration, "rita-requester") as rita:
        page = rita.page("/bottlenecks?service_area=Nobody's")
        assert "Nothing has waited here yet" in page
        assert 'href="/console/bottlenecks"' in page
        assert "This can't be shown so" in said(rita.page("/bottlenecks?from=yesterday", 422)).replace(
            "&#39;", "'"
        )
        assert "It is not here" in rita.page("/files/everything.csv", 404)


def until_countersigned(sam: Visitor, position: int) -> None:
    """Wait until both of the demonstration's witnesses, which are asked every ten seconds, have signed."""
    for _ in range(180):
        if len(sam.asked(f"/audit/decisions/{position}")["countersigned"]) == len(NAMES):
            return
        time.sleep(0.5)
    raise AssertionError("a witness has not signed")


def test_the_record_lists_every_decision_and_tells_each_with_its_proof(demonstration: Running) -> None:
    with visitor(demonstration, "sam-scrutiny") as sam:
        asked = sam.asked("/audit/decisions", decision="ApprovalGranted", count=True)
        page = sam.page("/record?decision=ApprovalGranted")
        assert f"{asked['total']} decisions" in said(page)
        assert re.findall(r'href="/console/record/(\d+)"', page)[:3] == [
            str(each["position"]) for each in asked["items"][:3]
        ]
        line = asked["items"][0]
        told, proof = (sam.asked(f"/audit/{what}/{line['position']}") for what in ("decisions", "proofs"))
        until_countersigned(sam, line["position"])
        page = said(sam.page(f"/record/{line['position']}"))
        assert all(
            words in page for words in (told["meaning"], told["authority_in_words"], line["said"]["reason"])
        )
        assert told["rule"]["insists"] not in page  # which is for whoever reads the program
        assert html.unescape(page).count(proof["leaf_hash"]) == 1
        assert "The same rule would decide the same again" in page
        assert "Countersigned by " in page
        assert all(f"by {name} on " in page for name in NAMES)


def test_a_case_is_told_as_it_was_known_at_a_day_and_two_days_are_compared(demonstration: Running) -> None:
    with visitor(demonstration, "sam-scrutiny") as sam:
        [line] = sam.asked("/audit/decisions", decision="AwardApproved", limit=1)["items"]
        case, day = line["stream_id"], line["happened_at"][:10]
        for query in ("", f"?as_of={day}"):
            story = sam.asked(f"/audit/streams/{case}{query}")
            page = sam.page(f"/record/cases/{case}{query}")
            assert f"{len(story['items'])} decisions" in page
            assert f"<h1>{story['title']}</h1>" in html.unescape(page)
            assert story["ending"] in html.unescape(page)
            assert page.count(">Proof<") == len(story["items"])
        earlier = in_days(-200)
        compared = sam.page(f"/record/compared?from={earlier}&to={day}")
        total = sam.asked(f"/audit/comparisons?from={earlier}&as_of={day}&count=true")["total"]
        assert f"{total} cases are different" in compared


def test_a_periods_figures_are_counted_as_the_api_counts_them(demonstration: Running) -> None:
    with visitor(demonstration, "sam-scrutiny") as sam:
        period = f"from={begin_in_days(-240)}&to={begin_in_days(-59)}"
        page = sam.page(f"/record/period?from={in_days(-240)}&to={in_days(-60)}")
        figures = sam.asked(f"/audit/periods?{period}")["recorded_now"]
    named = {called: name for name, called in ASKED_FIRST.items()}
    for name, _, number, _ in rows_of(page, "unusual"):
        assert figures[named[name]]["n"] == int(number)
    late, told = figures["late_approvals"]["n"], figures["told_late"]["n"]
    assert late > 1
    assert f"{late} approvals came late; {told or 'none'} w" in said(page)


def test_the_record_is_for_scrutiny_and_checked_by_a_page_that_may_ask_nobody(demonstration: Running) -> None:
    with visitor(demonstration, "rita-requester") as rita:
        assert "You can't open this" in html.unescape(rita.page("/record", 403))
        assert "/console/record" not in rita.page("/rfps")
    with visitor(demonstration, "sam-scrutiny") as sam:
        keys = sam.asked("/audit/keys")["items"]
        page = sam.page("/record/verify")
        assert all(key["fingerprint"] in page for key in keys)
        check = sam.client.get("/console/record/check.html")
        policy = check.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "connect-src" not in policy
        assert "Check a bundle of the council's record" in check.text
        found = re.search(r'href="(/console/files/bundle\.zip[^"]+)"', page)
        assert found is not None
        bundle = sam.client.get(html.unescape(found[1]))
        assert bundle.headers["content-type"] == "application/zip"
        assert zipfile.ZipFile(io.BytesIO(bundle.content)).testzip() is None


def test_outcomes_are_told_with_promises_and_measures_as_the_api_tells_them(demonstration: Running) -> None:
    with visitor(demonstration, "olga-outcomes") as olga:
        since = in_days(-184)
        page = olga.page(f"/outcomes?since={since}")
        programme = next(each["id"] for each in olga.asked("/programmes")["items"] if each["purpose"])
        board = olga.asked("/outcomes", programme=programme)
        kept = olga.asked("/outcomes/commitments", programme=programme, since=since)
        measures = olga.asked("/outcomes/measures", programme=programme)["items"]
        assert f"{board['counts']['achieved']} milestones met" in said(page)
        assert f"{kept['counts']['met']} of {kept['counts']['promised']} promises kept" in said(page)
        assert kept["in_words"] in html.unescape(page)
        assert [row[3] for row in rows_of(page, "board")] == [
            str(each["counts"]["achieved"] or NOT_KNOWN) for each in board["outcomes"]
        ]
        assert len(rows_of(page, "promises")) == kept["counts"]["promised"]
        assert [row[0] for row in rows_of(page, "measures")] == [each["title"] for each in measures]
        found = re.findall(r'href="/console(/milestones\?[^"]+)">(\d+)<', page)
        assert len(found) > 10
        for address, number in found[:4]:
            asked = olga.asked(html.unescape(address) + "&count=true")
            assert f"{number} milestone" in olga.page(html.unescape(address))
            assert asked["total"] == int(number)
        milestone = asked["items"][0]
        page = html.unescape(olga.page(f"/milestones/{milestone['id']}"))
        assert milestone["title"] in page


def test_the_paper_is_a_page_that_leads_to_our_own_pages_and_a_document(demonstration: Running) -> None:
    with visitor(demonstration, "sam-scrutiny") as sam:
        programme = next(each["id"] for each in sam.asked("/programmes")["items"] if each["purpose"])
        answer = sam.client.get("/console/outcomes/paper.html", params={"programme": programme})
        assert "style-src 'sha256-" in answer.headers["content-security-policy"]
        assert 'href="/console/milestones/' in answer.text
        assert not re.search(r"""href=["']https?:""", answer.text)
        document = sam.client.get("/console/outcomes/paper.odt", params={"programme": programme})
        assert zipfile.ZipFile(io.BytesIO(document.content)).testzip() is None
        paper = sam.asked("/papers", programme=programme)["items"][0]
        issued = sam.client.get(f"/console/papers/{paper['id']}.html")
        assert paper["meeting"] in issued.text
        sam.page("/outcomes/paper.docx", 404)


def test_readiness_counts_what_the_api_counts_and_says_whom_it_waits_for(demonstration: Running) -> None:
    with visitor(demonstration, "pia-programme") as pia:
        page = pia.page("/readiness")
        seen = pia.asked("/readiness")
    assert f"{seen['days_left']} days to the transition" in page
    rows = re.findall(r"<tr>.*?</tr>", page.split("<tbody>")[1].split("</tbody>")[0], re.DOTALL)
    counted = sorted(tuple(re.findall(r'class="number"[^>]*>([^<]+)<', row)) for row in rows)
    names = ("ready", "on_track", "at_risk", "blocked")
    assert counted == sorted(tuple(str(each[name] or NOT_KNOWN) for name in names) for each in seen["items"])
    assert "for Fictional Outsourcing Ltd" in page


def test_which_projects_run_on_is_told_the_worst_first_each_with_why(demonstration: Running) -> None:
    with visitor(demonstration, "pia-programme") as pia:
        risk = pia.asked("/projects/at-risk", limit=25)
        page = pia.page("/projects/at-risk")
        assert f"{risk['totals']['at_risk']} projects may still be running at the transition" in said(page)
        titles = re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', page)
        assert [html.unescape(each) for each in titles] == [each["title"] for each in risk["items"]]
        for rule in ("no_end_known", "ends_on_or_after_transition"):
            some = said(pia.page(f"/projects/at-risk?flag={rule}"))
            assert f"{risk['totals'][rule]} projects may still be running" in some
        assert "No end is known." in page
        assert re.search(r"Could end \d+ working days past the transition date", page)
        assert f"{risk['totals']['at_risk']} are at risk" in said(pia.page("/projects/crossing"))
        assert "at that day" in pia.page(f"/projects/at-risk?transition_date={in_days(1_000)}")


def test_what_programs_were_told_is_there_to_be_looked_into(demonstration: Running) -> None:
    with visitor(demonstration, "ada-admin") as ada:
        endpoints = {each["name"]: each for each in ada.asked("/webhook-endpoints")["items"]}
        assert (endpoints["Service desk"]["status"], endpoints["Data warehouse"]["status"]) == (
            "paused",
            "disabled",
        )
        for name, status in (("Service desk", "delivered"), ("Data warehouse", "failed")):
            target = endpoints[name]["id"]
            some = ada.asked("/deliveries", target=target, status=status, limit=200)["items"]
            tried = next(each for each in some if each["attempts"] > 1)
            page = said(ada.page(f"/deliveries/{tried['id']}?target={target}&type={tried['type']}"))
            came_through = "The last one came through" if status == "delivered" else "None has come through"
            assert f"{tried['attempts']} attempts, each kept as it was made. {came_through}" in page
        assert "410 Switched off for good." in page


def test_consultations_are_there_that_are_over_and_that_go_on(demonstration: Running) -> None:
    with visitor(demonstration, "pia-programme") as pia:
        page = pia.page("/consultations")
        for each in re.findall(r'href="/console(/consultations/[0-9a-f-]+)"', page):
            assert re.search(r"Closed on|Open until", pia.page(each))
        assert "How councillors want to reach the new service desk" in page


@pytest.mark.slow
def test_one_box_finds_a_reference_a_title_and_a_supplier(demonstration: Running) -> None:
    with visitor(demonstration, "rita-requester") as rita:
        rfp = rita.asked("/rfps?q=laptop&limit=1")["items"][0]
        answer = rita.client.get("/console/search", params={"q": rfp["reference"].lower()})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/console/rfps/{rfp['id']}")
        page = rita.page("/search?q=fictional")
        for what, path in (("RFP", "rfps"), ("contract", "contracts")):
            total = rita.asked(f"/{path}?q=fictional&count=true")["total"]
            assert f"{total} {what}" in said(page)
        assert "Nothing found" in rita.page("/search?q=zebra-and-gnu")
        assert "Find anything" in rita.page("/search")


def test_whoever_comes_first_sees_the_programme_at_a_glance_and_where_to_go(demonstration: Running) -> None:
    shown = demonstration.get("/console/sign-in").text
    assert all(words in shown for words in ("RFPs are open", "days to the transition", "milestones are met"))
    with visitor(demonstration, "sam-scrutiny") as sam:
        page = sam.page("/start")
        assert f"{sam.asked('/rfps/stuck')['total']} RFPs are open" in said(page)
        assert re.search(r"[\d,]+ decisions on record", said(page))
        for address in sorted(set(re.findall(r'href="/console([^"#]*)"', page))):
            sam.page(address)
        assert "What was not tried" in sam.page("/accessibility")


EVERY_PAGE = "EVERY_PAGE" in os.environ  # in `make prove`; otherwise one page of each kind
FIRST = {
    "paul-procurement": {"bottlenecks": "/bottlenecks"},
    "sam-scrutiny": {"record-line": "/record/3000", "start": "/start"},
    "pia-programme": {"readiness": "/readiness"},
}
ALL = {
    "paul-procurement": {
        "bottlenecks": "/bottlenecks",
        "two-periods": "/bottlenecks/compared",
        "bottlenecks-empty": "/bottlenecks?service_area=Nobody",
        "rfps-chosen": "/rfps?stage=approval",
    },
    "sam-scrutiny": {
        "record": "/record?decision=ApprovalGranted",
        "record-none": "/record?q=zebra",
        "record-line": "/record/3000",
        "record-period": "/record/period",
        "record-compared": f"/record/compared?from={in_days(-21)}&to={in_days(-18)}",
        "record-verify": "/record/verify",
        "record-check": "/record/check.html",
        "start": "/start",
        "search": "/search?q=fictional",
        "accessibility": "/accessibility",
    },
    "pia-programme": {
        "outcomes": f"/outcomes?since={in_days(-184)}",
        "readiness": "/readiness",
        "milestones": "/milestones?horizon=achieved",
    },
}
PAGES = ALL if EVERY_PAGE else FIRST


@pytest.mark.slow
@pytest.mark.parametrize("person", PAGES)
async def test_every_page_of_seeing_is_for_everybody(
    demonstration: Running, tmp_path: Path, person: str
) -> None:
    async with browser(tmp_path) as running:
        page = await running.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(f"{demonstration.url}/console/sign-in")
        await be_somebody(page, person)
        for name, path in PAGES[person].items():
            await page.goto(f"{demonstration.url}/console{path}")
            await looked_at(page, name)
        assert all(url.startswith(demonstration.url) for url in asked)
