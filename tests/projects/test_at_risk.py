"""Who will miss the date: each rule by name with its numbers, worst first, as of any time, what if."""

import csv
import io
import json
from datetime import date, timedelta
from typing import Any

import pytest

from projects.views.at_risk import RiskDay, WorkingDaysOver, flags, late, overdue
from shared.kernel.calendar import WorkingTime
from tests.projects.test_http import decided, identified, scheme
from tests.support.api import Api
from tests.support.days import in_days, today
from tests.support.people import LARS, PIA, RITA, SAM

TRANSITION = date(2027, 4, 1)  # a Thursday; 26 and 29 March are bank holidays
DAYS = WorkingDaysOver(WorkingTime(frozenset({date(2027, 4, 5)})))


def row(latest: date | None, flagged: str = "") -> dict[str, Any]:
    return {"forecast_end": latest, "contingency_days": 0, "latest_end": latest, "flagged": flagged}


@pytest.mark.parametrize(
    ("end", "over"),
    [
        (date(2027, 3, 31), None),
        (TRANSITION, 0),
        (date(2027, 4, 2), 1),
        (date(2027, 4, 5), 2),
        (date(2027, 4, 6), 2),
        (date(2027, 4, 9), 5),
        (None, None),
    ],
)
def test_a_project_spans_the_date_by_so_many_working_days(end: date | None, over: int | None) -> None:
    assert late([row(end)], TRANSITION, DAYS) == [over]
    rules = [flag.rule for flag in flags(row(end), TRANSITION, over)]
    wanted = ["no_end_known"] if end is None else ["ends_on_or_after_transition"]
    assert rules == (wanted if end is None or over is not None else [])


def test_every_rule_that_flags_says_so() -> None:
    both = flags(row(date(2027, 5, 1), "They say so."), TRANSITION, 20)
    assert [(flag.rule, flag.reason) for flag in both] == [
        ("ends_on_or_after_transition", None),
        ("flagged_by_hand", "They say so."),
    ]
    assert both[0].working_days_over == 20


def test_without_a_transition_date_only_the_other_rules_flag() -> None:
    assert flags(row(date(2099, 1, 1)), None, None) == []
    assert late([row(date(2099, 1, 1))], None, DAYS) == [None]


@pytest.mark.parametrize(
    ("forecast", "today", "working"),
    [
        (date(2027, 3, 24), date(2027, 3, 23), 0),
        (date(2027, 3, 24), date(2027, 3, 24), 0),
        (date(2027, 3, 24), date(2027, 3, 25), 1),
        (date(2027, 3, 25), date(2027, 3, 26), 0),  # Good Friday
        (date(2027, 3, 25), date(2027, 3, 29), 0),  # Easter Monday
        (date(2027, 3, 25), date(2027, 3, 30), 1),
        (date(2027, 4, 2), date(2027, 4, 5), 0),  # the council is closed
        (date(2027, 4, 2), date(2027, 4, 6), 1),
        (None, date(2027, 4, 6), 0),
    ],
)
def test_a_forecast_has_passed_once_a_working_day_has_begun_after_it(
    forecast: date | None, today: date, working: int
) -> None:
    assert overdue([row(forecast)], today, DAYS) == [working]
    day = RiskDay.of(TRANSITION, today, frozenset({date(2027, 4, 5)}))
    assert (forecast is not None and forecast < day.working) == bool(working)
    rules = [flag.rule for flag in flags(row(forecast), None, None, working)]
    assert ("overdue_forecast" in rules) == bool(working)


async def test_what_is_overdue_is_at_risk_whatever_its_contingency(api: Api) -> None:
    await scheme(api, transition_date="2047-04-01")
    days = {"start": "2024-01-01", "forecast_end": "2024-06-03"}
    passed = await identified(api, "PASSED", **days, contingency_days=700)
    await identified(api, "OVER", **days, finished_on="2024-07-01")
    await identified(api, "TODAY", start="2024-01-01", forecast_end=in_days(0))
    gone = await identified(api, "GONE", **days)
    await decided(api, gone, "cancel", reason="No need.")
    await decided(api, passed, "pause", reason="Winter.")
    seen = (await api.get("/v1/projects/at-risk", SAM)).json()
    [item] = seen["items"]
    assert (item["reference"], item["paused"]) == ("PASSED", True)
    [flag] = item["flags"]
    assert (flag["rule"], flag["forecast_end"]) == ("overdue_forecast", "2024-06-03")
    assert flag["working_days_overdue"] > 500
    assert (seen["totals"]["open"], seen["totals"]["overdue_forecast"]) == (2, 1)
    [alone] = (await api.get("/v1/projects/at-risk", flag="overdue_forecast")).json()["items"]
    assert alone["id"] == passed
    assert (await api.get("/v1/projects/at-risk", flag="no_end_known")).json()["items"] == []
    itself = (await api.get(f"/v1/projects/{passed}", SAM)).json()
    assert itself["flags"] == item["flags"]


