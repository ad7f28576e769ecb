"""A register that comes again: compared with how things stand, accepted in part, undone; of which source."""

import csv
import io
import json
from typing import Any
from uuid import UUID

import pytest

from projects.domain.project import project_id
from shared.web.bulk.items import CSV
from shared.web.reads.readings import Reading
from tests.projects.test_bulk import item, outcomes, sent
from tests.projects.test_http import decided, identified
from tests.projects.test_registers import handed_in
from tests.support.api import Api
from tests.support.people import PIA

HEADINGS = "Reference,Title,Start,Forecast end,Cost\r\n"
A = HEADINGS + "ABA-1,Alpha,01/01/2026,30/09/2027,100\r\n"
B = HEADINGS + "ABA-1,Alpha,01/01/2026,31/12/2027,200\r\n"


async def seen(api: Api, reference: str | UUID) -> Any:
    one = project_id(reference) if isinstance(reference, str) else reference
    return (await api.get(f"/v1/projects/{one}")).json()


async def lines(api: Api, content: str, accept: str = "text/csv", **form: str) -> str:
    answer = await api.client.post(
        "/v1/project-registers",
        files={"file": ("register", content.encode())},
        data={"dry_run": "true", **form},
        headers=api.headers(PIA) | {"Accept": accept},
    )
    assert answer.status_code == 200, answer.text
    return answer.text.removeprefix("\ufeff")


async def undone(api: Api, batch: str, expect: int = 207) -> Any:
    version = (await api.get(f"/v1/project-batches/{batch}")).json()["version"]
    undo = {"decision": "undo", "reason": "The wrong file."}
    path = f"/v1/project-batches/{batch}/decisions"
    answer = (await api.post(path, undo, PIA, expect, version=version)).json()
    api.position = await api.service.record.head()
    return answer


async def test_a_register_is_compared_with_how_things_stand(api: Api) -> None:
    for table, end, pence in ((A, "2027-09-30", 10_000), (B, "2027-12-31", 20_000)) * 2:
        report = await handed_in(api, table)
        assert report["counts"] == {"done": 1, "repeated": 0, "refused": 0}
        project = await seen(api, "ABA-1")
        assert (project["forecast_end"], project["cost_pence"]) == (end, pence)
    assert project["forecasts"] == ["2027-09-30", "2027-12-31"] * 2


async def test_an_import_in_thousands_by_mistake_is_put_right(api: Api) -> None:
    await handed_in(api, A)
    await handed_in(api, A, amounts_in="thousands")
    report = await handed_in(api, A)
    assert report["counts"]["done"] == 1
    assert (await seen(api, "ABA-1"))["cost_pence"] == 10_000


async def test_the_difference_comes_first_with_who_decided(api: Api) -> None:
    two = A + "ABA-2,Beta,,,\r\nABA-3,Gamma,,,\r\n"
    await handed_in(api, two)
    await decided(api, project_id("ABA-1"), "revise-forecast", new="2028-01-31", reason="Late.")
    again = B + "ABA-3,Gamma,,,\r\nABA-4,Delta,,,\r\n"
    head = await api.service.record.head()
    report = await handed_in(api, again, dry_run="true")
    assert await api.service.record.head() == head
    assert report["difference_counts"] == {
        "new": 1,
        "changed": 1,
        "conflicting": 1,
        "unchanged": 1,
        "gone": 1,
    }
    told = [(d["what"], d["reference"], d["field"], d["old"], d["new"]) for d in report["differences"]]
    assert told == [
        ("conflicting", "ABA-1", "forecast_end", "2028-01-31", "2027-12-31"),
        ("changed", "ABA-1", "cost_pence", "10000", "20000"),
        ("unchanged", "ABA-3", None, None, None),
        ("new", "ABA-4", None, None, "Delta"),
        ("gone", "ABA-2", None, None, None),
    ]
    conflict = report["differences"][0]
    assert (conflict["row"], conflict["column"], conflict["decided_by"]) == (2, "Forecast end", PIA.id)
    assert 0 < conflict["position"] <= head
    rows = list(csv.DictReader(io.StringIO(await lines(api, again))))
    assert [(row["what"], row["old"]) for row in rows] == [(what, old or "") for what, _, _, old, _ in told]
    ndjson = (await lines(api, again, "application/x-ndjson")).splitlines()
    assert [json.loads(line)["key"] for line in ndjson] == [row["key"] for row in rows]


