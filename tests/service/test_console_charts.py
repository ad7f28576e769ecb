"""What pages say of figures in a sentence or a picture: made by rule, readable whatever the figures are."""

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from rfp_service.console.charts.cumulative_flow import MOST_POINTS, cumulative_flow
from rfp_service.console.charts.drawing import GAP, spread, ticks
from rfp_service.console.charts.rows import ages, bar
from rfp_service.console.charts.scatter import LINKED_LIMIT, Dot, LevelLine, scatter
from rfp_service.console.flow_sentences import (
    ageing_lead,
    change_heading,
    flow_lead,
    heading,
    lead,
    scatter_lead,
)
from rfp_service.console.links import address, after, begin_of, page_of
from rfp_service.console.pages.bottlenecks import curves_of, flow_months
from rfp_service.console.pages.progress import progress_of
from rfp_service.console.people_names import marked
from rfp_service.console.record_words import changes_in, told_words

FIRST = date(2026, 1, 1)


def figures(worst: str = "open") -> dict[str, Any]:
    edge = {"from": worst, "to": "evaluation", "rank": 1, "share_working": 0.25}
    return {"edges": [edge] if worst else [], "cases": {"all": 9}}


def costs(party: str = "approver", cases: int = 3) -> list[dict[str, Any]]:
    return [{"party": party, "cases": cases, "working_days": 12.4}]


def test_the_heading_says_what_took_longest_and_who_is_waited_for_now() -> None:
    assert heading(figures(), costs()) == "Bids take the longest; open RFPs wait most for an approver"
    assert heading(figures("triage"), []) == "Triage takes the longest; none is open now"
    assert heading(figures(""), costs("market")) == "Open RFPs wait most for bids to come in"
    assert heading(figures(""), []) == "Nothing has waited here yet"
    assert lead(figures(), costs()) == (
        "Of all working time that 9 RFPs waited, 25% was from out for bids to evaluation."
        " Of 3 open RFPs, 3 wait for an approver: 12 working days so far."
    )


def test_a_sentence_counts_open_cases_beyond_what_is_usual_and_claims_nothing_of_too_few() -> None:
    old = {"working_days_in_stage": 9.0, "stage_p85_working_days": 8.5}
    young, unknown = {**old, "working_days_in_stage": 1.0}, {**old, "stage_p85_working_days": None}
    assert ageing_lead([]) == "No RFP is open."
    assert ageing_lead([young, unknown]).startswith("None of 2 open RFPs has")
    assert ageing_lead([old, young, unknown]).startswith("1 of 3 open RFPs has been where it is")
    assert ageing_lead([old, young], 1_500).startswith(
        "1 of the 2 to act on first, of 1,500 open RFPs, has been where it is"
    )
    assert scatter_lead({"p50_days": None, "p85_days": None}).startswith("Too few")
    assert scatter_lead({"p50_days": 8.0, "p85_days": None}).endswith("within 8 days of being begun.")


def test_it_is_said_how_many_rfps_came_and_went() -> None:
    said = flow_lead({"came": 1, "went": 3})
    assert said == "1 RFP was begun in this time, and 3 came to an end."
    assert flow_lead({"came": 0, "went": 0}).startswith("No RFP was begun")


def test_curves_end_with_the_last_day_of_their_period() -> None:
    days = ["2026-03-30", "2026-03-31", "2026-04-01"]
    flow = {"cumulative_flow": {"days": days, "stages": {"draft": [1, 4, 9], "open": [0, 0, 2]}}}
    shown, curves = curves_of(flow, "2026-03-31")
    assert curves == {"Begun": [1, 4]}
    assert flow_months(shown, curves)["rows"] == [(date(2026, 3, 31), [4])]
    assert len(curves_of(flow, None)[0]) == 3


def test_scales_are_round_and_hold_the_highest_value() -> None:
    assert [ticks(top) for top in (0, 3, 70, 246, 10_000)] == [
        [0, 1],
        [0, 1, 2, 3],
        [0, 20, 40, 60, 80],
        [0, 100, 200, 300],
        [0, 5_000, 10_000],
    ]


def test_labels_lie_apart_and_within_the_picture() -> None:
    placed = spread([100, 101, 240, 246, 250], 250)
    assert all(after - before >= GAP for before, after in pairwise(placed))
    assert placed[-1] <= 250


def test_a_picture_stays_light_whatever_it_shows() -> None:
    days = [FIRST + timedelta(days=n) for n in range(3_000)]
    drawn = cumulative_flow("Flow", "What came.", days, [("Begun", range(3_000)), ("Done", [0] * 3_000)])
    assert len(re.findall(r"[\d.]+,[\d.]+", drawn)) < 5 * MOST_POINTS
    dots = [Dot(FIRST + timedelta(days=n % 300), n % 90, f"RFP {n}", "/x") for n in range(2_000)]
    assert "<a " not in scatter("Long", "Closed.", dots, [])
    assert str(scatter("Long", "Closed.", dots[:LINKED_LIMIT], [])).count("<a ") == LINKED_LIMIT


