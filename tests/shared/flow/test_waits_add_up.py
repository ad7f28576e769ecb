"""Waits add up exactly to the time that passed, for every history that the rules allow."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rfp_service.rfps.domain.hold_events import HoldCorrected
from rfp_service.rfps.domain.key_decision_events import NoticePeriodExpired
from rfp_service.rfps.domain.stages import Party, Stage
from shared.flow.addends import ALL_TIME, Level, Manner, Window
from shared.flow.answers import Bottlenecks
from shared.flow.bottlenecks import FlowQuery, bottlenecks
from shared.flow.case_waits import EPOCH, CaseWaits, waits_so_far
from shared.flow.completed_cases import completed_by
from shared.flow.counted_cases import counted
from shared.flow.figure_names import NamedFigure
from shared.flow.flow_figures import flow_figures
from shared.flow.journals import correction_rows, step_rows
from shared.flow.log import Correction, FlowLog, Steps, live_log
from shared.flow.variants import Paths
from shared.flow.waits import activity_waits, stage_waits
from shared.kernel.calendar import WorkingTime, microseconds
from shared.kernel.messages import Recorded
from tests.rfps.examples import CHECK
from tests.support.histories import History, histories
from tests.support.specs import stamp

WORKING = WorkingTime()


def steps_of(history: History) -> Steps:
    """Return a history as the journal of steps would hold it."""
    rows = [
        row
        for number, (event, stamp) in enumerate(history, start=1)
        for row in step_rows(
            Recorded(number, CHECK, number, event, stamp.model_dump(mode="json"), stamp.at, stamp.at)
        )
    ]
    columns = ("case_id", "seq", "at_us", "activity", "stage", "party", "ends")
    return Steps(*([row[column] for row in rows] for column in columns))  # type: ignore[misc]


@given(histories(), st.integers(0, 90))
def test_closed_and_open_waits_are_all_the_time_an_rfp_was_in_work(history: History, days: int) -> None:
    log = live_log(steps_of(history))
    as_of = int(log.at[-1]) + microseconds(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days))
    in_work = idle = 0
    worked = 0
    for n, at in enumerate(log.at):
        until = int(log.at[n + 1]) if n + 1 < len(log.at) else as_of
        w = WORKING.microseconds(np.array([at, until], np.int64))
        if log.ends[n]:
            idle += until - int(at)
        else:
            in_work += until - int(at)
            worked += int(w[1] - w[0])
    assert in_work + idle == as_of - int(log.at[0])
    for waits in (stage_waits(log, as_of, WORKING), activity_waits(log, as_of, WORKING)):
        assert int(waits.elapsed.sum()) == in_work
        assert int(waits.working.sum()) == worked


@given(histories(), st.lists(st.integers(0, 90), min_size=1, max_size=4))
def test_what_one_case_shows_at_any_time_is_what_flow_counts_then(history: History, days: list[int]) -> None:
    log = live_log(steps_of(history))
    kept = waits_so_far(log, WORKING)
    for later in days:
        as_of = EPOCH + timedelta(microseconds=int(log.at[-1])) + timedelta(days=later)
        counted = activity_waits(log, microseconds(as_of), WORKING)
        shown = CaseWaits.model_validate(kept.as_of(as_of))
        for totals in (shown.items, shown.parties):
            assert micro(sum(each.elapsed_seconds for each in totals)) == int(counted.elapsed.sum())
            assert micro(sum(each.working_seconds for each in totals)) == int(counted.working.sum())
        assert [each.ended_at is None for each in shown.items if each is shown.items[-1]] == (
            [bool(counted.open.any())] if shown.items else []
        )
        assert all(each.ended_at for each in shown.items[:-1])


def micro(seconds: float) -> int:
    return round(seconds * 10**6)


def assert_parties_add_up(log: FlowLog, answer: Bottlenecks) -> None:
    """Closed and open waits of all parties are all the time that cases were in work, to the microsecond."""
    waits = activity_waits(log, microseconds(answer.as_of), WORKING)
    assert micro(sum(row.elapsed_seconds + row.open_elapsed_seconds for row in answer.parties)) == int(
        waits.elapsed.sum()
    )
    assert micro(sum(row.working_seconds + row.open_working.sum for row in answer.parties)) == int(
        waits.working.sum()
    )


def asked(as_of: datetime) -> FlowQuery:
    return FlowQuery(source="live", position=1, as_of=as_of, as_of_us=microseconds(as_of))


DAY = timedelta(days=1)
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Step = tuple[str, datetime, str, str]


def told(*steps: Step, case: str = "a") -> FlowLog:
    """Return a live log of one case: activity, instant, stage and party of each step."""
    activity, at, stage, party = zip(*steps, strict=True)
    return live_log(
        Steps(
            [case] * len(steps),
            range(len(steps)),
            [microseconds(t) for t in at],
            activity,
            stage,
            party,
            [p == "nobody" for p in party],
        )
    )


def test_a_wait_that_still_lasts_is_open_from_its_beginning_and_only_that() -> None:
    log = told(
        ("Raised", MONDAY, "draft", "requester"),
        ("Submitted", MONDAY + DAY, "submitted", "procurement"),
        ("Accepted", MONDAY + 2 * DAY, "triage", "procurement"),
        ("Noted", MONDAY + 3 * DAY, "triage", "procurement"),
    )
    answer = bottlenecks(log, asked(MONDAY + 4 * DAY), WORKING)
    parties = {row.party: row for row in answer.parties}
    assert parties["procurement"].elapsed_seconds == parties["procurement"].working_seconds == 0
    assert parties["procurement"].open_elapsed_seconds == 3 * 86_400
    assert parties["procurement"].open_working.sum == 3 * 28_800
    assert parties["requester"].working_seconds == 28_800
    assert_parties_add_up(log, answer)


def test_what_a_clock_decided_late_splits_the_wait_when_it_was_due() -> None:
    due = MONDAY + DAY
    expired = NoticePeriodExpired(stage=Stage.KEY_DECISION, waiting_on=Party.APPROVER, due_at=due, late=True)
    restarted = due + 9 * DAY
    envelope = stamp("clock", at=restarted).model_dump(mode="json")
    [row] = step_rows(Recorded(7, CHECK, 7, expired, envelope, restarted, restarted))
    assert row["at_us"] == microseconds(due)
    log = told(
        ("ApprovalGranted", MONDAY, "key_decision", "statutory_clock"),
        ("NoticePeriodExpired", due, "key_decision", "approver"),
        ("KeyDecisionTaken", restarted, "call_in", "procurement"),
    )
    charged = {row.party: row for row in bottlenecks(log, asked(restarted), WORKING).parties}
    assert charged["statutory_clock"].elapsed_seconds == 86_400
    assert charged["approver"].elapsed_seconds == 9 * 86_400


def test_what_was_due_before_what_is_recorded_before_it_comes_right_after_that() -> None:
    log = told(
        ("TenderNoticePublished", MONDAY, "open", "market"),
        ("RfpHoldStarted", MONDAY + 2 * DAY, "open", "finance"),
        ("ResponsesClosed", MONDAY + DAY, "evaluation", "evaluators"),
    )
    answer = bottlenecks(log, asked(MONDAY + 5 * DAY), WORKING)
    charged = {row.party: row for row in answer.parties}
    assert charged["market"].elapsed_seconds == 2 * 86_400
    assert charged["evaluators"].open_elapsed_seconds == 3 * 86_400
    assert charged["finance"].elapsed_seconds == 0
    assert_parties_add_up(log, answer)


@given(histories(), st.integers(0, 90))
def test_stages_edges_and_parties_tell_one_story(history: History, days: int) -> None:
    log = live_log(steps_of(history))
    as_of = history[-1][1].at + timedelta(days)
    answers: list[Bottlenecks] = []
    for level in Level:
        question = FlowQuery(
            source="live", position=1, as_of=as_of, as_of_us=microseconds(as_of), manner=Manner(level)
        )
        answers.append(bottlenecks(log, question, WORKING))
    for answer in answers:
        closed = micro(sum(row.elapsed.sum for row in answer.stages))
        assert closed == micro(sum(edge.elapsed.sum for edge in answer.edges))
        if closed:
            assert abs(sum(edge.share_elapsed for edge in answer.edges) - 1) < 1e-9
    by_stage, by_activity = answers
    assert by_stage.parties == by_activity.parties
    assert_parties_add_up(log, by_activity)
    all_working = [
        micro(sum(row.working.sum + row.open_working.sum for row in answer.stages)) for answer in answers
    ]
    assert all_working[0] == all_working[1]


def test_a_corrected_hold_is_charged_to_the_right_party_from_its_beginning_to_its_end() -> None:
    steps = Steps(
        ["a"] * 5,
        range(5),
        [microseconds(MONDAY + n * DAY) for n in range(5)],
        ["Accepted", "RfpHoldStarted", "EvaluatorAppointed", "RfpHoldEnded", "HoldCorrected"],
        ["triage"] * 5,
        ["procurement", "finance", "finance", "procurement", "procurement"],
        [False] * 5,
    )
    since, until = microseconds(MONDAY + DAY), microseconds(MONDAY + 3 * DAY)
    unknown = Correction("b", since, until, "finance", "legal")
    right = Correction("a", since, until, "finance", "legal")
    for corrections, party in (([], "finance"), ([unknown], "finance"), ([right], "legal")):
        log = live_log(steps, corrections)
        answer = bottlenecks(log, asked(MONDAY + 5 * DAY), WORKING)
        charged = {row.party: row.elapsed_seconds for row in answer.parties if row.elapsed_seconds}
        assert charged == {"procurement": 86_400, party: 2 * 86_400}
        assert_parties_add_up(log, answer)
    event = HoldCorrected(
        stage=Stage.TRIAGE,
        waiting_on=Party.PROCUREMENT,
        number=1,
        charged_to=Party.LEGAL,
        was=Party.FINANCE,
        charged_since=MONDAY + DAY,
        charged_until=MONDAY + 3 * DAY,
        reason="So.",
    )
    envelope = stamp("priya").model_dump(mode="json")
    [row] = correction_rows(Recorded(9, CHECK, 9, event, envelope, MONDAY, MONDAY))
    assert Correction(*list(row.values())[1:]) == right._replace(case_id=str(CHECK))


def test_a_hold_that_is_corrected_after_the_end_moves_no_end() -> None:
    log = told(
        ("RfpRaised", MONDAY, "draft", "requester"),
        ("RfpHoldStarted", MONDAY + DAY, "contracting", "finance"),
        ("ContractConcluded", MONDAY + 4 * DAY, "contracted", "nobody"),
        ("HoldCorrected", MONDAY + 60 * DAY, "contracted", "nobody"),
    )
    as_of = MONDAY + 70 * DAY
    flow = flow_figures(log, asked(as_of), WORKING)
    assert [(row["closed_at"], row["working_days"]) for row in flow["scatter"]] == [(MONDAY + 4 * DAY, 4)]
    assert [week["week"] for week in flow["weeks"] if week["throughput"]] == ["2026-W10"]
    assert [week["week"] for week in flow["weeks"] if week["last_steps"]] == ["2026-W10"]
    assert [month["wip"] for month in flow["wip"]["months"]] == [0, 0]
    assert flow["expectation"]["working_days"] == flow["cycle_time"]["working"]["p50"] / 28_800 == 4
    assert bottlenecks(log, asked(as_of), WORKING).cases_survival.p50_days == 4
    _, visits, completed = completed_by(log, microseconds(as_of), WORKING, frozenset({"contracted"}))
    assert Paths(visits, completed).paths == [("draft", "contracting", "contracted")]


def test_the_time_between_an_end_and_a_reopening_is_none_of_a_cases_time() -> None:
    log = told(
        ("RfpRaised", MONDAY, "draft", "requester"),
        ("DemandDiverted", MONDAY + DAY, "diverted", "nobody"),
        ("HoldCorrected", MONDAY + 2 * DAY, "diverted", "nobody"),
        ("DiversionFailed", MONDAY + 63 * DAY, "draft", "requester"),
        ("RfpWithdrawn", MONDAY + 65 * DAY, "withdrawn", "nobody"),
    )
    flow = flow_figures(log, asked(MONDAY + 70 * DAY), WORKING)
    [case] = flow["scatter"]
    assert (case["closed_at"], case["days"]) == (MONDAY + 65 * DAY, 3)
    # One day in March; in May none on the bank holiday, one on Tuesday, one hour by ten on Wednesday.
    assert case["working_days"] == flow["expectation"]["working_days"] == 2.125
    assert flow["cycle_time"]["elapsed"]["sum"] == 3 * 86_400
    assert flow["cycle_time"]["working"]["sum"] == 2.125 * 28_800
    assert bottlenecks(log, asked(MONDAY + 70 * DAY), WORKING).cases_survival.p50_days == 3


def test_a_case_is_not_there_between_an_end_and_a_reopening() -> None:
    log = told(
        ("RfpRaised", MONDAY, "draft", "requester"),
        ("DemandDiverted", MONDAY + DAY, "diverted", "nobody"),
        ("DiversionFailed", MONDAY + 63 * DAY, "draft", "requester"),
        ("RfpWithdrawn", MONDAY + 65 * DAY, "withdrawn", "nobody"),
    )
    reopened, over = (flow_figures(log, asked(MONDAY + n * DAY), WORKING) for n in (64, 70))
    assert (reopened["wip"]["now"]["wip"], reopened["wip"]["now"]["age_p50_days"]) == (1, 2)
    for flow in (reopened, over):
        there = [(month["wip"], month["between_steps"]["wip"]) for month in flow["wip"]["months"]]
        assert there == [(0, 0), (0, 0)]  # in April, and in May
    law = over["littles_law"]
    assert (law["time_mean_days"], law["wip_mean"]) == (3, 2 / (56 - 1 / 24))  # clocks went forward in them
    april = NamedFigure("open", window=Window(end=microseconds(datetime(2026, 3, 31, 23, tzinfo=UTC))))
    assert counted(log, asked(MONDAY + 70 * DAY), WORKING, april) == set()
    before = flow_figures(log, asked(MONDAY + 10 * DAY), WORKING)
    assert before["wip"]["now"]["wip"] == 0
    assert [week["throughput"] for week in before["weeks"]] == [1, 0]


def test_it_is_counted_what_came_and_went_in_the_days_of_the_cumulative_flow() -> None:
    steps = [
        ("a", MONDAY, "draft", "requester"),
        ("b", MONDAY + DAY, "draft", "requester"),
        ("b", MONDAY + 2 * DAY, "submitted", "procurement"),
        ("b", MONDAY + 3 * DAY, "draft", "requester"),  # for rework: it does not come again
        ("b", MONDAY + 4 * DAY, "withdrawn", "nobody"),
        ("c", MONDAY + 5 * DAY, "draft", "requester"),
    ]
    case, at, stage, party = zip(*steps, strict=True)
    ends = [p == "nobody" for p in party]
    log = live_log(Steps(case, range(6), [microseconds(t) for t in at], stage, stage, party, ends))
    midnights = [microseconds(MONDAY + timedelta(days=n, hours=-9)) for n in (0, 5)]
    for window, came, went in (
        (ALL_TIME, 3, 1),
        (Window(*midnights), 2, 1),
        (Window(None, midnights[0]), 0, 0),
    ):
        flow = flow_figures(log, replace(asked(MONDAY + 9 * DAY), window=window), WORKING)
        assert (flow["cumulative_flow"]["came"], flow["cumulative_flow"]["went"]) == (came, went)
