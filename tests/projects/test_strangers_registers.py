"""Registers whose cells could be taken for something else: read rightly, or reported, and never lost."""

import json
from datetime import date
from typing import Any

import pytest

from tests.projects.test_register_differences import seen
from tests.projects.test_registers import handed_in
from tests.projects.test_spreadsheets_as_kept import tried
from tests.projects.test_spreadsheets_of_all_sorts import cells
from tests.support.api import Api
from tests.support.sheets import book, xlsx

HEADING = "Reference,Title,Cost\r\n"


def unread(report: Any) -> list[tuple[int, str]]:
    return [(cell["row"], cell["column"]) for cell in report["cells"]]


async def test_a_column_with_a_comma_before_the_pence_is_reported_where_it_could_be_read_otherwise(
    api: Api,
) -> None:
    report = await handed_in(
        api, HEADING + 'M-1,a,"1.200,50"\r\nM-2,b,1.200\r\nM-3,c,"1,200"\r\nM-4,d,200\r\n'
    )
    assert unread(report) == [(2, "Cost"), (3, "Cost"), (4, "Cost")]
    assert (await seen(api, "M-4"))["cost_pence"] == 20_000
    both = await tried(api, HEADING + 'M-5,a,"1,20"\r\nM-6,b,"1,200.50"\r\nM-7,c,"1,300"\r\n')
    assert unread(both) == [(2, "Cost")], "another cell proves that the comma is between thousands"


@pytest.mark.parametrize(
    ("heading", "amounts_in", "pence"),
    [
        ("Cost (£m)", "millions", 150_000_000),
        ("Cost (£m)", "pounds", None),
        ("Budget £'000", "thousands", 150_000),
        ("Budget £'000", "millions", None),
        ("Value in billions", "millions", None),
        ("Cost (£)", "thousands", 150_000),
    ],
)
async def test_amounts_are_in_what_their_heading_says_or_reported(
    api: Api, heading: str, amounts_in: str, pence: int | None
) -> None:
    mapping = json.dumps({heading: "cost_pence"})
    reference = f"{heading} {amounts_in}"
    table = f'Reference,Title,"{heading}"\r\n{reference},x,1.5\r\n'
    report = await handed_in(api, table, mapping=mapping, amounts_in=amounts_in)
    assert unread(report) == ([(2, heading)] if pence is None else [])
    assert (await seen(api, reference))["cost_pence"] == pence


@pytest.mark.parametrize(
    ("heading", "measure"),
    [
        ("Cost (€)", "another currency than pounds"),
        ("Cost $", "another currency than pounds"),
        ("Cost %", "shares"),
        ("Contingency (£)", "pounds"),
        ("Contingency (%)", "shares"),
    ],
)
async def test_a_column_of_something_else_by_its_heading_is_reported(
    api: Api, heading: str, measure: str
) -> None:
    report = await handed_in(api, f"Reference,Title,{heading}\r\n{heading},x,250\r\n")
    assert cells(report) == [(2, heading, "250", f"stands in a column of {measure} by its heading")]
    project = await seen(api, heading)
    assert (project["cost_pence"], project["contingency_days"]) == (None, 0)


async def test_a_year_of_a_budget_is_not_the_budget(api: Api) -> None:
    table = "Ref,Title,Budget,,\r\n,,2024/25,2025/26,Total\r\nB-1,x,100,300,400\r\n"
    report = await handed_in(api, table)
    assert (report["heading_rows"], report["counts"]["done"]) == ([1, 2], 1)
    assert report["not_mapped"] == ["Budget 2024/25", "Budget 2025/26"]
    assert (await seen(api, "B-1"))["cost_pence"] == 40_000


async def test_a_year_or_thousands_behind_a_heading_are_no_number_of_it(api: Api) -> None:
    report = await tried(api, "Reference,Title,Budget (000),Budget (2026)\r\nY-1,x,5,6\r\n")
    assert report["not_mapped"] == ["Budget (000)", "Budget (2026)"]