def test_whatever_a_picture_names_is_text_and_it_has_a_name_itself() -> None:
    dot = Dot(FIRST, 3, "<script>", "/console/rfps?a=1&b=2")
    drawn = scatter("Long", "Closed.", [dot], [LevelLine("half within 3 days", 3)])
    assert "<script>" not in drawn
    assert 'href="/console/rfps?a=1&amp;b=2"' in drawn
    assert '<title id="scatter-title">Long</title>' in drawn


def test_a_bar_hatches_what_still_waits_and_a_dot_beyond_the_line_is_marked() -> None:
    assert "hatch" not in bar(3, 0, 3)
    assert "hatch" in bar(3, 1, 4)
    drawn = ages([1, 9], 2, 8, 10)
    assert (drawn.count('class="within"'), drawn.count('class="beyond"')) == (1, 1)
    assert 'class="beyond"' not in ages([9], None, None, 10)


def test_a_comparison_claims_no_difference_that_may_be_chance() -> None:
    def said(days: float | None, interval: tuple[float, float] | None, *, over: bool = True) -> str:
        times = {"difference_working_days": days, "interval": interval}
        return change_heading({"compared": over, "cycle_time": times})

    assert said(None, None, over=False) == "One of these periods is not over yet"
    assert said(None, None).startswith("Too few RFPs closed")
    assert said(-9.0, (-20.0, 2.0)).startswith("RFPs take about as long as before")
    assert said(-9.2, (-20.0, -1.0)) == "RFPs take 9 working days less than before"
    assert said(1.0, (0.2, 3.0)) == "RFPs take 1 working day longer than before"


def test_long_work_of_every_kind_says_how_far_it_is_and_why_it_ended() -> None:
    job = {
        "status": "running",
        "done": 40,
        "total": 90,
        "counts": {"done": 38, "refused": 2},
        "problem": None,
    }
    told = progress_of(job)
    assert (told.is_running, told.done, told.total, told.counts["refused"]) == (True, 40, 90, 2)
    told = progress_of({**job, "status": "failed", "problem": {"title": "The file can't be read."}})
    assert (told.has_failed, told.why) == (True, "The file can't be read.")
    batch = {"status": "finished", "items": 3, "counts": {"done": 2, "repeated": 0, "refused": 1}}
    assert (progress_of(batch).done, progress_of(batch).total) == (3, 3)
    report = {"cases": 5, "bad_rows": 1, "warnings": 0, "bad": [{"row": 7}], "odd": []}
    told = progress_of({"status": "done", "reason": "", "report": report})
    assert (told.counts, told.left_out) == ({"cases": 5, "bad_rows": 1}, [{"row": 7}])


def test_an_address_of_the_api_leads_to_the_page_of_the_same_and_to_none_where_there_is_none() -> None:
    assert page_of("/v1/rfps?stage=open") == "/console/rfps?stage=open"
    assert page_of("/v1/rfps/bottlenecks?as_of=2026-01-01") == "/console/bottlenecks?as_of=2026-01-01"
    assert page_of("/v1/jobs/1") == "/console/progress/jobs/1"
    contract = "/v1/contracts/07d7098a-de2f-5227-a0fd-313b1e7c4da6"
    assert page_of(contract) == contract.replace("v1", "console")
    for elsewhere in (
        None,
        "",
        "/v1/rfps/flow",
        "/v1/contracts/exposure",
        "/v1/scheme",
        "https://elsewhere.example/v1/rfps",
    ):
        assert not page_of(elsewhere)


def test_a_choice_is_carried_on_whole_but_for_what_is_taken_out_of_it() -> None:
    query = {"programme": "p", "horizon": ["achieved", "undated"], "q": ""}
    assert address("/x", query) == "/x?programme=p&horizon=achieved&horizon=undated"
    assert address("/x", query, "horizon") == "/x?programme=p"


def test_what_a_decision_changed_is_said_without_codes() -> None:
    changes = [
        {"field": "award.value_pence", "before": 0, "after": 8_997_450},
        {"field": "need.needed_by", "before": None, "after": "2099-01-05"},
        {"field": "approval.granted_by", "before": [], "after": ["hana-head"]},
        {"field": "tender.scores", "before": [], "after": [{"bid": "A", "score": 1}]},
        {"field": "on_hold", "before": False, "after": True},
        {"field": "deciders", "before": [], "after": ["hana-head"]},
    ]
    assert changes_in(changes) == [
        ("Award value", "£0", "£89,974.50"),
        ("Needed by", "nothing", "5 January 2099"),
        ("Approval granted by", "nothing", marked("hana-head")),
        ("Tender scores", "nothing", "A, 1"),
        ("On hold", "no", "yes"),
    ]
    assert [told_words(told) for told in ("party:finance", "person:hana-head", "head of service")] == [
        "Finance",
        marked("hana-head"),
        "Head of service",
    ]


def test_what_is_no_day_and_what_comes_after_the_last_is_the_api_s_to_refuse() -> None:
    assert (begin_of("2026-03-01"), after("2026-05-31")) == (
        "2026-03-01T00:00:00+00:00",
        "2026-05-31T23:00:00+00:00",
    )
    assert [after(day) for day in ("9999-12-31", "soon")] == ["9999-12-31", "soon"]
