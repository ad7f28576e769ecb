"""What every room's register goes by: apostrophes, marks, sources, links, headings, styles of days."""

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.governance.disclosure.field_redaction import ERASED, SEALED, exempt
from shared.web.reads.pages import defused, undefused
from shared.web.registers.hand_ins import LINKS_LIMIT, LinkReference, RegisterHistory, TooManyLinks
from shared.web.registers.units import ABROAD, measure_of, said_around, said_by_heading
from shared.web.tabular.day_styles import DayOrder, DayStyle
from shared.web.tabular.days import NoDay
from shared.web.tabular.headings import Heading, fields_by_heading, find_heading
from shared.web.tabular.marks import is_withheld
from shared.web.tabular.number_formats import sign_of, with_mark
from shared.web.tabular.tables import Form, Table, TextFile
from shared.web.tabular.times import NoTime, time_of
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
