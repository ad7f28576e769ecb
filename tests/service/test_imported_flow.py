"""An imported log as closely as live RFPs: the ways that its cases went, its periods side by side."""

from datetime import UTC, datetime, timedelta

from shared.flow.analysis_answers import PeriodComparison, VariantReport
from tests.service.test_flow import figures
from tests.service.test_imports import finished, hand_in
from tests.support.api import Api
from tests.support.people import PRIYA, SCHEME

WAYS, PERIODS = "/v1/rfps/variants", "/v1/rfps/comparison"
CASES_A_MONTH = 12
JANUARY = {"before_from": "2025-01-06", "before_to": "2025-02-03"}
FEBRUARY = {"after_from": "2025-02-03", "after_to": "2025-03-03"}
# In January, cases are decided two days after they came, in February reviewed first and decided after four.
MONTHS = (
    (datetime(2025, 1, 6, 10, tzinfo=UTC), (("triage", 0), ("approval", 2))),
    (datetime(2025, 2, 3, 10, tzinfo=UTC), (("triage", 0), ("review", 1), ("approval", 4))),
)


async def imported(api: Api) -> str:
    """Import a log of two months, each case closed with its last step; and of one that is still open."""
    events = ["case_id,activity,stage,entered_at", "LAST,triage,triage,2025-03-10T10:00Z"]
    cases = ["case_id,open_at,close_at", "LAST,2025-03-10T10:00Z,"]
    for month, (monday, steps) in enumerate(MONTHS):
        for number in range(CASES_A_MONTH):
            case, opened = f"C{month}-{number}", monday + timedelta(minutes=number)
            times = [(stage, opened + timedelta(days)) for stage, days in steps]
            events += [f"{case},{stage},{stage},{at.isoformat()}" for stage, at in times]
            cases.append(f"{case},{opened.isoformat()},{times[-1][1].isoformat()}")
    log = await hand_in(api, events="\n".join(events).encode(), cases="\n".join(cases).encode())
    assert (await finished(api, log["id"]))["status"] == "done"
    identity: str = log["id"]
    return identity


async def test_the_ways_of_an_imported_log_stand_beside_the_path_that_is_asked_for(api: Api) -> None:
    log = await imported(api)
    asked = {"source": log, "path_": ["triage", "review", "approval"]}
    told = VariantReport.model_validate(await figures(api, WAYS, **asked))
    assert (told.source, told.cases, told.conformance.kept) == (log, 24, CASES_A_MONTH)
    assert {(tuple(way.stages), way.n, way.median_working_days) for way in told.variants} == {
        (("triage", "approval"), 12, 2.0),
        (("triage", "review", "approval"), 12, 4.0),
    }
    skipped = {row.stage: (row.cases, row.difference_working_days) for row in told.conformance.skipped}
    assert skipped == {"triage": (0, None), "review": (12, -2.0), "approval": (0, None)}
    assert [row.cases for row in told.conformance.repeated] == [0, 0, 0]


async def test_without_one_they_stand_beside_the_schemes_where_the_log_knows_its_stages(api: Api) -> None:
    log = await imported(api)
    nowhere = VariantReport.model_validate(await figures(api, WAYS, source=log))
    assert (nowhere.conformance.path, nowhere.conformance.kept) == ([], None)
    targets = [{"stage": stage, "working_days": 5} for stage in ("triage", "approval")]
    await api.adopts({**SCHEME, "values": {**SCHEME["values"], "stage_targets": targets}})
    told = VariantReport.model_validate(await figures(api, WAYS, source=log))
    assert (told.conformance.path, told.conformance.kept) == (["triage", "approval"], 24)
    january = await figures(api, WAYS, source=log, as_of="2025-01-31T00:00Z", to="2025-01-31T00:00Z")
    assert january["cases"] == CASES_A_MONTH


async def test_two_periods_of_an_imported_log_are_compared_in_its_own_time(api: Api) -> None:
    log = await imported(api)
    asked = {"source": log, **JANUARY, **FEBRUARY}
    early = PeriodComparison.model_validate(await figures(api, PERIODS, **asked, as_of="2025-02-20T00:00Z"))
    assert (early.compared, early.raised) == (False, None), "February was not over then"
    told = PeriodComparison.model_validate(await figures(api, PERIODS, **asked))
    assert told.compared
    assert told.source == log
    assert told.cycle_time is not None
    assert told.cycle_time.difference_working_days == 2.0
    assert told.raised is not None
    assert (told.raised.before.n, told.raised.after.n) == (CASES_A_MONTH, CASES_A_MONTH)
    assert told.sentences[0].startswith("Cases took 2.0 working days longer than before")
    refused = (await api.get(PERIODS, PRIYA, 422, **asked, route="open_tender")).json()
    assert refused["type"] == "/problems/live-filters-only"


async def test_a_log_is_read_as_at_the_completion_of_its_last_activity(api: Api) -> None:
    rows = (
        "case_id,seq,activity,stage,entered_at,lifecycle\n"
        "A,0,check,one,2025-03-03T10:00:00Z,start\nA,1,check,one,2025-03-03T12:00:00Z,complete\n"
        "A,2,sign,two,2025-03-03T15:00:00Z,start\nA,3,sign,two,2025-03-03T16:00:00Z,complete\n"
    )
    begun = await hand_in(api, events=rows.encode(), cases=b"case_id,open_at,close_at\n")
    await finished(api, begun["id"])
    told = (await api.get("/v1/rfps/bottlenecks", source=begun["id"], level="activity")).json()
    assert told["as_of"] == "2025-03-03T16:00:00Z"
    by_name = {row["activity"]: row for row in told["stages"]}
    assert by_name["sign"]["service"]["sum"] == 3_600
    assert by_name["sign"]["waiting"]["sum"] == 3 * 3_600


async def test_a_log_as_another_program_writes_it_comes_in_as_it_is(api: Api) -> None:
    rows = "Ref;Status;Changed\nA;one;03/12/2024 10:00\nA;two;04/12/2024 12:00\n"
    form = {
        "mapping": '{"Ref": "case_id", "Status": "activity", "Changed": "entered_at"}',
        "delimiter": "semicolon",
        "dates": "day_first",
        "time_zone": "Europe/London",
        "activity_map": '{"one": "first", "two": "second"}',
    }
    answer = await api.client.post(
        "/v1/imports", data={"kind": "rfp-log", **form}, files={"events": rows}, headers=api.headers(PRIYA)
    )
    assert answer.status_code == 202, answer.text
    done = await finished(api, answer.json()["id"])
    assert (done["status"], done["report"]["events"], done["report"]["bad_rows"]) == ("done", 2, 0)
    told = (await api.get("/v1/rfps/bottlenecks", source=done["id"])).json()
    [edge] = [(e["from"], e["to"], e["elapsed"]["sum"]) for e in told["edges"] if e["n"]]
    assert edge == ("first", "second", 26 * 3_600)
    form["mapping"] = '{"Ref": "reference"}'
    refused = await api.client.post(
        "/v1/imports", data={"kind": "rfp-log", **form}, files={"events": rows}, headers=api.headers(PRIYA)
    )
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/unreadable-columns")
