"""Hundreds of projects in one request: an outcome for each, nothing twice, all or nothing, and a way back."""

import asyncio
import csv
import io
import json
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from eventsourcing.persistence import StoredEvent
from fastapi.responses import StreamingResponse

from projects.commands.assessment import CategoriseProject
from projects.domain.project import project_id
from shared.governance.audit.replay.reexecution import reexecuted
from shared.web.bulk import items, responses, routes, runner
from shared.web.bulk.items import CSV, JSON, NDJSON
from tests.projects.test_http import decided, identified, scheme
from tests.support.api import Api
from tests.support.patience import LOOKS
from tests.support.people import PIA, RITA, SAM

PATH = "/v1/projects/categorisations"


def item(reference: str, category: str = "Networks", **more: Any) -> dict[str, Any]:
    return {"reference": reference, "category": category, "reason": "Cables.", **more}


def ndjson(items: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(i).encode() + b"\n" for i in items)


async def sent(  # the parts of a request
    api: Api,
    body: bytes | list[dict[str, Any]],
    media_type: str = NDJSON,
    *,
    path: str = PATH,
    key: str | None = None,
    expect: int = 207,
    who: Any = PIA,
    **query: Any,
) -> httpx.Response:
    content = ndjson(body) if isinstance(body, list) else body
    headers = api.headers(who, Idempotency_Key=key) | {"Content-Type": media_type}
    answer = await api.client.post(path, content=content, headers=headers, params=query)
    assert answer.status_code == expect, answer.text
    api.position = await api.service.record.head()
    return answer


