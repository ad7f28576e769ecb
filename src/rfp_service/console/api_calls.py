"""Asking the service's own API within this process: the pages see and decide by no other rules."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import orjson
from fastapi import Request

from rfp_service.console.words import words
from shared.web.security.peers import PASSED_ON

if TYPE_CHECKING:
    import httpx

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
        """Return the problem's type; nothing if there is none."""
        return str(self.body.get("type", "")) if isinstance(self.body, dict) else ""

    @property
    def sentence(self) -> str:
        """Return the rule that refused, in its own words, and why it does where it says so beside."""
        return " ".join(str(said) for name in ("title", "why") if (said := self.body.get(name)))


class ApiFile(NamedTuple):
    """What the API answered as a file, and whether more of it follows at another cursor."""

    content: bytes
    media_type: str
    cursor: str
    headers: Mapping[str, str] = MappingProxyType({})


class ApiRefused(Exception):
    """The API refused what a page needs: the page says why."""

    def __init__(self, answer: ApiAnswer) -> None:
        """Keep the problem."""
        super().__init__(answer.kind)
        self.answer = answer

    @property
    def sentence(self) -> str:
        """Return the rule in its own words, and what of the question it is about."""
        found = [
            f"{words(each['parameter'])}: {each['detail']}."
            for each in self.answer.body.get("errors", ())
            if "parameter" in each
        ]
        return " ".join([self.answer.sentence, *found])


class SentFile(NamedTuple):
    """A file that goes to the API within a form."""

    name: str
    content: bytes
    media_type: str


async def ask(  # the parts of a request
    request: Request,
    token: str,
    path: str,
    query: Mapping[str, Any] | None = None,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
) -> ApiAnswer:
    """Ask the API as whoever holds the token, in the same trace and from the same address."""
    content = None if body is None else orjson.dumps(body)
    answer = await _send(request, token, path, query, content, headers or {})
    return ApiAnswer(answer.status_code, orjson.loads(answer.content) if answer.content else {})


async def ask_for_file(
    request: Request, token: str, path: str, query: Mapping[str, Any], media_type: str
) -> ApiFile:
    """Return what the API has as a file of this kind; refuse as it does."""
    answer = await _send(request, token, path, query, None, {"Accept": media_type})
    if answer.status_code >= 400:
        raise ApiRefused(ApiAnswer(answer.status_code, orjson.loads(answer.content)))
    following = answer.links.get("next", {}).get("url", "")
    cursor = dict(parse_qsl(urlsplit(following).query)).get("cursor", "")
    return ApiFile(answer.content, answer.headers["content-type"], cursor, answer.headers)


async def send_file(
    request: Request, token: str, path: str, file: SentFile, parts: Mapping[str, str], key: str = ""
) -> ApiAnswer:
    """Send a file to the API within a form."""
    said = _said(request, token, {"Idempotency-Key": key} if key else {})
    async with _client(request) as client:
        sent = {"file": (file.name, file.content, file.media_type)}
        answer = await client.post(path, data=dict(parts), files=sent, headers=said)
    return ApiAnswer(answer.status_code, orjson.loads(answer.content) if answer.content else {})


async def _send(
    request: Request,
    token: str,
    path: str,
    query: Mapping[str, Any] | None,
    content: bytes | None,
    headers: Mapping[str, str],
) -> "httpx.Response":
    said = _said(request, token, headers)
    async with _client(request) as client:
        if content is None:
            return await client.get(path, params=query, headers=said)
        said["Content-Type"] = "application/json"
        return await client.post(path, content=content, headers=said)


def _client(request: Request) -> "httpx.AsyncClient":
    from httpx import ASGITransport, AsyncClient  # slow to load, and needed for pages only

    address = request.client
    transport = ASGITransport(
        request.app, raise_app_exceptions=False, client=(address.host, address.port) if address else ("", 0)
    )
    return AsyncClient(transport=transport, base_url=BASE, trust_env=False)


def _said(request: Request, token: str, more: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of a question: as whoever holds the token, in the same trace."""
    passed_on = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
    return {
        "Authorization": f"Bearer {token}",
        "Accept": "application/json",
        "traceparent": request.state.traceparent,
        **passed_on,
        **more,
    }
