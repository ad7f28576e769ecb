"""Flow over HTTP: of live RFPs as they move, of those of some sort, and of an imported log."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from shared.flow.analysis_answers import Excess, PeriodComparison, VariantReport
from shared.flow.answers import Bottlenecks
from shared.flow.flow_answers import Flow
from shared.flow.forecast_answers import Forecasts
from shared.flow.stuck_case_answers import Stuck
from tests.service.test_imports import finished, hand_in
from tests.shared.flow.exports.structure import must_be_ocel
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.people import LARS, LEO, PRIYA, RITA, SCHEME, Who
from tests.support.postgres import Base, session

TARGETS = [{"stage": stage, "working_days": 5} for stage in ("triage", "approval")]
FIGURES, STUCK = "/v1/rfps/bottlenecks", "/v1/rfps/stuck"


async def figures(api: Api, path: str = FIGURES, **query: Any) -> Any:
    return (await api.get(path, PRIYA, **query)).json()


async def test_live_figures_keep_up_with_every_decision_and_know_the_past(api: Api) -> None:
    before = await figures(api)
    assert before["cases"] == {"all": 0, "open": 0, "closed": 0}
    rfp = await api.raised()
    then = api.position
    told = Bottlenecks.model_validate(await figures(api))
    assert [(row.stage, row.open) for row in told.stages] == [("draft", 1)]  # type: ignore[union-attr]
    assert [(e.from_, e.to, e.n, e.rank) for e in told.edges] == [("draft", "(open)", 0, None)]
    await api.decide(rfp, "withdraw", reason="Not needed.")
    await api.raised()
    told = Bottlenecks.model_validate(await figures(api, level="activity", stability=True))
    assert told.cases.model_dump() == {"all": 2, "open": 1, "closed": 1}
    assert told.cases_survival.outcomes == {"withdrawn": 1}
    assert told.cases_survival.completed.closed == 0
    assert [(e.from_, e.to, e.n) for e in told.edges] == [("RfpRaised", "RfpWithdrawn", 1)]
    assert told.stability is not None
    assert (told.stability.resamplings, told.quality.rows_refused) == (200, 0)
    past = await figures(api, as_of=then)
    assert past["cases"] == {"all": 1, "open": 1, "closed": 0}


async def test_what_was_recorded_counts_though_it_was_dated_by_a_clock_ahead(api: Api, base: Base) -> None:
    rfp = await api.raised()
    raised = api.position
    await api.decide(rfp, "withdraw", reason="Not needed.")
    await api.get("/v1/rfps")  # once the views show it
    ahead = timedelta(minutes=3) // timedelta(microseconds=1)
    async with session(base.admin) as owner:
        assert await owner.execute("UPDATE flow_steps SET at_us = at_us + $1", ahead) == "UPDATE 2"
    closed = {"all": 1, "open": 0, "closed": 1}
    assert (await figures(api))["cases"] == closed
    for then, cases in ((raised, {"all": 1, "open": 1, "closed": 0}), (api.position, closed)):
        assert (await figures(api, as_of=then))["cases"] == cases
        assert (await figures(api, service_area="Registrars", as_of=then))["cases"] == cases
        told = await figures(api, "/v1/rfps/flow", as_of=then)
        assert (told["counts"]["cases"], _there(told)) == (1, cases["open"])
        stuck = await figures(api, STUCK, as_of=then)
        assert [(item["id"], item["stage"]) for item in stuck["items"]] == [(rfp, "draft")] * cases["open"]
        listed = (await api.get("/v1/rfps", PRIYA, as_of=then, figure="closed")).json()["items"]
        assert len(listed) == cases["closed"]


async def test_figures_of_some_rfps_only(api: Api) -> None:
    rfp = await api.raised()
    await api.raised(title="Chairs")
    await api.decide(rfp, "amend", estimate_pence=5_000, reason="Priced.")
    everything = {"all": 2, "open": 2, "closed": 0}
    for path in (FIGURES,):
        for query, count in (
            ({"service_area": "Registrars"}, 2),
            ({"service_area": "Highways"}, 0),
            ({"route": "open"}, 0),
            ({"supplier": "Acme"}, 0),
            ({"value_from": 5_000}, 1),
            ({"value_to": 5_000}, 0),
            ({"value_from": 1, "value_to": 6_000}, 1),
            ({"from": "2020-01-01T00:00Z"}, 2),
        ):
            told = await figures(api, path, **query)
            assert told["cases"]["all"] == count, query
    assert (await figures(api))["cases"] == everything
    await api.get(FIGURES, PRIYA, 422, value_from=-1)
    begun = await hand_in(api)
    await finished(api, begun["id"])
    refused = (await api.get(FIGURES, PRIYA, 422, source=begun["id"], route="open")).json()
    assert refused["type"] == "/problems/live-filters-only"


async def test_nobody_finds_an_rfp_by_a_value_that_is_exempt(api: Api) -> None:
    rfp = await api.raised()
    await api.decide(rfp, "amend", estimate_pence=5_000, reason="Priced.")
    body = {
        "matter_id": rfp,
        "fields": ["estimate_pence", "service_area"],
        "paragraph": 3,
        "reason": "It would tell.",
        "public_interest": "Less.",
        "review_on": in_days(180),
    }
    await api.post("/v1/exemptions", body, LARS)
    for query in ({"value_from": 5_000}, {"value_to": 6_000}, {"service_area": "Registrars"}):
        for path, count in (
            (FIGURES, lambda told: told["cases"]["all"]),
            ("/v1/rfps/flow", _there),
            (STUCK, _listed),
            ("/v1/rfps/event-log", _exported),
        ):
            assert count((await api.get(path, LEO, **query)).json()) == 0
            assert count((await api.get(path, LARS, **query)).json()) == 1


def _listed(told: Any) -> int:
    return int(told["total"])


def _exported(told: Any) -> int:
    must_be_ocel(told)
    return sum(thing["type"] == "rfp" for thing in told["objects"])


def _there(told: Any) -> int:
    return int(told["wip"]["now"]["wip"])


async def test_flow_of_an_imported_log(api: Api) -> None:
    """P1 opened on Monday 3 March, closed on Tuesday 11 March; P2 is open; P3 closed before it opened."""
    begun = await hand_in(api)
    await finished(api, begun["id"])
    told = Flow.model_validate(await figures(api, "/v1/rfps/flow", source=begun["id"]))
    weeks = {week.week: (week.arrivals, week.throughput, week.partial) for week in told.weeks}
    assert weeks == {
        "2025-W10": (2, 0, False),
        "2025-W11": (0, 1, False),
        "2025-W12": (0, 0, False),
        "2025-W13": (0, 0, False),
        "2025-W14": (1, 1, True),
    }
    assert [(month.on.isoformat(), month.wip) for month in told.wip.months] == [("2025-04-01", 1)]
    assert told.wip.months[0].between_steps.wip == 0
    assert (told.load.weeks, told.load.arrivals, told.load.departures, told.load.load) == (4, 2, 1, 2.0)
    [closed] = told.scatter
    assert (closed.case, closed.days) == ("P1", 8 + 1 / 24)
    assert closed.working_days == 6  # from Monday, before work, to Tuesday at nine
    assert (told.rework.cases, told.rework.loops) == (1, 1)
    assert told.hand_overs.changed.n == 3
    assert told.hand_overs.same.n == 1
    assert told.expectation.working_days is None  # of two, one lasts: 85% is not estimable
    assert any("2 cases came and 1 was closed" in sentence for sentence in told.sentences)
    assert told.littles_law is not None
    assert told.littles_law.unstable


async def test_flow_counts_entries_of_stages_day_by_day(api: Api) -> None:
    begun = await hand_in(api)
    await finished(api, begun["id"])
    query = {"from": "2025-03-03T00:00Z", "to": "2025-03-06T00:00Z", "source": begun["id"]}
    told = Flow.model_validate(await figures(api, "/v1/rfps/flow", **query))
    assert told.cumulative_flow.stages == {"intake": [1, 2, 2, 2], "review": [0, 1, 2, 2]}
    assert [day.day for day in told.cumulative_flow.days] == [3, 4, 5, 6]
    assert told.scatter == []


async def test_what_closed_counts_for_everybody_and_is_named_to_whoever_may_see_it(api: Api) -> None:
    rfp = await api.raised()
    await api.decide(rfp, "withdraw", RITA, reason="Not needed.")
    schools = Who("sue", RITA.roles, frozenset({"Schools"}))
    for who, case, opens in ((RITA, rfp, f"/v1/rfps/{rfp}"), (schools, None, None)):
        told = Flow.model_validate((await api.get("/v1/rfps/flow", who)).json())
        assert [(each.case, each.opens) for each in told.scatter] == [(case, opens)], who.id
        assert told.wip.now.wip == 0
        table = (await api.get("/v1/rfps/flow", who, headers={"Accept": "text/csv"}, rows="scatter")).text
        assert (rfp in table) == (case is not None)


async def test_flow_of_live_rfps(api: Api) -> None:
    rfp = await api.raised()
    await api.decide(rfp, "withdraw", RITA, reason="Not needed.")
    told = Flow.model_validate(await figures(api, "/v1/rfps/flow"))
    assert told.weeks[-1].partial
    assert (told.weeks[-1].arrivals, told.weeks[-1].throughput) == (1, 1)
    assert told.as_of - datetime.now(UTC) < timedelta(minutes=1)
    assert told.littles_law is None  # no week is over yet
    assert told.load.load is None


async def test_what_is_stuck_says_whom_to_chase_and_opens_its_cases(api: Api) -> None:
    rfp = await api.in_approval()
    draft = await api.raised()
    told = Stuck.model_validate(await figures(api, "/v1/rfps/stuck"))
    assert {item.id: (item.stage, item.whom) for item in told.items} == {
        rfp: ("approval", "head"),
        draft: ("draft", "rita"),
    }
    assert [(cost.party, cost.cases) for cost in told.parties] == [("approver", 1), ("requester", 1)]
    for cost in told.parties:
        path, _, party = cost.opens.partition("?waiting_on=")
        opened = (await api.get(path, waiting_on=party)).json()["items"]
        assert len(opened) == cost.cases
    assert told.parties[0].sentence.startswith("1 RFP waits on approver,")
    some = await figures(api, "/v1/rfps/stuck", value_from=1, limit=1)
    assert [item["id"] for item in some["items"]] == [rfp]
    elsewhere = Who("una", RITA.roles, ("Highways",))
    assert (await api.get("/v1/rfps/stuck", elsewhere)).json()["items"] == []


async def test_figures_can_be_had_as_csv(api: Api) -> None:
    rfp = await api.in_approval()
    for path, heading in (
        ("bottlenecks", "from,to,n,rank,rank_with_open,share_elapsed,share_working,elapsed.mean,"),
        ("flow", "week,"),
        ("stuck", "id,reference,title,"),
    ):
        table = await api.get(f"/v1/rfps/{path}", PRIYA, headers={"Accept": "text/csv"})
        assert table.headers["content-type"].startswith("text/csv")
        lines = table.text.removeprefix("\ufeff").splitlines()
        assert lines[0].startswith(heading), path
        assert len(lines) > 1
    assert rfp in lines[1]
    await api.get("/v1/rfps/stuck", PRIYA, 406, headers={"Accept": "image/png"})


async def test_what_is_stuck_is_narrowed_by_when_it_came_to_its_stage(api: Api) -> None:
    rfp = await api.raised()
    for query, found in (
        ({"from": "2020-01-01T00:00Z"}, [rfp]),
        ({"to": "2020-01-01T00:00Z"}, []),
        ({"from": "2020-01-01T00:00Z", "to": "2020-02-01T00:00Z"}, []),
    ):
        told = await figures(api, STUCK, **query)
        assert [item["id"] for item in told["items"]] == found
    await api.get(STUCK, PRIYA, 422, **{"from": "2021-01-01T00:00Z", "to": "2020-01-01T00:00Z"})


async def test_each_figure_opens_its_cases(api: Api) -> None:
    await api.in_approval()
    await api.raised()
    then = api.position
    await api.raised(title="Chairs")
    for query in ({}, {"service_area": "Registrars"}, {"as_of": then}):
        told = Bottlenecks.model_validate(await figures(api, **query))
        opened = [(row.opens, row.open) for row in told.stages if row.open]
        assert len(opened) == 2, query
        edges = [(edge.opens, edge.from_) for edge in told.edges]
        assert edges, query
        by_stage = {row.stage: row.opens for row in told.stages}  # type: ignore[union-attr]
        assert all(opens == by_stage[stage] for opens, stage in edges)
        for path, count in opened:
            board, _, narrowed = str(path).partition("?")
            listed = (await api.get(board, PRIYA, **dict(parse_qsl(narrowed)))).json()["items"]
            assert len(listed) == count, path
        assert all(row.opens for row in told.parties)
    told = Bottlenecks.model_validate(await figures(api, level="activity"))
    assert {row.opens for row in told.stages} == {None}  # nobody is at an activity
    assert "etag" in (await api.get("/v1/rfps", PRIYA)).headers
    beyond = await api.get("/v1/rfps", PRIYA, figure="beyond")  # which changes by the minute
    assert "etag" not in beyond.headers


async def test_forecasts_are_hidden_until_it_is_known_how_good_they_are(api: Api) -> None:
    await api.in_approval()
    told = Forecasts.model_validate(await figures(api, "/v1/rfps/forecasts", within_days=60))
    assert (told.back_test.within_days, told.back_test.n, told.back_test.shown) == (60, 0, False)
    assert told.back_test.sentence.startswith("Too little is over yet")
    assert (told.total, told.items) == (0, [])
    assert (told.completions[0].cases, told.completions[0].by_p50) == (1, None)
    await api.get("/v1/rfps/forecasts", PRIYA, 422, within_days=0)


async def test_the_event_log_is_of_what_its_reader_may_see_and_can_come_in_again(api: Api) -> None:
    rfp = await api.raised()
    await api.decide(rfp, "withdraw", reason="Not needed.")
    await api.raised(title="Chairs")
    whole = (await api.get("/v1/rfps/event-log", PRIYA)).json()
    must_be_ocel(whole)
    assert [event["type"] for event in whole["events"]].count("RfpWithdrawn") == 1
    assert len(whole["events"]) == 3
    assert "rita" not in str(whole)
    narrow = Who("ned", RITA.roles, areas=("Highways",))
    assert (await api.get("/v1/rfps/event-log", narrow)).json()["events"] == []
    database = (await api.get("/v1/rfps/event-log", PRIYA, form="ocel-sqlite")).content
    assert database.startswith(b"SQLite format 3")
    log = await api.get("/v1/rfps/event-log", PRIYA, form="xes")
    answer = await api.client.post(
        "/v1/imports", data={"kind": "rfp-log"}, files={"events": log.content}, headers=api.headers(PRIYA)
    )
    report = (await finished(api, answer.json()["id"]))["report"]
    assert (report["cases"], report["events"], report["bad_rows"], report["warnings"]) == (2, 3, 0, 0)
    await api.get("/v1/rfps/event-log", PRIYA, 422, form="pdf")


async def test_what_explains_long_cases_is_told_once_there_are_enough(api: Api) -> None:
    await api.adopts({**SCHEME, "values": {**SCHEME["values"], "stage_targets": TARGETS}})
    await api.raised()
    told = Excess.model_validate(await figures(api, "/v1/rfps/excess"))
    assert (told.cases, told.groups) == (0, [])
    ways = VariantReport.model_validate(await figures(api, "/v1/rfps/variants"))
    assert (ways.cases, ways.variants) == (0, [])
    assert ways.conformance.path == ["triage", "approval"]
    assert [row.cases for row in ways.conformance.skipped] == [0, 0]
    for path in ("/v1/rfps/excess", "/v1/rfps/variants"):
        rows = await api.get(path, PRIYA, headers={"Accept": "text/csv"})
        assert rows.headers["content-type"].startswith("text/csv")


async def test_only_periods_that_are_over_are_compared(api: Api) -> None:
    await api.raised()
    today = datetime.now(UTC).date()
    past = {"before_from": "2025-01-06", "before_to": "2025-02-03"}
    over = PeriodComparison.model_validate(
        await figures(api, "/v1/rfps/comparison", **past, after_from="2025-02-03", after_to="2025-03-03")
    )
    assert over.compared
    assert over.raised is not None
    assert (over.raised.before.n, over.raised.ratio) == (0, None)
    days = {"after_from": str(today), "after_to": str(today + timedelta(7))}
    runs = PeriodComparison.model_validate(await figures(api, "/v1/rfps/comparison", **past, **days))
    assert (runs.compared, runs.raised) == (False, None)
    assert "not over" in runs.sentences[0]
    backwards = {**past, "after_from": "2025-03-03", "after_to": "2025-02-03"}
    problem = (await api.get("/v1/rfps/comparison", PRIYA, 422, **backwards)).json()
    assert problem["type"] == "/problems/period-backwards"
