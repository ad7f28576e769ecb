"""Metrics answer: how requests went, what lags, who works; and each request has its line in the log."""

import json
import re
from dataclasses import replace
from pathlib import Path

import asyncpg
import httpx
import pytest
from prometheus_client import REGISTRY, generate_latest

from rfp_service import logs
from shared.web.monitoring import metrics
from shared.web.monitoring.metrics_server import metrics_shown
from tests.support.alerts import RULES
from tests.support.api import Api
from tests.support.patience import until_true
from tests.support.postgres import by_owner
from tests.support.running import free_port

DEPLOY = Path(__file__).parents[2] / "deploy"
BODY = {"title": "Laptops", "description": "Forty.", "service_area": "Registrars"}


def value(text: str, sample: str) -> float:
    [found] = re.findall(rf"^{re.escape(sample)} (\S+)$", text, re.MULTILINE)
    return float(found)


async def test_metrics_count_requests_and_commits_and_say_what_lags(api: Api) -> None:
    raised = (await api.post("/v1/rfps", BODY)).json()
    await api.get(f"/v1/rfps/{raised['id']}")
    text = (await api.get("/metrics", None)).text
    of_one = 'rfp_request_seconds_count{method="GET",route="/v1/rfps/{rfp_id}",status="200"}'
    assert value(text, of_one) >= 1
    assert value(text, 'rfp_request_seconds_count{method="POST",route="/v1/rfps",status="201"}') >= 1
    assert value(text, "rfp_append_batch_commands_count") >= 1
    assert value(text, 'rfp_view_lag{view="rfps"}') == 0
    assert value(text, "rfp_record_head") == 1
    assert value(text, "rfp_worker_seconds") < 60
    assert value(text, 'rfp_pool_connections{state="in use"}') >= 1
    for name in (
        "rfp_unsigned_seconds",
        "rfp_deadline_oldest_overdue_seconds",
        "rfp_job_oldest_idle_seconds",
    ):
        assert value(text, name) >= 0


async def test_a_deadline_and_a_job_that_nobody_does_show_their_age(api: Api, pool: asyncpg.Pool) -> None:
    await by_owner(
        pool,
        "INSERT INTO jobs (id, owner, kind, status, total, done, counts, changed_at) VALUES"
        " (gen_random_uuid(), 'rita', 'batch', 'running', 1, 0, '{}', now() - interval '1 hour')",
    )
    await by_owner(
        pool,
        "INSERT INTO deadlines (case_id, kind, version, due_at, leased_until) VALUES"
        " (gen_random_uuid(), 'standstill', 1, now() - interval '2 hours', now() + interval '1 hour')",
    )
    text = (await api.get("/metrics", None)).text
    assert value(text, "rfp_job_oldest_idle_seconds") > 3_500
    assert value(text, "rfp_deadline_oldest_overdue_seconds") > 7_000


async def test_a_worker_shows_its_metrics_at_a_port_of_its_own(api: Api) -> None:
    settings = api.service.settings.model_copy(update={"worker_port": free_port()})
    async with (
        metrics_shown(replace(api.service, settings=settings)),
        httpx.AsyncClient(trust_env=False) as client,
    ):

        async def told() -> bool:
            answer = await client.get(f"http://127.0.0.1:{settings.worker_port}/metrics")
            assert "rfp_unsigned_seconds" in answer.text
            return 'rfp_ready{process="worker"} 1.0' in answer.text

        await until_true(told)


async def test_each_request_is_one_line_found_by_the_instance_of_its_answer(
    api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("info")
    try:
        refused = await api.get("/v1/rfps/00000000-0000-0000-0000-000000000000", expect=404)
        await api.client.get("/healthz")
    finally:
        logs.configure("critical")
    trace = refused.json()["instance"].removeprefix("urn:uuid:").replace("-", "")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if '"request"' in line]
    [line] = [line for line in lines if line["trace"] == trace]
    assert (line["route"], line["status"], line["method"]) == ("/v1/rfps/{rfp_id}", 404, "GET")
    assert line["by"] == "rita"
    assert line["ms"] >= 0
    assert all(line["route"] != "/healthz" for line in lines)


def test_each_alert_asks_for_what_is_measured_and_has_its_paragraph_in_the_runbook() -> None:
    measured = set(re.findall(r"^# TYPE (\w+)", generate_latest(REGISTRY).decode(), re.MULTILINE))
    runbook = (DEPLOY / "runbook.md").read_text()
    assert metrics.REQUESTS
    for rule in RULES:
        named = {
            re.sub(r"_(bucket|count|sum)$", "", name)
            for name in re.findall(r"\b(?:rfp_\w+|up)\b", rule["expr"])
        }
        assert named, rule
        assert named <= measured | {"up"}, rule
        assert f"**{rule['alert']}**" in runbook
        assert rule["annotations"]["summary"]


def test_each_alert_is_named_by_a_test_that_causes_it() -> None:
    tests = Path(__file__).parents[1]
    causing = (tests / "service" / "test_alerts.py", *(tests / "prove" / "operating").glob("*.py"))
    named = {name for file in causing for name in re.findall(r'"(Rfp\w+)"', file.read_text())}
    assert {rule["alert"] for rule in RULES} <= named


def test_the_dashboard_asks_for_what_is_measured() -> None:
    measured = set(re.findall(r"^# TYPE (\w+)", generate_latest(REGISTRY).decode(), re.MULTILINE))
    dashboard = json.loads((DEPLOY / "grafana" / "dashboard.json").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    assert asked
    for expression in asked:
        found = re.findall(r"\brfp_\w+", expression)
        assert {re.sub(r"_(bucket|count|sum)$", "", name) for name in found} <= measured, expression
