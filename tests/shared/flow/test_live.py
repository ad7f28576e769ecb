"""Live cases that change move what waits add up to, to what counting everything anew comes to."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.flow.addends import Level, Manner
from shared.flow.answers import Bottlenecks
from shared.flow.bottlenecks import FlowQuery, bottlenecks, told
from shared.flow.columns import Columns
from shared.flow.live import Corrected, LiveLog, Row
from shared.flow.log import Correction, Steps, live_log, recorded_log
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
    log = recorded_log(Steps(*taken[:8]))
    order = np.lexsort((taken[8], taken[0])) if some else np.zeros(0, np.int64)
    return Columns(log, np.array(taken[8], np.int64)[order])


@st.composite
def corrections(draw: st.DrawFn) -> list[Corrected]:
    """Draw what was corrected, of cases that are there and of one that is not, as it is recorded."""
    found: list[Corrected] = []
    for position in sorted(draw(st.lists(st.integers(1, 26), max_size=6))):
        since = draw(st.integers(0, 400))
        until = draw(st.none() | st.integers(since, 400))
        since_us, until_us = (
            None if hours is None else microseconds(START + timedelta(hours=hours))
            for hours in (since, until)
        )
        was = draw(st.sampled_from([*sorted(PARTIES.values()), "legal", "market"]))
        right = draw(st.sampled_from(["approver", "finance", "legal"]))
        found.append(
            (position, Correction(draw(st.sampled_from("abcde")), since_us or 0, until_us, was, right))
        )
    return found


def by(corrected: list[Corrected], position: int) -> list[Correction]:
    """Return what was corrected by a position."""
    return [correction for at, correction in corrected if at <= position]


@pytest.mark.slow
@given(
    rows(), corrections(), st.lists(st.integers(1, 6), min_size=1, max_size=6), st.sampled_from(list(Level))
)
def test_moved_is_counted_anew(
    steps: list[Row], corrected: list[Corrected], blocks: list[int], level: Level
) -> None:
    manner = Manner(level, outcomes=frozenset({"approval"}))
    as_of = START + timedelta(days=30)
    question = FlowQuery("live", 1, as_of, microseconds(as_of), manner)
    live = LiveLog(columns([]), 0, WORKING)
    live.tally(manner)
    at = 0
    for size in [*blocks, len(steps)]:
        newer = steps[at : at + size]
        due = [one for one in corrected if at < one[0] <= at + len(newer)]
        live.take(newer, at + len(newer), due)
        at += len(newer)
        taken = [list(column) for column in zip(*steps[:at], strict=True)]
        anew = bottlenecks(live_log(Steps(*taken[:8]), by(corrected, at)), question, WORKING)
        assert Bottlenecks.model_validate(told(live.tally(manner), question, WORKING)) == anew
        if size % 2:  # sometimes what is new is sorted in
            assert len(live.whole().position) == at
    after_all = [one for one in corrected if one[0] > at]
    live.take((), 26, after_all)
    anew = bottlenecks(live_log(Steps(*taken[:8]), by(corrected, 26)), question, WORKING)
    assert Bottlenecks.model_validate(told(live.tally(manner), question, WORKING)) == anew


@given(rows(), corrections(), st.integers(0, 26))
def test_the_past_is_what_was_recorded_by_then(
    steps: list[Row], corrected: list[Corrected], position: int
) -> None:
    as_of = START + timedelta(days=30)
    question = FlowQuery("live", 1, as_of, microseconds(as_of), Manner())
    half = len(steps) // 2
    live = LiveLog(columns(steps[:half]), half, WORKING)
    live.correct([one for one in corrected if one[0] <= half])
    live.take(steps[half:], 26, [one for one in corrected if one[0] > half])
    then = [row for row in steps if row[8] <= position]
    taken = [list(column) for column in zip(*then, strict=True)] or [[] for _ in range(9)]
    assert bottlenecks(live.as_of(position), question, WORKING) == bottlenecks(
        live_log(Steps(*taken[:8]), by(corrected, position)), question, WORKING
    )
