"""Live cases that change move what waits add up to, to what counting everything anew comes to."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shared.flow.addends import Level, Manner
from shared.flow.answers import Bottlenecks
from shared.flow.bottlenecks import FlowQuery, bottlenecks, told
from shared.flow.columns import Columns
from shared.flow.live import LiveLog, Row
from shared.flow.log import Steps, live_log
from shared.kernel.calendar import WorkingTime, microseconds

WORKING = WorkingTime()
START = datetime(2025, 3, 3, 8, 0, tzinfo=UTC)
PARTIES = {"draft": "requester", "triage": "procurement", "approval": "approver", "rejected": "nobody"}


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    """Draw steps as they are recorded; some say that they happened before others did."""
    found: list[Row] = []
    for position in range(1, draw(st.integers(1, 25)) + 1):
        case, stage = draw(st.sampled_from("abcd")), draw(st.sampled_from(sorted(PARTIES)))
        at = microseconds(START + timedelta(hours=draw(st.integers(0, 400))))
        activity = draw(st.sampled_from(["Amended", "Moved"]))
        party, actor = PARTIES[stage], draw(st.sampled_from(["ann", "ben"]))
        found.append((case, position, at, activity, stage, party, party == "nobody", actor, position))
    return found


def columns(some: list[Row]) -> Columns:
    """Return steps as they come from the journal."""
    taken = [list(column) for column in zip(*some, strict=True)] or [[] for _ in range(9)]
    log = live_log(Steps(*taken[:8]))
    order = np.lexsort((taken[8], taken[2], taken[0])) if some else np.zeros(0, np.int64)
    return Columns(log, np.array(taken[8], np.int64)[order])


@given(rows(), st.lists(st.integers(1, 6), min_size=1, max_size=6), st.sampled_from(list(Level)))
def test_moved_is_counted_anew(steps: list[Row], blocks: list[int], level: Level) -> None:
    manner = Manner(level, outcomes=frozenset({"approval"}))
    as_of = START + timedelta(days=30)
    question = FlowQuery("live", 1, as_of, microseconds(as_of), manner)
    live = LiveLog(columns([]), 0, WORKING)
    live.tally(manner)
    at = 0
    for size in [*blocks, len(steps)]:
        newer = steps[at : at + size]
        live.take(newer, at + len(newer))
        at += len(newer)
        taken = [list(column) for column in zip(*steps[:at], strict=True)]
        anew = bottlenecks(live_log(Steps(*taken[:8])), question, WORKING)
        assert Bottlenecks.model_validate(told(live.tally(manner), question, WORKING)) == anew
        if size % 2:  # sometimes what is new is sorted in
            assert len(live.whole().position) == at


@given(rows(), st.integers(0, 25))
def test_the_past_is_what_was_recorded_by_then(steps: list[Row], position: int) -> None:
    as_of = START + timedelta(days=30)
    question = FlowQuery("live", 1, as_of, microseconds(as_of), Manner())
    half = len(steps) // 2
    live = LiveLog(columns(steps[:half]), half, WORKING)
    live.take(steps[half:], len(steps))
    then = [row for row in steps if row[8] <= position]
    taken = [list(column) for column in zip(*then, strict=True)] or [[] for _ in range(9)]
    assert bottlenecks(live.as_of(position), question, WORKING) == bottlenecks(
        live_log(Steps(*taken[:8])), question, WORKING
    )
