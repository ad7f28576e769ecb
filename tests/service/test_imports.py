"""A historic log over HTTP: handed in, watched, asked for figures, withdrawn."""

import asyncio
import gzip
from typing import Any
from uuid import UUID, uuid4

import pytest

from rfp_service import abandoned_imports
from shared.flow.imports.importer import ABANDONED, Importer
from shared.record.eventstore.bulk_appender import BulkAppender
from shared.record.locks import Locks
from tests.shared.flow.imports.examples import CASES, EVENTS
from tests.shared.flow.imports.test_xes import as_xes
from tests.support.api import Api
from tests.support.patience import LOOKS, until_true
from tests.support.people import PRIYA, RITA, SAM, Who
from tests.support.postgres import Base, session


@pytest.fixture
def going(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Let nothing of an import be appended until this is set."""
    event, append = asyncio.Event(), BulkAppender.append

    async def slowly(self: BulkAppender, *given: Any) -> Any:
        await event.wait()
        return await append(self, *given)

    monkeypatch.setattr(BulkAppender, "append", slowly)
    return event


async def hand_in(
    api: Api,
    who: Who = PRIYA,
    expect: int = 202,
    events: bytes = EVENTS.encode(),
    cases: bytes = CASES.encode(),
    **form: Any,
) -> dict[str, Any]:
    answer = await api.client.post(
        "/v1/imports",
        data={"kind": "rfp-log", "name": "Permits", **form},
        files={"events": ("events.csv", events), "cases": ("cases.csv", cases)},
        headers=api.headers(who),
    )
    assert answer.status_code == expect, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def finished(api: Api, log_id: str) -> dict[str, Any]:
    for _ in range(LOOKS):
        seen: dict[str, Any] = (await api.get(f"/v1/imports/{log_id}")).json()
        if seen["status"] != "running":
            api.position = max(api.position, seen["position"])
            return seen
        await asyncio.sleep(0.01)
    raise AssertionError("the import did not finish")


async def test_imports_are_counted_in_the_metrics(api: Api) -> None:
    async def measured() -> list[float]:
        text = (await api.client.get("/metrics")).text
        names = ('rfp_imports_total{outcome="done"}', "rfp_imported_events_total", "rfp_imports_running")
        return [
            sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(f"{name} "))
            for name in names
        ]

    before = await measured()
    await finished(api, (await hand_in(api))["id"])

    async def none_is_running() -> bool:  # it lets go of its lock after it has said that it is done
        return (await measured())[2] == before[2]

    await until_true(none_is_running)
    done, events, _ = await measured()
    assert (done - before[0], events - before[1]) == (1, 7)


async def test_a_log_is_taken_in_and_answers_with_its_figures(api: Api) -> None:
    begun = await hand_in(api)
    assert begun["status"] == "running"
    done = await finished(api, begun["id"])
    assert (done["status"], done["name"], done["kind"]) == ("done", "Permits", "rfp-log")
    assert (done["report"]["cases"], done["report"]["events"]) == (3, 7)
    figures = (await api.get("/v1/rfps/bottlenecks", source=begun["id"])).json()
    assert figures["source"] == begun["id"]
    assert figures["as_of"] == "2025-04-02T08:00:00Z"  # when P3 opens, after all else
    assert figures["cases"] == {"all": 3, "open": 1, "closed": 2}
    assert figures["quality"]["before_open"] == 1
    edges = {(e["from"], e["to"]): e for e in figures["edges"]}
    assert set(edges) == {("intake", "review"), ("review", "decision"), ("review", "intake")}
    assert edges["review", "decision"]["working"]["sum"] == (8 * 3 + 3) * 3600
    assert edges["intake", "review"]["n"] == 2
    assert edges["intake", "review"]["elapsed"]["sum"] == 2 * 86_400
    parties = {p["party"]: p["elapsed_seconds"] for p in figures["parties"]}
    assert parties["finance"] == (5 * 24 + 3) * 3600
    assert figures["rework"] == {"cases": 1, "extra_executions": 1, "stage_reentry_cases": 1}
    activities = (await api.get("/v1/rfps/bottlenecks", source=begun["id"], level="activity")).json()
    assert {row["activity"] for row in activities["stages"]} == {"Receive", "Review", "Decide"}


async def test_an_import_is_read_in_its_own_time(api: Api) -> None:
    begun = await hand_in(api)
    await finished(api, begun["id"])
    then = (await api.get("/v1/rfps/bottlenecks", source=begun["id"], as_of="2025-03-06T00:00Z")).json()
    assert then["cases"] == {"all": 2, "open": 2, "closed": 0}
    assert [(e["from"], e["to"], e["n"]) for e in then["edges"]] == [
        ("intake", "review", 2),
        ("review", "(open)", 0),  # nobody has left it yet
    ]
    assert then["as_of"] == "2025-03-06T00:00:00Z"


async def test_completed_times_belong_to_the_stage_that_ends(api: Api) -> None:
    begun = await hand_in(api, timestamps="completed")
    await finished(api, begun["id"])
    figures = (await api.get("/v1/rfps/bottlenecks", source=begun["id"])).json()
    dwell = {row["stage"]: row["n"] for row in figures["stages"]}
    assert dwell == {"intake": 1, "review": 2, "decision": 1}


async def test_the_same_files_again_add_nothing(api: Api) -> None:
    begun = await hand_in(api)
    await finished(api, begun["id"])
    head = await api.service.record.head()
    again = await hand_in(api, expect=200)
    assert (again["id"], again["status"]) == (begun["id"], "done")
    packed = await hand_in(api, expect=200, events=gzip.compress(EVENTS.encode()))
    assert packed["id"] == begun["id"]
    assert await api.service.record.head() == head
    other = await hand_in(api, timestamps="completed")
    assert other["id"] != begun["id"]
    await finished(api, other["id"])


async def test_the_same_files_twice_at_once_make_one_import(api: Api) -> None:
    answers = await asyncio.gather(*(_either(api) for _ in range(8)))
    assert len({answer["id"] for answer in answers}) == 1
    done = await finished(api, answers[0]["id"])
    assert (done["status"], done["version"]) == ("done", 2)
    assert await api.service.record.head() == 2 + 3 + 7


async def _either(api: Api) -> dict[str, Any]:
    answer = await api.client.post(
        "/v1/imports",
        data={"kind": "rfp-log"},
        files={"events": EVENTS.encode(), "cases": CASES.encode()},
        headers=api.headers(PRIYA),
    )
    assert answer.status_code in (200, 202), answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_several_logs_are_taken_in_at_once(api: Api) -> None:
    logs = [EVENTS + f"P{n},9,Sign,decision,2025-03-11T09:00:00Z,,,\n" for n in (1, 2, 3)]
    begun = await asyncio.gather(*(hand_in(api, events=events.encode()) for events in logs))
    done = [await finished(api, one["id"]) for one in begun]
    assert [(one["status"], one["report"]["events"]) for one in done] == [("done", 8)] * 3
    told = [
        (await api.get("/v1/rfps/bottlenecks", source=one["id"], level="activity")).json() for one in begun
    ]
    assert len({one["source"] for one in told}) == 3
    for one in told:
        assert sum(row["entries"] for row in one["stages"] if row["activity"] == "Sign") == 1


async def test_a_dry_run_reports_and_writes_nothing(api: Api) -> None:
    events = EVENTS + "P1,9,Receive,intake,yesterday,,,\n"
    tried = await hand_in(api, expect=200, events=events.encode(), dry_run="true")
    assert tried["status"] == "tried"
    assert tried["report"]["bad"] == [
        {"file": "events", "row": 9, "column": "entered_at", "reason": "is not an ISO 8601 time"}
    ]
    assert await api.service.record.head() == 0
    await api.get(f"/v1/imports/{tried['id']}", expect=404)


async def test_bad_rows_are_left_out_and_shown(api: Api) -> None:
    events = EVENTS + "P1,9,Receive,,2025-03-03T09:00:00Z,,,\n"
    begun = await hand_in(api, events=events.encode())
    done = await finished(api, begun["id"])
    assert (done["report"]["events"], done["report"]["bad_rows"]) == (7, 1)
    assert done["report"]["bad"][0]["row"] == 9


async def test_unreadable_files_fail_with_a_reason(api: Api) -> None:
    await hand_in(api, expect=422, events=b"\x1f\x8bnot gzip")
    begun = await hand_in(api, events=b"case,activity\n")
    failed = await finished(api, begun["id"])
    assert (failed["status"], failed["reason"]) == (
        "failed",
        (
            "The file lacks a column that an import needs. file: events. missing: case_id, entered_at."
            " headings: case, activity."
        ),
    )
    problem = await api.get("/v1/rfps/bottlenecks", expect=409, source=begun["id"])
    assert problem.json()["type"] == "/problems/import-not-done"
    again = await hand_in(api, events=b"case,activity\n")  # goes on where it failed
    assert again["id"] == begun["id"]
    assert (await finished(api, begun["id"]))["version"] == 4


@pytest.mark.slow
async def test_an_import_that_nobody_carries_out_any_more_has_failed_and_goes_on_when_handed_in_again(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(abandoned_imports, "REST_SECONDS", 0)

    async def away(*_: object) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as broken:
        broken.setattr(BulkAppender, "append", away)
        begun = await hand_in(api)
        failed = await finished(api, begun["id"])
    assert (failed["status"], failed["reason"]) == ("failed", ABANDONED)
    line = (await api.get("/v1/audit/decisions", SAM, kind="import")).json()["items"][0]
    assert (line["decision"], line["by"]) == ("ImportFailed", "importer")
    again = await finished(api, (await hand_in(api))["id"])
    assert (again["id"], again["status"]) == (begun["id"], "done")
    assert (again["report"]["cases"], again["report"]["events"]) == (3, 7)


async def test_an_import_goes_on_though_the_line_that_locked_it_has_died(
    api: Api, base: Base, going: asyncio.Event
) -> None:
    import_ = UUID((await hand_in(api))["id"])
    elsewhere = Importer(api.service.pool, *([None] * 5))  # type: ignore[arg-type]  # it is asked for nothing

    async def is_locked() -> bool:
        return not await elsewhere.is_free(import_)

    await until_true(is_locked)
    locker = (
        "SELECT pg_terminate_backend(pid, 60000) FROM pg_locks WHERE locktype = 'advisory' AND objid = $1"
    )
    async with session(base.admin) as admin:
        low = int.from_bytes(import_.bytes[4:8], "big")
        assert await admin.fetchval(locker, low)
    await until_true(is_locked)
    going.set()
    assert (await finished(api, str(import_)))["status"] == "done"


async def test_an_import_that_somebody_carries_out_is_not_abandoned_however_long_it_takes(
    api: Api, going: asyncio.Event
) -> None:
    importer = api.service.importer
    import_ = UUID((await hand_in(api))["id"])
    elsewhere = Importer(api.service.pool, *([None] * 5))  # type: ignore[arg-type]  # it is asked for nothing
    for each in (importer, elsewhere):  # the process that carries it out, and any other
        await each.end_if_abandoned(import_)
    assert (await api.get(f"/v1/imports/{import_}")).json()["status"] == "running"
    going.set()
    assert (await finished(api, str(import_)))["status"] == "done"
    await until_true(lambda: importer.is_free(import_))  # it lets go after it has said that it is done
    await importer.end_if_abandoned(import_)
    assert (await api.get(f"/v1/imports/{import_}")).json()["status"] == "done"


async def test_what_failed_and_is_not_let_go_of_yet_goes_on_a_moment_later(api: Api) -> None:
    bad = b"case,activity\n"
    failed = await finished(api, (await hand_in(api, events=bad))["id"])
    let_go_of, asked = Locks(api.service.pool), asyncio.Event()
    import_ = UUID(failed["id"])
    await until_true(lambda: let_go_of.take(import_))  # as whoever has failed holds it a moment longer

    async def looked(work: UUID) -> bool:
        asked.set()
        return await take(work)

    locks = api.service.importer._locks  # noqa: SLF001  # nobody else can be seen to wait for one
    take, locks.take = locks.take, looked  # type: ignore[method-assign]
    again = asyncio.create_task(hand_in(api, events=bad))
    await asked.wait()
    await let_go_of.give_back(import_)
    assert (await again)["id"] == failed["id"]
    assert (await finished(api, failed["id"]))["version"] == 4


async def test_a_log_of_which_nothing_is_taken_in_has_failed(api: Api) -> None:
    day_first = b"case_id,activity,stage,entered_at\nP1,Receive,intake,31/12/2024 09:00\n"
    begun = await hand_in(api, events=day_first)
    failed = await finished(api, begun["id"])
    assert failed["status"] == "failed"
    assert "row 2 of events: entered_at is not an ISO 8601 time: it looks like" in failed["reason"]
    assert (failed["report"]["bad_rows"], len(failed["report"]["bad"])) == (1, 1)
    assert await api.service.record.head() == 2  # begun, and failed


async def test_an_xes_log_needs_no_cases_and_reports_as_tables_do(api: Api) -> None:
    begun = await _hand_in_xes(api, gzip.compress(as_xes().encode()))
    done = await finished(api, begun["id"])
    assert (done["status"], done["report"]["cases"], done["report"]["events"]) == ("done", 3, 7)
    figures = (await api.get("/v1/rfps/bottlenecks", source=begun["id"])).json()
    tables = await hand_in(api)
    assert (await finished(api, tables["id"]))["report"] == done["report"]
    same = (await api.get("/v1/rfps/bottlenecks", source=tables["id"])).json()
    assert (figures["edges"], figures["stages"]) == (same["edges"], same["stages"])


async def test_a_hostile_xes_log_fails_with_a_reason(api: Api) -> None:
    begun = await _hand_in_xes(api, b"<?xml version='1.0'?><!DOCTYPE log SYSTEM 'http://127.0.0.1/x'><log/>")
    failed = await finished(api, begun["id"])
    assert (failed["status"], failed["reason"]) == (
        "failed",
        "An XES log must not declare its own document type (DTD): take the DOCTYPE line out.",
    )


async def _hand_in_xes(api: Api, log: bytes) -> dict[str, Any]:
    answer = await api.client.post(
        "/v1/imports", data={"kind": "rfp-log"}, files={"events": log}, headers=api.headers(PRIYA)
    )
    assert answer.status_code == 202, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_files_of_another_sort_are_refused_at_the_door(api: Api) -> None:
    refused = await hand_in(api, expect=422, events=b"PK\x03\x04...")
    assert refused["looks_like"] == "a ZIP package, or a spreadsheet"
    assert "CSV" in refused["do"]


async def test_a_log_without_events_is_read_as_at_its_last_opening(api: Api) -> None:
    begun = await hand_in(api, events=b"case_id,activity,stage,entered_at\n")
    await finished(api, begun["id"])
    figures = (await api.get("/v1/rfps/bottlenecks", source=begun["id"])).json()
    assert (figures["as_of"], figures["cases"]["all"]) == ("2025-04-02T08:00:00Z", 3)


async def test_a_period_ends_after_it_begins(api: Api) -> None:
    period = {"from_": "2025-03-02T00:00Z", "to": "2025-03-01T00:00Z"}
    problem = (await api.get("/v1/rfps/bottlenecks", expect=422, **period)).json()
    assert problem["type"] == "/problems/period-backwards"


async def test_forms_are_checked(api: Api) -> None:
    await hand_in(api, RITA, 403)
    await hand_in(api, expect=422, kind="xes")
    await hand_in(api, expect=422, timestamps="guessed")
    await hand_in(api, expect=422, time_zone="Mars/Olympus")
    await hand_in(api, expect=422, activity_map="[1]")
    await hand_in(api, expect=422, strict="true")
    await api.get(f"/v1/imports/{uuid4()}", expect=404)
    await api.get("/v1/rfps/bottlenecks", expect=404, source=str(uuid4()))
    assert await api.service.record.head() == 0


async def test_an_import_is_in_no_list_of_live_rfps_nor_among_decisions(api: Api) -> None:
    begun = await hand_in(api)
    await finished(api, begun["id"])
    assert (await api.get("/v1/rfps")).json()["items"] == []
    assert (await api.get("/v1/rfps/bottlenecks")).json()["cases"]["all"] == 0
    decided = (await api.get("/v1/audit/decisions", SAM)).json()["items"]
    assert [d["decision"] for d in decided] == ["ImportFinished", "ImportStarted"]


async def test_names_stay_out_of_the_record(api: Api) -> None:
    begun = await hand_in(api)
    await finished(api, begun["id"])
    states = await api.service.pool.fetch("SELECT state FROM stored_events")
    assert not any(b"Example" in row["state"] for row in states)
    people = [row["id"] for row in await api.service.pool.fetch("SELECT id FROM people")]
    called = {each.name for each in (await api.service.people.details.of(people)).values()} - {""}
    assert called == {"Ada Example", "Bob Example"}


async def test_a_withdrawn_import_is_hidden(api: Api) -> None:
    begun = await hand_in(api)
    done = await finished(api, begun["id"])
    path = f"/v1/imports/{begun['id']}/decisions"
    withdraw = {"decision": "withdraw", "reason": "The wrong year."}
    await api.post(path, withdraw, RITA, 403, version=done["version"])
    seen = (await api.get(f"/v1/imports/{begun['id']}", PRIYA)).json()
    assert seen["next"] == [{"decision": "withdraw", "allowed": True}]
    await api.post(path, withdraw, PRIYA, version=done["version"])
    await api.post(path, withdraw, PRIYA, 409, version=done["version"] + 1)
    seen = (await api.get(f"/v1/imports/{begun['id']}", PRIYA)).json()
    assert seen["status"] == "withdrawn"
    assert seen["next"][0]["why_not"]["type"] == "/problems/import-not-done"
    await api.get("/v1/rfps/bottlenecks", expect=404, source=begun["id"])
    refused = await hand_in(api, expect=409)
    assert refused["type"] == "/problems/was-withdrawn"
