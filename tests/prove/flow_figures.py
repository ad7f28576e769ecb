"""Figures of a real log, asked of the service over HTTP and held against those of somebody else's program.

`FLOW_LOG` names a folder with events.csv.gz, cases.csv.gz and expected.json; so does an argument, where
this is run by itself.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Mapping
from math import isclose
from pathlib import Path
from typing import Any

from tests.bench.ground import ground
from tests.prove.parts import Failed, Missing
from tests.service.test_imports import finished, hand_in
from tests.support.api import Api, running_api
from tests.support.people import PRIYA
from tests.support.postgres import Base

FILES = ("events.csv.gz", "cases.csv.gz", "expected.json")
REWORK = {
    "cases_with_any_repeat": "cases",
    "extra_executions": "extra_executions",
    "stage_reentry_cases": "stage_reentry_cases",
}
CLOCKS = {"cal_s": "elapsed", "bus_s": "working"}
Figure = Callable[[str], Any]


def figures_of_a_real_log() -> str:
    """Compare every figure that is expected of the log in the folder that `FLOW_LOG` names."""
    folder = os.environ.get("FLOW_LOG")
    if not folder:
        raise Missing("FLOW_LOG names no folder with a log and what is expected of it")
    return _compared(Path(folder))


def _compared(folder: Path) -> str:
    expected = json.loads((folder / FILES[2]).read_text())["checks"]
    with ground() as server, server.fresh() as base:
        wrong = asyncio.run(_wrong(base, folder, expected))
    if wrong or not expected:
        raise Failed(f"{len(wrong)} of {len(expected)} differ: {wrong[:10]}")
    return f"{len(expected)} of {len(expected)} figures of {folder.name} are those expected"


async def _wrong(base: Base, folder: Path, expected: list[dict[str, Any]]) -> list[str]:
    async with running_api(base) as api:
        events, cases = ((folder / name).read_bytes() for name in FILES[:2])
        begun = await hand_in(api, events=events, cases=cases)
        done = await finished(api, begun["id"])
        assert done["status"] == "done", done
        asked = _Asked(api, begun["id"])
        return [text for check in expected if (text := await asked.difference(check))]


class _Asked:
    """What the service says of one log, each answer asked for once."""

    def __init__(self, api: Api, log_id: str) -> None:
        self._api, self._log_id = api, log_id
        self._answers: dict[tuple[str, ...], Any] = {}

    async def _ask(self, path: str, **query: str) -> Any:
        key = path, *query.values()
        if key not in self._answers:
            answer = await self._api.get(f"/v1/rfps/{path}", PRIYA, source=self._log_id, **query)
            self._answers[key] = answer.json()
        return self._answers[key]

    async def difference(self, check: Mapping[str, Any]) -> str:
        """Return how a figure differs from what is expected; nothing where it does not."""
        said = await self._figure(check["metric"].split("."), check["key"])
        wanted = check["value"]
        if wanted is None or said is None:
            return "" if said is wanted else f"{check['metric']} {check['key']}: {said} for {wanted}"
        same = isclose(said, wanted, abs_tol=check["tol_abs"], rel_tol=check["tol_rel"])
        return "" if same else f"{check['metric']} {check['key']}: {said} for {wanted}"

    async def _figure(self, metric: list[str], key: str) -> Any:
        match metric:
            case ["stage_level" | "activity_level" as level, *rest]:
                told = await self._ask("bottlenecks", level=level.removesuffix("_level"))
                return _of_edge(told, rest, key) if rest[0].startswith("edge") else _of_stage(told, rest, key)
            case ["rework"]:
                return (await self._ask("bottlenecks"))["rework"][REWORK[key]]
            case ["survival", *rest]:
                return _of_survival(await self._ask("bottlenecks", as_of=_instant(key)), rest)
            case _:
                return _of_flow(await self._ask("flow"), metric, key)


def _instant(text: str) -> str:
    return text.replace("+00:00", "Z")


def _of_edge(told: Any, metric: list[str], key: str) -> Any:
    origin, _, target = key.partition(" -> ")
    edge = next(e for e in told["edges"] if (e["from"], e["to"]) == (origin, target))
    match metric:
        case ["edge_rank_by_total_business_s"]:
            return edge["rank"]
        case ["edge_count"]:
            return edge["n"]
        case ["edge", "share_bus"]:
            return edge["share_working"]
        case ["edge", clock, what]:
            return edge[CLOCKS[clock]][what]
    raise Failed(f"nobody knows what {metric} is")


def _of_stage(told: Any, metric: list[str], key: str) -> Any:
    stage = next(row for row in told["stages"] if row["stage"] == key)
    return stage["entries"] if metric == ["entries"] else stage["working"][metric[1]]


def _of_survival(told: Any, metric: list[str]) -> Any:
    survival = told["cases_survival"]
    match metric:
        case ["open"]:
            return survival["cases"] - survival["closed"]
        case ["km", quantile]:
            return survival[f"{quantile}_days"]
        case [count]:
            return survival[count]
    raise Failed(f"nobody knows what {metric} is")


def _of_flow(told: Any, metric: list[str], key: str) -> Any:
    months = {month["on"]: month["between_steps"] for month in told["wip"]["months"]}
    weeks = {week["week"]: week for week in told["weeks"]}
    match metric:
        case ["counts"]:
            return told["counts"][key]
        case ["cycle_time", clock]:
            return told["cycle_time"][CLOCKS[clock]][key]
        case ["wip_at_month_start"]:
            return months[key]["wip"]
        case ["wip_age_p85_days"]:
            return months[key]["age_p85_days"]
        case ["weekly_arrivals"]:
            return weeks[key]["first_steps"]
        case ["weekly_completions"]:
            return weeks[key]["last_steps"]
    raise Failed(f"nobody knows what {metric} is")


if __name__ == "__main__":
    sys.stdout.write(f"{_compared(Path(sys.argv[1]))}\n")
