"""Spreadsheets that look like a register and hold more, or less, than a reader of cells would see."""

import csv
import io
from datetime import date
from typing import Any

import pytest

from shared.web.bulk.items import XLSX
from tests.projects.test_register_differences import seen
from tests.projects.test_registers import handed_in
from tests.projects.test_spreadsheets_as_kept import rewritten, tried
from tests.support.api import Api
from tests.support.people import PIA
from tests.support.sheets import Styled, book, ods, xlsx

UNSOLVED = "holds a formula without its result"
BEHIND = "text behind a quotation mark that closes a cell: double those that belong to the text"
ERROR = "holds the error of a formula"


def cells(report: Any) -> list[tuple[int, str, str, str]]:
    return [(c["row"], c["column"], c["text"], c["reason"]) for c in report["cells"]]


def inline(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


async def test_formulas_that_were_never_calculated_are_reported_wherever_they_stand(api: Api) -> None:
    rows = [[None, "Ref", "Title", "Cost"], [None, "F-1", "One", "X"], [None, "F-2", "Two", "Y"]]
    parts = {
        inline("D2", "X"): '<c r="D2"><f>1+1</f><v></v></c>',
        inline("D3", "Y"): '<c r="D3"><f>""</f><v/></c>',
        "</sheetData>": '<row r="4"><c r="B4"><f>B2</f><v /></c><c r="C4"><f>C2</f></c></row></sheetData>',
    }
    report = await tried(api, rewritten(xlsx(rows), parts), mode="each")
    assert [(row, column, why) for row, column, _, why in cells(report)] == [
        (2, "Cost", UNSOLVED),
        (3, "Cost", UNSOLVED),
        (4, "Ref", UNSOLVED),
        (4, "Title", UNSOLVED),
    ]
    [refused] = report["refused"]
    assert [e["detail"] for e in refused["problem"]["errors"]] == [f"'Ref' {UNSOLVED}", f"'Title' {UNSOLVED}"]
    solved = {inline("D2", "X"): '<c r="D2" t="str"><f>""</f><v></v></c>', inline("D3", "Y"): ""}
    assert (await tried(api, rewritten(xlsx(rows), solved)))["cells"] == []


async def test_the_error_of_a_formula_is_reported_and_is_no_text(api: Api) -> None:
    table = "Ref,Title,Start,Supplier\r\nE-1,One,#N/A,#REF!\r\nE-2,#NAME?,,\r\n"
    report = await tried(api, table, mode="each")
    assert cells(report) == [
        (2, "Start", "#N/A", ERROR),
        (2, "Supplier", "#REF!", ERROR),
        (3, "Title", "#NAME?", ERROR),
    ]
    assert report["refused"][0]["problem"]["errors"][0]["detail"] == f"'Title' {ERROR}"
    sheet = xlsx([["Ref", "Title", "Start"], ["E-1", "One", "X"]])
    wrong = '<c r="C2" t="e"><f>NA()</f><v>#N/A</v></c>'
    assert cells(await tried(api, rewritten(sheet, {inline("C2", "X"): wrong}))) == [
        (2, "Start", "#N/A", ERROR)
    ]
    office = ods([["Ref", "Title", "Start"], ["E-1", "One", None]])
    empty, failed = (
        "<table:table-cell/>",
        (
            '<table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value="">'
            "<text:p>#N/A</text:p></table:table-cell>"
        ),
    )
    assert cells(await tried(api, rewritten(office, {empty: failed}))) == [(2, "Start", "#N/A", ERROR)]


async def test_shares_and_other_currencies_are_seen_beside_an_empty_margin_and_in_ods(api: Api) -> None:
    rows = [[None, "Ref", "Title", "Cost"], *([None, f"M{n}", "x", Styled(9, n)] for n in (2, 3))]
    share, euros = "is a share, no amount", "is in another currency than pounds"
    assert cells(await tried(api, xlsx(rows))) == [(2, "Cost", "900%", share), (3, "Cost", "€9", euros)]
    office = ods([["Ref", "Title", "Cost"], ["M1", "x", 7], ["M2", "x", 8], ["M3", "x", 9]])
    kinds = {
        'float" office:value="7"': 'percentage" office:value="0.07"',
        'float" office:value="8"': 'currency" office:currency="EUR" office:value="8"',
        'float" office:value="9"': 'currency" office:currency="GBP" office:value="9"',
    }
    report = await handed_in(api, rewritten(office, kinds))
    assert cells(report) == [(2, "Cost", "7%", share), (3, "Cost", "EUR 8", euros)]
    assert (await seen(api, "M3"))["cost_pence"] == 900


async def test_a_hidden_sheet_is_taken_only_where_no_other_has_a_register(api: Api) -> None:
    def of(reference: str) -> list[list[str]]:
        return [["Ref", "Title"], [reference, "x"]]

    two = book({"Old": of("OLD"), "Now": of("NOW")})
    hidden = rewritten(two, {'<sheet name="Old"': '<sheet state="hidden" name="Old"'})
    assert (await tried(api, two))["sheet"] == "Old"
    assert (await tried(api, hidden))["sheet"] == "Now"
    assert (await tried(api, hidden, sheet="Old"))["sheet"] == "Old"


async def test_headings_again_remarks_and_totals_are_no_projects(api: Api) -> None:
    table = (
        "Ref,Title,Start,Cost\r\nA1,One,01/04/2026,5\r\n\ufeffRef,Title,Start,Cost\r\nA2,Total rebuild,,7\r\n"
        "Sub-total,2,,12\r\n,,,12\r\nTotal A3,A project,,\r\nTotal,,,24\r\nPrinted on Monday\r\n"
    )
    report = await handed_in(api, table)
    assert (report["counts"]["done"], report["refused"]) == (3, [])
    assert report["left_out"] == [3, 5, 6, 8, 9]


async def test_a_row_that_names_nothing_is_told_which_cell_is_blank(api: Api) -> None:
    report = await tried(api, "Ref,Title\r\n,x\r\n,\r\n", mode="each")
    [refused] = report["refused"]
    assert refused["problem"]["errors"] == [
        {"pointer": "#/reference", "detail": "'Ref' is blank: every row needs one"}
    ]


async def test_a_key_that_somebody_chooses_comes_before_a_column_of_references(api: Api) -> None:
    table = "Ref,Title,Site\r\n1,Roof,North\r\n1,Roof,South\r\n"
    report = await tried(api, table, key="Title,Site")
    assert [d["reference"] for d in report["differences"]] == ["Roof / North", "Roof / South"]
    assert (report["references_from"], report["not_mapped"]) == (["Title", "Site"], ["Ref", "Site"])


async def test_what_nobody_sees_makes_no_other_reference(api: Api) -> None:
    await handed_in(api, "Ref,Title\r\nA1,x\r\nA2,y\r\n")
    again = await tried(api, "Ref,Title\r\n\ufeffA1,x\r\nA\u200b2,y\r\n")
    assert again["counts"] == {"done": 0, "repeated": 2, "refused": 0}


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter"),
    [
        ("Ref,Title\r\nA1,Café\r\n".encode("utf-16-le"), "utf-16-le", ","),
        ("Ref,Title\r\nA1,Café\r\n".encode("utf-16-be"), "utf-16-be", ","),
        ("Ref,Title\r\nA1,Café\r\n".encode("utf-32"), "utf-32", ","),
        ("sep=\t\r\nRef\tTitle\r\nA1\tCafé\r\n".encode("utf-16"), "utf-16", "\t"),
        ("Ref|Title\r\nA1|Café\r\n".encode("cp1252"), "cp1252", "|"),
    ],
)
async def test_text_of_any_sort_is_the_same_register(
    api: Api, content: bytes, encoding: str, delimiter: str
) -> None:
    report = await tried(api, content)
    assert (report["encoding"], report["delimiter"]) == (encoding, delimiter)
    assert [(d["row"], d["reference"], d["new"]) for d in report["differences"]] == [(2, "A1", "Café")]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'Ref,Title\r\nA1,"x\r\nA2,y\r\n', {"row": 2, "seen": "a quotation mark that is never closed"}),
        (b'Ref,Title\r\nA1,x\r\nA2,"5" pipe"\r\n', {"row": 3, "seen": BEHIND}),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
            {"seen": "an Excel file of before 2007, or with a password: save it as XLSX without one"},
        ),
        (b"%PDF-1.7 x", {"seen": "a PDF: save the table that it was made of"}),
        (b"\r\n<HTML><table>", {"seen": "a web page: save it as XLSX or CSV"}),
    ],
)
async def test_a_file_that_is_refused_is_told_what_was_seen(api: Api, content: bytes, told: Any) -> None:
    refusal = await tried(api, content, 422)
    assert {name: refusal.get(name) for name in told} == told


