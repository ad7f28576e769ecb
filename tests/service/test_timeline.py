"""Open projects along time: their days, what they wait for, and the critical path across them."""

import csv
import io
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from projects.views.critical_path import Ending, critical_path
from tests.projects.test_http import decided, identified, scheme
from tests.support.api import Api
from tests.support.days import in_days
from tests.support.people import LARS, RITA, SAM

START = date(2026, 1, 1)


def named(number: int) -> UUID:
    return UUID(int=number)


def chain(*ends: int | None, waits: dict[int, tuple[int, ...]]) -> dict[UUID, Ending]:
    return {
        named(n): Ending(
            None if end is None else START + timedelta(days=end), tuple(map(named, waits.get(n, ())))
        )
        for n, end in enumerate(ends)
    }


def test_what_waits_can_end_no_sooner_than_what_it_waits_for() -> None:
    found = critical_path(chain(10, 50, 20, 5, waits={2: (0, 1), 3: (2,)}))
    assert {n.int: (day - START).days for n, day in found.ends_on.items()} == {0: 10, 1: 50, 2: 50, 3: 50}
    assert {n.int: awaited.int for n, awaited in found.longest.items()} == {2: 1, 3: 2}
    assert [n.int for n in found.path] == [1, 2, 3]


def test_the_critical_path_leads_to_what_ends_last_by_the_longest_waits() -> None:
    found = critical_path(chain(100, 40, 60, 30, waits={0: (1, 2), 1: (3,)}))
    assert [n.int for n in found.path] == [2, 0]


def test_a_circle_ends_together_and_stops_nobody() -> None:
    found = critical_path(chain(10, 20, 30, None, waits={0: (1,), 1: (0, 3), 2: (2,)}))
    assert {(day - START).days for n, day in found.ends_on.items() if n.int < 2} == {20}
    assert [n.int for n in found.path] == [2]
    assert critical_path({}).path == ()


@pytest.mark.parametrize("seed", range(20))
def test_ends_are_the_latest_of_all_that_can_be_reached(seed: int) -> None:
    chance = Random(seed)
    count = 25
    waits = {n: tuple(chance.sample(range(count), chance.randint(0, 3))) for n in range(count)}
    given = chain(*(chance.choice((None, chance.randint(0, 99))) for _ in range(count)), waits=waits)

    def reached(name: UUID, seen: set[UUID]) -> set[UUID]:
        for awaited in {*given[name].waits_for} - seen:
            reached(awaited, seen | {name})
            seen |= {awaited} | reached(awaited, seen | {name})
        return seen | {name}

    found = critical_path(given)
    for name in given:
        days = [day for one in reached(name, {name}) if (day := given[one].ends_on) is not None]
        assert found.ends_on.get(name) == max(days, default=None)
    for one, following in zip(found.path, found.path[1:], strict=False):
        assert found.longest[following] == one
        ends = [found.ends_on[a] for a in given[following].waits_for if a in found.ends_on]
        assert found.ends_on[one] == max(ends)


async def depending(api: Api) -> dict[str, str]:
    """Register three projects that wait for one another, and for a contract that nobody knows."""
    await scheme(api, transition_date="2047-04-01")
    begun = {"start": in_days(-9)}
    days = {"CABLES": "2047-06-01", "SWITCHES": "2047-03-01", "PHONES": "2047-02-01"}
    made = {name: await identified(api, name, **begun, forecast_end=end) for name, end in days.items()}
    for name, awaited in (("SWITCHES", "CABLES"), ("PHONES", "SWITCHES")):
        await decided(api, made[name], "record-dependency", on="project", id=made[awaited], note="First.")
    unknown = "c0000000-0000-4000-8000-000000000001"
    await decided(api, made["PHONES"], "record-dependency", on="contract", id=unknown)
    await decided(api, made["PHONES"], "set-milestone", name="Design", baseline="2046-05-01")
    await decided(api, made["PHONES"], "move-milestone", name="Design", new="2046-05-11", reason="Late.")
    await decided(api, made["CABLES"], "revise-forecast", new="2047-07-01", reason="Late.")
    for number in range(20):
        over = {"start": "2024-01-01", "forecast_end": "2024-04-10", "finished_on": "2024-05-10"}
        await identified(api, f"DONE{number}", **over)
    return made


