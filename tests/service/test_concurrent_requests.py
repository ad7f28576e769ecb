"""Too much at once is told when to come again; whoever is refused and asks again waits for themselves."""

import asyncio
from typing import Any

from prometheus_client import REGISTRY
from starlette.types import Receive, Scope, Send

from rfp_service import concurrent_requests as limits
from rfp_service.concurrent_requests import ConcurrentRequests, Refusals
from shared.kernel.person import Person
from shared.kernel.roles import Role

RITA = Person("rita", (Role.REQUESTER,))
ASKED = {"type": "http", "method": "GET"}


def counted() -> float:
    labels = {"method": "GET", "route": "", "status": "503"}
    return REGISTRY.get_sample_value("rfp_request_seconds_count", labels) or 0.0


async def test_what_is_too_much_at_once_is_told_when_to_come_again() -> None:
    going, sent = asyncio.Event(), list[dict[str, object]]()

    async def slow(_: Scope, __: Receive, ___: Send) -> None:
        await going.wait()

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    requests = ConcurrentRequests(slow, limit=2)
    running = [asyncio.create_task(requests(ASKED, None, send)) for _ in range(2)]  # type: ignore[arg-type]
    await asyncio.sleep(0)
    before = counted()
    await requests(ASKED, None, send)  # type: ignore[arg-type]
    assert sent[0]["status"] == 503
    assert (b"retry-after", b"2") in sent[0]["headers"]  # type: ignore[operator]
    assert (b"x-content-type-options", b"nosniff") in sent[0]["headers"]  # type: ignore[operator]
    assert counted() == before + 1
    going.set()
    await asyncio.gather(*running)
    await requests(ASKED, None, send)  # type: ignore[arg-type]
    assert len(sent) == 2


def test_refusals_of_one_client_come_one_by_one_and_keep_nobody_else() -> None:
    now = 100.0
    refusals = Refusals(lambda: now)
    pause = limits.SECONDS_A_REFUSAL
    assert [round(refusals.wait("rita"), 9) for _ in range(3)] == [0, pause, round(2 * pause, 9)]
    assert refusals.wait("leo") == 0
    for _ in range(1_000):
        longest = refusals.wait("rita")
    assert longest == limits.HOLDING_SECONDS
    now += limits.HOLDING_SECONDS + pause
    assert refusals.wait("rita") == 0


async def test_whoever_waits_for_a_refusal_holds_nobody_s_place(monkeypatch: Any) -> None:
    monkeypatch.setattr(limits, "SECONDS_A_REFUSAL", 3_600.0)
    monkeypatch.setattr(limits, "HOLDING_SECONDS", 3_600.0)
    sent: list[int] = []

    async def app(scope: Scope, _: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": scope["answer"], "headers": []})

    async def send(message: Any) -> None:
        sent.append(message["status"])

    async def ask(answer: int, **state: Any) -> None:
        await requests({"type": "http", "answer": answer, "state": state}, None, send)  # type: ignore[arg-type]

    requests = ConcurrentRequests(app, limit=2)
    await ask(429, person=RITA)
    held = [asyncio.create_task(ask(429, person=RITA)) for _ in range(5)]
    await asyncio.sleep(0)
    await ask(200, person=RITA)
    await ask(429)  # somebody else's first
    assert sent == [429, 200, 429]
    for task in held:
        task.cancel()
    await asyncio.gather(*held, return_exceptions=True)
    await ask(200)
    assert sent == [429, 200, 429, 200]
