"""One decision's way, from its request to whoever is told of it, is one trace."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from rfp_service.traces import SpanTracer, traces_sent
from shared.record import tracing
from shared.settings import NotConfigured, Settings
from tests.service.test_webhooks import registered
from tests.shared.governance.notifications.receiver import Receiver, receiving
from tests.support.api import Api, running_api, sending_here
from tests.support.patience import until_true
from tests.support.people import HANA
from tests.support.postgres import Base

CALLERS_SPAN = "00f067aa0ba902b7"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """Everything that is noted, in this process."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing.note_with(SpanTracer(provider.get_tracer("spec")))
    yield exporter
    tracing.note_with(None)


@pytest.fixture
async def api(base: Base, tmp_path: Path) -> AsyncIterator[Api]:
    settings = sending_here(base, tmp_path)
    async with running_api(base, settings=settings) as running:
        yield running


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


def all_of_trace(spans: InMemorySpanExporter, trace: str) -> list[ReadableSpan]:
    return [span for span in spans.get_finished_spans() if f"{span.context.trace_id:032x}" == trace]


def of_trace(spans: InMemorySpanExporter, trace: str) -> dict[str, ReadableSpan]:
    return {span.name: span for span in all_of_trace(spans, trace)}


def deliveries_of(spans: InMemorySpanExporter, trace: str) -> set[str]:
    """Return the traces that deliveries carried; a decision may have several."""
    found = [span for span in all_of_trace(spans, trace) if span.name == "delivery"]
    return {f"00-{trace}-{span.context.span_id:016x}-01" for span in found}


async def test_a_decision_is_one_trace_from_its_request_to_its_delivery(
    api: Api, receiver: Receiver, spans: InMemorySpanExporter
) -> None:
    await registered(api, receiver)
    rfp = await api.in_approval()
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    version = (await api.get(f"/v1/rfps/{rfp}")).json()["version"]
    answer = await api.client.post(
        f"/v1/rfps/{rfp}/decisions",
        json={"decision": "approve", "reason": "In budget."},
        headers={
            **api.headers(HANA, If_Match=f'"{version}"'),
            "traceparent": f"00-{trace}-{CALLERS_SPAN}-01",
        },
    )
    assert answer.status_code == 200, answer.text
    route = "POST /v1/rfps/{rfp_id}/decisions"

    def received() -> set[str | None]:
        return {got.headers.get("traceparent") for got in receiver.of("approval.decided")}

    async def whole() -> bool:
        steps = {route, "commit", "views", "delivery"} <= of_trace(spans, trace).keys()
        return steps and bool(received()) and received() <= deliveries_of(spans, trace)

    await until_true(whole)
    found = of_trace(spans, trace)
    request = found[route]
    assert request.parent is not None
    assert f"{request.parent.span_id:016x}" == CALLERS_SPAN
    for name in ("commit", "views", "delivery"):
        parent = found[name].parent
        assert parent is not None
        assert parent.span_id == request.context.span_id, name
    assert answer.headers["traceparent"] == f"00-{trace}-{request.context.span_id:016x}-01"
    said = dict(found["commit"].attributes or {})
    assert said == {"rfp.position": answer.json()["position"]}
    delivered = found["delivery"]
    assert dict(delivered.attributes or {}) == {"rfp.target": "webhook", "http.response.status_code": 200}
    assert len(received()) == 1
    assert begins_before(request, found["commit"], found["views"], delivered)


def begins_before(*steps: ReadableSpan) -> bool:
    times = [step.start_time or 0 for step in steps]
    return times == sorted(times)


async def test_a_span_names_a_route_and_nobody_and_a_look_at_health_is_none(
    api: Api, spans: InMemorySpanExporter
) -> None:
    await api.get("/v1/rfps", expect=422, limit=0, q="Somebody's name")
    await api.client.get("/healthz")
    [span] = spans.get_finished_spans()
    assert span.name == "GET /v1/rfps"
    assert dict(span.attributes or {}) == {
        "http.request.method": "GET",
        "http.route": "/v1/rfps",
        "http.response.status_code": 422,
    }


@contextmanager
def collector() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """Stand where a collector listens; keep what comes."""
    came: list[tuple[str, bytes]] = []

    class Collecting(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collecting)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", came
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def test_what_was_noted_is_sent_to_the_collector_when_a_process_ends(
    base: Base, tmp_path: Path
) -> None:
    with collector() as (url, came):
        settings = Settings(data_dir=tmp_path, database_url=base.service, traces_to=url)
        sending = traces_sent(settings)
        sending.__enter__()
        try:
            async with running_api(base, settings=settings, worker=False) as api:
                await api.raised()
        finally:
            await asyncio.to_thread(sending.__exit__, None, None, None)
    assert {path for path, _ in came} == {"/v1/traces"}
    names = set[str]()
    for _, body in came:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            names |= {span.name for scope in resource.scope_spans for span in scope.spans}
    assert {"POST /v1/rfps", "commit"} <= names
    assert not tracing.is_noted()


def test_without_the_library_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with (
        pytest.raises(NotConfigured, match=r"tracing\.lock"),
        traces_sent(Settings(data_dir=tmp_path, traces_to="http://127.0.0.1:4318")),
    ):
        pass