def outcomes(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


def became(answer: httpx.Response) -> list[str]:
    return [outcome["outcome"] for outcome in outcomes(answer)]


async def several(api: Api, count: int = 3) -> list[str]:
    return [await identified(api, f"P{number}") for number in range(count)]


async def test_one_request_categorises_many_and_each_item_says_what_became_of_it(api: Api) -> None:
    first, second, _ = await several(api)
    items = [
        item("P0", version=1),
        {**item("P1", "Servers"), "id": second},
        item("p2 "),
        item("P9"),
        item("P0"),
        {"reference": "P1"},
        {"category": "X", "reason": "R."},
    ]
    answer = await sent(api, items)
    assert answer.headers["content-type"] == NDJSON
    told = outcomes(answer)
    assert [line["item"] for line in told] == list(range(1, 8))
    assert became(answer) == ["done"] * 3 + ["refused"] * 4
    assert (told[0]["id"], told[0]["version"]) == (first, 2)
    assert [line["problem"] and line["problem"]["type"] for line in told[3:]] == [
        "/problems/no-such-reference",
        "/problems/named-twice",
        "/problems/invalid-request",
        "/problems/unknown-reference",
    ]
    assert told[5]["problem"]["errors"][0]["pointer"] == "#/category"
    seen = (await api.get("/v1/projects", category="Networks")).json()["items"]
    assert [project["reference"] for project in seen] == ["P2", "P0"]


async def test_an_outcome_is_matched_to_its_row_and_its_reference(api: Api) -> None:
    first, *_ = await several(api)
    table = (
        "reference,category,reason\r\nP0,Networks,R.\r\n,,\r\n=P9,Networks,R.\r\n P1 ,,R.\r\n"
        "P2,Networks,R.,more\r\n"
    )
    told = list(csv.DictReader(io.StringIO((await sent(api, table.encode(), CSV)).text)))
    assert [(row["item"], row["reference"], row["outcome"]) for row in told] == [
        ("2", "P0", "done"),
        ("4", "'=P9", "refused"),
        ("5", "P1", "refused"),
        ("6", "P2", "refused"),
    ]
    body = [
        {"id": first, "category": "Servers", "reason": "R."},
        item("P1"),
        item("P9"),
        {"reference": "P2"},
        {"reference": "x" * 201},
        {"reference": 7},
    ]
    lines = outcomes(await sent(api, body))
    assert [line["item"] for line in lines] == [1, 2, 3, 4, 5, 6]
    assert [line["reference"] for line in lines] == [None, "P1", "P9", "P2", None, None]
    unknown = lines[2]["problem"]
    assert (unknown["status"], unknown["title"], unknown["reference"]) == (
        404,
        "Nothing here has this reference.",
        "P9",
    )


async def test_all_decisions_of_a_batch_have_one_cause(api: Api) -> None:
    ids = await several(api)
    answer = await sent(api, [item(f"P{n}") for n in range(3)])
    batch = answer.headers["batch"]
    for project in ids:
        recorded = (await api.service.record.stream(project))[-1]  # type: ignore[arg-type]  # the driver takes text too
        assert recorded.envelope["causation"] == f"batch:{batch}"
        assert recorded.envelope["authority"] == "programme_officer"
    shown = (await api.get(f"/v1/project-batches/{batch}")).json()
    assert shown["counts"] == {"done": 3, "repeated": 0, "refused": 0}
    assert (shown["status"], shown["items"]) == ("finished", 3)


MORE = item("P1", origin="wlbc", sub_category="WAN")


async def test_what_a_batch_stores_is_what_a_single_decision_would(api: Api) -> None:
    await several(api)
    await sent(api, [item("P0"), MORE])
    service = api.service
    for reference in ("P0", "P1"):
        events = await service.record.stream(project_id(reference))
        recorded = events[-1]
        row = await service.pool.fetchrow(
            "SELECT topic, state FROM stored_events WHERE notification_id = $1", recorded.position
        )
        said = item(reference) if reference == "P0" else MORE
        command = CategoriseProject(**{n: v for n, v in said.items() if n != "reference"})
        single = service.store.mapper.stored(
            recorded.stream_id, recorded.version, recorded.event, recorded.stamp, command
        )
        assert row is not None
        assert (row["topic"], row["state"]) == (single.topic, single.state)
        again = reexecuted(events, recorded.position)
        assert (again.same, again.rule) == (True, "CategoriseProject")


async def test_items_come_as_json_csv_and_ndjson(api: Api) -> None:
    await several(api)
    body = json.dumps({"items": [item("P0"), item("P7")]}).encode()
    answer = (await sent(api, body, JSON)).json()
    assert answer["counts"] == {"done": 1, "repeated": 0, "refused": 1}
    assert answer["items"][0]["outcome"] == "done"
    table = "Reference;Category;Sub category;Reason\r\nP1;Réseaux;WAN;Câbles\r\nP2;Networks;;\r\n"
    told = await sent(api, table.encode("cp1252"), CSV, reason="As agreed.")
    rows = list(csv.DictReader(io.StringIO(told.text)))
    assert [row["outcome"] for row in rows] == ["done", "done"]
    seen = (await api.get(f"/v1/projects/{project_id('P1')}")).json()
    assert (seen["category"], seen["sub_category"]) == ("Réseaux", "WAN")
    as_lines = api.headers(PIA) | {"Content-Type": CSV, "Accept": NDJSON}
    again = await api.client.post(PATH, content=table, headers=as_lines)
    assert json.loads(again.text.splitlines()[0])["outcome"] == "done"


@pytest.mark.parametrize("table", ["P0,X,R.\r\nP1,X,R.\r\n", 'P0,X,"R.\n\nS."\n,,\nP1,X,R.'])
async def test_a_batch_counts_its_items_and_neither_heading_nor_lines(api: Api, table: str) -> None:
    await several(api)
    answer = await sent(api, f"reference,category,reason\r\n{table}".encode(), CSV)
    shown = (await api.get(f"/v1/project-batches/{answer.headers['batch']}")).json()
    assert (shown["items"], shown["counts"]["done"]) == (2, 2)


async def test_a_csv_file_begins_as_a_batch_of_as_many_items_as_it_has_rows(api: Api) -> None:
    await several(api)
    for end in ("\r\n", ""):
        body = f"reference,category,reason\r\nP0,X,R.\r\nP1,X,R.{end}".encode()
        batch = (await sent(api, body, CSV)).headers["batch"]
        started, _ = await api.service.record.stream(UUID(batch))
        assert started.envelope["data"]["items"] == 2  # type: ignore[index, call-overload]  # JSON


async def test_a_table_with_columns_that_are_not_known_is_refused_whole(api: Api) -> None:
    await several(api)
    answer = await sent(api, b"reference,categroy,reason\r\nP0,X,R\r\n", CSV, expect=422)
    assert answer.json()["type"] == "/problems/unknown-columns"
    assert answer.json()["unknown"] == ["categroy"]
    wrong = await sent(api, b"reference,category,reason\r\nP0,X,R,more\r\nP1,X,R\r\n", CSV)
    rows = list(csv.DictReader(io.StringIO(wrong.text)))
    assert [row["outcome"] for row in rows] == ["refused", "done"]


async def test_columns_without_a_heading_do_no_harm_where_they_are_empty(api: Api) -> None:
    await several(api)
    table = (
        b"Reference,,Category,Reason,\r\nP0,,Networks,R.,\r\nP1,lost,Networks,R.,\r\n"
        b"P2,,Networks,R.,,,lost\r\n"
    )
    told = list(csv.DictReader(io.StringIO((await sent(api, table, CSV)).text)))
    assert [row["outcome"] for row in told] == ["done", "refused", "refused"]
    assert [row["detail"] for row in told[1:]] == [
        "Something stands in a column without a heading.",
        "The row has 7 cells for 5 columns.",
    ]


async def test_a_dry_run_writes_nothing(api: Api) -> None:
    await several(api)
    head = await api.service.record.head()
    answer = await sent(api, [item("P0"), item("P9")], dry_run="true")
    assert became(answer) == ["possible", "refused"]
    assert "batch" not in answer.headers
    assert await api.service.record.head() == head


async def test_all_or_nothing_is_one_commit_or_none(api: Api) -> None:
    await several(api)
    bad = await sent(api, [item("P0"), item("P9"), item("P1")], mode="all-or-nothing")
    assert became(bad) == ["not-done", "refused", "not-done"]
    assert (await api.get("/v1/projects", category="Networks")).json()["items"] == []
    good = await sent(api, [item(f"P{n}") for n in range(3)], mode="all-or-nothing")
    assert became(good) == ["done"] * 3
    positions = [line["position"] for line in outcomes(good)]
    assert positions == list(range(positions[0], positions[0] + 3))


async def test_a_dry_run_of_all_or_nothing_says_what_would_become_of_it(api: Api) -> None:
    await several(api)
    head = await api.service.record.head()
    options = {"mode": "all-or-nothing", "dry_run": "true"}
    bad = [item("P0"), item("P9"), item("P1")]
    assert became(await sent(api, bad, **options)) == ["not-done", "refused", "not-done"]
    good = [item(f"P{n}") for n in range(3)]
    assert became(await sent(api, good, **options)) == ["possible"] * 3
    assert await api.service.record.head() == head


async def test_what_changed_since_it_was_seen_is_out_of_date(api: Api) -> None:
    first, _, _ = await several(api)
    seen = api.position
    await decided(api, first, "pause", reason="Winter.")
    by_version = await sent(api, [item("P0", version=1), item("P1", version=1)])
    assert became(by_version) == ["refused", "done"]
    problem = outcomes(by_version)[0]["problem"]
    assert (problem["status"], problem["version"]) == (412, 2)
    by_position = await sent(api, [item("P0"), item("P2")], known_position=seen)
    assert became(by_position) == ["refused", "done"]


async def test_a_repeat_with_the_same_key_does_nothing_twice(api: Api) -> None:
    await several(api)
    items = [item("P0"), item("P1"), item("P9")]
    first = await sent(api, items, key="monday")
    head = await api.service.record.head()
    again = await sent(api, items, key="monday")
    assert became(again) == ["repeated", "repeated", "refused"]
    assert [o["position"] for o in outcomes(again)] == [o["position"] for o in outcomes(first)]
    assert await api.service.record.head() == head
    other = await sent(api, [item("P2")], key="monday", expect=422)
    assert other.json()["type"] == "/problems/key-used-otherwise"


async def test_a_broken_request_goes_on_where_it_stopped(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "FIRST_BLOCK", 2)
    monkeypatch.setattr(runner, "BLOCK", 2)
    await several(api, 6)
    items = [item(f"P{n}") for n in range(6)]
    body = ndjson(items[:4]) + b"x" * 300_000 + b"\n" + ndjson(items[4:])
    broken = outcomes(await sent(api, body, key="tuesday"))
    assert [line["outcome"] for line in broken] == ["done"] * 4 + ["broken"]
    assert broken[-1]["problem"]["type"] == "/problems/line-too-long"
    batch = api.service.batches
    again = outcomes(await sent(api, body, key="tuesday"))
    assert [line["outcome"] for line in again] == ["repeated"] * 4 + ["broken"]
    assert not batch.runs.running  # a broken batch is not one that is being carried out


@pytest.mark.parametrize("media_type", [NDJSON, CSV])
async def test_a_caller_who_leaves_before_the_first_outcome_may_ask_again(
    api: Api, monkeypatch: pytest.MonkeyPatch, media_type: str
) -> None:
    await several(api)
    body = (
        b"reference,category,reason\nP0,Networks,Cables.\n" if media_type != NDJSON else ndjson([item("P0")])
    )

    async def leave(*_: object) -> None:
        raise OSError("the caller has left")

    monkeypatch.setattr(StreamingResponse, "stream_response", leave)
    headers = api.headers(PIA, Idempotency_Key="sunday") | {"Content-Type": media_type}
    with suppress(Exception):
        await api.client.post(PATH, content=body, headers=headers)
    monkeypatch.undo()
    again = await sent(api, body, media_type, key="sunday")
    assert "done" in again.text


async def test_a_stream_that_is_left_keeps_what_was_committed(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "FIRST_BLOCK", 2)
    monkeypatch.setattr(runner, "BLOCK", 2)
    await several(api, 6)
    items = [item(f"P{n}") for n in range(6)]
    real = api.service.batches.runs.carried_out

    async def left(work: Any) -> Any:
        async for told in real(work):
            yield told
            await api.service.pool.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(api.service.batches.runs, "carried_out", left)
    broken = outcomes(await sent(api, items, key="wednesday"))
    assert broken[-1]["outcome"] == "broken"
    assert broken[-1]["problem"]["type"] == "/problems/database-away"
    monkeypatch.undo()
    again = became(await sent(api, items, key="wednesday"))
    assert set(again) == {"repeated", "done"}
    assert again[:2] == ["repeated"] * 2
    versions = [(await api.get(f"/v1/projects/{project_id(f'P{n}')}")).json()["version"] for n in range(6)]
    assert versions == [2] * 6


async def test_of_two_batches_at_once_each_item_is_decided_once_by_each(api: Api) -> None:
    await several(api, 8)
    items = [item(f"P{n}") for n in range(8)]
    told = await asyncio.gather(*(sent(api, items) for _ in range(3)))
    assert [became(answer) for answer in told] == [["done"] * 8] * 3
    seen = (await api.get(f"/v1/projects/{project_id('P3')}")).json()
    assert seen["version"] == 4


async def test_a_batch_is_undone_as_a_new_batch(api: Api) -> None:
    ids = await several(api)
    await decided(api, ids[1], "categorise", category="Bridges", reason="Steel.")
    batch = (await sent(api, [item(f"P{n}") for n in range(3)])).headers["batch"]
    await decided(api, ids[2], "categorise", category="Roads", reason="Tar.")
    path = f"/v1/project-batches/{batch}/decisions"
    undo = {"decision": "undo", "reason": "The wrong column."}
    await api.post(path, undo, SAM, 403, version=2)
    await api.post(path, undo, PIA, 428)
    await api.post(path, undo, PIA, 412, version=1)
    undone = (await api.post(path, undo, PIA, 207, version=2)).json()
    assert undone["counts"] == {"done": 2, "repeated": 0, "refused": 1}
    api.position = await api.service.record.head()
    categories = [(await api.get(f"/v1/projects/{p}")).json()["category"] for p in ids]
    assert categories == [None, "Bridges", "Roads"]
    shown = (await api.get(f"/v1/project-batches/{batch}")).json()
    assert (shown["status"], shown["undone_by"]) == ("undone", undone["batch"])
    again = await api.post(path, undo, PIA, 409, version=3)
    assert again.json()["type"] == "/problems/batch-undone-already"
    await api.post(f"/v1/project-batches/{uuid4()}/decisions", undo, PIA, 404, version=1)


async def test_a_batch_that_others_build_upon_is_undone_after_them(api: Api) -> None:
    ids = await several(api)
    batch = (await sent(api, [item(f"P{n}") for n in range(3)])).headers["batch"]
    words = [{"reference": f"P{n}", "moscow": "must", "reason": "R."} for n in range(3)]
    upon = (await sent(api, words, path="/v1/projects/prioritisations")).headers["batch"]
    undo = {"decision": "undo", "reason": "The wrong column."}
    path = "/v1/project-batches/{}/decisions"
    early = (await api.post(path.format(batch), undo, PIA, 207, version=2)).json()
    assert early["counts"] == {"done": 0, "repeated": 0, "refused": 3}
    assert {line["problem"]["type"] for line in early["items"]} == {"/problems/built-upon"}
    for one in (upon, batch):
        undone = (await api.post(path.format(one), undo, PIA, 207, version=2)).json()
        assert undone["counts"]["done"] == 3
    api.position = await api.service.record.head()
    seen = [(await api.get(f"/v1/projects/{project}")).json() for project in ids]
    assert [(p["stage"], p["category"]) for p in seen] == [("identified", None)] * 3


async def test_an_undo_is_not_undone(api: Api) -> None:
    await several(api, 1)
    undo = {"decision": "undo", "reason": "The wrong file."}
    path = "/v1/project-batches/{}/decisions"
    batch = (await sent(api, [item("P0")])).headers["batch"]
    undone = (await api.post(path.format(batch), undo, PIA, 207, version=2)).json()["batch"]
    again = (await api.post(path.format(undone), undo, PIA, 409, version=2)).json()
    assert again["type"] == "/problems/undo-stands"


async def test_priorities_and_handlings_are_decided_in_bulk_too(api: Api) -> None:
    await scheme(api, weights=[{"name": "benefit", "weight": 3}, {"name": "urgency", "weight": 1}])
    await several(api)
    await sent(api, [item(f"P{n}") for n in range(3)])
    await api.get("/v1/projects")
    table = (
        "reference,moscow,scores: benefit,scores: urgency,reason\r\n"
        "P0,must,4,4,R.\r\nP1,must,8,4,R.\r\nP2,maybe,1,1,R.\r\n"
    )
    told = await sent(api, table.encode(), CSV, path="/v1/projects/prioritisations")
    rows = list(csv.DictReader(io.StringIO(told.text)))
    assert [row["outcome"] for row in rows] == ["done", "done", "refused"]
    seen = (await api.get(f"/v1/projects/{project_id('P1')}")).json()
    assert (seen["score"], seen["rank"]) == (7.0, 1)
    needs = [{"month": "2026-09", "skill": "networks", "people": 2}]
    handled = await sent(
        api,
        [
            {"reference": "P0", "handling": "internal", "needs": needs, "reason": "R."},
            {"reference": "P1", "handling": "third_party", "reason": "R."},
            {"reference": "P2", "handling": "stop", "reason": "R."},
        ],
        path="/v1/projects/handlings",
    )
    assert became(handled) == ["done", "refused", "refused"]
    types = [line["problem"] and line["problem"]["type"] for line in outcomes(handled)]
    assert types[1:] == ["/problems/who-is-the-third-party", "/problems/wrong-project-stage"]


async def test_people_needed_come_in_a_table_as_a_column_for_each_month(api: Api) -> None:
    await several(api)
    await sent(api, [item(f"P{n}") for n in range(3)])
    words = [{"reference": f"P{n}", "moscow": "must", "reason": "R."} for n in range(3)]
    await sent(api, words, path="/v1/projects/prioritisations")
    table = (
        "reference,handling,Needs: networks Sep 2026,needs: servers 2026-10,needs,reason\r\n"
        "P0,internal,1.5,,,R.\r\nP1,internal,,,networks 2026-09: 1; servers Oct-26: 0.5,R.\r\n"
        "P2,internal,many,,,R.\r\n"
    )
    both = await sent(api, table.encode(), CSV, path="/v1/projects/handlings", expect=422)
    assert both.json()["type"] == "/problems/mixed-columns"
    columns = (
        "reference,handling,Needs: networks Sep 2026,needs: servers 2026-10,reason\r\n"
        "P0,internal,1.5,2,R.\r\nP2,internal,many,,R.\r\n"
    )
    cells = "reference,handling,needs,reason\r\nP1,internal,networks 2026-09: 1; servers Oct-26: 0.5,R.\r\n"
    told = await sent(api, columns.encode(), CSV, path="/v1/projects/handlings")
    assert [row["outcome"] for row in csv.DictReader(io.StringIO(told.text))] == ["done", "refused"]
    await sent(api, cells.encode(), CSV, path="/v1/projects/handlings")
    seen = (await api.get("/v1/project-capacity")).json()["items"]
    needed = [(i["month"], i["skill"], i["needed"], i["projects"]) for i in seen]
    assert needed == [("2026-09", "networks", 2.5, 2), ("2026-10", "servers", 2.5, 2)]


async def test_what_is_large_becomes_a_job(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(responses, "WHOLE_ITEMS_LIMIT", 2)
    await several(api)
    body = json.dumps({"items": [item(f"P{n}") for n in range(4)]}).encode()
    started = await sent(api, body, JSON, expect=202)
    watch = started.headers["location"]
    for _ in range(LOOKS):
        job = (await api.client.get(watch, headers=api.headers(PIA))).json()
        if job["status"] in {"done", "failed"}:
            break
        await asyncio.sleep(0.02)
    assert (job["status"], job["done"], job["counts"]) == (
        "done",
        4,
        {"done": 3, "repeated": 0, "refused": 1},
    )
    result = await api.client.get(job["result"], headers=api.headers(PIA))
    assert became(result) == ["done"] * 3 + ["refused"]
    assert (await api.client.get(watch, headers=api.headers(RITA))).status_code == 404


async def test_who_may_not_is_told_before_anything_is_read(api: Api) -> None:
    await sent(api, [item("P0")], who=RITA, expect=403)
    await sent(api, [item("P0")], "text/plain", expect=415)
    await sent(api, b"[]", JSON, expect=422)
    await sent(api, b"{", JSON, expect=422)
    await sent(api, [item("P0")], key="two words", expect=422)
    reasonless = {"reference": "P0", "category": "Networks"}
    await several(api)
    answer = await sent(api, [reasonless])
    assert outcomes(answer)[0]["problem"]["type"] == "/problems/reason-needed"


@pytest.mark.parametrize("areas", [None, ("Registrars",)], ids=["for all areas", "for one area"])
async def test_an_item_whose_project_has_an_event_of_a_later_release_is_refused_alone(
    api: Api, areas: tuple[str, ...] | None
) -> None:
    _, second, _ = await several(api)
    later = StoredEvent(UUID(second), 2, "ProjectMothballed", b'{"data":{},"by":"x"}')
    await api.service.store.append([later])
    answer = await sent(api, [item(f"P{n}") for n in range(3)], who=replace(PIA, areas=areas))
    assert became(answer) == ["done", "refused", "done"]
    refused = outcomes(answer)[1]
    assert refused["problem"]["type"] == "/problems/event-unread"
    assert refused["problem"]["event_type"] == "ProjectMothballed"


@pytest.mark.parametrize("media_type", [NDJSON, CSV])
async def test_too_many_items_are_refused_before_the_first_is_judged(
    api: Api, monkeypatch: pytest.MonkeyPatch, media_type: str
) -> None:
    monkeypatch.setattr(items, "ITEMS_LIMIT", 3)
    await several(api, 1)
    head = await api.service.record.head()
    table = "reference,category,reason\n" + "P0,Networks,R.\n" * 4
    body = ndjson([item("P0")] * 4) if media_type == NDJSON else table.encode()
    answer = await sent(api, body, media_type, expect=413)
    assert answer.json()["type"] in ("/problems/too-many-items", "/problems/too-many-rows")
    assert await api.service.record.head() == head
    blank = body.replace(b"\n", b"\n\n").replace(b"P0", b"P9", 1) if media_type == NDJSON else None
    if blank is not None:
        few = blank.split(b"\n\n")[:3]
        await sent(api, b"\n\n".join([*few, b""]), media_type)


async def test_undoing_a_large_batch_is_a_job_whose_items_go_in_few_pieces(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await several(api, 5)
    batch = (await sent(api, [item(f"P{n}") for n in range(5)])).headers["batch"]
    monkeypatch.setattr(routes, "WHOLE_ITEMS_LIMIT", 2)
    monkeypatch.setattr(routes, "LINES_IN_ONE_PIECE", 3)
    undo = {"decision": "undo", "reason": "The wrong column."}
    started = await api.post(f"/v1/project-batches/{batch}/decisions", undo, PIA, 202, version=2)
    job = {"status": "running"}
    for _ in range(LOOKS):
        job = (await api.client.get(started.headers["location"], headers=api.headers(PIA))).json()
        if job["status"] in {"done", "failed"}:
            break
        await asyncio.sleep(0.02)
    assert (job["status"], job["counts"]) == ("done", {"done": 5, "repeated": 0, "refused": 0})
