"""Bottlenecks against the definitions written out by hand, on random logs full of ties."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.flow.addends import Level, Manner, Timestamps, Window
from shared.flow.answers import ActivityRow, Spread, StageRow
from shared.flow.bottlenecks import FlowQuery, bottlenecks
from shared.flow.log import FlowLog, Steps, imported_log
from shared.flow.parties import Charging
from shared.kernel.calendar import WorkingTime, microseconds
from tests.shared.flow import oracle
from tests.shared.flow.oracle import Row

WORKING = WorkingTime()
START = datetime(2025, 3, 28, 8, 0, tzinfo=UTC)  # two days before the clocks change
DAY = 86_400.0

# Rows, when each case closed and opened, and the instant to read the log as of.
Drawn = tuple[list[Row], dict[str, datetime | None], dict[str, datetime], datetime]


@st.composite
def logs(draw: st.DrawFn) -> Drawn:
    """Draw a log: rows, closings, openings, and an instant to read it as of."""
    names = st.sampled_from(["A", "B", "C"])
    hours = st.integers(0, 24 * 60)
    rows: list[Row] = []
    closed: dict[str, datetime | None] = {}
    opened: dict[str, datetime] = {}
    for case in draw(st.lists(st.sampled_from(["1", "2", "3", "4"]), unique=True, min_size=1)):
        count = draw(st.integers(1, 6))
        for _ in range(count):
            activity = draw(st.sampled_from(["a1", "a2", "b1", "c1"]))
            stage = draw(names) if draw(st.booleans()) else activity[0].upper()
            at = START + timedelta(hours=draw(hours), microseconds=draw(st.integers(0, 2)))
            party = draw(st.sampled_from(["", "EMPTY", "finance", "legal"]))
            rows.append(Row(case, len(rows), at, activity, stage, party))
        own = [r.at for r in rows if r.case == case]
        opened[case] = draw(
            st.sampled_from([min(own), min(own) - timedelta(hours=3), max(own) + timedelta(days=9)])
        )  # the last opens after it closes, or at least after its events
        closes = draw(st.sampled_from([None, "last", "later"]))
        closed[case] = None if closes is None else max(own) + timedelta(hours=3 if closes == "later" else 0)
    as_of = START + timedelta(hours=draw(st.integers(24 * 30, 24 * 90)))
    return rows, closed, opened, as_of


def log_of(rows: list[Row], closed: dict[str, datetime | None], opened: dict[str, datetime]) -> FlowLog:
    ids = sorted(closed)
    steps = Steps(
        [r.case for r in rows],
        [r.seq for r in rows],
        [microseconds(r.at) for r in rows],
        [r.activity for r in rows],
        [r.stage for r in rows],
        [r.party for r in rows],
        [False] * len(rows),
    )
    return imported_log(
        steps,
        ids,
        [microseconds(opened[i]) for i in ids],
        [None if (c := closed[i]) is None else microseconds(c) for i in ids],
    )


def asked(
    as_of: datetime, level: Level, timestamps: Timestamps = Timestamps.ENTERED, **more: Any
) -> FlowQuery:
    return FlowQuery(
        source="x",
        position=1,
        as_of=as_of,
        as_of_us=microseconds(as_of),
        manner=Manner(level, Charging.WAITED_FOR, timestamps),
        **more,
    )


def shown(spread: Spread) -> dict[str, float | None]:
    return spread.model_dump(include={"mean", "p50", "p85", "p95", "sum"})


@given(logs(), st.sampled_from(list(Level)))
def test_every_edge_is_the_one_by_hand(log: Drawn, level: Level) -> None:
    rows, closed, opened, as_of = log
    answer = bottlenecks(log_of(rows, closed, opened), asked(as_of, level), WORKING)
    waits = oracle.waits(rows, closed, as_of, stages=level is Level.STAGE)
    done = [w for w in waits if not w.open]

    edges = {(w.origin, w.target) for w in done}
    left = [e for e in answer.edges if e.to != "(open)"]
    stuck = {w.origin for w in waits if w.open} - {origin for origin, _ in edges}
    assert {e.from_ for e in answer.edges if e.to == "(open)"} == stuck
    assert {(e.from_, e.to) for e in left} == edges
    total = sum(w.working for w in done)
    for edge in left:
        own = [w for w in done if (w.origin, w.target) == (edge.from_, edge.to)]
        assert edge.n == len(own)
        assert shown(edge.elapsed) == pytest.approx(oracle.spread([w.elapsed for w in own]))
        assert shown(edge.working) == pytest.approx(oracle.spread([w.working for w in own]))
        worked = sum(w.working for w in own)
        assert edge.share_working == pytest.approx(worked / total if total else 0.0)
    assert [e.rank for e in left] == list(range(1, len(edges) + 1))
    assert sorted(e.rank_with_open for e in answer.edges) == list(range(1, len(answer.edges) + 1))
    shares = [e.working.sum for e in answer.edges]
    assert shares == sorted(shares, reverse=True)


@given(logs(), st.sampled_from(list(Level)), st.sampled_from(list(Timestamps)))
def test_every_place_is_the_one_by_hand(log: Drawn, level: Level, timestamps: Timestamps) -> None:
    rows, closed, opened, as_of = log
    answer = bottlenecks(log_of(rows, closed, opened), asked(as_of, level, timestamps=timestamps), WORKING)
    stages = level is Level.STAGE
    waits = oracle.waits(rows, closed, as_of, stages=stages)
    done = [w for w in waits if not w.open]
    entered = oracle.entries(rows, as_of, stages=stages)
    key = "target" if timestamps is Timestamps.COMPLETED else "origin"
    assert {_name(row) for row in answer.stages} == set(entered)
    for row in answer.stages:
        own = [w for w in done if getattr(w, key) == _name(row)]
        still = [w for w in waits if w.open and w.origin == _name(row)]
        assert (row.entries, row.n, row.open) == (entered[_name(row)], len(own), len(still))
        assert shown(row.elapsed) == pytest.approx(oracle.spread([w.elapsed for w in own]))
        assert row.open_working.sum == pytest.approx(sum(w.working for w in still))
        durations = [(w.elapsed / DAY, True) for w in own] + [(w.elapsed / DAY, False) for w in still]
        for share, value in ((0.5, row.survival.p50_days), (0.95, row.survival.p95_days)):
            assert value == pytest.approx(oracle.kaplan_meier(durations, share))


@given(logs())
def test_parties_cases_and_rework_are_those_by_hand(log: Drawn) -> None:
    rows, closed, opened, as_of = log
    answer = bottlenecks(log_of(rows, closed, opened), asked(as_of, Level.STAGE), WORKING)
    steps = [w for w in oracle.waits(rows, closed, as_of, stages=False) if not w.open]
    by_hand: dict[str, float] = {}
    for wait in steps:
        party = "unknown" if wait.party in ("", "EMPTY", "MISSING") else wait.party
        by_hand[party] = by_hand.get(party, 0.0) + wait.working
    charged = {row.party: row.working_seconds for row in answer.parties}
    assert {p: w for p, w in charged.items() if p in by_hand} == pytest.approx(by_hand)

    there = {case for case in closed if opened[case] <= as_of}
    over = {case for case in there if (c := closed[case]) is not None and c <= as_of}
    assert answer.cases.model_dump() == {
        "all": len(there),
        "open": len(there) - len(over),
        "closed": len(over),
    }
    seen = [r for r in rows if r.at <= as_of]
    counts: dict[tuple[str, str], int] = {}
    for r in seen:
        counts[r.case, r.activity] = counts.get((r.case, r.activity), 0) + 1
    assert answer.rework.cases == len({case for (case, _), n in counts.items() if n > 1})
    assert answer.rework.extra_executions == sum(n - 1 for n in counts.values())
    durations = [
        (((closed[c] if c in over else as_of) - opened[c]).total_seconds() / DAY, c in over)  # type: ignore[operator]
        for c in there
    ]
    lasted = [(days, ended) for days, ended in durations if days >= 0]  # none before it opened
    assert answer.cases_survival.p50_days == pytest.approx(oracle.kaplan_meier(lasted, 0.5))


@given(logs(), st.integers(0, 60), st.integers(0, 60))
def test_a_window_counts_the_waits_that_ended_in_it(log: Drawn, first: int, second: int) -> None:
    rows, closed, opened, as_of = log
    start, end = START + timedelta(min(first, second)), START + timedelta(max(first, second))
    question = asked(as_of, Level.STAGE, window=Window(microseconds(start), microseconds(end)))
    answer = bottlenecks(log_of(rows, closed, opened), question, WORKING)
    ended = [w for w in oracle.waits(rows, closed, as_of, stages=True) if not w.open and start <= w.end < end]
    assert sum(e.n for e in answer.edges) == len(ended)
    assert sum(e.elapsed.sum for e in answer.edges) == pytest.approx(sum(w.elapsed for w in ended))


def test_an_empty_log_has_empty_figures() -> None:
    answer = bottlenecks(log_of([], {}, {}), asked(START, Level.STAGE), WORKING)
    assert (answer.stages, answer.edges, answer.parties) == ([], [], [])
    assert answer.cases.all == 0
    assert answer.cases_survival.p50_days is None


def test_the_rank_with_open_waits_shows_who_has_been_stuck_for_long() -> None:
    """Ten cases take two days from A to B; one has been in C for a year after an hour there before."""
    rows = [Row(f"{n}", n, START, "a1", "A", "") for n in range(10)]
    rows += [Row(f"{n}", 100 + n, START + timedelta(7), "b1", "B", "") for n in range(10)]
    stuck = [
        Row("s", 200, START, "c1", "C", ""),
        Row("s", 201, START + timedelta(hours=3), "b1", "B", ""),
        Row("s", 202, START + timedelta(hours=4), "c1", "C", ""),
    ]
    closed = {f"{n}": START + timedelta(7) for n in range(10)} | {"s": None}
    opened = dict.fromkeys(closed, START)
    answer = bottlenecks(
        log_of(rows + stuck, closed, opened), asked(START + timedelta(365), Level.STAGE), WORKING
    )
    ranks = {(e.from_, e.to): (e.rank, e.rank_with_open) for e in answer.edges}
    assert ranks["A", "B"] == (1, 2)
    assert ranks["C", "B"] == (2, 1)


def _name(row: StageRow | ActivityRow) -> str:
    return row.stage if isinstance(row, StageRow) else row.activity


def test_a_microsecond_of_centuries_puts_stages_parties_and_edges_in_the_same_order() -> None:
    """Forty cases waited for a century in either stage, and one in the second for a microsecond more."""
    begins, ends = (datetime(year, 1, 3, 10, 0, tzinfo=UTC) for year in (1910, 2020))
    rows, closed, opened = list[Row](), dict[str, datetime | None](), dict[str, datetime]()
    for case in range(80):
        stage, more = ("alpha", 0) if case % 2 else ("beta", case == 0)
        ended = ends + timedelta(microseconds=more)
        rows += [
            Row(str(case), case, begins, stage, stage, stage),
            Row(str(case), 99, ended, "z", "z", stage),
        ]
        closed[str(case)], opened[str(case)] = ended, begins
    answer = bottlenecks(log_of(rows, closed, opened), asked(ends + timedelta(days=1), Level.STAGE), WORKING)
    assert [edge.from_ for edge in answer.edges] == ["beta", "alpha"]
    assert [row.stage for row in answer.stages][:2] == ["beta", "alpha"]  # type: ignore[union-attr]
    assert [row.party for row in answer.parties][:2] == ["beta", "alpha"]
