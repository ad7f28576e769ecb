"""W3C Trace Context: every request has a trace id; it is stored with what is decided and sent back."""

import re
from random import Random

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_TRACEPARENT = re.compile(r"^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$")

_IDS = Random()  # noqa: S311  # a trace's id must be rare, not secret; the system's dice cost a call each


class Tracing:
    """Takes the caller's `traceparent` or starts a trace, and answers with its own span in it."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before this app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"traceparent", b"").decode("latin-1")
        match = _TRACEPARENT.match(given)
        trace_id = match[1] if match else f"{_IDS.getrandbits(128):032x}"
        traceparent = f"00-{trace_id}-{_IDS.getrandbits(64):016x}-01"
        scope.setdefault("state", {}).update(trace_id=trace_id, traceparent=traceparent)

        async def traced(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["traceparent"] = traceparent
            await send(message)

        await self._app(scope, receive, traced)