async def test_what_nobody_sees_beside_a_day_hides_neither_it_nor_its_style(api: Api) -> None:
    rows = "V-1,x,\u200e01/04/2026\r\nV-2,y,02/04/2026\u200b\r\nV-3,z,2026-06-30T23:00:00Z\r\n"
    assert (await handed_in(api, f"Reference,Title,Start\r\n{rows}"))["cells"] == []
    days = [(await seen(api, f"V-{n}"))["start"] for n in (1, 2, 3)]
    assert days == ["2026-04-01", "2026-04-02", "2026-07-01"], "the last is midnight in London"
    proved = await tried(api, "Reference,Title,Start\r\nV-4,x,\u200e07/30/2026\r\nV-5,y,01/04/2026\r\n")
    assert unread(proved) == [(2, "Start"), (3, "Start")]


async def test_a_rating_is_the_one_of_the_scale_however_it_is_written(api: Api) -> None:
    table = "Reference,Title,RAG\r\nW-1,x,{}\r\n"
    await handed_in(api, table.format("Amber/Red"))
    again = await handed_in(api, table.format("AMBER - red"))
    assert again["difference_counts"]["unchanged"] == 1
    await handed_in(api, table.format("green"))
    assert (await seen(api, "W-1"))["confidence"] == "Green"


async def test_a_sub_category_without_a_category_is_reported_and_kept_until_there_is_one(api: Api) -> None:
    alone = "Reference,Title,Sub category\r\nU-1,x,Offices\r\n"
    report = await handed_in(api, alone)
    assert cells(report) == [
        (2, "Sub category", "Offices", "says more of a category, and the row names none")
    ]
    assert (await handed_in(api, alone))["difference_counts"]["unchanged"] == 1
    both = "Reference,Title,Category,Sub category\r\nU-1,x,{},Offices\r\n"
    for category in ("Networks", "Workplace"):
        await handed_in(api, both.format(category))
        project = await seen(api, "U-1")
        assert (project["category"], project["sub_category"]) == (category, "Offices")
        assert (await tried(api, both.format(category)))["difference_counts"]["unchanged"] == 1


async def test_an_unread_cell_clears_where_its_column_is_called_otherwise_later(api: Api) -> None:
    await handed_in(api, "Reference,Title,Start\r\nX-1,x,TBC\r\n")
    report = await handed_in(api, "Reference,Title,Start date\r\nX-1,x,01/04/2026\r\n")
    changed = [(d["field"], d["old"], d["new"]) for d in report["differences"]]
    assert changed == [("start", "", "2026-04-01"), ("unread", "TBC", "")]
    assert (await seen(api, "X-1"))["unread"] == {}


async def test_without_references_a_project_may_be_called_total(api: Api) -> None:
    report = await tried(api, "Title,Start,Cost\r\nTotal mobile,01/04/2026,5\r\nOther,,6\r\nTotal,,11\r\n")
    made = [difference["reference"] for difference in report["differences"]]
    assert (made, report["left_out"]) == (["Total mobile", "Other"], [4])


async def test_a_byte_that_is_no_utf_8_is_reported_where_it_stands(api: Api) -> None:
    report = await handed_in(api, (HEADING + "B-1,Café “Zoë”,5\r\n").encode() + b"B-2,\xa3,\xa36\r\n")
    why = "holds the byte 0xA3, which means nothing in UTF-8"
    assert cells(report) == [(3, "Title", "\ufffd", why), (3, "Cost", "\ufffd6", why)]
    assert (await seen(api, "B-1"))["title"] == "Café “Zoë”"


async def test_a_list_of_changes_before_the_register_is_not_taken_for_it(api: Api) -> None:
    changes = [["Date", "Project", "Owner"], ["1 May", "All", "somebody"]]
    register = [["Ref", "Title", "Start", "Cost"], ["S-1", "On sheet 3", "01/04/2026", "5"]]
    beyond = [["x"], *[[None]] * 100_002, ["far below"]]
    report = await tried(api, book({"Changes": changes, "Data": beyond, "Register": register}))
    assert (report["sheet"], report["difference_counts"]["new"]) == ("Register", 1)
    assert (await tried(api, book({"Data": beyond}), 413))["type"] == "/problems/too-many-rows"


