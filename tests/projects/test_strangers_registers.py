"""Registers whose cells could be taken for something else: read rightly, or reported, and never lost."""

import json
from typing import Any

import pytest

from tests.projects.test_register_differences import seen
from tests.projects.test_registers import handed_in
from tests.projects.test_spreadsheets_as_kept import tried
from tests.projects.test_spreadsheets_of_all_sorts import cells
from tests.support.api import Api
from tests.support.sheets import book

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
