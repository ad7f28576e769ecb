"""What every room's register goes by: apostrophes, marks, sources, links, headings, styles of days."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.api.registers import PROJECT_REGISTER
from projects.domain.project import Scale
from shared.governance.disclosure.field_redaction import ERASED, SEALED, exempt
from shared.web.reads.pages import defused, undefused
from shared.web.registers.cells import ReadingOptions
from shared.web.registers.column_styles import styles_of
from shared.web.registers.form import CellOptions
from shared.web.registers.hand_ins import LINKS_LIMIT, LinkReference, RegisterHistory, TooManyLinks
from shared.web.registers.mappings import suggested
from shared.web.registers.register import Register
from shared.web.registers.rows import RegisterRow, RowReport, read_rows
from shared.web.registers.units import ABROAD, measure_of, said_around, said_by_heading
from shared.web.sandbox.children import Sandbox
from shared.web.tabular.day_styles import DayOrder, DayStyle
from shared.web.tabular.days import NoDay
from shared.web.tabular.headings import Heading, fields_by_heading, find_heading
from shared.web.tabular.marks import is_withheld
from shared.web.tabular.number_formats import sign_of, with_mark
from shared.web.tabular.tables import Form, Table, TableWanted, TextFile, open_table
from shared.web.tabular.times import NoTime, time_of
from tests.projects.test_spreadsheets_as_kept import rewritten
from tests.support.sheets import Styled, ods, xlsx
from tests.support.specs import given as past

THING = UUID("ba7c0000-0000-4000-8000-000000000001")
LINK = LinkReference(source="Washington", reference="W  7", thing=THING, reason="The same works.")


@given(st.text(alphabet="'=+-@\t ab", max_size=6))
def test_text_that_was_defused_comes_back_as_it_was(text: str) -> None:
    assert undefused(defused(text)) == text
    assert not defused(text).startswith(("=", "+", "-", "@", "\t"))


@pytest.mark.parametrize("text", ["'tis", "''", "'", "O'Brien", "'90s"])
def test_an_apostrophe_of_ones_own_stays(text: str) -> None:
    assert undefused(text) == defused(text) == text


@pytest.mark.parametrize("mark", [SEALED, ERASED, exempt(3)])
def test_what_lists_show_for_what_is_withheld_says_nothing(mark: str) -> None:
    assert is_withheld(mark)
    assert not is_withheld(f"{mark} and more")


def test_two_references_are_one_however_they_are_written() -> None:
    [event] = past(RegisterHistory()).when(LINK).events()
    history = event.apply(RegisterHistory())
    assert history.linked("washington") == {"w 7": THING}
    assert history.linked("") == {}


def test_a_register_has_only_so_many_links() -> None:
    full = RegisterHistory(links=(("", "x", THING),) * LINKS_LIMIT)
    past(full).when(LINK).refused(TooManyLinks)


def test_a_column_that_declares_its_style_is_read_by_it() -> None:
    month_first = DayStyle(DayOrder.MONTH_FIRST, declared=True)
    assert month_first.day("01/06/2025") == date(2025, 1, 6)
    assert month_first.day("2025-01-06") == month_first.day("6 Jan 2025") == date(2025, 1, 6)
    with pytest.raises(NoDay, match="no calendar"):
        month_first.day("30/07/2024")
    with pytest.raises(NoDay, match="month first"):
        DayStyle(DayOrder.MONTH_FIRST).day("01/06/2025")
    assert DayStyle(pivot=30).day("30-Jun-27") == date(2027, 6, 30)
    assert DayStyle(pivot=30).day("30.06.31") == date(1931, 6, 30)


def test_a_row_of_data_is_no_second_row_of_headings() -> None:
    rows = [["Ref", "Title", "RAG"], ["A1", "Value", "Red"]]
    known = {"reference": "reference", "title": "title", "rag": "confidence", "value": "cost_pence"}
    found = find_heading(rows, known, ("title",))
    assert found is not None
    assert (found.first, found.last) == (1, 1)
    assert find_heading([["Ref", "Notes"]], known, ("title",)) is None


@pytest.mark.parametrize("value", ["31/03/2027", "£1,250,000.00", "2024-10-01", "01234567"])
def test_a_row_that_holds_a_value_is_no_second_row_of_headings_though_it_answers_in_the_word_of_one(
    value: str,
) -> None:
    known = {"reference": "reference", "title": "title", "end": "end", "sme": "small_or_medium"}
    rows = [["Ref", "Title", "End", "Size of the supplier"], ["P-1", "Network", value, "SME"]]
    found = find_heading(rows, known, ("title",))
    assert found is not None
    assert (found.first, found.last) == (1, 1)
    years = [["Ref", "Title", "End", "Spent"], ["", "", "", "2026/27"]]
    joined = find_heading(years, {**known, "2026 27 spent": "spent"}, ("title",))
    assert joined is not None
    assert (joined.first, joined.last) == (1, 2), "a year may be a heading"


SPENT = {"reference": "reference", "title": "title", "budget": "cost", "supplier": "supplier", "end": "end"}


@pytest.mark.parametrize(
    ("groups", "below", "fields"),
    [
        ("Ref,Title,Budget,,", ",,2024/25,2025/26,Total", {"Ref": "reference", "Title": "title"}),
        ("Ref,Title,Budget,,End", ",,Spent,Left,", {"Ref": "reference", "Title": "title", "End": "end"}),
        (
            "Ref,Title,Budget,,Supplier,",
            ",,2024/25,Budget,Company,Town",
            {"Ref": "reference", "Title": "title", "Budget Budget": "cost", "Supplier Company": "supplier"},
        ),
    ],
)
def test_a_part_of_an_amount_is_not_that_amount(groups: str, below: str, fields: dict[str, str]) -> None:
    rows = [groups.split(","), below.split(","), ["A", "x", "100", "300", "400"]]
    found = find_heading(rows, SPENT, ("title",))
    assert found is not None
    assert (found.first, found.last) == (1, 2)
    assert fields_by_heading(found, found.cells, SPENT, {"cost", "end"}) == fields


@pytest.mark.parametrize("below", ["A,,Ribble Ltd,see,also", "A,x,,see,also"])
def test_a_row_below_nameless_columns_is_no_second_row_of_headings(below: str) -> None:
    rows = [["Ref", "Title", "Supplier", "End", ""], below.split(","), ["B", "y", "", "", ""]]
    found = find_heading(rows, SPENT, ("title",))
    assert found is not None
    assert (found.first, found.last) == (1, 1)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("12:00", "12:00"),
        ("9:05", "09:05"),
        ("17.30", "17:30"),
        ("12:00:00", "12:00"),
        ("5pm", "17:00"),
        ("12:30 a.m.", "00:30"),
        ("12 noon", "12:00"),
        ("Noon", "12:00"),
        ("14:00 hrs", "14:00"),
    ],
)
def test_a_time_of_day_is_read_as_people_write_it(text: str, time: str) -> None:
    assert time_of(text) == time


@pytest.mark.parametrize(
    "text", ["9", "24:00", "12:60", "13 pm", "1 noon", "midnight", "12:00:30", "noonish", ""]
)
def test_what_could_be_another_time_is_none(text: str) -> None:
    with pytest.raises(NoTime):
        time_of(text)


@pytest.mark.parametrize(
    ("code", "sign"),
    [
        ("0%", "%"),
        ("0.00\\%", ""),
        ("[$€-2] #,##0.00", "€"),
        ("[$$-409]#,##0", "$"),
        ('"$"#,##0', "$"),
        ("[$£-809]#,##0.00", ""),
        ('"£"#,##0', ""),
        ("[$-809]dd/mm/yyyy", ""),
        ("#,##0.00", ""),
        ('#,##0.0" million"', "0million"),
        ('"£"#,##0" thousand"', "0thousand"),
        ('#,##0,,"million"', ""),
        ('#,##0\\ "k"', "0k"),
        ('_-"£"* #,##0.0"m"_-;\\-"£"* #,##0.0"m"_-', "0m"),
        ('0" weeks"', "0 weeks"),
        ('General\\ "months"', "0 months"),
        ('0" days"', ""),
        ('"PRJ-"0', "PRJ-0"),
        ('"PRJ-"General', "PRJ-0"),
        ('_-"£"* #,##0.00_-;\\-"£"* #,##0.00_-;_-"£"* "-"??_-;_-@_-', ""),
    ],
)
def test_a_number_format_says_what_stands_beside_the_number(code: str, sign: str) -> None:
    assert sign_of(code) == sign


def test_a_share_is_shown_as_one() -> None:
    assert (with_mark("0.125", "%"), with_mark("100", "€"), with_mark("n/a", "%")) == ("12.5%", "€100", "n/a")


@pytest.mark.parametrize(
    "heading",
    [
        *("Cost (£,000)", "Cost £1,000s", "Cost 000s", "Cost (000's)", "Cost '000", "Cost (k)", "Cost k£"),
        *("Cost (£ in 000s)", "Cost £ thou", "Cost (£000's)", "Cost £K", "cost_gbp_k", "Cost (000)"),
        *("Cost 000", "Cost in thousands", "Cost (£\u2019000)"),
    ],
)
def test_a_heading_says_thousands_in_many_ways(heading: str) -> None:
    assert said_by_heading(heading) == (False, "thousands")


@pytest.mark.parametrize("heading", ["Cost £mill", "Cost (£m)", "Cost (m)", "Finance (£000) Cost (£m)"])
def test_a_heading_says_millions_in_many_ways(heading: str) -> None:
    assert said_by_heading(heading) == (False, "millions")


@pytest.mark.parametrize(
    "heading",
    ["Cost", "Cost (£)", "ICT 2000 cost", "Top 1000 suppliers", "Block K", "Cost over £5,000", "2000s"],
)
def test_a_heading_without_a_unit_says_none(heading: str) -> None:
    assert said_by_heading(heading) == (False, "")


def said_by_title(title: str, folder: Path) -> str:
    file = folder / "titled.csv"
    file.write_text(f'"{title}",\n,\nReference,Cost\n', encoding="utf-8")
    heading = Heading(3, 3, ("Reference", "Cost"), {})
    said = said_around(Table(Form("CSV"), heading.cells, TextFile(file), heading), ["Cost"])
    return said["Cost"].unit if said else ""


@pytest.mark.parametrize(
    "title",
    [
        *("figures in thousands", "£ thousands", "(thousands)", "Thousands", "in thousands of pounds"),
        *("Projects (£, thousands)", "All figures in GBP thousands", "Values in £000", "Projects (000s)"),
        *("Values in £000, not £m", "All amounts in £ thousand", "Figures in thousands unless stated", "(k)"),
        *("Budget (£000): 2026", "Units: £000", "Register in £000. Version: 2", "Spend (£000): 2025/26"),
        *("Not all values in £000", "Thousands of pounds", "Values in £k (not £ or £m)"),
    ],
)
def test_a_title_says_thousands_in_many_ways(title: str, tmp_path: Path) -> None:
    assert said_by_title(title, tmp_path) == "thousands"


@pytest.mark.parametrize(
    "title",
    [
        *(
            "Please enter amounts in £ (not thousands)",
            "All values in full £, not £k",
            "Values in £ (not £000)",
        ),
        *("Amounts in pounds, never in thousands", "Don't use £k", "Full pounds, no £k or £m"),
        *("Saving Millions: transformation programme", "Helping thousands into work", "Key decisions (K)"),
        *("Total (£m): 45.2", "Savings £k = £1,250", "Total (£m): £45.2m"),
        *("Rehoused in thousands of homes", "Contracts over £1 million", "Over 2 millions saved"),
    ],
)
def test_a_title_that_denies_a_unit_or_counts_something_else_says_none(title: str, tmp_path: Path) -> None:
    assert said_by_title(title, tmp_path) == ""


@pytest.mark.parametrize(
    "title", ["All amounts in EUR", "Register (€)", "€", "Values in US$", "Costs in US dollars", "[USD]"]
)
def test_a_title_says_another_currency(title: str, tmp_path: Path) -> None:
    assert said_by_title(title, tmp_path) == ABROAD


@pytest.mark.parametrize(
    "title", ["Contracts in Europe", "Amounts in £, not in €", "Rate: £1 = €1.15", "Not in euros"]
)
def test_a_title_that_names_another_currency_by_the_way_says_none(title: str, tmp_path: Path) -> None:
    assert said_by_title(title, tmp_path) == ""


@pytest.mark.parametrize(
    ("heading", "measure"),
    [
        *(("Cost (€)", ABROAD), ("Cost in US$", ABROAD), ("spend_eur", ABROAD), ("Price in euros", ABROAD)),
        *(("Irrecoverable VAT (%)", "shares"), ("Value (with 20% VAT)", ""), ("CAD licences", "")),
        *(("Value (£, was €)", "pounds"), ("Contingency (£)", "pounds"), ("Contingency %", "shares")),
        *(("Contingency (weeks)", "weeks"), ("Contingency days", ""), ("Value 2024/25", "")),
        ("Contingency (working days)", "working days"),
    ],
)
def test_a_heading_says_what_its_numbers_are(heading: str, measure: str) -> None:
    assert measure_of(heading) == measure


def test_a_heading_that_denies_a_unit_says_none() -> None:
    assert said_by_heading("Cost in £ (not thousands)") == (False, "")
    assert said_by_heading("Cost in £k (not £m)") == (False, "thousands")


async def read(
    folder: Path, content: str | bytes, register: Register[Any] = PROJECT_REGISTER
) -> tuple[list[RegisterRow], RowReport]:
    """Return what the rows of a register say, and what of them was not read."""
    path = folder / "register"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    table = await open_table(path, Sandbox(), wanted=TableWanted({**register.known}, ("title",)))
    columns = suggested(register, table)
    key = () if "reference" in columns.values() else ("Title",)
    styles = styles_of(
        table, columns, register, CellOptions("pounds", "as each column proves", None, withdraw=False)
    )
    how = ReadingOptions(
        register, columns, {"scale": Scale.UNSTATED}, "pounds", *styles, key=key, doubts=register.doubts
    )
    report = RowReport()
    return list(read_rows(table, how, report)), report


async def test_a_cell_that_says_that_something_is_not_known_yet_is_no_name_of_it(tmp_path: Path) -> None:
    rows, report = await read(
        tmp_path,
        "Reference,Title,Supplier,Owner,Category\nN-1,x,TBC,TBC,Unknown\nN-2,TBA,n/a,Vacant,-\n"
        "N-3,y,A Ltd,pia,\n",
    )
    assert [row.said for row in rows] == [
        {"reference": "N-1", "title": "x"},
        {"reference": "N-2", "title": "TBA"},
        {"reference": "N-3", "title": "y", "supplier": "A Ltd", "owner": "pia"},
    ]
    assert rows[0].unread == {"Supplier": "TBC", "Category": "Unknown"}
    assert rows[1].unread == {}
    assert [(cell.row, cell.column) for cell in report.cells] == [
        *((2, column) for column in ("Supplier", "Owner", "Category")),
        (3, "Owner"),
    ]


@pytest.mark.parametrize(
    ("groups", "below", "mapped"),
    [
        ("Ref,Title,Baseline,,Current,", ",,Start,End,Start,End", {}),
        ("Ref,Title,Baseline,,Forecast,", ",,Start,End,Start,End", {"Forecast End": "forecast_end"}),
        (
            "Ref,Title,Baseline,,Actual,",
            ",,Start,End,Date,End",
            {"Baseline Start": "start", "Baseline End": "forecast_end", "Actual End": "finished_on"},
        ),
    ],
)
async def test_an_end_that_stands_below_several_groups_is_that_of_none(
    tmp_path: Path, groups: str, below: str, mapped: dict[str, str]
) -> None:
    table = tmp_path / "table"
    table.write_text(f"{groups}\n{below}\nA-1,x,01/04/2024,31/03/2026,01/05/2024,30/09/2027\n")
    opened = await open_table(table, Sandbox(), wanted=TableWanted(PROJECT_REGISTER.known, ("title",)))
    assert suggested(PROJECT_REGISTER, opened) == {"Ref": "reference", "Title": "title", **mapped}


async def test_another_table_below_the_register_is_left_out_and_said(tmp_path: Path) -> None:
    rows, report = await read(
        tmp_path,
        "Ref,Title,Start,Cost\nA-1,One,01/04/2026,5\n\nClosed\nRef,Title,Closed on,Cost\nB-1,Two,01/05/2024,5"
        "\n\nRef,Title,Start date,Cost\nA-2,Title deeds,01/06/2026,7\n",
    )
    assert [row.number for row in rows] == [2, 9]
    assert report.left_out == [4, 5, 6, 8]
    assert [(cell.row, cell.column, cell.text) for cell in report.cells] == [(5, "Start", "Closed on")]
    rows, report = await read(tmp_path, "Title,Start,Cost\nOne,,5\nTitle,End,Cost\nTwo,01/05/2024,5\n")
    assert ([row.number for row in rows], report.left_out) == ([2], [3, 4])


async def test_remarks_below_a_table_are_no_projects(tmp_path: Path) -> None:
    table = "Title,Start,Cost\nOne,01/04/2026,5\n\nNo dates yet,,\nThree,,6\n"
    rows, report = await read(tmp_path, table + "\nKept by the programme office\nVersion 3\n")
    assert ([row.said["title"] for row in rows], report.left_out) == (
        ["One", "No dates yet", "Three"],
        [7, 8],
    )
    rows, report = await read(tmp_path, table + "Note: costs exclude VAT\n")
    assert ([row.number for row in rows], report.left_out) == ([2, 4, 5], [6])


@pytest.mark.parametrize(
    ("below", "unread"),
    [
        (",,mm/dd/yyyy,£,days", ["Start"]),
        (",,dd/mm/yyyy,(£000),(weeks)", ["Cost", "Contingency"]),
        (",Text,DD/MM/YYYY,£,days", []),
    ],
)
async def test_a_row_below_the_headings_says_how_their_columns_are_filled_in(
    tmp_path: Path, below: str, unread: list[str]
) -> None:
    table = f"Ref,Title,Start,Cost,Contingency\n{below}\nA-1,x,01/04/2026,250,4\n"
    [row], report = await read(tmp_path, table)
    assert (list(row.unread), report.left_out) == (unread, [2])
    [first, _], _ = await read(tmp_path, "Title,Start,Cost\nNumber,,\nOther,,\n")
    assert first.said["title"] == "Number"


def merged(package: bytes, places: str) -> bytes:
    cells = "".join(f'<mergeCell ref="{place}"/>' for place in places.split())
    return rewritten(package, {"</sheetData>": f"</sheetData><mergeCells>{cells}</mergeCells>"})


async def test_what_merged_cells_show_is_said_of_each_of_their_rows(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        [None, "Directorate", None, "Dates", None, None],
        [None, "Directorate", "Title", "Start", "End", "Cost"],
        [None, "Adults", "One", date(2026, 4, 1), date(2027, 3, 31), 5],
        [None, None, "Two", None, None, None],
        [None, None, None, None, None, None],
        [None, None, "Three", None, None, None],
        [None, None, "Four", None, None, None],
    ]
    found, _ = await read(tmp_path, merged(xlsx(rows), "B1:B2 D1:E1 B3:B6 D3:D4 F3:F4"))
    start = date(2026, 4, 1)
    assert [(row.said.get("service_area"), row.said.get("start")) for row in found] == [
        ("Adults", start),
        ("Adults", start),
        ("Adults", None),
        (None, None),
    ]
    assert [row.said.get("cost_pence") for row in found] == [500, None, None, None], "of both, not of each"
    office = ods([["Title", "Supplier", "Cost"], ["One", "A Ltd", 5], ["Two", None, 6]])
    spans = {
        '<table:table-cell office:value-type="string"><text:p>A Ltd': (
            '<table:table-cell table:number-rows-spanned="2" office:value-type="string"><text:p>A Ltd'
        ),
        "<table:table-cell/>": "<table:covered-table-cell/>",
    }
    found, _ = await read(tmp_path, rewritten(office, spans))
    assert [row.said["supplier"] for row in found] == ["A Ltd", "A Ltd"]


async def test_a_number_of_an_ods_sheet_is_what_it_shows(tmp_path: Path) -> None:
    office = ods([["Ref", "Title", "Cost"], [12, "x", 250], [13, "y", 1200000], [14, "z", 7]])
    shown = {
        ">12<": ">0012<",
        ">250<": ">250k<",
        ">13<": ">PRJ-13<",
        ">1200000<": ">£1.2m<",
        ">7<": ">£7.00<",
    }
    found, report = await read(tmp_path, rewritten(office, shown))
    assert [row.reference for row in found] == ["0012", "PRJ-13", "14"]
    assert [row.said.get("cost_pence") for row in found] == [None, 120_000_000, 700]
    assert [(cell.row, cell.text) for cell in report.cells] == [(2, "250k")]


@pytest.mark.parametrize(("code", "is_month"), [("mmm\\-yy", True), ("mm/yyyy", True), ("d mmm yyyy", False)])
async def test_an_end_that_is_shown_as_a_month_alone_is_not_its_first_day(
    tmp_path: Path, code: str, *, is_month: bool
) -> None:
    first, last = ((day - date(1899, 12, 30)).days for day in (date(2027, 3, 1), date(2027, 3, 31)))
    heading = ["Ref", "Title", "Start", "End"]
    rows = [["A-1", "x", Styled(first, 3), Styled(first, 3)], ["A-2", "y", Styled(first, 3), Styled(last, 3)]]
    file = rewritten(xlsx([heading, *rows]), {r"[$€-2]\ #,##0.00": code})
    found, report = await read(tmp_path, file)
    assert [row.said["start"] for row in found] == [date(2027, 3, 1)] * 2
    assert [row.said.get("forecast_end") for row in found] == [
        None if is_month else date(2027, 3, 1),
        date(2027, 3, 31),
    ]
    assert [cell.text for cell in report.cells] == ["Mar 2027"] * is_month
    office = ods([heading, ["A-1", "x", date(2027, 3, 1), date(2027, 3, 1)]])
    [row], _ = await read(tmp_path, rewritten(office, {"<text:p>2027-03-01": "<text:p>Mar 27"}))
    assert (row.said["start"], row.unread) == (date(2027, 3, 1), {"End": "Mar 2027"})
