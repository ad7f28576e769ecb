"""Whoever floods what needs no token waits for themselves: a few at once, and each is still answered."""

import asyncio
from typing import Any

import httpx
import pytest

from shared.web.limits import rate_limits
from tests.support.api import Api
from tests.support.patience import PATIENCE_SECONDS

OPEN = (
    "/healthz",
    "/v1/nothing",
    "/",
    "/openapi.json",
    "/.well-known/security.txt",
    "/console/sign-in",
    "/console/assets/console.css",
)


class SlowReader:
    """Asks for a path, and takes the answer when it is let go."""

    def __init__(self, api: Api, path: str, method: str = "GET") -> None:
        self.status = 0
        self.begun = asyncio.Event()
        self.go = asyncio.Event()
        self._path, self._method = path, method
        self.task = asyncio.create_task(self._ask(api))

    async def _ask(self, api: Api) -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                self.begun.set()
                await self.go.wait()

        scope = {
            "type": "http",
            "method": self._method,
            "path": self._path,
            "raw_path": self._path.encode(),
            "query_string": b"",
            "headers": [(b"host", b"service")],
            "client": ("192.0.2.7", 1),
            "server": ("service", 80),
            "scheme": "http",
            "http_version": "1.1",
            "root_path": "",
        }
        await api.app(scope, receive, send)


@pytest.mark.parametrize("path", OPEN)
async def test_an_address_has_two_answers_of_a_kind_at_once_and_another_does_not_wait(
    api: Api, path: str
) -> None:
    many = [SlowReader(api, path) for _ in range(6)]
    async with asyncio.timeout(PATIENCE_SECONDS):
        await asyncio.gather(many[0].begun.wait(), many[1].begun.wait())
        assert (await api.client.get(path)).status_code == many[0].status  # from elsewhere
    assert [one.begun.is_set() for one in many] == [True, True, False, False, False, False]
    for one in many:
        one.go.set()
    await asyncio.gather(*(one.task for one in many))
    assert len({one.status for one in many}) == 1


async def test_whether_it_lives_is_told_while_readiness_is_looked_into(api: Api) -> None:
    looking = [SlowReader(api, "/readyz") for _ in range(4)]
    alive = SlowReader(api, "/healthz")
    async with asyncio.timeout(PATIENCE_SECONDS):
        await alive.begun.wait()
    for one in (*looking, alive):
        one.go.set()
    await asyncio.gather(*(one.task for one in (*looking, alive)))
    assert alive.status == 200


async def test_what_is_one_too_many_is_refused_where_nothing_is(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "AT_ONCE_LIMIT", 2)
    many = [SlowReader(api, "/v1/nothing") for _ in range(3)]
    async with asyncio.timeout(PATIENCE_SECONDS):
        await asyncio.gather(*(one.begun.wait() for one in many))
    for one in many:
        one.go.set()
    await asyncio.gather(*(one.task for one in many))
    assert sorted(one.status for one in many) == [404, 404, 429]


async def test_one_too_many_at_the_sign_in_is_told_so_by_a_page(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "AT_ONCE_LIMIT", 1)
    first = SlowReader(api, "/console/assets/console.css")
    async with asyncio.timeout(PATIENCE_SECONDS):
        await first.begun.wait()
    host = httpx.ASGITransport(api.app, client=("192.0.2.7", 2))
    async with httpx.AsyncClient(transport=host, base_url="http://service") as client:
        refused = await client.get("/console/assets/console.css")
    first.go.set()
    await first.task
    assert (refused.status_code, "Too much is asked at once" in refused.text) == (429, True)


async def test_a_wrong_method_is_named_with_the_right_ones(api: Api) -> None:
    refused = await api.client.delete("/healthz")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")