async def test_another_reference_beside_an_id_changes_none_and_is_reported(api: Api) -> None:
    report = await handed_in(api, HEADING + "Q-1,x,5\r\nQ-2,y,6\r\n")
    one, other = (difference["id"] for difference in report["differences"])
    table = f"id,Reference,Title,Cost\r\n{one},Q-2,x,7\r\n{other},q-2 ,y,6\r\n"
    again = await handed_in(api, table)
    assert cells(again) == [(2, "Reference", "Q-2", "is not the reference of this id, and changes none")]
    assert again["cells"][0]["expected"] == "Q-1"
    assert [(await seen(api, name))["cost_pence"] for name in ("Q-1", "Q-2")] == [700, 600]


async def test_a_column_that_proves_nothing_writes_its_days_as_the_others_of_its_table_do(api: Api) -> None:
    table = "Reference,Title,Start,End,Finished\r\nD-1,a,{}\r\nD-2,b,{}\r\n"
    american = table.format("01/02/2025,03/31/2027,", "02/03/2025,05/14/2028,")
    report = await tried(api, american)
    assert unread(report) == [(n, column) for n in (2, 3) for column in ("Start", "End")]
    assert report["cells"][0]["reason"] == (
        "stands in a table that writes the month first: say so with `dates`, or write 2026-12-31"
    )
    assert [(of["column"], of["order"], of["declared"]) for of in report["days"]] == [
        (column, "month_first", False) for column in ("Start", "End", "Finished")
    ]
    assert (await handed_in(api, american, dates="month_first"))["cells"] == []
    days = [(await seen(api, name))["start"] for name in ("D-1", "D-2")]
    assert days == ["2025-01-02", "2025-02-03"]
    short = table.format("01/02/25,03/31/27,", "02/03/25,05/14/28,")
    assert unread(await tried(api, short, pivot="50")) == unread(report)
    british = table.format("01/02/2025,31/03/2027,", "02/03/2025,14/05/2028,")
    assert (await handed_in(api, british))["cells"] == []
    assert (await seen(api, "D-2"))["start"] == "2025-03-02"


async def test_a_column_beside_others_that_write_days_both_ways_is_reported(api: Api) -> None:
    table = "Reference,Title,Start,End,Finished\r\nE-1,a,01/02/2025,03/31/2027,30/06/2026\r\n"
    report = await tried(api, table)
    assert unread(report) == [(2, "Start"), (2, "End")]
    assert "table that writes days both ways" in report["cells"][0]["reason"]


async def test_one_mistyped_day_says_nothing_of_other_columns(api: Api) -> None:
    heading = "Reference,Title,Start,End,Finished\r\n"
    rows = [
        "E-2,a,01/04/2024,31/03/2026,01/01/2026\r\n",
        "E-3,b,01/05/2025,30/04/2027,\r\n",
        "E-4,c,,03/31/2025,\r\n",
    ]
    report = await handed_in(api, heading + "".join(rows))
    assert unread(report) == [(2, "End"), (3, "End"), (4, "End")]
    assert (await seen(api, "E-2"))["start"] == "2024-04-01"


async def test_one_mistyped_day_among_date_cells_of_which_one_is_proof_is_reported_alone(api: Api) -> None:
    days = [date(2024, 4, 1), "03/30/2024", date(2025, 3, 31), date(2024, 6, 3), date(2027, 12, 5)]
    rows: list[list[Any]] = [["Reference", "Title", "Start"]]
    rows += [[f"O-{n}", "x", day] for n, day in enumerate(days)]
    assert unread(await handed_in(api, xlsx(rows))) == [(3, "Start")]
    assert (await seen(api, "O-3"))["start"] == "2024-06-03"


