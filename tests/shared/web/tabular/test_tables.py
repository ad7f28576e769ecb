"""Tables of every sort are read as text, within bounds; what is none is refused in a sentence."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from shared.kernel.errors import Refused
from shared.web.sandbox.children import Sandbox
from shared.web.tabular import bounds, spreadsheets
from shared.web.tabular.bounds import Bounds
from shared.web.tabular.days import NoDay, day_of
from shared.web.tabular.limits import (
    COLUMNS_LIMIT,
    NoHeading,
    RowTooLong,
    TooManyCells,
    TooManyColumns,
    TooManyRows,
    UnpacksTooLarge,
    UnreadableTable,
)
from shared.web.tabular.spreadsheets import text_of
from shared.web.tabular.tables import open_table, told_apart
from shared.web.tabular.text import encoding_of
from tests.support.sheets import ods, xlsx

TEXT = "Title{d}Supplier’s view{d}Cost\r\nCafé{d}“Fine” – they say{d}£5\r\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "mac_roman", "utf-16"])
async def test_csv_of_any_sort_says_the_same(tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = tmp_path / "table"
    path.write_bytes(TEXT.format(d=delimiter).encode(encoding))
    table = await open_table(path, Sandbox())
    assert table.headings == ("Title", "Supplier’s view", "Cost")
    assert list(table.rows) == [(2, ["Café", "“Fine” – they say", "£5"])]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "the supplier’s plan costs £3 – naïve"),
        ("cp1252", "déjà vu"),
        ("cp1252", "price in €"),
        ("mac_roman", "the supplier’s plan costs £3 – naïve"),
        ("mac_roman", "déjà vu, the café’s"),
        ("mac_roman", "“quoted”"),
    ],
)
def test_the_encoding_is_the_one_that_reads_like_english(tmp_path: Path, encoding: str, text: str) -> None:
    path = tmp_path / "table"
    path.write_bytes(text.encode(encoding))
    assert encoding_of(path) == encoding


async def test_repeated_and_missing_headings_are_told_apart() -> None:
    assert told_apart(["rating", "rating", "", " end\n date "]) == (
        "rating",
        "rating (2)",
        "column 3",
        "end date",
    )


async def test_xlsx_and_ods_are_read_as_text(tmp_path: Path) -> None:
    rows = [["Title", "End", "Cost"], ["Café", date(2026, 12, 31), 5], ["Blank", None, 2.5]]
    for name, content in (("a.xlsx", xlsx(rows)), ("a.ods", ods(rows))):
        path = tmp_path / name
        path.write_bytes(content)
        table = await open_table(path, Sandbox())
        assert table.headings == ("Title", "End", "Cost")
        assert list(table.rows) == [(2, ["Café", "2026-12-31", "5"]), (3, ["Blank", "", "2.5"])]


async def test_formulas_are_counted_and_their_values_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx([["Title", "Sum"], ["A", ("=1+1", 2)]]))
    table = await open_table(path, Sandbox())
    assert table.form.formulas == 1
    assert list(table.rows) == [(2, ["A", "2"])]


async def test_rows_and_columns_have_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "table"
    path.write_text("a\n" * 12)
    with pytest.raises(TooManyRows):
        list((await open_table(path, Sandbox(), limit=10)).rows)
    path.write_text(",".join(f"c{n}" for n in range(5_000)) + "\n")
    with pytest.raises(TooManyColumns):
        await open_table(path, Sandbox())
    path.write_bytes(xlsx([[f"c{n}" for n in range(COLUMNS_LIMIT + 1)]]))
    with pytest.raises(TooManyColumns):
        await open_table(path, Sandbox())
    monkeypatch.setattr(bounds, "ROWS_LIMIT", 5)
    path.write_bytes(xlsx([["a"]] * 9))
    with pytest.raises(TooManyRows):
        spreadsheets.convert(path, tmp_path / "text")


def test_a_bomb_goes_off_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "UNPACKED_BYTES_LIMIT", 1_000_000)
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", b"0" * 2_000_000)
    with pytest.raises(UnpacksTooLarge):
        spreadsheets.convert(path, tmp_path / "text")
    with zipfile.ZipFile(path, "w") as package:
        for number in range(3_000):
            package.writestr(f"part{number}", b"")
    with pytest.raises(UnpacksTooLarge):
        spreadsheets.convert(path, tmp_path / "text")


def test_what_says_it_is_small_must_be_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "UNPACKED_BYTES_LIMIT", 1_000_000)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", b"0" * 3_000_000)
    true, lie = (3_000_000).to_bytes(4, "little"), (3_000).to_bytes(4, "little")
    path = tmp_path / "liar.xlsx"
    path.write_bytes(content.getvalue().replace(true, lie))
    with pytest.raises((UnpacksTooLarge, UnreadableTable)):
        spreadsheets.convert(path, tmp_path / "text")


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", NoHeading),
        (b"\r\n\r\n", NoHeading),
        (b"PK\x03\x04 and nothing", UnreadableTable),
        (b'a,b\r\n"open,1\r\n', UnreadableTable),
    ],
)
async def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, refusal: type[Refused]) -> None:
    path = tmp_path / "table"
    path.write_bytes(content)
    with pytest.raises(refusal):
        list((await open_table(path, Sandbox())).rows)


async def test_a_row_with_too_many_cells_fits_no_heading(tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_text("a,b\n1\n1,2,\n1,2,3\n")
    table = await open_table(path, Sandbox())
    cells = [table.cells(row) for _, row in table.rows]
    assert cells == [{"a": "1", "b": ""}, {"a": "1", "b": "2"}, None]


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-31",
        "31/12/2026",
        "31.12.2026",
        "31 Dec 2026",
        "31st December 2026",
        "31-Dec-2026",
        "December 31, 2026",
        "2026-12-31 00:00:00",
        "2026/12/31",
        " 31/12/2026 ",
    ],
)
def test_days_are_read_in_the_styles_of_registers(text: str) -> None:
    assert day_of(text) == date(2026, 12, 31)


@pytest.mark.parametrize(
    "text", ["12/31/2026", "31/12/26", "Q4 2026", "2026", "30 Feb 2026", "Exempt under Section 26", ""]
)
def test_what_could_be_another_day_is_none(text: str) -> None:
    with pytest.raises(NoDay):
        day_of(text)


def test_cells_are_texts_as_csv_would_have_them() -> None:
    assert [text_of(v) for v in (None, True, 5.0, 2.5, "=1+1")] == ["", "true", "5", "2.5", "=1+1"]


@pytest.mark.parametrize("text", ["a" + "," * 1_100_000, "a,b\n" + '"\n",' * 300_000])
async def test_a_row_without_an_end_is_not_held_whole(tmp_path: Path, text: str) -> None:
    path = tmp_path / "table"
    path.write_text(text)
    with pytest.raises(RowTooLong):
        list((await open_table(path, Sandbox())).rows)


async def test_the_rows_of_a_table_can_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx([["Title"], ["A"]]))
    table = await open_table(path, Sandbox())
    assert list(table.rows) == list(table.rows) == [(2, ["A"])]


@pytest.mark.parametrize(
    ("reach", "refusal"),
    [
        (Bounds(100_001, 59), None),
        (Bounds(100_002, 1), TooManyRows),
        (Bounds(1, 251), TooManyColumns),
        (Bounds(24_001, 250), TooManyCells),
    ],
)
def test_a_sheet_may_reach_so_far(reach: Bounds, refusal: type[Refused] | None) -> None:
    if refusal is None:
        reach.checked()
        return
    with pytest.raises(refusal):
        reach.checked()
