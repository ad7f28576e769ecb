"""Spreadsheets as people keep them: titles above, totals below, dates and money of all sorts."""

import io
import json
import zipfile
from datetime import date
from typing import Any

import pytest

from projects.domain.project import project_id
from shared.web.tabular.marks import UNSOLVED
from shared.web.tabular.ods_cells import ods_notes
from tests.projects.test_register_differences import seen
from tests.projects.test_registers import handed_in
from tests.support.api import Api
from tests.support.sheets import Styled, book, ods, xlsx

TITLED = (
    "Programme register,,\r\nAs at 1 November 2026,,\r\n\r\nReference,Title,Start\r\nTR-1,x,01/04/2026\r\n"
)


async def tried(api: Api, content: bytes | str, expect: int = 200, **form: str) -> Any:
    return await handed_in(api, content, expect, dry_run="true", **form)


async def test_the_heading_is_found_below_titles(api: Api) -> None:
    report = await handed_in(api, TITLED)
    assert (report["heading_rows"], report["counts"]["done"]) == ([4, 4], 1)
    assert [d["row"] for d in report["differences"]] == [5]
    assert (await seen(api, "TR-1"))["start"] == "2026-04-01"
    chosen = await tried(api, TITLED, heading_row="4")
    assert chosen["counts"]["repeated"] == 1


async def test_headings_over_two_rows_are_joined(api: Api) -> None:
    merged = [
        ["Project", None, "Dates", None, "Money"],
        ["Reference", "Title", "Start", "Forecast end", "Cost"],
        ["G-1", "merged heading", date(2026, 4, 1), date(2027, 9, 30), 5],
    ]
    assert (await handed_in(api, xlsx(merged)))["counts"]["done"] == 1
    project = await seen(api, "G-1")
    assert (project["start"], project["forecast_end"], project["cost_pence"]) == (
        "2026-04-01",
        "2027-09-30",
        500,
    )
    both = "Ref,Title,Planned,,Actual,\r\n,,Start,End,,End\r\nG-2,x,01/04/2024,30/09/2025,,01/10/2025\r\n"
    report = await handed_in(api, both)
    assert report["heading_rows"] == [1, 2]
    assert report["mapping"] == {
        "Ref": "reference",
        "Title": "title",
        "Planned Start": "start",
        "Planned End": "forecast_end",
        "Actual End": "finished_on",
    }
    assert (await seen(api, "G-2"))["finished_on"] == "2025-10-01"


async def test_the_sheet_is_found_or_chosen_and_a_refusal_says_what_was_seen(api: Api) -> None:
    cover, register = [["Cover"], ["Confidential"]], [["Ref", "Title"], ["S-1", "On sheet 3"]]
    other = [["Ref", "Title"], ["S-2", "On sheet 4"]]
    sheets = {"Cover": cover, "Notes": [["Nothing"]], "Register": register, "Old": other}
    report = await tried(api, book(sheets))
    assert (report["sheet"], report["sheets"]) == ("Register", [*sheets])
    assert [d["reference"] for d in report["differences"]] == ["S-1"]
    chosen = await tried(api, book(sheets), sheet="Old")
    assert [d["reference"] for d in chosen["differences"]] == ["S-2"]
    none = await tried(api, book({"Cover": cover, "Notes": [["Nothing"]]}), 409)
    assert none["seen"] == "sheet 'Cover' has 1 column; sheets: Cover, Notes"
    missing = await tried(api, book(sheets), 422, sheet="Registre")
    assert (missing["type"], missing["sheets"]) == ("/problems/no-such-sheet", [*sheets])


async def test_totals_below_are_left_out_and_said(api: Api) -> None:
    table = "Ref,Title,Cost\r\nA1,One,5\r\nA2,Total rebuild,7\r\n,,\r\nTotal,,12\r\nGrand total:,,12\r\n"
    report = await handed_in(api, table)
    assert (report["counts"]["done"], report["left_out"], report["refused"]) == (2, [5, 6], [])


async def test_a_partial_mapping_keeps_the_rest(api: Api) -> None:
    table = "Nr,Title,Ends,End\r\nA1,One,31/12/2026,30/06/2027\r\n"
    report = await tried(api, table, mapping=json.dumps({"Nr": "reference", "Ends": "forecast_end"}))
    assert report["mapping"] == {"Nr": "reference", "Title": "title", "Ends": "forecast_end"}
    assert report["not_mapped"] == ["End"]
    unknown = await tried(api, table, 422, mapping=json.dumps({"Nr": "number"}))
    assert (unknown["type"], unknown["unknown"]) == ("/problems/no-such-field", ["number"])
    assert {"reference", "title", "contingency_days"} < set(unknown["fields"])