async def at_the_edge(api: Api) -> dict[str, str]:
    """Register what ends a day before the date, what is long over by then, and what has no date.

    Of twenty that are over, half took their hundred days, and half took thirty more.
    """
    begun, end = today() - timedelta(days=10), today() + timedelta(days=90)
    await scheme(api, transition_date=(end + timedelta(days=1)).isoformat())
    soon = begun + timedelta(days=20)
    found = {
        name: await identified(api, name, start=begun.isoformat(), forecast_end=day.isoformat())
        for name, day in (("EDGE", end), ("SAFE", soon))
    }
    found["DARK"] = await identified(api, "DARK")
    for number in range(20):
        days = {"start": "2024-01-01", "forecast_end": "2024-04-10"}
        name = f"DONE{number}"
        found[name] = await identified(api, name, finished_on=f"2024-0{4 + number % 2}-10", **days)
    return found


async def test_every_open_project_has_its_probability_on_a_list_and_on_itself(api: Api) -> None:
    """The one that ends a day before the date is flagged by nobody, and is where the decision is."""
    made = await at_the_edge(api)
    listed = (await api.get("/v1/projects/probabilities", RITA)).json()["items"]
    by_name = {item["reference"]: item for item in listed}
    assert [*by_name] == ["DARK", "SAFE", "EDGE"]
    assert by_name["EDGE"]["flags"] == []
    chances = {name: item["probability"]["past_transition"] for name, item in by_name.items()}
    assert chances == {"DARK": None, "SAFE": 0, "EDGE": pytest.approx(0.5, abs=0.001)}
    for name, item in by_name.items():
        itself = (await api.get(f"/v1/projects/{made[name]}", RITA)).json()
        assert itself["probability"] == item["probability"]
    over = (await api.get(f"/v1/projects/{made['DONE1']}", RITA)).json()
    assert (over["probability"], over["flags"]) == (None, [])
    table = await api.get("/v1/projects/probabilities", headers={"Accept": "text/csv"})
    rows = {line["reference"]: line for line in csv.DictReader(io.StringIO(table.text))}
    assert float(rows["EDGE"]["probability_past_transition"]) == pytest.approx(0.5, abs=0.001)


async def test_open_projects_are_found_and_sorted_by_their_probability(api: Api) -> None:
    await at_the_edge(api)
    assert await named(api, probability_from=0.4) == ["EDGE"]
    assert await named(api, probability_to=0.4) == ["SAFE"]
    assert await named(api, probability_from=0.4, probability_to=0.6) == ["EDGE"]
    assert await named(api, sort="-probability") == ["SAFE", "EDGE", "DARK"]
    await api.get("/v1/projects/probabilities", expect=422, probability_from=1.1)
    later = in_days(400)
    assert await named(api, probability_from=0.4, transition_date=later) == []


async def named(api: Api, path: str = "/v1/projects/probabilities", **query: Any) -> list[str]:
    items = (await api.get(path, RITA, **query)).json()["items"]
    return [item["reference"] for item in items]


@pytest.mark.parametrize("path", ["/v1/projects", "/v1/projects/at-risk", "/v1/projects/probabilities"])
async def test_projects_are_found_by_area_supplier_rating_owner_and_text(api: Api, path: str) -> None:
    await scheme(api, transition_date="2047-04-01")
    asked = {"service_area": "Libraries", "supplier": "Ribble Ltd", "owner": "olga"}
    mine = await identified(api, "MINE", title="Self-service kiosks", **asked)
    await identified(api, "OTHER", service_area="Schools", supplier="Wyre Ltd", owner="omar")
    await decided(api, mine, "rate-confidence", scale="five_point", rating="Amber/Red")
    for name, value in {**asked, "rating": "amber/red", "q": "kiosk"}.items():
        assert await named(api, path, **{name: value}) == ["MINE"], name
    both = await named(api, path, supplier=["Ribble Ltd", "Wyre Ltd"], sort="supplier")
    assert both == ["MINE", "OTHER"]
    assert await named(api, path, rating="") == ["OTHER"]
    assert await named(api, path, service_area="Highways") == []
    for field in ("supplier", "service_area", "confidence", "owner"):
        counts = (await api.get(path, RITA, count_by=field)).json()["counts"]
        assert sorted(each["count"] for each in counts) == [1, 1]


