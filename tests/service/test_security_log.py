"""What is noted of refused access and of administrators: one JSON line each, without what was sent."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_network
from typing import Any
from uuid import uuid4

import httpx
import pytest

from rfp_service import logs
from shared.kernel.errors import NotFound, OutOfSight
from shared.kernel.person import Person
from shared.kernel.roles import Role
from shared.web.access.permissions import Permissions
from shared.web.requests.problem_types import type_of
from shared.web.security import security_log
from shared.web.security.security_log import SecurityLog
from tests.support.api import Api
from tests.support.people import ADA, LEO, RITA, SCHEME, Who

SUE = Who("sue", (Role.REQUESTER,), areas=("Schools",))
SECRET = "nobody-may-read-this"
BAD = {"Authorization": f"Bearer {SECRET}"}


@dataclass
class Written:
    """What was written to standard error."""

    captured: pytest.CaptureFixture[str]

    def lines(self) -> list[dict[str, Any]]:
        """Return the new lines of the security log, and that none says what was sent."""
        written = self.captured.readouterr().err
        assert SECRET not in written
        said = [json.loads(line) for line in written.splitlines()]
        return [line for line in said if line["event"] == "security"]


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Iterator[Written]:
    logs.configure("warning")
    yield Written(capsys)
    logs.configure("critical")


async def counted(api: Api, kind: str) -> float:
    text = (await api.get("/metrics", None)).text
    line = next(line for line in text.splitlines() if f'rfp_security_events_total{{kind="{kind}"}}' in line)
    return float(line.split()[1])


async def test_whatever_is_refused_is_noted_once_and_counted(
    api: Api, logged: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security_log, "LINES_A_MINUTE", 10**6)
    await api.adopt_scheme()
    rfp = await api.raised()
    await api.post("/v1/rfps", {**RAISE, "title": "First"}, key="one")
    logged.lines()
    asked: list[tuple[str, str, str, Any]] = [
        ("not-authenticated", "NotAuthenticated", "", api.client.get(f"/v1/rfps?q={SECRET}", headers=BAD)),
        ("not-allowed", "NotAllowed", "rita", api.get("/v1/audit/decisions", RITA, 403)),
        ("out-of-sight", "OutOfSight", "sue", api.get(f"/v1/rfps/{rfp}", SUE, 404)),
        ("key-reused", "KeyUsedOtherwise", "rita", api.post("/v1/rfps", RAISE, expect=422, key="one")),
    ]
    for kind, rule, by, answer in asked:
        before = await counted(api, kind)
        response = await answer
        (line,) = logged.lines()
        assert {"kind": kind, "rule": rule, "by": by, "status": response.status_code}.items() <= line.items()
        assert line["address"] == "127.0.0.1"
        assert line["operation"].startswith("/v1/")
        assert line["operation"] != f"/v1/rfps/{rfp}"
        assert len(line["trace"]) == 32
        assert await counted(api, kind) == before + 1
    await api.get(f"/v1/rfps/{SECRET}", RITA, 404)  # a slip is no matter of security
    await api.get("/v1/rfps/00000000-0000-4000-8000-000000000000", SUE, 404)  # nor what isn't there
    assert logged.lines() == []


RAISE = {"title": SECRET, "description": SECRET, "service_area": "Registrars"}


async def test_what_a_batch_may_not_decide_on_is_noted_by_one_line_and_counted_each(
    api: Api, logged: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security_log, "LINES_A_MINUTE", 10**6)
    pat = Who("pat", (Role.PROCUREMENT_OFFICER,))
    await api.meets(pat)
    ever = Permissions.areas

    def limited(table: Permissions, person: Person, action: str) -> frozenset[str] | None:
        return frozenset({"Schools"}) if person.id == pat.id else ever(table, person, action)

    monkeypatch.setattr(Permissions, "areas", limited)  # as a table would that limits officers, too
    items = [{"id": await api.raised(), "waiting_on": "finance", "reason": SECRET} for _ in range(3)]
    items.append({"id": str(uuid4()), "waiting_on": "finance", "reason": SECRET})  # which is nowhere
    logged.lines()
    before = await counted(api, "out-of-sight")
    for query in ({}, {"dry_run": "true"}):
        answer = await api.client.post(
            "/v1/rfps/holds", json={"items": items}, headers=api.headers(pat), params=query
        )
        assert [told["problem"]["status"] for told in answer.json()["items"]] == [404] * 4
        (line,) = logged.lines()
        assert {
            "kind": "out-of-sight",
            "by": "pat",
            "operation": "rfp-holds",
            "items": 3,
        }.items() <= line.items()
    assert await counted(api, "out-of-sight") == before + 6


async def test_too_many_requests_are_noted(api: Api, logged: Written) -> None:
    limits = type(api.service.limits)(1, clock=lambda: 7.0)
    whole = api.service
    api.app.state.service = replace(whole, limits=limits)
    try:
        await api.get("/v1/rfps")
        assert (await api.get("/v1/rfps", expect=429)).headers["ratelimit"] == '"minute";r=0;t=84'
    finally:
        api.app.state.service = whole
    (line,) = logged.lines()
    assert (line["kind"], line["rule"], line["by"]) == ("too-many", "TooManyRequests", "rita")


async def test_what_an_administrator_does_is_noted_and_what_she_may_not(api: Api, logged: Written) -> None:
    await api.post("/v1/scheme/decisions", SCHEME, ADA, version=0)
    (line,) = logged.lines()
    assert {
        "kind": "administration",
        "by": "ada",
        "act": "AdoptScheme",
        "status": 200,
    }.items() <= line.items()
    await api.post("/v1/scheme/decisions", SCHEME, ADA, 412, version=0)
    assert logged.lines() == []  # it did not come to it
    await api.post("/v1/rfps", RAISE, ADA, 403)
    assert [line["kind"] for line in logged.lines()] == ["not-allowed"]
    await api.post("/v1/rfps", RAISE, LEO)
    assert logged.lines() == []


async def test_whoever_goes_on_and_on_fills_no_log(api: Api, logged: Written) -> None:
    now = [7.0]
    whole = api.service
    api.app.state.service = replace(whole, security=SecurityLog(clock=lambda: now[0]))
    try:
        before = await counted(api, "not-authenticated")
        for _ in range(25):
            await api.client.get("/v1/rfps", headers=BAD)
        assert len(logged.lines()) == 10
        assert await counted(api, "not-authenticated") == before + 25
        await api.get("/v1/audit/decisions", RITA, 403)
        assert [line["left_out"] for line in logged.lines()] == [0]  # another client, and another kind
        now[0] += 180
        await api.client.get("/v1/rfps", headers=BAD)
        assert [line["left_out"] for line in logged.lines()] == [15]
    finally:
        api.app.state.service = whole


async def test_many_clients_together_fill_no_log_either(
    api: Api, logged: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security_log, "ALL_LINES_A_MINUTE", 3)
    whole = api.service
    api.app.state.service = replace(whole, security=SecurityLog(clock=lambda: 7.0))
    try:
        for number in range(8):
            await api.get("/v1/audit/decisions", Who(f"r{number}", (Role.REQUESTER,)), 403)
    finally:
        api.app.state.service = whole
    assert len(logged.lines()) == 3


def test_what_is_out_of_sight_looks_like_what_is_not_there() -> None:
    assert OutOfSight.sentence() == NotFound.sentence()
    assert type_of(OutOfSight) == type_of(NotFound)


async def test_details_are_shown_to_named_networks_only(api: Api) -> None:
    async def ask(path: str, address: str, **headers: str) -> httpx.Response:
        transport = httpx.ASGITransport(api.app, client=(address, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    assert "head" in (await ask("/readyz", "127.0.0.1")).json()
    assert (await ask("/metrics", "::1")).status_code == 200
    for address, headers in (("192.0.2.7", {}), ("127.0.0.1", {"X_Forwarded_For": "127.0.0.1"})):
        assert set((await ask("/readyz", address, **headers)).json()) == {"status"}
        refused = await ask("/metrics", address, **headers)
        assert (refused.status_code, refused.json()["type"]) == (404, "/problems/not-found")
    whole = api.service
    settings = whole.settings.model_copy(update={"diagnostics_from": (ip_network("192.0.2.0/24"),)})
    api.app.state.service = replace(whole, settings=settings)
    try:
        assert (await ask("/metrics", "192.0.2.7")).status_code == 200
        assert (await ask("/metrics", "127.0.0.1")).status_code == 404
    finally:
        api.app.state.service = whole
