"""Real logs: clocks that change, rows that are refused, said twice or in pairs, files of another sort."""

import itertools
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.flow.addends import Level, Manner
from shared.flow.answers import Bottlenecks
from shared.flow.bottlenecks import FlowQuery, bottlenecks
from shared.flow.flow_figures import flow_figures
from shared.flow.imports.files import OtherFormat, digest
from shared.flow.imports.historic_log import Log
from shared.flow.imports.options import Options
from shared.flow.log import FlowLog, Steps, imported_log
from shared.flow.parties import Charging
from shared.flow.requests import PeriodBackwards, period
from shared.kernel.calendar import WorkingTime, microseconds
from tests.shared.flow.imports.examples import write
from tests.support.whole_logs import read_log

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NO_CASES = "case_id,open_at,close_at\n"
HEADING = "case_id,activity,stage,entered_at\n"


def read(folder: Path, events: str, cases: str = NO_CASES, zone: str | None = "Europe/London") -> Log:
    return read_log(*write(folder, events, cases), Options(time_zone=zone), NOW)


def figures(log: Log, level: Level = Level.STAGE, as_of: datetime = NOW) -> Bottlenecks:
    """Return the bottlenecks of a log as it was read."""
    return bottlenecks(columns_of(log), asked(level, as_of), WorkingTime())


def asked(level: Level = Level.STAGE, as_of: datetime = NOW) -> FlowQuery:
    return FlowQuery("x", 1, as_of, microseconds(as_of), Manner(level, Charging.WAITED_FOR))


def columns_of(log: Log) -> FlowLog:
    steps = [(case_id, step) for case_id, case in log.cases.items() for step in case.steps]
    columns = Steps(
        [case_id for case_id, _ in steps],
        [step.seq for _, step in steps],
        [microseconds(step.entered_at) for _, step in steps],
        [step.activity for _, step in steps],
        [step.stage for _, step in steps],
        [step.party for _, step in steps],
        [False for _ in steps],
        done=[step.completed_at and microseconds(step.completed_at) for _, step in steps],
        bridged=[step.bridged for _, step in steps],
    )
    opened = [microseconds(case.opened_at) for case in log.cases.values() if case.opened_at]
    closed = [case.closed_at and microseconds(case.closed_at) for case in log.cases.values()]
    return imported_log(columns, list(log.cases), opened, closed)


def test_in_the_hour_that_comes_twice_time_goes_on_as_the_file_does(tmp_path: Path) -> None:
    """Three stamps of one night: 01:50 by the clock before, 01:10 and 01:40 by the one after."""
    rows = "".join(
        f"x,{n},{n},2024-10-27T0{at}:00\n" for n, at in enumerate(["1:50", "1:10", "1:40", "2:05"])
    )
    log = read(tmp_path, HEADING + rows)
    stamps = [step.entered_at for step in log.cases["x"].steps]
    assert [(b - a).total_seconds() / 60 for a, b in itertools.pairwise(stamps)] == [20, 30, 25]
    assert log.report().clock_change_stamps == 3


NIGHT = "2024-10-27T0"
WITH_SEQ = "case_id,seq,activity,stage,entered_at\n"
YESTERDAY = NO_CASES + "x,2024-10-26T12:00:00,\n"


@pytest.mark.parametrize(
    "rows",
    [
        f"x,2,b,two,{NIGHT}1:10:00\nx,1,a,one,{NIGHT}1:50:00\n",
        f"x,3,c,three,{NIGHT}2:30:00\nx,2,b,two,{NIGHT}1:10:00\nx,1,a,one,{NIGHT}1:50:00\n",
        f"x,1,a,one,{NIGHT}1:50:00\nx,2,b,two,{NIGHT}1:10:00\n",
    ],
    ids=["by stamp", "newest first", "as it happened"],
)
def test_seq_says_what_came_first_in_the_hour_that_comes_twice(tmp_path: Path, rows: str) -> None:
    log = read(tmp_path, WITH_SEQ + rows, YESTERDAY)
    at = {step.stage: step.entered_at for step in log.cases["x"].steps}
    assert at["one"] == datetime(2024, 10, 27, 0, 50, tzinfo=UTC)
    assert at["two"] == datetime(2024, 10, 27, 1, 10, tzinfo=UTC)
    assert log.report().clock_change_stamps == 2
    assert log.warnings == 0