async def test_nobody_reads_out_of_a_probability_what_is_withheld(api: Api) -> None:
    begun = today() - timedelta(days=10)
    await scheme(api, transition_date="2047-04-01")
    made = await identified(api, "EDGE", start=begun.isoformat(), forecast_end="2047-06-01")
    for number in range(3):
        days = {"start": "2024-01-01", "forecast_end": "2024-04-10"}
        await identified(api, f"DONE{number}", finished_on="2024-05-10", **days)
    body = {
        "matter_id": made,
        "fields": ["start"],
        "paragraph": 3,
        "reason": "It would tell.",
        "public_interest": "Less.",
        "review_on": in_days(180),
    }
    await api.post("/v1/exemptions", body, LARS)
    await api.get("/v1/exemptions")
    [listed] = (await api.get("/v1/projects/at-risk", RITA)).json()["items"]
    itself = (await api.get(f"/v1/projects/{made}", RITA)).json()
    for shown in (listed, itself):
        assert shown["probability"]["why_not"].startswith("not shown")
        assert (shown["probability"]["p50"], shown["probability"]["of_class"]) == (None, [])
    assert await named(api, probability_from=0) == []
    whole = (await api.get(f"/v1/projects/{made}", LARS)).json()
    assert whole["probability"]["p50"] is not None


async def test_projects_at_risk_come_worst_first_with_their_reasons(api: Api) -> None:
    await scheme(api, transition_date="2047-04-01")
    start = {"start": "2026-01-05"}
    await identified(api, "SAFE", **start, forecast_end="2047-03-01", contingency_days=30)
    edge = await identified(api, "EDGE", **start, forecast_end="2047-03-01", contingency_days=31)
    later = await identified(api, "LATE", **start, forecast_end="2047-06-01")
    dark = await identified(api, "DARK")
    planned = await identified(api, "PLAN", **start, forecast_end="2048-01-01")
    flagged = await identified(api, "FLAG", **start, forecast_end="2046-12-01")
    gone = await identified(api, "GONE", **start, forecast_end="2048-01-01")
    await decided(api, planned, "agree-action-plan", owner="pia", due="2046-12-01")
    await decided(api, flagged, "flag", reason="The supplier says so.")
    await decided(api, gone, "cancel", reason="No need.")
    asked = (await api.get("/v1/projects/at-risk", SAM)).json()
    assert [item["id"] for item in asked["items"]] == [dark, later, edge, flagged, planned]
    assert asked["totals"] == {
        "open": 6,
        "at_risk": 5,
        "without_action_plan": 4,
        "ends_on_or_after_transition": 3,
        "overdue_forecast": 0,
        "no_end_known": 1,
        "flagged_by_hand": 1,
    }
    assert asked["transition_date"] == "2047-04-01"
    by_id = {item["id"]: item for item in asked["items"]}
    assert by_id[edge]["flags"] == [
        {
            "rule": "ends_on_or_after_transition",
            "forecast_end": "2047-03-01",
            "contingency_days": 31,
            "latest_end": "2047-04-01",
            "transition_date": "2047-04-01",
            "working_days_over": 0,
            "working_days_overdue": None,
            "reason": None,
        }
    ]
    assert by_id[planned]["action_plan"] == {"owner": "pia", "due": "2046-12-01"}
    assert by_id[dark]["flags"][0]["rule"] == "no_end_known"
    assert by_id[dark]["probability"]["why_not"].startswith("not estimable")


async def test_projects_at_risk_come_as_a_table_with_words_and_numbers_in_its_cells(api: Api) -> None:
    await scheme(api, transition_date="2047-04-01")
    late = await identified(api, "LATE", start="2026-01-05", forecast_end="2047-06-01")
    await identified(api, "DARK")
    await decided(api, late, "flag", reason="They say so.")
    await decided(api, late, "agree-action-plan", owner="pia", due="2046-12-01")
    answer = await api.get("/v1/projects/at-risk", headers={"Accept": "text/csv"})
    dark, row = csv.DictReader(io.StringIO(answer.text))
    assert not any(cell.startswith(("[", "{")) for cell in (*dark.values(), *row.values()))
    assert row["flags"] == "ends_on_or_after_transition; flagged_by_hand"
    assert (row["flag_reason"], dark["flags"]) == ("They say so.", "no_end_known")
    assert (row["action_plan_owner"], row["action_plan_due"]) == ("pia", "2046-12-01")
    assert (dark["action_plan_owner"], dark["probability_p80"]) == ("", "")
    assert dark["probability_why_not"].startswith("not estimable")
    assert dark["probability_class_size"] == "0"


