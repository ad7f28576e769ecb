"""Tables as other programs and hasty hands write them: titles, stray bytes, blank rows, cells anywhere."""

import io
import zipfile
from pathlib import Path

import pytest

from shared.web.sandbox.children import Sandbox
from shared.web.tabular.limits import SHEET_ROWS, TooManyRows, UnreadableTable
from shared.web.tabular.number_formats import sign_of, with_mark
from shared.web.tabular.spreadsheets import text_of
from shared.web.tabular.tables import Table, TableWanted, open_table
from shared.web.tabular.text import STRAY_FROM, encoding_of
from tests.support.sheets import Styled, xlsx

WANTED = TableWanted({"reference": "reference", "title": "title", "cost": "cost", "type": "type"}, ("title",))


async def opened(path: Path, content: bytes | str, **more: int) -> Table:
    table = path / "table"
    table.write_bytes(content if isinstance(content, bytes) else content.encode())
    return await open_table(table, Sandbox(), wanted=WANTED, **more)


@pytest.mark.parametrize(
    ("titles", "mark"),
    [
        ("Programme register\n\n", ","),
        ("Programme register; as at 1 November\n", ","),
        ("Programme register, corporate, draft\n", ";"),
        ("", "|"),
    ],
)
async def test_the_delimiter_is_that_of_the_table_and_not_of_its_titles(
    tmp_path: Path, titles: str, mark: str
) -> None:
    row = mark.join(("A-1", '"One, two; three"', "5"))
    table = await opened(tmp_path, f"{titles}{mark.join(('Reference', 'Title', 'Cost'))}\n{row}\n")
    assert table.headings == ("Reference", "Title", "Cost")
    assert [cells for _, cells in table.rows] == [["A-1", "One, two; three", "5"]]


async def test_a_few_stray_bytes_make_no_other_encoding(tmp_path: Path) -> None:
    table = await opened(tmp_path, "Reference,Title\nA-1,Café – “it”\n".encode() + b"A-2,\xa35\nA-3,caf\xc3")
    assert (table.form.encoding, table.form.kind) == ("utf-8-sig", "csv")
    assert [cells[1] for _, cells in table.rows] == [
        "Café – “it”",
        f"{chr(STRAY_FROM + 0xA3)}5",
        f"caf{chr(STRAY_FROM + 0xC3)}",
    ]


async def test_text_that_is_declared_to_be_utf_8_and_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_bytes("Reference,Title\nA-1,Café\n".encode("cp1252"))
    with pytest.raises(UnreadableTable) as refusal:
        await open_table(path, Sandbox(), "utf-8", wanted=WANTED)
    assert (refusal.value.facts["row"], refusal.value.facts["column"]) == (2, "column 2")


@pytest.mark.parametrize(
    ("content", "row", "column", "encoding"),
    [
        (b"reference,forecast_end\nA-1,1\nIt\x92s,\x9d1 May\n", 3, "forecast_end", "cp1252"),
        (b'reference,why\n"A\n-1","\x93Q\x94 \x81"\nA-2,\x81\n', 2, "why", "cp1252"),
        (b"reference;caf\xe9 \x8f\nA-1;x\n", 1, "column 2", "cp1252"),
        ("reference,why\nA-1,Café – “it”\nA-2,".encode() + b"\xa35\n", 3, "why", "utf-8-sig"),
    ],
)
async def test_the_first_byte_without_a_meaning_is_told_by_its_row_and_column(
    tmp_path: Path, content: bytes, row: int, column: str, encoding: str
) -> None:
    path = tmp_path / "table"
    path.write_bytes(content)
    with pytest.raises(UnreadableTable) as refusal:
        await open_table(path, Sandbox())
    told = refusal.value.facts
    assert (told["row"], told["column"], told["encoding"]) == (row, column, encoding)
    assert "means nothing in" in told["seen"]


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("iso8859_15", "Café for €5".encode("iso8859_15")),
        ("cp1252", b"\x93Q\x94, it\x92s \xa35 \x81\x8d\x8f\x90\x9d, \x8dx, \x96, \x9d5"),
        ("cp1252", "¼ of the café".encode("cp1252")),
    ],
)
def test_the_encoding_is_told_from_few_letters(tmp_path: Path, encoding: str, content: bytes) -> None:
    path = tmp_path / "table"
    path.write_bytes(content)
    assert encoding_of(path) == encoding