@pytest.mark.parametrize(
    ("rows", "row", "count"),
    [
        (f"x,,b,two,{NIGHT}1:10:00\nx,,a,one,{NIGHT}1:50:00\n", 2, 2),
        (f"x,2,b,two,{NIGHT}1:10:00\nx,,a,one,{NIGHT}1:50:00\n", 2, 2),
        (f"x,7,b,two,{NIGHT}1:10:00\nx,7,a,one,{NIGHT}1:50:00\n", 2, 2),
        (  # it counts backwards
            f"x,3,z,nil,{NIGHT}0:30:00\nx,2,b,two,{NIGHT}1:10:00\nx,1,a,one,{NIGHT}1:50:00\n",
            3,
            2,
        ),
    ],
    ids=["none", "some", "the same", "backwards"],
)
def test_it_is_said_where_nothing_says_what_came_first_in_that_hour(
    tmp_path: Path, rows: str, row: int, count: int
) -> None:
    log = read(tmp_path, WITH_SEQ + rows, YESTERDAY)
    [odd] = log.odd
    assert (odd.file, odd.row, odd.column) == ("events", row, "entered_at")
    assert odd.reason.endswith(f"such stamps are read in the file's order: {count}")
    assert log.cases["x"].steps[-1].entered_at == datetime(2024, 10, 27, 0, 50, tzinfo=UTC)


def test_one_stamp_in_that_hour_is_counted_and_no_more(tmp_path: Path) -> None:
    log = read(tmp_path, WITH_SEQ + f"x,,b,two,{NIGHT}1:10:00\nx,,a,one,{NIGHT}2:50:00\n", YESTERDAY)
    assert (log.warnings, log.report().clock_change_stamps) == (0, 1)


def test_a_case_opens_before_its_events_and_closes_after_them_in_the_hour_that_comes_twice(
    tmp_path: Path,
) -> None:
    events = HEADING + "x,a,one,2024-10-27T01:10:00\nx,b,two,2024-10-27T01:40:00\n"
    log = read(tmp_path, events, NO_CASES + "x,2024-10-27T01:50:00,2024-10-27T01:45:00\n")
    [case] = log.cases.values()
    stamps = [case.opened_at, *(step.entered_at for step in case.steps), case.closed_at]
    assert [f"{stamp:%H:%M}" for stamp in stamps if stamp] == ["00:50", "01:10", "01:40", "01:45"]
    later = read(
        tmp_path, events.replace("01:10", "00:50"), NO_CASES + "x,2024-10-27T00:10:00,2024-10-27T01:15:00\n"
    )
    assert later.cases["x"].closed_at == datetime(2024, 10, 27, 1, 15, tzinfo=UTC), "after its last event"
    assert (log.warnings, later.warnings) == (0, 0)


def test_without_a_reason_the_hour_that_comes_twice_is_the_first(tmp_path: Path) -> None:
    log = read(tmp_path, HEADING + "x,a,one,2024-10-27T01:10:00\nx,b,two,2024-10-27T01:50:00\n")
    assert log.cases["x"].steps[0].entered_at == datetime(2024, 10, 27, 0, 10, tzinfo=UTC)


def test_the_hour_that_does_not_exist_is_read_an_hour_later_and_said(tmp_path: Path) -> None:
    log = read(tmp_path, HEADING + "y,a,one,2024-03-31T00:59:00\ny,b,two,2024-03-31T01:30:00\n")
    assert [step.entered_at.minute for step in log.cases["y"].steps] == [59, 30]
    assert log.cases["y"].steps[1].entered_at == datetime(2024, 3, 31, 1, 30, tzinfo=UTC)  # 02:30 there
    assert any("hour that clocks skip" in finding.reason and finding.row == 3 for finding in log.odd)
    assert log.report().clock_change_stamps == 1