async def test_a_moved_transition_date_answers_anew_and_writes_nothing(api: Api) -> None:
    await scheme(api, transition_date="2047-04-01")
    await identified(api, "A", forecast_end="2047-06-01")
    await identified(api, "B", forecast_end="2047-12-01")
    head = await api.service.record.head()
    what_if = (await api.get("/v1/projects/at-risk", transition_date="2047-09-01")).json()
    assert (what_if["what_if"], what_if["totals"]["at_risk"]) == (True, 1)
    assert (await api.get("/v1/projects/at-risk")).json()["totals"]["at_risk"] == 2
    assert await api.service.record.head() == head
    await scheme(api, 2, transition_date="2048-01-01", effective_from=in_days(0))
    assert (await api.get("/v1/projects/at-risk")).json()["totals"]["at_risk"] == 0
    then = (await api.get("/v1/projects/at-risk", as_of=head)).json()
    assert (then["transition_date"], then["totals"]["at_risk"]) == ("2047-04-01", 2)


async def test_projects_at_risk_come_by_the_page_and_by_what_they_are(api: Api) -> None:
    await scheme(api, transition_date="2047-04-01")
    for number in range(5):
        await identified(api, f"P{number}", forecast_end=f"2047-0{number + 4}-01", origin="wlbc")
    await identified(api, "OTHER", origin="lancon")
    seen: list[str] = []
    cursor = None
    while True:
        page = (await api.get("/v1/projects/at-risk", limit=2, cursor=cursor, origin="wlbc")).json()
        assert page["totals"]["at_risk"] == 5
        seen += [item["reference"] for item in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert seen == ["P4", "P3", "P2", "P1", "P0"]
    lines = await api.get("/v1/projects/at-risk", origin="lancon", headers={"Accept": "application/x-ndjson"})
    assert [json.loads(line)["reference"] for line in lines.text.splitlines()] == ["OTHER"]
    nobody = (await api.get("/v1/projects/at-risk", action_plan="true")).json()
    assert nobody["totals"]["open"] == 0


async def test_the_probability_learns_from_finished_projects_as_of_the_reading(api: Api) -> None:
    await scheme(api, transition_date="2047-04-01")
    begun = today() - timedelta(days=10)
    running = await identified(api, "RUN", start=begun.isoformat(), forecast_end="2047-04-02")
    before = api.position
    for number in range(4):
        await identified(
            api,
            f"DONE{number}",
            start="2024-01-01",
            forecast_end="2024-04-10",
            finished_on=f"2024-0{5 + number}-10",
        )
    [item] = (await api.get("/v1/projects/at-risk", RITA)).json()["items"]
    odds = item["probability"]
    assert item["id"] == running
    assert (odds["class_size"], odds["of_class"], odds["draws"]) == (4, [], 10_000)
    assert odds["before_transition"] == 0  # each took longer than forecast
    assert odds["p50"] < odds["p80"] <= odds["p90"]
    [then] = (await api.get("/v1/projects/at-risk", RITA, as_of=before)).json()["items"]
    assert then["probability"]["why_not"].startswith("not estimable")
    tested = (await api.get("/v1/projects/forecast-calibration", PIA)).json()
    assert (tested["finished"], tested["tested"], tested["within_p50"]) == (4, 0, None)


async def test_projects_at_risk_are_sorted_by_their_probability_as_of_the_reading(api: Api) -> None:
    begun = in_days(-10)
    await scheme(api, transition_date="2099-01-01")
    for name, end in (("LONG", "2098-06-01"), ("SHORT", "2040-01-01")):
        made = await identified(api, name, start=begun, forecast_end=end)
        await decided(api, made, "flag", reason="It slips.")
    await identified(api, "DARK")
    before = api.position
    for number in range(4):
        days = {"start": "2024-01-01", "forecast_end": "2024-04-10"}
        await identified(api, f"DONE{number}", finished_on=f"2024-0{4 + number}-11", **days)

    async def listed(**query: Any) -> list[str]:
        items = (await api.get("/v1/projects/at-risk", RITA, **query)).json()["items"]
        return [item["reference"] for item in items]

    assert await listed(sort="-probability") == ["SHORT", "LONG", "DARK"]
    assert await listed(sort="probability") == ["LONG", "SHORT", "DARK"]
    first = (await api.get("/v1/projects/at-risk", RITA, sort="-probability", limit=2, count="true")).json()
    assert first["total"] == 3
    assert await listed(sort="-probability", limit=2, cursor=first["next"]) == ["DARK"]
    assert await listed(sort="-probability", as_of=before) == await listed(as_of=before), "nothing is known"
    assert await listed(q="short") == ["SHORT"]
    body = {
        "matter_id": (await api.get("/v1/projects", reference="SHORT")).json()["items"][0]["id"],
        "fields": ["start"],
        "paragraph": 3,
        "reason": "It would tell.",
        "public_interest": "Less.",
        "review_on": in_days(180),
    }
    await api.post("/v1/exemptions", body, LARS)
    await api.get("/v1/exemptions")
    assert (await listed(sort="-probability"))[0] == "LONG", "nobody learns by the order when it began"