async def test_blank_rows_are_no_rows_of_the_table(tmp_path: Path) -> None:
    table = await opened(tmp_path, "Reference,Title\nA-1,One\n" + ",\n" * 5 + "A-2,Two\n", limit=2)
    assert [number for number, _ in table.rows] == [2, 8]
    with pytest.raises(TooManyRows):
        list((await opened(tmp_path, "Reference,Title\nA-1,One\nA-2,Two\nA-3,Three\n", limit=2)).rows)
    with pytest.raises(TooManyRows):
        list((await opened(tmp_path, "Reference,Title\n" + "\n" * SHEET_ROWS)).rows)


async def test_a_text_that_was_kept_from_being_taken_for_a_number_is_that_text(tmp_path: Path) -> None:
    table = await opened(
        tmp_path, 'Reference,Title\n="0012",One\n"=""0013""","say ="" twice"\n\'="x",Three\n'
    )
    assert [cells for _, cells in table.rows] == [
        ["0012", "One"],
        ["0013", 'say =" twice'],
        ['\'="x"', "Three"],
    ]


async def test_a_first_row_whose_cells_are_also_names_of_columns_is_a_row(tmp_path: Path) -> None:
    table = await opened(tmp_path, "Reference,Title,Sort\nA-B,Alpha,Type\n")
    assert (table.heading.first, table.heading.last) == (1, 1)
    assert [number for number, _ in table.rows] == [2]


@pytest.mark.parametrize("way", ["prefixed", "without places"])
async def test_a_sheet_of_any_program_shows_its_shares_and_errors(tmp_path: Path, way: str) -> None:
    sheet = xlsx(
        [["Reference", "Title", "Cost"], ["A-1", "One", Styled(0.5, 2)], ["A-2", "Two", Styled(9, 3)]]
    )
    table = await opened(tmp_path, _rewritten(sheet, way))
    assert [cells[2] for _, cells in table.rows] == ["50%", "€9"]


def _rewritten(package: bytes, way: str) -> bytes:
    """Return a sheet as the programs write it that prefix its tags, or leave out where its cells stand."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            text = source.read(name).decode()
            if "worksheets/" in name and way == "prefixed":
                text = text.replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
                text = text.replace("<x:?", "<?").replace("xmlns=", "xmlns:x=")
            elif "worksheets/" in name:
                text = "".join(
                    part.partition('"')[2] if n else part for n, part in enumerate(text.split(' r="'))
                )
            target.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("code", "number", "shown"),
    [
        ("0000", "12", "0012"),
        ('"PR-"0000', "12", "PR-0012"),
        ('#,##0"k"', "250", "250k"),
        ('0.0,,"m"', "1200000", "1200000"),
        ('"kr" #,##0', "5", "kr5"),
        ("[$€-2] #,##0", "A title", "A title"),
        ("0%", "1.2.3", "1.2.3"),
        ("dd/mm/yyyy", "2026-04-01", "2026-04-01"),
    ],
)
def test_a_cell_is_what_the_sheet_shows(code: str, number: str, shown: str) -> None:
    sign = sign_of(code)
    assert (with_mark(number, sign) if sign else number) == shown


def test_a_sum_is_as_exact_as_a_sheet_shows_it() -> None:
    assert [text_of(value) for value in (66.30000000000001, 1199.9999999999998, 12.0, 0.1)] == [
        "66.3",
        "1200",
        "12",
        "0.1",
    ]
