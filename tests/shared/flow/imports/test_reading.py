"""Reading a historic log: what is bad is left out and reported, what is odd is kept and reported."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.flow.imports import files, rfp_log
from shared.flow.imports.files import ColumnMissing, ColumnTwice, FileTooLarge, NotReadable, digest
from shared.flow.imports.historic_log import Log
from shared.flow.imports.loader import LogFiles
from shared.flow.imports.options import (
    Options,
    StagesNeeded,
    UnknownTimeZone,
    UnreadableActivityMap,
    stages_of,
)
from shared.kernel.errors import Refused
from shared.web.tabular.limits import RowTooLong
from tests.shared.flow.imports.examples import CASES, EVENTS, write
from tests.support.whole_logs import read_log

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HEADING = "case_id,seq,activity,stage,entered_at\n"


def read(folder: Path, events: str = EVENTS, cases: str = CASES, **options: object) -> Log:
    return read_log(*write(folder, events, cases), Options(**options), NOW)  # type: ignore[arg-type]


def bad(folder: Path, row: str, cases: str = CASES, **options: object) -> tuple[int, str, str]:
    """Return where and why the one bad row of a log is bad."""
    [finding] = read(folder, HEADING + row + "\n", cases, **options).bad
    return finding.row, finding.column, finding.reason


def test_cases_and_steps_are_read_with_their_instants(tmp_path: Path) -> None:
    log = read(tmp_path)
    assert list(log.cases) == ["P1", "P2", "P3"]
    assert [s.stage for s in log.cases["P1"].steps] == ["intake", "review", "decision"]
    assert log.cases["P2"].steps[0].entered_at == datetime(2025, 3, 4, 9, 0, tzinfo=UTC)
    assert log.cases["P2"].closed_at is None
    report = log.report()
    assert (report.cases, report.events, report.bad_rows) == (3, 7, 0)
    assert report.last_at == datetime(2025, 4, 2, 8, 0, tzinfo=UTC)  # when P3 opens, after all else


def test_a_case_that_closes_before_it_opens_is_kept_and_reported(tmp_path: Path) -> None:
    closes, opens = read(tmp_path).odd
    assert (closes.file, closes.row, closes.column) == ("cases", 4, "close_at")
    assert opens.reason == "opens after some of its events: 1"


def test_a_case_that_closes_before_some_of_its_events_is_kept_and_reported(tmp_path: Path) -> None:
    early = CASES.replace("2025-03-11", "2025-03-06")
    assert [f.reason for f in read(tmp_path, cases=early).odd] == [
        "closes before some of its events",
        "closes before it opens",
        "opens after some of its events: 1",
    ]


def test_events_without_a_case_row_make_a_case(tmp_path: Path) -> None:
    log = read(tmp_path, cases="case_id,open_at,close_at\n")
    assert log.cases["P1"].opened_at == log.cases["P1"].steps[0].entered_at
    assert log.warnings == 3


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (",1,Receive,intake,2025-03-03T09:00:00Z", "case_id", "is missing"),
        ("P1,1,,intake,2025-03-03T09:00:00Z", "activity", "is missing"),
        ("P1,1,Receive,,2025-03-03T09:00:00Z", "stage", "is missing"),
        ("P1,1,Receive,intake,", "entered_at", "is missing"),
        ("P1,1,Receive,intake,yesterday", "entered_at", "is not an ISO 8601 time"),
        ("P1,1,Receive,intake,2026-03-02T12:05:01Z", "entered_at", "is in the future"),
        ("P1,x,Receive,intake,2025-03-03T09:00:00Z", "seq", "is not a whole number"),
        ("P1,1,Receive,intake,0001-01-01T00:00:00+14:00", "entered_at", "is not a time we can keep"),
        (
            "P1,1,Receive,intake,1899-12-30T00:00:00Z",
            "entered_at",
            "is before 1900: no working time is known of then",
        ),
        (
            "P1,1,Receive,intake,1217031040442",
            "entered_at",
            (
                "is not an ISO 8601 time: it looks like a number that a spreadsheet shows as a date; write"
                " 2025-12-31T09:00"
            ),
        ),
        ("P1,1,Receive,intake,2025-03-03T09:00:00Z,more", "", "has more cells than there are headings"),
        (f"P1,1,{'a' * 501},intake,2025-03-03T09:00:00Z", "activity", "is longer than 500 characters"),
    ],
)
def test_a_bad_row_is_reported_by_number_column_and_reason(
    tmp_path: Path, row: str, column: str, reason: str
) -> None:
    assert bad(tmp_path, row) == (2, column, reason)


@pytest.mark.parametrize("blank", ["", ",,,,", " ,,, ,", ",,,,,,,"])
def test_a_row_of_blank_cells_is_no_row(tmp_path: Path, blank: str) -> None:
    log = read(tmp_path, HEADING + SOUND + f"{blank}\n" + SOUND)
    assert [step.row for step in log.cases["P1"].steps] == [2, 4]
    assert (log.report().bad_rows, log.report().events) == (0, 2)


def test_what_a_clock_a_little_ahead_of_ours_wrote_is_taken(tmp_path: Path) -> None:
    times = "2026-03-02T12:05:00Z"
    log = read(
        tmp_path, HEADING + f"P1,1,Receive,intake,{times}\n", f"case_id,open_at,close_at\nP1,{times},\n"
    )
    assert log.report().bad_rows == 0
    assert log.report().last_at == datetime(2026, 3, 2, 12, 5, tzinfo=UTC)


def test_a_naive_time_needs_a_zone(tmp_path: Path) -> None:
    row = "P1,1,Receive,intake,2025-07-03T09:00:00"
    assert bad(tmp_path, row)[2] == "has no offset, and no time zone was given"
    log = read(tmp_path, HEADING + row, time_zone="Europe/London")
    assert log.cases["P1"].steps[0].entered_at == datetime(2025, 7, 3, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("zone", [None, "Europe/London"])
@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        ("2025-07-01+01:00", datetime(2025, 6, 30, 23, tzinfo=UTC)),
        ("2025-03-04Z", datetime(2025, 3, 4, tzinfo=UTC)),
    ],
)
def test_a_day_with_an_offset_is_a_day_and_no_time(
    tmp_path: Path, stamp: str, at: datetime, zone: str | None
) -> None:
    log = read(tmp_path, f"{HEADING}P1,1,Review,review,{stamp}\n", time_zone=zone)
    assert [step.entered_at for step in log.cases["P1"].steps] == [at]
    assert (log.date_only, log.bad) == (1, [])
    assert "has a day and no time, read as midnight; such stamps: 1" in [found.reason for found in log.odd]


def test_a_case_has_one_row(tmp_path: Path) -> None:
    [finding] = read(tmp_path, cases=CASES + "P1,2025-01-01T00:00:00Z,,\n").bad
    assert (finding.file, finding.row, finding.reason) == ("cases", 5, "this case has a row already")


def test_stages_come_from_the_map_where_the_log_has_none(tmp_path: Path) -> None:
    events = "case_id,activity,entered_at\nP1,Receive,2025-03-03T09:00:00Z\nP1,Sing,2025-03-03T09:00:00Z\n"
    log = read(tmp_path, events, activity_map={"Receive": "intake"})
    assert [s.stage for s in log.cases["P1"].steps] == ["intake"]
    assert [(f.row, f.column) for f in log.bad] == [(3, "stage")]


def test_strict_mode_knows_the_maps_stages_only(tmp_path: Path) -> None:
    row = "P1,1,Receive,elsewhere,2025-03-03T09:00:00Z"
    assert bad(tmp_path, row, activity_map={"x": "intake"}, strict=True) == (
        2,
        "stage",
        "is not a stage of the activity map",
    )
    with pytest.raises(StagesNeeded):
        Options(strict=True)


def test_bad_rows_are_all_counted_and_the_first_hundred_shown(tmp_path: Path) -> None:
    log = read(tmp_path, HEADING + "P1,1,Receive,,2025-03-03T09:00:00Z\n" * 250)
    assert (log.bad_rows, len(log.bad)) == (250, 100)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", ColumnMissing),
        (b"case,activity\n", ColumnMissing),
        (b"case_id,activity,entered_at\nP\xe9,x,y\n", NotReadable),
        (gzip.compress(EVENTS.encode())[:-20], NotReadable),
        (b"\x1f\x8bnot gzip", NotReadable),
        (b'"case_id,activity,entered_at\n', NotReadable),
        (b"case_id,activity,activity,entered_at\n", ColumnTwice),
    ],
)
def test_what_can_not_be_read_is_refused(tmp_path: Path, content: bytes, refusal: type[Refused]) -> None:
    events, cases = write(tmp_path)
    events.write_bytes(content)
    with pytest.raises(refusal):
        read_log(events, cases, Options(), NOW)


def test_a_byte_that_is_not_utf_8_is_told_by_its_row_and_column(tmp_path: Path) -> None:
    events, cases = write(tmp_path)
    events.write_bytes(f"{HEADING}P1,1,Caf\xe9,intake,2025-03-03T09:00:00Z\n".encode("cp1252"))
    with pytest.raises(NotReadable) as refusal:
        read_log(events, cases, Options(), NOW)
    assert refusal.value.facts == {"file": "events", "row": 2, "column": "activity"}


SOUND = "P1,1,Receive,intake,2025-03-03T09:00:00Z\n"
QUOTE = "has a quotation mark that is not closed, or not doubled"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('P1,1,"Receive,intake,2025-03-03T09:00:00Z\n', QUOTE),
        ('P1,1,"5 inch pipe,intake,2025-03-03T09:00:00Z\n', QUOTE),
        ('P1,1,"Re"ceive,intake,2025-03-03T09:00:00Z\n', QUOTE),
        (f"P1,1,{'x' * 70_000},intake,2025-03-03T09:00:00Z\n", "is longer than a row may be"),
        (f"P1,1,Receive,intake,2025-03-03T09:00:00Z,{'x' * 140_000}\n", "is longer than a row may be"),
    ],
)
def test_a_row_without_an_end_costs_itself_and_no_other(tmp_path: Path, row: str, reason: str) -> None:
    inches = 'P2,1,"7"" wide",intake,2025-03-03T09:00:00Z\n'
    log = read(tmp_path, HEADING + SOUND + row + SOUND * 5 + inches + SOUND)
    assert [(f.row, f.column, f.reason) for f in log.bad] == [(3, "", reason)]
    assert log.report().events == 8


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path: Path) -> None:
    of_two_lines = SOUND.replace("Receive", '"Receive\nand sign"')
    log = read(tmp_path, HEADING + "\n\n" + of_two_lines + ",1,Receive,intake,x\n")
    assert [f.row for f in log.bad] == [5]
    assert log.cases["P1"].steps[0].activity == "Receive\nand sign"


def test_a_damaged_package_is_refused_wherever_the_damage_is(tmp_path: Path) -> None:
    events, cases = write(tmp_path, EVENTS + SOUND * 500, packed=True)
    sound, refused = events.read_bytes(), 0
    was = digest(events)
    for at in range(20, len(sound), 3):
        events.write_bytes(sound[:at] + bytes([sound[at] ^ 0x40]) + sound[at + 1 :])
        try:
            assert digest(events) == was  # a bit that fills up says nothing
        except NotReadable:
            refused += 1
            with pytest.raises(Refused):
                read_log(events, cases, Options(), NOW)
    assert refused > len(sound) / 3 - 10


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[1]",
        '{"A": 1}',
        '{"A": " "}',
        '{"": "s"}',
        '{"A": "s\\u0000x"}',
        '{"A": "\\ud800"}',
        b"\xff",
        '{"A": "' + "s" * 201 + '"}',
    ],
)
def test_an_activity_map_holds_words(text: str | bytes) -> None:
    with pytest.raises(UnreadableActivityMap):
        stages_of(text)


def test_a_map_is_read_as_cells_are() -> None:
    assert stages_of('{" Receive ": " intake "}') == {"Receive": "intake"}
    assert stages_of(None) == {}


def test_a_zone_is_one_that_is_known() -> None:
    with pytest.raises(UnknownTimeZone):
        Options(time_zone="Mars")


def test_a_trial_lists_more_of_what_it_found(tmp_path: Path) -> None:
    paths = write(tmp_path, HEADING + "P1,1,Receive,,2025-03-03T09:00:00Z\n" * 250)
    assert len(LogFiles(*paths, Options()).tried().bad) == 250


def test_headings_may_come_in_any_order_after_a_mark(tmp_path: Path) -> None:
    log = read(
        tmp_path, "\ufeff entered_at ,activity,stage,case_id\n2025-03-03T09:00:00Z,Receive,intake,P1\n"
    )
    assert log.cases["P1"].steps[0].activity == "Receive"


def test_a_packed_file_is_the_same_file(tmp_path: Path) -> None:
    plain = [digest(path) for path in write(tmp_path)]
    assert [digest(path) for path in write(tmp_path, packed=True)] == plain


def test_a_bomb_goes_off_no_further_than_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PLAIN_BYTES_LIMIT", 1 << 20)
    events, _ = write(tmp_path)
    events.write_bytes(gzip.compress(b"0" * (1 << 22)))
    with pytest.raises(FileTooLarge):
        digest(events)


@pytest.mark.parametrize(
    ("row", "bad"),
    [
        ("P1,1," + "," * 2_100_000 + "\n", [(3, "has more cells than there are headings")]),
        ("P1,1," + "x" * 2_100_000 + "\n", [(3, "is longer than a row may be")]),
    ],
)
def test_a_line_longer_than_any_row_is_not_held_whole(
    tmp_path: Path, row: str, bad: list[tuple[int, str]]
) -> None:
    log = read(tmp_path, HEADING + SOUND + row + SOUND)
    assert [(f.row, f.reason) for f in log.bad] == bad
    assert log.report().events == 2


def test_a_row_of_too_many_lines_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RowTooLong):
        read(tmp_path, HEADING + SOUND + '"\n",' * 300_000)


def test_cases_have_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rfp_log, "ROWS_LIMIT", 3)
    with pytest.raises(rfp_log.LogTooLong):
        read(tmp_path, HEADING)