NEWEST_FIRST = """\
x,Close,done,2025-03-05
x,Decide,decision,2025-03-04
x,Review,review,2025-03-04
x,Ask,intake,2025-03-04
y,Decide,decision,2025-03-04
y,Ask,intake,2025-03-04
"""


def test_a_file_without_seq_may_run_from_its_newest_rows_to_its_oldest(tmp_path: Path) -> None:
    rows = NEWEST_FIRST.splitlines(keepends=True)
    log = read(tmp_path, HEADING + "".join(rows))
    steps = {name: sorted(c.steps, key=lambda s: (s.entered_at, s.seq)) for name, c in log.cases.items()}
    assert [step.activity for step in steps["x"]] == ["Ask", "Review", "Decide", "Close"]
    assert [step.activity for step in steps["y"]] == ["Ask", "Decide"]
    [said] = [finding for finding in log.odd if "newest rows" in finding.reason]
    assert (said.row, said.column, said.reason[-12:]) == (4, "entered_at", "such rows: 3")


def test_rows_that_run_to_the_newest_or_are_numbered_stay_in_their_order(tmp_path: Path) -> None:
    rows = NEWEST_FIRST.splitlines(keepends=True)
    for text in (
        HEADING + "".join(reversed(rows)),
        HEADING + "".join(rows[1:]),  # all of one day: nothing says which way it runs
        HEADING + "".join(rows) + "y,Close,done,2025-03-05\n",  # it runs either way
        WITH_SEQ + "".join(f"x,{n}{row[1:]}" for n, row in enumerate(rows[:4])),
    ):
        log = read(tmp_path, text)
        assert [s.seq for s in log.cases["x"].steps] == sorted(s.seq for s in log.cases["x"].steps), text
        assert not any("newest rows" in finding.reason for finding in log.odd), text


def test_what_began_and_ended_in_one_second_is_one_execution_in_a_file_that_runs_back(tmp_path: Path) -> None:
    rows = "x,Decide,decision,{1}:00,start\nx,Ask,intake,{0}:00,complete\nx,Ask,intake,{0}:00,start\n"
    log = read(
        tmp_path, HEADING.replace("\n", ",lifecycle\n") + rows.format("2025-03-04T09:00", "2025-03-04T10:00")
    )
    asked, _ = log.cases["x"].steps
    assert (asked.activity, asked.completed_at) == ("Ask", asked.entered_at)


def test_what_is_odd_is_kept_counted_and_said(tmp_path: Path) -> None:
    events = HEADING + (
        "P1,a,one,2025-03-03T09:00:00Z\n"
        "P1,a,one,2025-03-03T09:00:00Z\n"
        "P1,b,two,2025-03-04\n"
        "P1,c,three,2025-03-05T09:00:00.0000002Z\n"
        "P1,d,four,2025-03-05T09:00:00.0000001Z\n"
    )
    log = read(tmp_path, events, NO_CASES + "P1,2025-03-04T00:00:00Z,\n")
    report = log.report()
    assert (report.events, report.bad_rows) == (5, 0)
    assert (report.duplicates, report.ties, report.date_only_stamps, report.before_open) == (1, 2, 1, 2)
    assert [step.activity for step in log.cases["P1"].steps] == ["a", "a", "b", "c", "d"]
    said = " / ".join(finding.reason for finding in log.odd)
    for words in ("the same as a row before", "no time", "finer than a microsecond", "some of its events: 2"):
        assert words in said


def test_a_wait_across_a_refused_row_is_counted_as_such(tmp_path: Path) -> None:
    """Eight working hours lie across the row without a stage, sixteen do not."""
    events = HEADING + (
        "P1,a,one,2025-03-03T09:00:00Z\n"
        "P1,b,,2025-03-03T12:00:00Z\n"
        "P1,c,three,2025-03-04T09:00:00Z\n"
        "P1,d,four,2025-03-06T09:00:00Z\n"
        "P1,e,five,never\n"
    )
    log = read(tmp_path, events)
    assert [step.bridged for step in log.cases["P1"].steps] == [False, True, False]
    assert figures(log).quality.bridged_share == pytest.approx(8 / 24)
    flow = flow_figures(columns_of(log), asked(), WorkingTime())
    assert flow["quality"]["bridged_share"] == pytest.approx(8 / 24)
    in_the_middle = events.replace("P1,d", "P1,bad,x,when?\nP1,d")
    assert figures(read(tmp_path, in_the_middle)).quality.bridged_share == 1.0


