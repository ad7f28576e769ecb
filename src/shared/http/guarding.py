"""Headers that every answer has: what browsers may do with it, and what is left of one's allowance."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.limiting import WINDOW_SECONDS, Allowance

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


class Guarding:
    """Adds what an answer does not say for itself."""

    def __init__(self, app: ASGIApp, *, tls: bool) -> None:
        """Stand before this app, which is reached by TLS only or not."""
        self._app = app
        self._headers = HEADERS | (TLS_ONLY if tls else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                allowance: Allowance | None = scope.get("state", {}).get("allowance")
                if allowance is not None:
                    headers.update(allowance.headers())
                if message["status"] == 429:
                    seconds = allowance.seconds if allowance else WINDOW_SECONDS
                    headers["Retry-After"] = str(seconds)
            await send(message)

        await self._app(scope, receive, guarded)
