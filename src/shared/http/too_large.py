"""A body that is too large is a problem like any other, also where the framework says so in plain text."""

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.problems import problem

TOO_LARGE = 413


class TooLargeIsAProblem:
    """Puts a problem in the place of the framework's own words."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand around an app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let everything through but the framework's plain 413."""
        replaced = False

        async def put_right(message: Message) -> None:
            nonlocal replaced
            if _is_plain(message):
                replaced = True
                answer = problem(Request(scope), TOO_LARGE, "about:blank", "Content Too Large")
                await answer(scope, receive, send)
            elif not replaced:
                await send(message)

        await self._app(scope, receive, put_right)


def _is_plain(message: Message) -> bool:
    if message["type"] != "http.response.start" or message["status"] != TOO_LARGE:
        return False
    headers = dict(message["headers"])
    return bool(headers.get(b"content-type", b"").startswith(b"text/plain"))