def test_a_row_refused_within_an_execution_lies_before_what_begins_next(tmp_path: Path) -> None:
    events = (
        "case_id,activity,stage,entered_at,lifecycle\n"
        "P1,review,one,2025-03-03T09:00:00Z,start\n"
        "P1,check,,2025-03-03T10:00:00Z,start\n"
        "P1,review,one,2025-03-03T12:00:00Z,complete\n"
        "P1,sign,two,2025-03-04T09:00:00Z,start\n"
        "P1,file,two,2025-03-05T09:00:00Z,start\n"
    )
    log = read(tmp_path, events)
    assert [(step.activity, step.bridged) for step in log.cases["P1"].steps] == [
        ("review", False),
        ("sign", True),
        ("file", False),
    ]
    assert figures(log).quality.bridged_share == 0.5


def test_a_refused_row_of_a_file_with_the_newest_first_lies_between_its_neighbours(tmp_path: Path) -> None:
    rows = [
        "P1,a,one,2025-03-03T09:00:00Z",
        "P1,b,two,2025-03-04T09:00:00Z",
        "P1,x,x,when?",
        "P1,c,three,2025-03-06T09:00:00Z",
        "P1,d,four,2025-03-07T09:00:00Z",
    ]
    for order in (rows, rows[::-1]):
        log = read(tmp_path, HEADING + "\n".join(order) + "\n")
        steps = sorted(log.cases["P1"].steps, key=lambda step: step.entered_at)
        assert [step.bridged for step in steps] == [False, False, True, False]
        assert figures(log).quality.bridged_share == 0.5


def test_start_and_complete_of_one_activity_are_service_and_waiting_never_rework(tmp_path: Path) -> None:
    events = (
        "case_id,activity,stage,entered_at,lifecycle\n"
        "P1,review,one,2025-03-03T09:00:00Z,start\n"
        "P1,sign,one,2025-03-03T10:00:00Z,START\n"
        "P1,review,one,2025-03-03T12:00:00Z,complete\n"
        "P1,sign,one,2025-03-03T13:00:00Z,complete\n"
        "P1,file,two,2025-03-04T09:00:00Z,start\n"
        "P1,file,two,2025-03-04T09:30:00Z,complete\n"
    )
    log = read(tmp_path, events)
    assert log.report().events == 6
    told = figures(log, Level.ACTIVITY)
    assert told.rework.model_dump() == {"cases": 0, "extra_executions": 0, "stage_reentry_cases": 0}
    rows = {row.activity: row for row in told.stages}  # type: ignore[union-attr]
    assert rows["review"].service.sum == 3 * 3600
    assert rows["sign"].service.sum == 3 * 3600
    assert rows["sign"].waiting.sum == 0  # it began before the review was over
    assert rows["file"].service.sum == 1800
    assert rows["file"].waiting.sum == 4 * 3600
    assert [(e.from_, e.to) for e in told.edges if e.n] == [("sign", "file"), ("review", "sign")]


def test_an_execution_without_its_other_half_is_a_step(tmp_path: Path) -> None:
    events = (
        "case_id,activity,stage,entered_at,lifecycle:transition\n"
        "P1,review,one,2025-03-03T09:00:00Z,complete\n"
        "P1,review,one,2025-03-03T10:00:00Z,start\n"
        "P1,sign,one,2025-03-03T12:00:00Z,suspend\n"
    )
    log = read(tmp_path, events)
    assert [step.completed_at for step in log.cases["P1"].steps] == [None, None]
    assert [finding.reason for finding in log.bad] == ["is neither start nor complete"]