async def test_some_differences_are_accepted_and_the_rest_stay(api: Api) -> None:
    await handed_in(api, A + "ABA-2,Beta,,,\r\n")
    again = B + "ABA-2,Better,,,5\r\nABA-3,Gamma,,,\r\n"
    tried = await handed_in(api, again, dry_run="true")
    keys = {(d["reference"], d["field"]): d["key"] for d in tried["differences"]}
    some = ", ".join([keys["ABA-1", "cost_pence"], keys["ABA-2", "title"]])
    nothing = await handed_in(api, again, accept="none")
    assert (nothing["batch"], nothing["declined"], nothing["counts"]["done"]) == (None, 3, 0)
    report = await handed_in(api, again, accepted=some)
    assert (report["counts"]["done"], report["declined"]) == (2, 3)
    first, second = await seen(api, "ABA-1"), await seen(api, "ABA-2")
    assert (first["cost_pence"], first["forecast_end"]) == (20_000, "2027-09-30")
    assert (second["title"], second["cost_pence"]) == ("Better", None)
    await api.get(f"/v1/projects/{project_id('ABA-3')}", expect=404)
    stale = await handed_in(api, again, accept="some", accepted=some)
    assert stale["counts"]["done"] == 0  # what they named holds already


async def test_what_is_in_conflict_can_be_left(api: Api) -> None:
    await handed_in(api, A)
    await decided(api, project_id("ABA-1"), "revise-forecast", new="2028-01-31", reason="Late.")
    await handed_in(api, B, accept="unless_conflicting")
    project = await seen(api, "ABA-1")
    assert (project["forecast_end"], project["cost_pence"]) == ("2028-01-31", 20_000)
    await handed_in(api, B)
    assert (await seen(api, "ABA-1"))["forecast_end"] == "2027-12-31"


async def test_every_mapped_field_counts(api: Api) -> None:
    await handed_in(
        api, "Reference,Title,Start,Forecast end,Contingency days\r\nCO-1,t,01/01/2026,01/11/2027,0\r\n"
    )
    await handed_in(
        api, "Reference,Title,Start,Forecast end,Contingency days\r\nCO-1,t,01/01/2026,01/11/2027,90\r\n"
    )
    project = await seen(api, "CO-1")
    assert (project["contingency_days"], project["latest_end"]) == (90, "2028-01-30")
    listed = (await api.get("/v1/projects/at-risk", transition_date="2028-01-15")).json()
    assert [one["reference"] for one in listed["items"]] == ["CO-1"]
    row = "FI-1,x,01/01/2023,01/01/2024,{}\r\n"
    heading = "Reference,Title,Start,Forecast end,Category,Finished\r\n"
    await handed_in(api, heading + row.format("Workplace,"))
    await handed_in(api, heading + row.format("Servers,01/06/2024"))
    project = await seen(api, "FI-1")
    assert (project["finished_on"], project["stage"], project["category"]) == (
        "2024-06-01",
        "closed",
        "Servers",
    )
    await handed_in(api, heading + row.format("Servers,02/06/2024"))
    assert (await seen(api, "FI-1"))["finished_on"] == "2024-06-02"


