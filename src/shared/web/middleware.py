"""The one layer before the app: traces a request, and adds to an answer what it does not say for itself."""

import re
import time
from random import Random

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.record.tracing import begun
from shared.web.limits.rate_limits import WINDOW_SECONDS, Allowance
from shared.web.monitoring.request_log import note_request
from shared.web.requests.problems import problem

# An API's answers are data: nothing in them runs, is framed, or is kept where others can read it. A page
# that needs more says so itself.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cache-Control": "private, no-cache",
}
TLS_ONLY = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
TOO_LARGE = 413

Headers = list[tuple[bytes, bytes]]

_TRACEPARENT = re.compile(rb"^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$")
_IDS = Random()  # noqa: S311  # a trace's id must be rare, not secret; the system's dice cost a call each


class Door:
    """Takes the caller's `traceparent` (W3C Trace Context) or starts a trace, and answers within it.

    Headers for browsers and what is left of one's allowance go onto each answer; the framework's plain
    words for a body that is too large become a problem like any other.
    """

    def __init__(self, app: ASGIApp, *, tls: bool) -> None:
        """Stand before this app, which is reached by TLS only or not."""
        self._app = app
        said = HEADERS | (TLS_ONLY if tls else {})
        self._headers = [(_raw(name.lower()), _raw(value)) for name, value in said.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        traceparent = _traced(scope)
        method = scope["method"]
        if method == "HEAD":  # as GET, without its content (RFC 9110, section 9.3.2)
            scope, send = {**scope, "method": "GET"}, _without_content(send)
        await self._app(scope, receive, _Answer(self, scope, receive, send, method, traceparent))

    def whole(self, headers: Headers) -> Headers:
        """Return an answer's headers with those that it does not say for itself."""
        said = {name for name, _ in headers}
        return [*headers, *(pair for pair in self._headers if pair[0] not in said)]


class _Answer:
    """Sends one answer on, with what it does not say for itself.

    No function within the call: that would hold itself, and all of the request, until the collector comes.
    """

    __slots__ = ("_began", "_door", "_method", "_receive", "_replaced", "_scope", "_send", "_traceparent")

    def __init__(
        self, door: Door, scope: Scope, receive: Receive, send: Send, method: str, traceparent: bytes
    ) -> None:
        """Answer this request, which has just come."""
        self._door, self._scope, self._receive, self._send = door, scope, receive, send
        self._method, self._traceparent = method, traceparent
        self._replaced, self._began = False, time.monotonic()

    async def __call__(self, message: Message) -> None:
        """Send a part of it."""
        if message["type"] != "http.response.start":
            if not self._replaced:
                await self._send(message)
            return
        if _is_plain(message):
            await _too_large(self._scope, message["headers"])(self._scope, self._receive, self)
            self._replaced = True
            return
        self._scope["state"]["answer_begun"] = True
        headers = self._door.whole(message["headers"]) + _allowance(self._scope, message["status"])
        note_request(self._scope, self._method, message["status"], time.monotonic() - self._began)
        await self._send({**message, "headers": [*headers, (b"traceparent", self._traceparent)]})


def _without_content(send: Send) -> Send:
    """Return what sends an answer's head, and nothing of its content."""

    async def head(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return head


def _traced(scope: Scope) -> bytes:
    """Note the trace of a request where its handlers find it; return it with our own span."""
    given = dict(scope["headers"]).get(b"traceparent", b"")
    match = _TRACEPARENT.match(given)
    if step := begun(given.decode() if match else "", "server"):
        traceparent = step.traceparent
        trace_id = traceparent[3:35]
    else:
        trace_id = match[1].decode() if match else f"{_IDS.getrandbits(128):032x}"
        traceparent = f"00-{trace_id}-{_IDS.getrandbits(64):016x}-01"
    scope.setdefault("state", {}).update(trace_id=trace_id, traceparent=traceparent, step=step)
    return traceparent.encode()


def _too_large(scope: Scope, headers: Headers) -> Response:
    """Return the problem in place of a plain answer, with whatever else that one says to browsers."""
    answer = problem(Request(scope), TOO_LARGE, "about:blank", "Content Too Large")
    answer.raw_headers += [pair for pair in headers if not pair[0].startswith(b"content-")]
    return answer


def _allowance(scope: Scope, status: int) -> Headers:
    """Return what says how much a client may still ask for, and when to ask again."""
    allowance: Allowance | None = scope["state"].get("allowance")
    said = [] if allowance is None else allowance.headers()
    if status == 429:
        said.append((b"retry-after", b"%d" % (WINDOW_SECONDS if allowance is None else allowance.seconds)))
    return said


def _is_plain(message: Message) -> bool:
    if message["status"] != TOO_LARGE:
        return False
    media_type = dict(message["headers"]).get(b"content-type", b"")
    return bool(media_type.startswith(b"text/plain"))


def _raw(text: str) -> bytes:
    return text.encode("latin-1")
