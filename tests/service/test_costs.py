"""A report, a file or a batch takes more of a caller's allowance than one thing does."""

import json
from pathlib import Path
from typing import Any

from rfp_service.costs import COSTS, MANY, REPORT
from tests.service.test_guarding import at_one_moment, tried_out
from tests.support.api import Api
from tests.support.people import LEO, RITA
from tests.support.postgres import Base

API: dict[str, Any] = json.loads((Path(__file__).parents[2] / "openapi" / "openapi.json").read_text())
# What is neither one thing by its id nor a list, and soon answered.
LIGHT = {
    "see_scheme",
    "see_synonyms",
    "see_checkpoint",
    "prove_consistency",
    "see_keys",
    "see_reads_checkpoint",
    "tiles_checkpoint",
    "check_attempts",
    "see_choice",
    "see_schedule",
    "see_promised_data",
    "see_consultations",
    "see_strategies",
    "list_papers",
    "see_outcomes",
    "keep_document",
}
TABLES = ("ndjson", "multipart/form-data")


def operations() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Return every operation that asks who one is, by its name."""
    return {
        operation["operationId"]: (method, path, operation)
        for path, methods in API["paths"].items()
        for method, operation in methods.items()
        if operation.get("security") != []
    }


def test_every_report_and_every_batch_has_its_cost() -> None:
    missing = set()
    for name, (method, path, operation) in operations().items():
        is_list = any(parameter["name"] == "limit" for parameter in operation.get("parameters", []))
        adds_up = method == "get" and "{" not in path and not is_list
        takes_many = any(form in json.dumps(operation.get("requestBody", {})) for form in TABLES)
        if (adds_up or takes_many) and name not in COSTS:
            missing.add(name)
    assert missing - LIGHT == set()


def test_what_costs_more_is_there_and_the_api_file_says_so() -> None:
    there = operations()
    assert set(COSTS) <= set(there)
    for name, (_, _, operation) in there.items():
        assert operation["x-cost"] == COSTS.get(name, operation["x-cost"])
    assert there["list_rfps"][2]["x-cost"] == 2
    assert there["see_rfp"][2]["x-cost"] == 1
    assert there["reassign_leads"][2]["x-cost"] == MANY


def left(answer: Any) -> int:
    return int(answer.headers["ratelimit"].split(";")[1].removeprefix("r="))


async def test_a_report_is_not_a_get_of_one_thing(base: Base, tmp_path: Path) -> None:
    async with at_one_moment(tried_out(base, tmp_path, rate_limit=2 * REPORT + 6), base) as api:
        rfp = await api.raised()  # 1
        assert left(await api.get("/v1/rfps/bottlenecks")) == REPORT + 5
        assert left(await api.get(f"/v1/rfps/{rfp}")) == REPORT + 4
        assert left(await api.get("/v1/rfps")) == REPORT + 2
        await api.get("/v1/rfps/flow")
        await reports_are_refused_and_one_thing_is_not(api, rfp)
        await api.get("/v1/rfps/bottlenecks", LEO)


async def reports_are_refused_and_one_thing_is_not(api: Api, rfp: str) -> None:
    refused = await api.get("/v1/rfps/bottlenecks", expect=429)
    assert refused.json()["type"] == "/problems/too-many-requests"
    assert int(refused.headers["retry-after"]) >= 1
    await api.get(f"/v1/rfps/{rfp}", RITA)
