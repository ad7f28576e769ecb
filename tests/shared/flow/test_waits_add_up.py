"""Waits add up exactly to the time that passed, for every history that the rules allow."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shared.flow.addends import Level, Manner
from shared.flow.answers import Bottlenecks
from shared.flow.bottlenecks import FlowQuery, bottlenecks
from shared.flow.journals import step_rows
from shared.flow.log import Steps, live_log
from shared.flow.waits import activity_waits, stage_waits
from shared.kernel.calendar import WorkingTime, microseconds
from shared.kernel.messages import Recorded
from tests.rfps.examples import CHECK
from tests.support.histories import History, histories

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


def micro(seconds: float) -> int:
    return round(seconds * 10**6)


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
    assert micro(sum(party.elapsed_seconds for party in by_activity.parties)) == micro(
        sum(row.elapsed.sum for row in by_activity.stages)
    )
    all_working = [
        micro(sum(row.working.sum + row.open_working.sum for row in answer.stages)) for answer in answers
    ]
    assert all_working[0] == all_working[1]
