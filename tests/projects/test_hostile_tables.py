"""A spreadsheet that kills whoever reads it is refused on every route, and the next request is answered."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from shared.web.bulk.items import CSV, JSON, NDJSON, XLSX
from shared.web.bulk.json_lines import IN_THE_SERVICE_BYTES_LIMIT
from tests.projects.test_http import scheme
from tests.support.api import Api
from tests.support.people import PIA
from tests.support.sheets import xlsx

TABLES = Path(__file__).parents[1] / "corpus" / "tables"
BULK = ("categorisations", "prioritisations", "handlings")


async def register(api: Api, content: bytes, dry_run: str) -> Any:
    return await api.client.post(
        "/v1/project-registers",
        files={"file": ("register", content)},
        data={"dry_run": dry_run},
        headers=api.headers(PIA),
    )


async def body(api: Api, path: str, content: bytes, media_type: str = XLSX, **query: str) -> Any:
    headers = api.headers(PIA, If_Match='"0"') | {"Content-Type": media_type}
    return await api.client.post(f"/v1/{path}", content=content, headers=headers, params=query)


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        ("far-cell", "too-many-columns"),
        pytest.param("far-cell-in-other-quotes", "needs-too-much-memory", marks=pytest.mark.slow),
    ],
)
async def test_a_deadly_table_is_refused_on_every_route(api: Api, file: str, problem: str) -> None:
    await scheme(api)
    deadly, sound = (
        (TABLES / f"{file}.xlsx").read_bytes(),
        xlsx([["reference", "title"], ["ICT-1", "Café"]]),
    )
    answers = [await register(api, deadly, dry_run) for dry_run in ("true", "false")]
    for dry_run in ("true", "false"):
        answers += [await body(api, f"projects/{p}", deadly, dry_run=dry_run) for p in BULK]
    answers.append(await body(api, "projects/handlings", deadly, CSV))  # whatever it calls itself
    answers.append(await body(api, "project-capacity/tables", deadly, reason="Two joined."))
    assert [answer.status_code for answer in answers] == [413] * len(answers)
    assert {answer.json()["type"] for answer in answers} == {f"/problems/{problem}"}
    assert (await register(api, sound, "true")).status_code == 200


async def test_a_large_json_body_says_what_its_lines_say(api: Api) -> None:
    await scheme(api)
    one = {"reference": "ICT-1", "category": "Networks", "reason": "R" * 900}
    items = [one, {"reference": 7}] * (IN_THE_SERVICE_BYTES_LIMIT // 1_000 + 100)
    whole, lines = orjson.dumps({"items": items}), b"\n".join(map(orjson.dumps, items))
    assert len(whole) > IN_THE_SERVICE_BYTES_LIMIT
    said = [
        await body(api, "projects/categorisations", content, media_type, dry_run="true")
        for content, media_type in ((whole, JSON), (lines, NDJSON))
    ]
    assert said[0].json()["items"] == [orjson.loads(line) for line in said[1].text.splitlines()]
    cut = await body(api, "projects/categorisations", whole[:-1], JSON)
    assert (cut.status_code, cut.json()["type"]) == (422, "/problems/not-items")
