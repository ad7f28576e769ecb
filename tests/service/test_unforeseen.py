"""What nobody foresaw is an answer like any other: its headers, its trace, counted, and to people a page."""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, NoReturn

import pytest
from prometheus_client import REGISTRY
from starlette.types import Receive, Scope, Send

from rfp_service.console import routes, sessions
from shared.governance.disclosure.exemptions import Exemptions
from shared.kernel.errors import Unacceptable
from shared.ledger.log_reader import LogReader
from shared.web.middleware import HEADERS, Door
from shared.web.requests.fault_answers import FaultAnswers
from shared.web.requests.problems import status_of
from tests.service.test_console import sign_in
from tests.service.test_guarding import tried_out
from tests.support.api import Api, running_api
from tests.support.people import PRIYA, RITA
from tests.support.postgres import Base, by_owner
from tests.support.visiting import said

PAGE = "https://intranet.example"
TRACE = "0af7651916cd43dd8448eb211c80319c"


async def broken(api: Api) -> None:
    """Take what the list of RFPs is read from away."""
    await by_owner(api.service.pool, "ALTER TABLE rfps RENAME TO rfps_elsewhere")


def counted(route: str) -> float:
    labels = {"method": "GET", "route": route, "status": "500"}
    return REGISTRY.get_sample_value("rfp_request_seconds_count", labels) or 0.0


@pytest.mark.parametrize("path", ["/v1/rfps", "/log/checkpoint"])  # by a plan of ours; by the framework's way
async def test_a_fault_has_what_every_answer_has(
    base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(LogReader, "witnessed", fails)
    settings = tried_out(base, tmp_path, cors_origins=PAGE).checked()
    async with running_api(base, settings=settings.model_copy(update={"audit_public": True})) as api:
        await broken(api)
        before = counted(path)
        headers = {**api.headers(RITA), "Origin": PAGE, "traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
        answer = await api.client.get(path, headers=headers)
        problem = answer.json()
        assert (answer.status_code, problem["type"]) == (500, "/problems/fault")
        assert problem["instance"].replace("-", "") == f"urn:uuid:{TRACE}"
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["traceparent"][3:35] == TRACE
        assert answer.headers["Access-Control-Allow-Origin"] == PAGE
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, name
        assert counted(path) == before + 1


async def fails(*_: object, **__: object) -> NoReturn:
    raise ZeroDivisionError


@pytest.mark.parametrize("where", ["the API", "the page", "the names on it"])
async def test_people_are_told_of_a_fault_on_a_page(
    api: Api, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    await sign_in(api, "rita-requester")
    match where:
        case "the API":
            await broken(api)
        case "the page":
            monkeypatch.setattr(sessions, "found", fails)
        case "the names on it":
            monkeypatch.setattr(routes, "with_names", fails)
    answer = await api.client.get("/console/rfps")
    assert answer.status_code == 500
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Something went wrong" in said(answer.text)
    assert "The service made a mistake; it has been logged." in said(answer.text)


@pytest.mark.parametrize("where", ["the API", "the page"])
async def test_people_are_told_when_to_come_again_on_a_page(
    api: Api, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    async def away(*_: object, **__: object) -> NoReturn:
        raise ConnectionRefusedError

    await sign_in(api, "rita-requester")
    if where == "the API":
        monkeypatch.setattr(Exemptions, "in_force", away)
    else:
        monkeypatch.setattr(sessions, "found", away)
    answer = await api.client.get("/console/rfps")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "The service can't answer just now" in said(answer.text)


@pytest.mark.parametrize(
    ("path", "key"), [("/v1/rfps", ""), ("/v1/rfps", "once"), ("/console/sign-out", ""), ("/v1/imports", "")]
)
async def test_whoever_hangs_up_before_their_request_is_whole_is_no_fault_of_the_service(
    api: Api, path: str, key: str
) -> None:
    begun: list[int] = []
    gone = {"type": "http.disconnect"}
    parts: list[dict[str, object]] = [{"type": "http.request", "body": b"--x\r\n", "more_body": True}, gone]

    async def receive() -> dict[str, object]:
        return parts.pop(0) if parts else gone

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            begun.append(message["status"])

    sent = {**api.headers(PRIYA), "Content-Type": "multipart/form-data; boundary=x", "Content-Length": "900"}
    if path != "/v1/imports":
        sent["Content-Type"] = (
            "application/x-www-form-urlencoded" if "console" in path else "application/json"
        )
    if "console" in path:
        sent |= {"Origin": "http://service", "Host": "service"}
    if key:
        sent["Idempotency-Key"] = key
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
        "client": ("127.0.0.1", 1),
        "server": ("service", 80),
        "scheme": "http",
        "state": {},
    }
    await api.app(scope, receive, send)
    assert begun == [status_of(Unacceptable)]
    assert not parts, "it was read until they hung up"


async def test_an_answer_that_has_begun_is_broken_off_and_not_begun_anew() -> None:
    sent: list[str] = []

    async def app(_scope: Scope, _: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ZeroDivisionError

    async def send(message: object) -> None:
        sent.append(message["type"])  # type: ignore[index]  # a message is

    scope = {"type": "http", "method": "GET", "state": {}, "path": "/", "headers": []}
    with pytest.raises(ZeroDivisionError):
        await Door(FaultAnswers(app), tls=False)(scope, None, send)  # type: ignore[arg-type]  # nothing is received
    assert sent == ["http.response.start"]