async def test_date_cells_among_texts_that_write_the_month_first_may_be_swapped(api: Api) -> None:
    swapped: list[list[Any]] = [
        ["Reference", "Title", "Start", "End", "Finished"],
        ["S-1", "a", "07/30/2024", "12/31/2027", None],
        ["S-2", "b", date(2025, 6, 1), date(2027, 4, 3), None],
        ["S-3", "c", "05/30/2025", "11/25/2027", date(2026, 5, 4)],
    ]
    everything = [(2, "Start"), (2, "End"), (3, "Start"), (3, "End")]
    everything += [(4, "Start"), (4, "End"), (4, "Finished")]
    report = await tried(api, xlsx(swapped))
    assert unread(report) == everything
    assert "hand in the file from before" in report["cells"][2]["reason"]
    assert report["cells"][2]["text"] == "2025-06-01"
    declared = await tried(api, xlsx(swapped), dates="month_first")
    assert unread(declared) == [(3, "Start"), (3, "End"), (4, "Finished")], "no declaration swaps them back"
    whole: list[list[Any]] = [
        *swapped[:1],
        ["S-1", "a", date(2024, 7, 30), "12/31/2027", None],
        *swapped[2:3],
    ]
    report = await handed_in(api, xlsx(whole))
    assert unread(report) == [(2, "End"), (3, "End")], "no text beside it, and a day that is no month"
    assert [(await seen(api, name))["start"] for name in ("S-1", "S-2")] == ["2024-07-30", "2025-06-01"]


async def test_date_cells_beside_just_those_texts_that_another_program_could_not_read_may_be_swapped(
    api: Api,
) -> None:
    heading = ["Reference", "Title", "Start", "End"]
    american: list[list[Any]] = [
        heading,
        ["U-1", "a", date(2025, 1, 4), "31/03/2028"],  # 1 April 2025 in the file that was opened
        ["U-2", "b", "15/09/2024", date(2027, 5, 6)],
    ]
    report = await tried(api, xlsx(american))
    assert unread(report) == [(2, "Start"), (3, "End")]
    assert "hand in the file from before" in report["cells"][0]["reason"]
    cleared: list[list[list[Any]]] = [
        [*american, ["U-3", "c", date(2025, 1, 13), None]],  # no month has this number
        [*american, ["U-3", "c", "06/05/2025", None]],  # it would have been read
        [heading, ["U-1", "a", date(2025, 4, 1), "31/03/2028"], ["U-2", "b", "15/09/2024", None]],
    ]
    for rows in cleared:
        assert unread(await tried(api, xlsx(rows))) == []


async def test_a_heading_may_say_how_its_days_are_written(api: Api) -> None:
    table = "Ref,Title,Start ({}),End date\r\nW-1,x,01/02/2025,03/04/2027\r\n"
    report = await tried(api, table.format("mm/dd/yyyy"))
    assert unread(report) == [(2, "Start (mm/dd/yyyy)"), (2, "End date")]
    assert (await handed_in(api, table.format("DD/MM/YYYY")))["cells"] == []
    assert (await seen(api, "W-1"))["start"] == "2025-02-01"
    own = xlsx([["Ref", "Title", "Start (mm/dd/yyyy)"], ["W-2", "x", date(2025, 2, 3)]])
    assert (await handed_in(api, own))["cells"] == [], "a date cell is what it is, however it is shown"
    assert (await seen(api, "W-2"))["start"] == "2025-02-03"


AROUND = {
    "Finance (£000)": ",,{},,Dates,\r\nReference,Title,Cost,Contingency,Start,End\r\n",
    "Capital programme (£000s)": "{},,\r\nReference,Title,Cost\r\n",
    "Projects - values in £000": "{},,,\r\nAs at 1 May,,,\r\nReference,Title,Cost\r\n",
    "£'000": "Projects over £5 million,,{}\r\nReference,Title,Cost\r\n",
    "£000": "Reference,Title,Cost\r\n,,{}\r\n",
}


@pytest.mark.parametrize("said", AROUND)
async def test_amounts_are_in_what_is_said_around_their_headings_or_reported(api: Api, said: str) -> None:
    table = f"{AROUND[said].format(said)}H-1,x,250\r\n"
    report = await tried(api, table)
    [cell] = report["cells"]
    assert (cell["column"], cell["text"]) == ("Cost", "250")
    assert cell["reason"] == f"stands in a column of thousands by '{said}', near its heading"
    assert len((await tried(api, table, amounts_in="millions"))["cells"]) == 1
    assert (await handed_in(api, table, amounts_in="thousands"))["cells"] == []
    assert (await seen(api, "H-1"))["cost_pence"] == 25_000_000


