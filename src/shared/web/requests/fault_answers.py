"""The layer within those that add to an answer: what nobody foresaw is answered here, and passes them all.

The framework answers it outside all of them, without their headers, and uncounted.
"""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.web.requests.problems import answer_to


class FaultAnswers:
    """Answers a fault of the service with a problem, where no answer has begun."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before this app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            if scope["type"] != "http" or scope["state"].get("answer_begun"):
                raise
            answer = await answer_to(Request(scope, receive), error)
            await answer(scope, receive, send)