async def test_a_register_is_undone_field_by_field(api: Api) -> None:
    await handed_in(api, A)
    before = await seen(api, "ABA-1")
    second = await handed_in(api, B.replace("Alpha", "Omega") + "ABA-2,Beta,,,\r\nABA-3,Gamma,,,\r\n")
    await decided(api, project_id("ABA-1"), "amend", title="By hand")
    await decided(api, project_id("ABA-3"), "amend", title="By hand")
    answer = await undone(api, second["batch"])
    assert answer["counts"] == {"done": 2, "repeated": 0, "refused": 1}
    project = await seen(api, "ABA-1")
    restored = ("forecast_end", "forecasts", "cost_pence", "stage")
    assert [project[name] for name in restored] == [before[name] for name in restored]
    assert project["title"] == "By hand"
    stages = [(await seen(api, f"ABA-{n}"))["stage"] for n in (2, 3)]
    assert stages == ["cancelled", "identified"]
    again = await handed_in(api, HEADINGS + "ABA-2,Beta,,,\r\n")
    assert again["counts"]["done"] == 1
    assert (await seen(api, "ABA-2"))["stage"] == "identified"


async def test_what_an_undo_put_back_stands_as_it_did_before_the_register(api: Api) -> None:
    await handed_in(api, A)
    await undone(api, (await handed_in(api, B))["batch"])
    again = await handed_in(api, B, dry_run="true")
    told = [(d["what"], d["field"], d["decided_by"], d["position"]) for d in again["differences"]]
    first = (await api.get(f"/v1/projects/{project_id('ABA-1')}/history")).json()["items"][0]["position"]
    assert told == [("changed", name, PIA.id, first) for name in ("forecast_end", "cost_pence")]
    assert (await handed_in(api, B, accept="unless_conflicting"))["counts"]["done"] == 1
    assert (await seen(api, "ABA-1"))["cost_pence"] == 20_000


async def test_what_was_decided_by_hand_before_a_register_that_was_undone_is_in_conflict_still(
    api: Api,
) -> None:
    await handed_in(api, A)
    await decided(api, project_id("ABA-1"), "amend", title="By hand")
    by_hand = api.position
    await undone(api, (await handed_in(api, B))["batch"])
    again = await handed_in(api, B, dry_run="true")
    told = {d["field"]: (d["what"], d["old"], d["position"]) for d in again["differences"]}
    assert told["title"] == ("conflicting", "By hand", by_hand)
    assert {name: what for name, (what, _, _) in told.items() if name != "title"} == {
        "forecast_end": "changed",
        "cost_pence": "changed",
    }


async def test_references_of_another_source_are_its_own(api: Api) -> None:
    await handed_in(api, "Ref,Title\r\n1,Ours\r\n")
    theirs = await handed_in(api, "Ref,Title\r\n1,Theirs\r\n2,Other\r\n", source="Washington")
    assert (theirs["source"], theirs["difference_counts"]["new"]) == ("Washington", 2)
    assert (await seen(api, "1"))["title"] == "Ours"
    again = await handed_in(api, "Ref,Title\r\n1,Theirs still\r\n", dry_run="true")
    assert again["source"] == "Washington"
    assert [(d["what"], d["old"]) for d in again["differences"]] == [("changed", "Theirs"), ("gone", None)]
    found = (await api.get("/v1/projects", reference=" 1")).json()["items"]
    assert sorted(project["title"] for project in found) == ["Ours", "Theirs"]
    usual = await handed_in(api, "Ref,Title\r\n1,Ours\r\n", source="usual")
    assert (usual["source"], usual["counts"]["repeated"]) == ("", 1)


async def test_two_references_are_one_once_somebody_says_so(api: Api) -> None:
    thing = await identified(api, "ICT-7")
    link = {"decision": "link", "source": "Washington", "reference": "W 7", "thing": thing, "reason": "Same."}
    await api.post("/v1/project-registers/links", link, PIA, 201)
    report = await handed_in(api, "Ref,Title\r\nw  7,Renamed\r\n", source="Washington")
    assert report["difference_counts"]["changed"] == 1
    assert (await seen(api, "ICT-7"))["title"] == "Renamed"