@pytest.mark.parametrize(
    "above",
    [
        "ICT 2000 programme,,",
        "Top 1000 suppliers,,",
        "Block K,,",
        "Contracts over £1 million,,",
        "Million Homes programme,,",
        ",Estimates (£m),Actual (£)",
        "Please enter amounts in £ (not thousands),,",
        "Total value (£m),45.2,",
        "Total value (£m),45.2,\r\nAs at 1 May,,",
    ],
)
async def test_what_is_no_unit_above_the_headings_leaves_amounts_in_pounds(api: Api, above: str) -> None:
    report = await handed_in(api, f"{above}\r\nReference,Title,Cost\r\nH-2,x,250\r\n")
    assert report["cells"] == []
    assert (await seen(api, "H-2"))["cost_pence"] == 25_000


async def test_a_neighbours_group_says_nothing_of_a_column_but_its_own_does(api: Api) -> None:
    table = ",,Contract,Savings (£k)\r\nReference,Title,Cost,Saved\r\nG-1,x,250,5\r\n"
    assert (await handed_in(api, table))["cells"] == []
    assert (await seen(api, "G-1"))["cost_pence"] == 25_000
    own = table.replace("Contract,Savings (£k)", "Contract (£k),Savings")
    assert unread(await tried(api, own)) == [(3, "Cost")]
    for note in ("£000", "(£000s)", "in thousands", "all figures £000"):
        beside = table.replace("Savings (£k)", note)
        assert unread(await tried(api, beside)) == [(3, "Cost")], note


async def test_a_title_in_thousands_over_a_heading_of_pounds_is_for_a_person(api: Api) -> None:
    table = "Values in £000,,\r\n,,\r\nReference,Title,Cost (£)\r\nG-2,x,250\r\n"
    assert unread(await tried(api, table, mapping='{"Cost (£)": "cost_pence"}')) == [(4, "Cost (£)")]


async def test_the_name_of_a_sheet_may_say_what_its_amounts_are_in(api: Api) -> None:
    rows: list[list[Any]] = [["Reference", "Title", "Cost", "Budget £m"], ["N-1", "x", 250, 3]]
    mapping = json.dumps({"Budget £m": ""})
    assert unread(await tried(api, book({"Plan £k": rows}), mapping=mapping)) == [(2, "Cost")]
    assert unread(await tried(api, book({"Plan": rows}), mapping=mapping)) == []


async def test_three_digits_behind_a_point_are_no_pence(api: Api) -> None:
    rows = "T-1,a,1.200\r\nT-2,b,12.500\r\nT-3,c,£250.000\r\nT-4,d,1.20\r\nT-5,e,12.5\r\n"
    report = await handed_in(api, HEADING + rows)
    why = "has three digits behind the point, as thousands have"
    assert cells(report) == [
        (2, "Cost", "1.200", why),
        (3, "Cost", "12.500", why),
        (4, "Cost", "£250.000", why),
    ]
    assert [(await seen(api, name))["cost_pence"] for name in ("T-1", "T-4", "T-5")] == [None, 120, 1_250]
    assert (await handed_in(api, HEADING + "T-1,a,1.250\r\n", amounts_in="millions"))["cells"] == []
    assert (await seen(api, "T-1"))["cost_pence"] == 125_000_000


@pytest.mark.parametrize(
    ("cell", "pence"),
    [("250000.000", 25_000_000), ("12,500.000", 1_250_000), ("£1,234.500", 123_450), ("0.500", 50)],
)
async def test_three_decimals_that_can_be_no_thousands_are_read(api: Api, cell: str, pence: int) -> None:
    assert (await handed_in(api, HEADING + f'T-6,x,"{cell}"\r\n'))["cells"] == []
    assert (await seen(api, "T-6"))["cost_pence"] == pence