async def test_references_are_made_where_there_are_none(api: Api) -> None:
    table = "Title,Start\r\nPayroll,01/01/2026\r\nArchive,02/01/2026\r\n"
    report = await handed_in(api, table)
    assert (report["counts"]["done"], report["references_from"]) == (2, ["Title"])
    assert [d["reference"] for d in report["differences"]] == ["Payroll", "Archive"]
    assert (await handed_in(api, table))["counts"]["repeated"] == 2
    twins = await tried(api, "Title,Site\r\nRoof,North\r\nRoof,South\r\n", key="Title, Site")
    made = [d["reference"] for d in twins["differences"] if d["what"] == "new"]
    assert made == ["Roof / North", "Roof / South"]
    assert (await tried(api, table, 422, key="Nr"))["type"] == "/problems/no-such-column"


MONTH_FIRST = (
    "Reference,Title,Start,End\r\nUS-1,a,07/30/2024,12/31/2027\r\nUS-2,b,01/06/2025,03/04/2027\r\n"
    "US-3,c,05/30/2025,11/25/2027\r\n"
)


async def test_a_column_that_writes_the_month_first_is_reported_or_read_whole(api: Api) -> None:
    report = await tried(api, MONTH_FIRST)
    assert [(c["row"], c["column"]) for c in report["cells"]] == [
        (n, c) for n in (2, 3, 4) for c in ("Start", "End")
    ]
    assert report["cells"][2]["text"] == "01/06/2025"
    assert {style["order"] for style in report["days"]} == {"month_first"}
    declared = await handed_in(api, MONTH_FIRST, dates="month_first")
    assert (declared["cells"], declared["counts"]["done"]) == ([], 3)
    second = await seen(api, "US-2")
    assert (second["start"], second["forecast_end"]) == ("2025-01-06", "2027-03-04")


async def test_a_column_that_writes_days_both_ways_is_reported_whole(api: Api) -> None:
    table = "Ref,Title,Start\r\nA1,a,30/07/2024\r\nA2,b,07/30/2024\r\nA3,c,01/06/2025\r\nA4,d,1 Jun 2025\r\n"
    report = await tried(api, table)
    assert [cell["row"] for cell in report["cells"]] == [2, 3, 4]
    declared = await tried(api, table, dates="day_first")
    assert [cell["row"] for cell in declared["cells"]] == [3]


async def test_years_of_two_digits_are_read_by_a_declared_pivot(api: Api) -> None:
    table = "Ref,Title,Start,End\r\nA1,a,01/04/26,30-Jun-27\r\nA2,b,01.04.26,30.06.27\r\n"
    report = await tried(api, table)
    assert (report["unread_cells"], report["pivot"]) == (4, None)
    assert "two digits" in report["cells"][0]["reason"]
    read = await handed_in(api, table, pivot="68")
    assert (read["cells"], read["pivot"]) == ([], 68)
    for reference in ("A1", "A2"):
        project = await seen(api, reference)
        assert (project["start"], project["forecast_end"]) == ("2026-04-01", "2027-06-30")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("£250k", "is an amount in short: write it out"),
        ("1.2m", "is an amount in short: write it out"),
        ("50%", "is a share, no amount"),
        ("$100", "is in another currency than pounds"),
        ("€1.000,00", "is in another currency than pounds"),
        ("100 USD", "is in another currency than pounds"),
        ("1.234.567", "is no amount that can be read without guessing"),
    ],
)
async def test_money_that_is_no_amount_in_pounds_is_reported(api: Api, cell: str, reason: str) -> None:
    report = await tried(api, f'Ref;Title;Cost\r\nA1;a;"{cell}"\r\n')
    [told] = report["cells"]
    assert (told["row"], told["column"], told["text"], told["reason"]) == (2, "Cost", cell, reason)
    assert told["expected"] == "an amount in pounds such as 250000 or £250,000.00"


async def test_a_share_or_another_currency_is_seen_in_a_spreadsheet_too(api: Api) -> None:
    costs = [Styled(0.5, 2), Styled(100, 3), 100]
    rows = [["Ref", "Title", "Cost"], *([f"A{n}", "x", cost] for n, cost in enumerate(costs, start=1))]
    report = await tried(api, xlsx(rows))
    assert [(c["row"], c["text"], c["reason"]) for c in report["cells"]] == [
        (2, "50%", "is a share, no amount"),
        (3, "€100", "is in another currency than pounds"),
    ]


async def test_rows_are_numbered_as_the_spreadsheet_does(api: Api) -> None:
    report = await tried(api, xlsx([[], [], ["Ref", "Title"], ["A1", "x"]]))
    assert [d["row"] for d in report["differences"]] == [4]


async def test_the_delimiter_is_what_a_first_line_says(api: Api) -> None:
    report = await handed_in(api, "sep=;\r\nRef;Title,with;Title\r\nA1;x,y,z;One\r\n")
    assert (report["delimiter"], report["headings"]) == (";", ["Ref", "Title,with", "Title"])
    assert [d["row"] for d in report["differences"]] == [2]