async def test_an_unread_cell_that_is_corrected_clears(api: Api) -> None:
    table = "Ref,Title,End\r\nA1,One,{}\r\n"
    await handed_in(api, table.format("Autumn"))
    assert (await seen(api, "A1"))["unread"] == {"End": "Autumn"}
    await handed_in(api, table.format(""))
    assert (await seen(api, "A1"))["unread"] == {"End": "Autumn"}
    await handed_in(api, table.format("31/12/2026"))
    project = await seen(api, "A1")
    assert (project["unread"], project["forecast_end"]) == ({}, "2026-12-31")


@pytest.mark.parametrize("cell", ["", "TBC"])
async def test_a_blank_date_withdraws_one_where_that_is_asked_for(api: Api, cell: str) -> None:
    table = "Ref,Title,Start,End\r\nA1,One,01/02/2026,{}\r\n"
    await handed_in(api, table.format("31/12/2026"))
    await handed_in(api, table.format(""))
    assert (await seen(api, "A1"))["forecast_end"] == "2026-12-31"
    tried = await handed_in(api, table.format(cell), blank_dates="withdrawn")
    assert [(d["field"], d["old"], d["new"]) for d in tried["differences"]] == [
        ("forecast_end", "2026-12-31", "")
    ]
    project = await seen(api, "A1")
    assert (project["forecast_end"], project["forecasts"], project["unread"]) == (None, ["2026-12-31"], {})
    await undone(api, tried["batch"])
    assert (await seen(api, "A1"))["forecast_end"] == "2026-12-31"


async def test_a_list_that_is_corrected_lands_on_the_same_projects(api: Api) -> None:
    await handed_in(api, A + 'ABA-2,=Sum,,,\r\n"ABA-3",\'=x,,,7\r\n')
    await handed_in(api, "Ref,Title\r\n1,Theirs\r\n", source="Washington")
    answer = await api.client.get(
        "/v1/projects", params={"after": api.position}, headers=api.headers(PIA) | {"Accept": "text/csv"}
    )
    same = await handed_in(api, answer.content, dry_run="true")
    assert same["difference_counts"] == {"new": 0, "changed": 0, "conflicting": 0, "unchanged": 4, "gone": 0}
    corrected = answer.text.replace("Alpha", "Alpha II").replace(
        "Theirs", "[exempt: paragraph 3 of Schedule 12A]"
    )
    report = await handed_in(api, corrected)
    assert report["counts"] == {"done": 1, "repeated": 3, "refused": 0}
    assert (await seen(api, "ABA-1"))["title"] == "Alpha II"
    assert (await seen(api, "ABA-2"))["title"] == "=Sum"


async def test_the_whole_register_is_exported_and_comes_again_as_no_change(api: Api) -> None:
    many = "".join(f"X{n},Thing {n},01/01/2026,,{n}\r\n" for n in range(230))
    await handed_in(api, A + "ABA-2,=Sum,,,\r\nABA-3,'=x,,,7\r\nABA-4,'tis,,,\r\n" + many)
    await handed_in(api, "Ref,Title\r\nX1,Theirs\r\n", source="Washington")
    before = [(await seen(api, f"ABA-{n}"))["title"] for n in (2, 3, 4)]
    for form in ("csv", "xlsx"):
        answer = await api.client.get(
            "/v1/project-registers", params={"form": form, "after": api.position}, headers=api.headers(PIA)
        )
        assert answer.status_code == 200
        report = await handed_in(api, answer.content)
        assert (report["counts"]["repeated"], report["batch"], report["refused"]) == (235, None, [])
        assert sum(report["difference_counts"].values()) == 235
    assert [(await seen(api, f"ABA-{n}"))["title"] for n in (2, 3, 4)] == before == ["=Sum", "=x", "'tis"]


async def test_an_export_is_as_of_one_position_whatever_comes_meanwhile(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await handed_in(api, A)
    looked, more = Reading.must_know_what_is_exempt, [A.replace("ABA-1", "ABA-2"), B]

    async def slow(reading: Reading) -> None:
        while more:
            await handed_in(api, more.pop())
            await api.get("/v1/projects", PIA)
        await looked(reading)

    monkeypatch.setattr(Reading, "must_know_what_is_exempt", slow)
    then = {"after": api.position}
    answer = await api.client.get("/v1/project-registers", params=then, headers=api.headers(PIA))
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["reference"], row["cost_pence"]) for row in rows] == [("ABA-1", "10000")]