async def test_the_timeline_has_all_that_a_page_draws(api: Api) -> None:
    made = await depending(api)
    seen = (await api.get("/v1/projects/timeline", SAM)).json()
    items: dict[str, Any] = {item["reference"]: item for item in seen["items"]}
    assert [*items] == ["PHONES", "SWITCHES", "CABLES"]
    assert seen["critical_path"] == [made["CABLES"], made["SWITCHES"], made["PHONES"]]
    cables, phones = items["CABLES"], items["PHONES"]
    assert (cables["baseline_end"], cables["forecast_end"]) == ("2047-06-01", "2047-07-01")
    assert cables["forecast_end"] < cables["p50"] <= cables["p80"] <= cables["p90"]
    assert (phones["ends_on"], phones["waits_longest_for"]) == ("2047-07-01", made["SWITCHES"])
    assert (phones["slack_days"], phones["critical"]) == (-150, True)
    [design] = phones["milestones"]
    assert (design["baseline"], design["forecast"], design["slip_days"]) == ("2046-05-01", "2046-05-11", 10)
    assert [(one["on"], one["expected_on"]) for one in phones["depends_on"]] == [
        ("project", "2047-03-01"),
        ("contract", None),
    ]
    [alone] = (
        await api.get("/v1/projects/timeline", SAM, q="cables", flag="ends_on_or_after_transition")
    ).json()["items"]
    assert alone["id"] == made["CABLES"]
    table = await api.get("/v1/projects/timeline", SAM, headers={"Accept": "text/csv"})
    rows = {row["reference"]: row for row in csv.DictReader(io.StringIO(table.text))}
    assert rows["PHONES"]["milestones"] == "Design: 2046-05-11"
    at = api.position
    await decided(api, made["CABLES"], "cancel", reason="No need.")
    now = (await api.get("/v1/projects/timeline", SAM)).json()
    assert now["critical_path"] == [made["SWITCHES"], made["PHONES"]]
    then = (await api.get("/v1/projects/timeline", SAM, as_of=at)).json()
    assert then["critical_path"] == seen["critical_path"]


async def test_the_timeline_tells_nobody_what_is_withheld(api: Api) -> None:
    made = await depending(api)
    body = {"paragraph": 3, "reason": "It would tell.", "public_interest": "Less.", "review_on": in_days(180)}
    for name, field in (("CABLES", "forecast_end"), ("SWITCHES", "start")):
        await api.post("/v1/exemptions", {**body, "matter_id": made[name], "fields": [field]}, LARS)
    await api.get("/v1/exemptions")
    seen = (await api.get("/v1/projects/timeline", RITA)).json()
    items = {item["reference"]: item for item in seen["items"]}
    assert items.keys() == {"PHONES", "SWITCHES"}
    assert made["CABLES"] not in seen["critical_path"]
    assert (items["SWITCHES"]["p50"], items["SWITCHES"]["ends_on"]) == (None, None)
    assert "2047-07-01" not in str(seen), "nor by when what waits for it ends"
    whole = (await api.get("/v1/projects/timeline", LARS)).json()
    assert whole["critical_path"] == [made["CABLES"], made["SWITCHES"], made["PHONES"]]


async def test_a_page_says_of_its_projects_and_the_critical_path_what_the_whole_does(api: Api) -> None:
    await scheme(api, transition_date=in_days(90))
    ends = {"WAITS": 20, "SWITCHES": 60, "ALONE": 30, "CABLES": 40, "OPEN": None}
    made = {
        name: await identified(api, name, forecast_end=None if end is None else in_days(end))
        for name, end in ends.items()
    }
    await decided(api, made["WAITS"], "record-dependency", on="project", id=made["SWITCHES"])

    async def seen(limit: int) -> tuple[list[str], dict[str, Any]]:
        pages, cursor = [], ""
        while True:
            asked = {"cursor": cursor} if cursor else {}
            answer = (await api.get("/v1/projects/timeline", SAM, limit=limit, **asked)).json()
            pages.append(answer)
            cursor = answer.get("next") or ""
            if not cursor:
                break
        items = {item["reference"]: item for page in pages for item in page["items"]}
        [path] = {tuple(page["critical_path"]) for page in pages}
        return list(path), items

    path, items = await seen(100)
    assert path == [made["SWITCHES"], made["WAITS"]]
    assert items["WAITS"]["ends_on"] == in_days(60)
    assert await seen(1) == (path, items)
    last = await identified(api, "LAST", forecast_end=in_days(80))
    path, items = await seen(100)
    assert path == [last]
    assert await seen(2) == (path, items)
