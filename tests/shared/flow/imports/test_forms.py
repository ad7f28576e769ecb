"""A log as its own program writes it: other headings, other marks between cells, days in another order."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.flow.imports.files import ColumnMissing, ColumnTwice, OtherFormat
from shared.flow.imports.loader import LogFiles
from shared.flow.imports.options import Options, UnknownForm, UnreadableColumns, columns_of
from shared.kernel.errors import Refused
from tests.shared.flow.imports.examples import CASES, EVENTS, write
from tests.shared.flow.imports.test_reading import bad, read

HEADINGS = {"Ref": "case_id", "Status": "stage", "Changed": "entered_at", "Opened": "open_at"}
OTHERWISE = {column: heading for heading, column in HEADINGS.items()}


def renamed(table: str, mark: str = ",") -> str:
    """Return a table with headings of its own, and another mark between its cells."""
    first, _, rest = table.partition("\n")
    heading = ",".join(OTHERWISE.get(name, name) for name in first.split(","))
    return f"{heading}\n{rest}".replace(",", mark)


@pytest.mark.parametrize(
    ("delimiter", "mark"), [("comma", ","), ("semicolon", ";"), ("tab", "\t"), ("bar", "|")]
)
def test_a_table_with_other_headings_and_marks_is_the_same_log(
    tmp_path: Path, delimiter: str, mark: str
) -> None:
    ours = read(tmp_path)
    theirs = read(
        tmp_path, renamed(EVENTS, mark), renamed(CASES, mark), mapping=HEADINGS, delimiter=delimiter
    )
    assert theirs.cases == ours.cases
    assert theirs.report() == ours.report()


@pytest.mark.parametrize(
    ("dates", "written", "meant"),
    [
        ("day_first", "03/12/2025 09:30", (2025, 12, 3, 9, 30)),
        ("day_first", "3.12.2025, 21:05:07,25", (2025, 12, 3, 21, 5, 7, 250_000)),
        ("month_first", "03/12/2025 9:30 PM", (2025, 3, 12, 21, 30)),
        ("month_first", "12-31-2025 12:00 am", (2025, 12, 31, 0, 0)),
        ("day_first", "2025-12-03T09:30:00Z", (2025, 12, 3, 9, 30)),
    ],
)
def test_days_of_numbers_are_read_in_the_order_that_is_said(
    tmp_path: Path, dates: str, written: str, meant: tuple[int, ...]
) -> None:
    row = f'case_id,seq,activity,stage,entered_at\nX,1,a,one,"{written}"\n'
    log = read(tmp_path, row, dates=dates, time_zone="UTC")
    assert log.cases["X"].steps[0].entered_at == datetime(*meant, tzinfo=UTC)  # type: ignore[misc]  # no zone among them
    assert log.date_only == 0


def test_a_day_of_numbers_without_a_time_is_counted_as_such(tmp_path: Path) -> None:
    log = read(
        tmp_path,
        "case_id,activity,stage,entered_at\nX,a,one,31/12/2025\n",
        dates="day_first",
        time_zone="UTC",
    )
    assert log.date_only == 1


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("31/13/2025 09:00", "is a day that no calendar has, as this column writes them"),
        ("31/12/25 09:00", "has a year of two digits: write all four"),
        ("31/12/2025 25:00", "is not a time that a clock shows"),
        ("31/12/2025 13:00 PM", "is not a time of twelve hours"),
    ],
)
def test_what_no_calendar_and_no_clock_shows_costs_its_row(tmp_path: Path, written: str, reason: str) -> None:
    found = bad(tmp_path, f"X,1,a,one,{written}", dates="day_first", time_zone="UTC")
    assert found == (2, "entered_at", reason)


def test_the_hour_that_comes_twice_is_read_as_in_iso_stamps(tmp_path: Path) -> None:
    rows = "case_id,activity,stage,entered_at\nX,a,one,27/10/2024 01:50\nX,b,two,27/10/2024 01:10\n"
    log = read(tmp_path, rows, dates="day_first", time_zone="Europe/London")
    first, second = (step.entered_at for step in log.cases["X"].steps)
    assert (second - first).total_seconds() == 20 * 60


def test_a_heading_that_no_file_has_is_named(tmp_path: Path) -> None:
    with pytest.raises(ColumnMissing) as refused:
        read(tmp_path, renamed(EVENTS), CASES, mapping=HEADINGS)
    assert refused.value.facts == {
        "file": "cases",
        "missing": ["Opened"],
        "headings": ["case_id", "open_at", "close_at", "deadline"],
    }
    with pytest.raises(ColumnTwice):
        read(tmp_path, mapping={"role": "stage"})


def test_what_stands_where_headings_should_is_said(tmp_path: Path) -> None:
    title = f"RFPs of 2025, as of 2 March{',' * 40}{'x' * 200}{',y' * 40}"
    with pytest.raises(ColumnMissing) as refused:
        read(tmp_path, f"{title}\n{EVENTS}", CASES)
    assert refused.value.facts["headings"] == ["RFPs of 2025", "as of 2 March", "x" * 100, *"y" * 27]


def test_what_is_said_of_a_log_must_mean_something() -> None:
    for made in (
        lambda: Options(mapping={"Ref": "reference"}),
        lambda: Options(mapping={"A": "stage", "B": "stage"}),
        lambda: columns_of('{"A": 1}'),
        lambda: columns_of("[]"),
    ):
        with pytest.raises(UnreadableColumns):
            made()
    for options in ({"delimiter": "dot"}, {"dates": "year_first"}):
        with pytest.raises(UnknownForm):
            Options(**options)  # type: ignore[arg-type]  # to be refused


def test_another_form_is_another_import_and_an_old_one_keeps_its_id(tmp_path: Path) -> None:
    paths = write(tmp_path, EVENTS, CASES)
    plain = LogFiles(*paths, Options())
    assert plain.options_text() == (
        '{"timestamps": "entered", "time_zone": null, "activity_map": {}, "strict": false}'
    )
    assert LogFiles(*paths, Options(dates="day_first")).identity() != plain.identity()


def test_a_table_with_other_marks_is_refused_with_what_to_say(tmp_path: Path) -> None:
    events, cases = write(tmp_path, renamed(EVENTS, ";"), CASES)
    with pytest.raises(Refused) as refused:
        LogFiles(events, cases, Options()).identity()
    assert isinstance(refused.value, OtherFormat)
    assert str(refused.value.facts["do"]).startswith("Say so with `delimiter`: semicolon.")
