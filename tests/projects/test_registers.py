"""Registers as programme offices keep them: read without guessing, taken in whole or tried first."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from projects.api.registers import PROJECT_REGISTER
from projects.commands.registration import RegisterProject
from projects.domain.delivery import ConfidenceRated, ForecastRevised
from projects.domain.events import ProjectAmended
from projects.domain.project import ProjectStage, Scale, project_id
from projects.domain.refusals import WrongProjectStage
from shared.web.registers.mappings import suggested
from shared.web.tabular.headings import Heading
from shared.web.tabular.tables import Form, Table, TextFile
from tests.projects.examples import FOUND, IDENTIFIED, NONE, OVER, TODAY
from tests.projects.test_http import scheme
from tests.support.api import Api
from tests.support.people import PIA, RITA
from tests.support.sheets import xlsx
from tests.support.specs import given

TABLE = (
    "Project_Number;Project_Name;Colour_Rating;Colour_Rating;Start_Date;End_Date;Owner\r\n"
    "ICT-1;Café network – north;;Amber;2025-01-06;31/12/2026;pia\r\n"
    "ICT-2;Payroll;Exempt under Section 43;;6 Jan 2025;Exempt under Section 43;Jane Doe\r\n"
    "ICT-3;Archive;Green;Red;2025-01-06;2026-06-30;\r\n"
)
ROW = RegisterProject(
    reference="ICT-1", title="Network refresh", start=date(2025, 1, 6), forecast_end=date(2026, 12, 18)
)


async def handed_in(api: Api, content: bytes | str, expect: int = 200, who: Any = PIA, **form: str) -> Any:
    files = {"file": ("register", content if isinstance(content, bytes) else content.encode())}
    answer: httpx.Response = await api.client.post(
        "/v1/project-registers", files=files, data=form, headers=api.headers(who)
    )
    assert answer.status_code == expect, answer.text
    api.position = await api.service.record.head()
    return answer.json()


def test_a_new_row_identifies_a_project_and_keeps_what_could_not_be_read() -> None:
    row = ROW.model_copy(update={"unread": {"Rating": "Exempt"}})
    [event] = given(NONE).when(row).events()
    assert event.apply(NONE).about.unread == (("Rating", "Exempt"),)


def test_the_same_row_again_says_nothing() -> None:
    given(NONE, *FOUND).when(ROW).then()
    given(NONE, *OVER).when(ROW).then()


def test_of_a_known_project_the_changes_are_kept() -> None:
    later = date(2027, 3, 31)
    row = ROW.model_copy(
        update={
            "title": "Network refresh, north",
            "forecast_end": later,
            "scale": Scale.THREE_POINT,
            "confidence": "Red",
        }
    )
    said = "By the register."
    at = ProjectStage.IDENTIFIED
    given(NONE, *FOUND).when(row).then(
        ProjectAmended(stage=at, title="Network refresh, north", reason=said),
        ForecastRevised(stage=at, old=IDENTIFIED.forecast_end, new=later, reason=said, revised_on=TODAY),
        ConfidenceRated(stage=at, scale=Scale.THREE_POINT, rating="Red", reason=said),
    )
    given(NONE, *OVER).when(row).refused(WrongProjectStage)


def test_a_day_that_a_row_withdraws_is_held_against_none_that_it_says() -> None:
    later = ROW.model_copy(
        update={"start": date(2027, 9, 1), "forecast_end": None, "withdrawn": ("forecast_end",)}
    )
    earlier = ROW.model_copy(
        update={"start": None, "forecast_end": date(2024, 3, 1), "withdrawn": ("start",)}
    )
    for row, start, end in ((later, later.start, None), (earlier, None, earlier.forecast_end)):
        project = NONE
        for event in (*FOUND, *given(NONE, *FOUND).when(row).events()):
            project = event.apply(project)
        assert (project.schedule.start, project.schedule.forecast_end) == (start, end)


def test_headings_suggest_what_they_stand_for() -> None:
    headings = ("Project_Number", "project name", "colour_rating", "colour_rating (2)", "Notes")
    table = Table(Form("csv"), headings, TextFile(Path("/dev/null")), Heading(1, 1, headings, {}))
    assert suggested(PROJECT_REGISTER, table) == {
        "Project_Number": "reference",
        "project name": "title",
        "colour_rating": "confidence",
        "colour_rating (2)": "confidence",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "mac_roman"])
async def test_a_register_is_taken_in_as_it_is(api: Api, encoding: str) -> None:
    report = await handed_in(api, TABLE.encode(encoding))
    assert report["counts"] == {"done": 3, "repeated": 0, "refused": 0}
    assert report["mapping"]["Colour_Rating (2)"] == "confidence"
    assert (report["delimiter"], report["not_mapped"]) == (";", [])
    assert [(cell["row"], cell["column"]) for cell in report["cells"]] == [
        (3, "Colour_Rating"),
        (3, "End_Date"),
        (3, "Owner"),
        (4, "Colour_Rating (2)"),
    ]
    assert 0 < report["position"] <= api.position
    listed = (await api.get("/v1/projects", after=report["position"])).json()
    assert len(listed["items"]) == 3
    first = (await api.get(f"/v1/projects/{project_id('ICT-1')}")).json()
    assert (first["title"], first["confidence"]) == ("Café network – north", "Amber")
    assert (first["start"], first["forecast_end"]) == ("2025-01-06", "2026-12-31")
    second = (await api.get(f"/v1/projects/{project_id('ICT-2')}")).json()
    assert second["forecast_end"] is None
    assert second["unread"] == {
        "Colour_Rating": "Exempt under Section 43",
        "End_Date": "Exempt under Section 43",
    }
    assert "Jane" not in json.dumps(second)


async def test_cells_of_several_lines_are_kept_as_they_are_meant(api: Api) -> None:
    table = 'Ref,Title,Aims\r\nA1,"Two\r\nlines","One.\r\nTwo.\x0bThree."\r\n'
    assert (await handed_in(api, table))["counts"]["done"] == 1
    seen = (await api.get(f"/v1/projects/{project_id('A1')}")).json()
    assert (seen["title"], seen["description"]) == ("Two lines", "One.\nTwo. Three.")


async def test_the_same_register_again_says_nothing_new(api: Api) -> None:
    first = await handed_in(api, TABLE)
    head = await api.service.record.head()
    again = await handed_in(api, TABLE)
    assert again["counts"] == {"done": 0, "repeated": 3, "refused": 0}
    assert (first["batch"] is None, again["batch"]) == (False, None)
    assert await api.service.record.head() == head
    moved = await handed_in(api, TABLE.replace("31/12/2026", "30/06/2027"))
    assert moved["counts"] == {"done": 1, "repeated": 2, "refused": 0}
    seen = (await api.get(f"/v1/projects/{project_id('ICT-1')}")).json()
    assert seen["forecasts"] == ["2026-12-31", "2027-06-30"]


async def test_a_register_without_rows_says_nothing(api: Api) -> None:
    report = await handed_in(api, TABLE.splitlines()[0] + "\r\n")
    assert (report["counts"]["done"], report["position"]) == (0, None)


async def test_a_register_is_tried_first(api: Api) -> None:
    report = await handed_in(api, TABLE, dry_run="true", scale="three_point")
    assert (report["batch"], report["position"], report["counts"]["done"]) == (None, None, 3)
    assert await api.service.record.head() == 0


async def test_nothing_is_half_done(api: Api) -> None:
    bad = TABLE + "ICT-1;Again;;;;;\r\n;Nameless;;;;;\r\nICT-9;Wide;;;;;;;more\r\n"
    report = await handed_in(api, bad)
    assert (report["counts"]["done"], report["not_done"]) == (0, 3)
    assert [(line["item"], line["problem"]["type"]) for line in report["refused"]] == [
        (5, "/problems/named-twice"),
        (6, "/problems/invalid-request"),
        (7, "/problems/invalid-request"),
    ]
    assert (await api.get("/v1/projects")).json()["items"] == []
    each = await handed_in(api, bad, mode="each")
    assert each["counts"] == {"done": 3, "repeated": 0, "refused": 3}


async def test_a_category_that_the_scheme_does_not_name_is_kept_as_text(api: Api) -> None:
    await scheme(api, project_categories=[{"name": "Networks", "sub_categories": ["Offices"]}])
    table = (
        "Ref,Title,Category,Sub category\r\nA1,One,Networks,Offices\r\nA2,Two,Networks,Farms\r\n"
        "A3,Three,Military Capability,Ships\r\nA4,Four,Transformation,\r\n"
    )
    tried = await handed_in(api, table, dry_run="true")
    report = await handed_in(api, table)
    assert tried["counts"] == report["counts"] == {"done": 4, "repeated": 0, "refused": 0}
    assert tried["cells"] == report["cells"]
    no_category, no_sub = ("is no category that the scheme names", "is no sub-category that the scheme names")
    assert [(cell["row"], cell["column"], cell["reason"]) for cell in report["cells"]] == [
        (3, "Sub category", no_sub),
        (4, "Category", no_category),
        (4, "Sub category", no_sub),
        (5, "Category", no_category),
    ]
    seen = [(await api.get(f"/v1/projects/{project_id(f'A{n}')}")).json() for n in range(1, 5)]
    assert [one["stage"] for one in seen] == ["categorised", "categorised", "identified", "identified"]
    assert [one["unread"] for one in seen] == [
        {},
        {"Sub category": "Farms"},
        {"Category": "Military Capability", "Sub category": "Ships"},
        {"Category": "Transformation"},
    ]
    head = await api.service.record.head()
    again = await handed_in(api, table)
    assert again["counts"] == {"done": 0, "repeated": 4, "refused": 0}
    assert await api.service.record.head() == head


async def test_a_mapping_is_corrected_and_saved(api: Api) -> None:
    table = "Nr,What,Ends\r\nA1,Thing,2026-12-31\r\n"
    missing = await handed_in(api, table, 409)
    assert (missing["type"], missing["missing"]) == ("/problems/mapping-incomplete", ["title"])
    columns = {"Nr": "reference", "What": "title", "Ends": "forecast_end"}
    body = {"name": "Monthly", "columns": columns}
    saved = (await api.post("/v1/register-mappings", body, PIA, 201)).json()["id"]
    shown = (await api.get(f"/v1/register-mappings/{saved}")).json()
    assert shown["columns"] == columns
    report = await handed_in(api, table, mapping_name="monthly")
    assert report["counts"]["done"] == 1
    named = await handed_in(api, table, mapping=json.dumps(columns), dry_run="true")
    assert named["mapping"] == columns
    other = json.dumps({**columns, "Cost": "cost_pence"})
    wrong = await handed_in(api, table, 422, mapping=other)
    assert (wrong["type"], wrong["missing"]) == ("/problems/no-such-column", ["Cost"])
    await handed_in(api, table, 422, mapping="[]")
    await api.post("/v1/register-mappings", {"name": "X", "columns": {"A": "reference"}}, PIA, 409)


async def test_spreadsheets_are_registers_too(api: Api) -> None:
    rows = [
        ["Ref", "Title", "End date", "Cost", "Category"],
        ["X1", "=Sum", date(2026, 12, 31), 12.5, "Networks"],
    ]
    report = await handed_in(api, xlsx(rows), amounts_in="millions")
    assert (report["kind"], report["counts"]["done"]) == ("spreadsheet", 1)
    seen = (await api.get(f"/v1/projects/{project_id('X1')}")).json()
    assert (seen["title"], seen["forecast_end"]) == ("=Sum", "2026-12-31")
    assert (seen["cost_pence"], seen["category"]) == (1_250_000_000, "Networks")


async def test_what_is_no_register_is_refused(api: Api) -> None:
    await handed_in(api, TABLE, 403, who=RITA)
    assert (await handed_in(api, b"PK\x03\x04bomb", 422))["type"] == "/problems/unreadable-table"
    assert (await handed_in(api, b"", 422))["type"] == "/problems/no-heading"
    wide = ",".join(f"c{n}" for n in range(5_000))
    assert (await handed_in(api, wide, 413))["type"] == "/problems/too-many-columns"
    long = "ref,title\n" + "a,b\n" * 100_002
    assert (await handed_in(api, long, 413))["type"] == "/problems/too-many-rows"
    await handed_in(api, TABLE, 422, unknown="1")
    assert await api.service.record.head() == 0


async def test_a_register_that_is_tried_is_forecast_as_it_would_be_taken_in(api: Api) -> None:
    table = "Reference,Title\r\nICT-1,Payroll\r\nICT-2,\r\n"
    tried = await handed_in(api, table, dry_run="true")
    told = ("counts", "not_done", "refused")
    assert (tried["counts"]["done"], tried["not_done"]) == (0, 1)
    assert [(row["item"], row["reference"]) for row in tried["refused"]] == [(3, "ICT-2")]
    done = await handed_in(api, table)
    assert [done[name] for name in told] == [tried[name] for name in told]
    each = await handed_in(api, table, mode="each", dry_run="true")
    assert (each["counts"]["done"], each["not_done"]) == (1, 0)


async def test_a_service_area_that_the_scheme_does_not_list_is_reported(api: Api) -> None:
    table = "Ref;Title;Service area\r\nICT-1;Café network;Highways\r\nICT-2;Payroll;Nowhere\r\n"
    form = {"mapping": json.dumps({"Ref": "reference", "Title": "title", "Service area": "service_area"})}
    assert (await handed_in(api, table, **form, dry_run="true"))["unread_cells"] == 0  # none are listed yet
    await scheme(api, service_areas=[{"name": "Highways"}, {"name": "Libraries"}])
    report = await handed_in(api, table, **form)
    [cell] = report["cells"]
    assert (cell["row"], cell["text"]) == (3, "Nowhere")
    assert cell["reason"] == "is no service area that the scheme lists"
    assert cell["expected"] == "one of: Highways, Libraries"
    rows = (await api.get("/v1/projects", PIA)).json()["items"]
    assert {row["reference"]: row["service_area"] for row in rows} == {"ICT-1": "Highways", "ICT-2": None}