async def test_pounds_may_be_called_by_their_code(api: Api) -> None:
    await handed_in(api, 'Ref,Title,Cost\r\nP1,x,"GBP 1,000.50"\r\nP2,y,12 GBP\r\n')
    assert [(await seen(api, name))["cost_pence"] for name in ("P1", "P2")] == [100_050, 1_200]


async def test_who_decided_a_value_is_known_where_it_never_changed(api: Api) -> None:
    await handed_in(api, "Ref,Title,Contingency\r\nC1,x,0\r\n")
    [told] = (await tried(api, "Ref,Title,Contingency\r\nC1,x,90\r\n"))["differences"]
    assert (told["old"], told["new"], told["decided_by"]) == ("0", "90", "pia")


async def test_the_exported_register_is_taken_by_the_bulk_decisions(api: Api) -> None:
    await handed_in(api, "Ref,Title,Forecast end\r\nB1,x,31/12/2026\r\nB2,y,31/12/2026\r\n")
    query = {"after": api.position, "form": "csv"}
    exported = await api.client.get("/v1/project-registers", params=query, headers=api.headers(PIA))
    rows = list(csv.DictReader(io.StringIO(exported.text)))
    moved = exported.text.replace("2026-12-31", "2027-06-30", 1)
    assert [row["source"] for row in rows] == ["", ""]
    answer = await api.client.post(
        "/v1/projects/forecasts",
        params={"reason": "As agreed.", "mode": "each"},
        content=moved,
        headers=api.headers(PIA, Content_Type="text/csv", Accept="application/json"),
    )
    assert answer.status_code == 207, answer.text
    await api.get("/v1/projects", PIA, after=(await api.service.record.head()))
    assert [(await seen(api, name))["forecast_end"] for name in ("B1", "B2")] == ["2027-06-30", "2026-12-31"]


async def test_a_bulk_item_of_a_formula_that_left_no_value_is_refused(api: Api) -> None:
    await handed_in(api, "Ref,Title,Forecast end\r\nB1,x,31/12/2026\r\n")
    sheet = xlsx([["reference", "forecast_end", "reason"], ["B1", date(2027, 6, 30), "X"]])
    wrong = rewritten(sheet, {inline("C2", "X"): '<c r="C2"><f>1+1</f><v></v></c>'})
    answer = await api.client.post(
        "/v1/projects/forecasts",
        params={"mode": "each"},
        content=wrong,
        headers=api.headers(PIA, Content_Type=XLSX, Accept="application/x-ndjson"),
    )
    assert f"`reason` {UNSOLVED}." in answer.text, answer.text