async def test_a_byte_without_a_meaning_is_reported_and_no_other_encoding_guessed(api: Api) -> None:
    table = (
        b"Reference,Title,Description\r\nNB-1,\x93Quantum\x9d system,It\x92s \xa35\r\nNB-2,caf\xe9,\x8fn\r\n"
    )
    report = await handed_in(api, table)
    assert report["encoding"] == "cp1252"
    assert [(c["row"], c["column"], c["reason"]) for c in report["cells"]] == [
        (2, "Title", "holds the byte 0x9D, which means nothing in cp1252"),
        (3, "Description", "holds the byte 0x8F, which means nothing in cp1252"),
    ]
    assert report["counts"] == {"done": 2, "repeated": 0, "refused": 0}
    assert (await seen(api, "NB-1"))["title"] == "“Quantum\ufffd system"
    assert (await seen(api, "NB-2"))["title"] == "café"
    start = await tried(api, b"Ref,Title,Start\r\nNB-3,It\x92s,1\x9d/2/2026\r\n")
    assert [(c["column"], c["text"]) for c in start["cells"]] == [("Start", "1\ufffd/2/2026")]


async def test_a_formula_without_its_result_names_its_cell(api: Api) -> None:
    sound = xlsx([["Ref", "Title", "Cost", "End"], ["F-1", "x", ("=1+1", 2), date(2026, 12, 31)]])
    bare = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sound)) as before, zipfile.ZipFile(bare, "w") as after:
        for part in before.namelist():
            after.writestr(part, before.read(part).replace(b"<v>2</v>", b""))
    assert (await tried(api, sound))["cells"] == []
    report = await tried(api, bare.getvalue())
    [cell] = report["cells"]
    assert (cell["row"], cell["column"]) == (2, "Cost")
    assert cell["reason"] == "holds a formula without its result"


FORMULA = '<table:table-cell table:formula="of:=1+1"'
BARE = f"{FORMULA}/>"


async def test_a_formula_of_an_ods_file_without_its_result_names_its_cell(api: Api) -> None:
    sound = ods([["Ref", "Title", "Cost"], ["F-1", "x", None], ["F-2", "y", 2]])
    blank, known = "<table:table-cell/>", '<table:table-cell office:value-type="float" office:value="2"'
    solved = f'{FORMULA} office:value-type="float" office:value="2"'
    report = await tried(api, rewritten(sound, {blank: BARE, known: solved}))
    [cell] = report["cells"]
    assert (cell["row"], cell["column"]) == (2, "Cost")
    assert cell["reason"] == "holds a formula without its result"


def rewritten(package: bytes, parts: dict[str, str]) -> bytes:
    """Return a spreadsheet with some of its content written otherwise."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as before, zipfile.ZipFile(content, "w") as after:
        for part in before.namelist():
            text = before.read(part).decode()
            for old, new in parts.items():
                text = text.replace(old, new)
            after.writestr(part, text)
    return content.getvalue()


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (BARE, [(1, 1)]),
        (f"{FORMULA}></table:table-cell>", [(1, 1)]),
        (f"{FORMULA} office:value-type='float' office:value='0'/>", []),
        (f"{FORMULA} office:value-type='string'><text:p>two</text:p></table:table-cell>", []),
        (f"<table:table-cell table:number-columns-repeated='3'/><table:covered-table-cell/>{BARE}", [(1, 5)]),
        (f"<table:table-cell/></table:table-row><table:table-row>{BARE}", [(2, 1)]),
        (
            (
                "<table:table-cell/></table:table-row><table:table-row table:number-rows-repeated='7'>"
                f"<table:table-cell/></table:table-row><table:table-row>{BARE}"
            ),
            [(9, 1)],
        ),
    ],
)
def test_a_formula_without_its_result_is_found_where_it_stands(
    cells: str, found: list[tuple[int, int]]
) -> None:
    other = f'<table:table table:name="Other"><table:table-row>{BARE}</table:table-row></table:table>'
    sheet = f'<table:table table:name="R &amp; D"><table:table-row>{cells}</table:table-row></table:table>'
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.writestr("content.xml", f"<office:body>{other}{sheet}{other}</office:body>")
        notes = ods_notes(package, "R & D").instead
    assert [(r + 1, c + 1) for r, cells in notes.items() for c in cells] == found
    assert {text for cells in notes.values() for text in cells.values()} <= {UNSOLVED}


async def test_a_refused_row_is_told_in_the_words_of_its_headings(api: Api) -> None:
    table = "Nr.,What it is\r\nA1,\r\nA2,x\r\n"
    mapping = json.dumps({"Nr.": "reference", "What it is": "title"})
    [refused] = (await tried(api, table, mapping=mapping))["refused"]
    assert refused["item"] == 2
    assert refused["problem"]["errors"] == [
        {"pointer": "#/title", "detail": "'What it is' is blank: every row needs one"}
    ]
    long = f"Ref,Title,Owner\r\nA1,{'x' * 201},\r\n"
    [refused] = (await tried(api, long))["refused"]
    assert refused["problem"]["errors"][0]["detail"].startswith("'Title': ")
    assert project_id("A1") is not None