def test_waiting_of_more_than_64_bits_is_ranked_as_it_is(tmp_path: Path) -> None:
    """Nine hundred cases have waited for thirteen years where five hundred left in a day."""
    rows, cases = [], []
    for n in range(900):
        rows.append(f"o{n},a,waiting,2012-01-02T10:00:00Z")
        cases.append(f"o{n},2012-01-02T10:00:00Z,")
    for n in range(500):
        rows += [f"l{n},a,waiting,2012-01-02T10:00:00Z", f"l{n},b,over,2012-01-03T10:00:00Z"]
        cases.append(f"l{n},2012-01-02T10:00:00Z,2012-01-03T10:00:00Z")
    for n in range(20):
        rows += [f"s{n},c,slow,2012-01-02T10:00:00Z", f"s{n},d,over,2025-01-02T10:00:00Z"]
        cases.append(f"s{n},2012-01-02T10:00:00Z,2025-01-02T10:00:00Z")
    log = read(tmp_path, HEADING + "\n".join(rows), NO_CASES + "\n".join(cases))
    told = figures(log)
    ranks = {(edge.from_, edge.to): (edge.rank, edge.rank_with_open) for edge in told.edges}
    assert ranks == {("waiting", "over"): (2, 1), ("slow", "over"): (1, 2)}
    waiting = next(row for row in told.stages if row.stage == "waiting")  # type: ignore[union-attr]
    assert waiting.open_working.sum > 900 * 3_000 * 8 * 3600
    assert waiting.open_working.sum * 1e6 * 500 > 2**63


def test_where_no_case_ever_left_waiting_leads_nowhere_yet(tmp_path: Path) -> None:
    [edge] = figures(read(tmp_path, HEADING + "P1,a,one,2025-03-03T09:00:00Z\n")).edges
    assert (edge.from_, edge.to, edge.n, edge.rank, edge.rank_with_open) == ("one", "(open)", 0, None, 1)


def test_a_case_opened_after_the_last_event_counts(tmp_path: Path) -> None:
    cases = NO_CASES + "P1,2025-03-03T09:00:00Z,\nP2,2025-06-01T09:00:00Z,\n"
    report = read(tmp_path, HEADING + "P1,a,one,2025-03-03T09:00:00Z\n", cases).report()
    assert report.last_at == datetime(2025, 6, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "looks_like"),
    [
        (b"PK\x03\x04rest", "a ZIP package, or a spreadsheet"),
        (b'<?xml version="1.0"?><log/>', "an XES log, or other XML"),
        (b"\xef\xbb\xbf<log xes.version='1.0'>", "an XES log, or other XML"),
        (b"case_id;activity;entered_at\n", "a table whose cells are separated by semicolons"),
        (b"case_id\tactivity\tentered_at\n", "a table whose cells are separated by tabs"),
        ("case_id,activity".encode("utf-16"), "text in UTF-16"),
    ],
)
def test_a_file_of_another_sort_is_told_what_it_is_and_what_helps(
    tmp_path: Path, content: bytes, looks_like: str
) -> None:
    path = tmp_path / "events"
    path.write_bytes(content)
    with pytest.raises(OtherFormat) as refused:
        digest(path)
    assert refused.value.facts["looks_like"] == looks_like
    assert str(refused.value.facts["do"]).endswith(".")


def test_dates_with_the_day_first_are_told_how_to_be_written(tmp_path: Path) -> None:
    [finding] = read(tmp_path, HEADING + "P1,a,one,31/12/2024 09:00\n").bad
    assert "say with `dates` whether the day comes first" in finding.reason
    assert "2025-12-31T09:00" in finding.reason


def test_a_log_of_which_nothing_is_taken_is_empty(tmp_path: Path) -> None:
    assert read(tmp_path, HEADING).is_empty
    assert read(tmp_path, HEADING + "P1,a,one,31/12/2024\n", NO_CASES + "P1,2025-03-03T09:00:00Z,\n").is_empty
    assert not read(tmp_path, HEADING, NO_CASES + "P1,2025-03-03T09:00:00Z,\n").is_empty


def test_a_period_does_not_end_before_it_begins() -> None:
    with pytest.raises(PeriodBackwards):
        period("2025-03-02T00:00Z", "2025-03-01T00:00Z")
    assert period("2025-03-01T00:00Z", "2025-03-01T00:00Z").start is not None