async def test_a_list_is_taken_by_the_bulk_decisions_too(api: Api) -> None:
    await handed_in(api, "Ref,Title\r\nP1,One\r\nP2,Two\r\n")
    headers = api.headers(PIA) | {"Accept": "text/csv"}
    listed = (await api.client.get("/v1/projects", params={"after": api.position}, headers=headers)).text
    rows = list(csv.DictReader(io.StringIO(listed)))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [*rows[0], "reason"])
    writer.writeheader()
    writer.writerows({**row, "category": "Networks", "reason": "Cables."} for row in rows)
    answer = await sent(api, text.getvalue().encode(), CSV)
    assert [row["outcome"] for row in csv.DictReader(io.StringIO(answer.text))] == ["done", "done"]


async def test_a_reference_of_several_sources_is_refused_with_the_choices(api: Api) -> None:
    await handed_in(api, "Ref,Title\r\n1,Ours\r\n2,Also ours\r\n")
    await handed_in(api, "Ref,Title\r\n1,Theirs\r\n3,Only theirs\r\n", source="Washington")
    await api.get("/v1/projects")
    answer = outcomes(await sent(api, [item("1"), item("2"), item("3")]))
    assert [line["outcome"] for line in answer] == ["refused", "done", "done"]
    problem = answer[0]["problem"]
    assert (problem["type"], problem["status"]) == ("/problems/ambiguous-reference", 409)
    assert {choice["source"] for choice in problem["choices"]} == {"", "Washington"}
    ids = {choice["source"]: choice["id"] for choice in problem["choices"]}
    assert UUID(ids[""]) == project_id("1")
    one = await sent(api, [{**item("1"), "id": ids["Washington"]}])
    assert outcomes(one)[0]["id"] == ids["Washington"]


async def test_a_scale_that_is_said_later_is_a_difference_of_its_own(api: Api) -> None:
    table = "Reference,Title,RAG,Cost\r\nSC-1,x,Amber,{}\r\n"
    await handed_in(api, table.format(5))
    report = await handed_in(api, table.format(6), scale="five_point", dry_run="true")
    told = {d["field"]: (d["column"], d["old"], d["new"]) for d in report["differences"]}
    assert told == {"cost_pence": ("Cost", "500", "600"), "scale": ("RAG", "unstated", "five_point")}
    keys = {d["field"]: d["key"] for d in report["differences"]}
    await handed_in(api, table.format(6), scale="five_point", accepted=keys["cost_pence"])
    assert (await seen(api, "SC-1"))["scale"] == "unstated", "it was not accepted"
    accepted = await handed_in(api, table.format(6), scale="five_point", accepted=keys["scale"])
    project = await seen(api, "SC-1")
    assert (project["scale"], project["confidence"], project["cost_pence"]) == ("five_point", "Amber", 600)
    assert (await handed_in(api, table.format(6), scale="five_point"))["counts"]["repeated"] == 1
    assert (await handed_in(api, table.format(6)))["counts"]["repeated"] == 1, "no scale says nothing"
    await undone(api, accepted["batch"])
    assert (await seen(api, "SC-1"))["scale"] == "unstated"


async def test_a_rating_that_changes_takes_its_scale_along(api: Api) -> None:
    table = "Reference,Title,RAG\r\nSC-2,x,{}\r\n"
    await handed_in(api, table.format("Amber"))
    report = await handed_in(api, table.format("Red"), scale="three_point")
    assert [(d["field"], d["old"], d["new"]) for d in report["differences"]] == [
        ("confidence", "Amber", "Red")
    ]
    assert (await seen(api, "SC-2"))["scale"] == "three_point"
