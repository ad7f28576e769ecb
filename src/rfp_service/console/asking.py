"""Asking the service's own API within this process: the pages see and decide by no other rules."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson
from fastapi import Request

from shared.web.peers import PASSED_ON

BASE = "http://console"  # no name is looked up: nothing leaves the process


class ApiAnswer(NamedTuple):
    """What the API answered."""

    status: int
    body: Any

    @property
    def is_success(self) -> bool:
        """Say whether it did what it was asked."""
        return self.status < 400

    @property
    def kind(self) -> str:
        """Return the problem's type; nothing where there is none."""
        return str(self.body.get("type", "")) if isinstance(self.body, dict) else ""


class ApiRefused(Exception):
    """The API refused what a page needs: the page says why."""

    def __init__(self, answer: ApiAnswer) -> None:
        """Keep the problem."""
        super().__init__(answer.kind)
        self.answer = answer


async def ask(
    request: Request,
    token: str,
    path: str,
    query: Mapping[str, Any] | None = None,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
) -> ApiAnswer:
    """Ask the API as whoever holds the token, in the same trace and from the same address."""
    from httpx import ASGITransport, AsyncClient  # slow to load, and needed for pages only

    address = request.client
    transport = ASGITransport(
        request.app, raise_app_exceptions=False, client=(address.host, address.port) if address else ("", 0)
    )
    passed_on = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
    said = {
        "Authorization": f"Bearer {token}",
        "Accept": "application/json",
        "traceparent": request.state.traceparent,
        **passed_on,
        **(headers or {}),
    }
    async with AsyncClient(transport=transport, base_url=BASE, trust_env=False) as client:
        if body is None:
            answer = await client.get(path, params=query, headers=said)
        else:
            said["Content-Type"] = "application/json"
            answer = await client.post(path, content=orjson.dumps(body), headers=said)
    return ApiAnswer(answer.status_code, orjson.loads(answer.content) if answer.content else {})
