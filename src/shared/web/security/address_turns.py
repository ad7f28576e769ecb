"""Whoever gives no name waits their address's turn: floods of what needs no token starve nobody else."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.types import Message, Receive, Scope, Send

from shared.web.core_service import core_service
from shared.web.security.peers import peer_of

PAUSE_SECONDS = 0.005  # while more of an address wait
SHORT_BYTES = 16 * 1024


@asynccontextmanager
async def turn_of_address(request: Request, lane: str = "") -> AsyncIterator[None]:
    """Wait for the turn of the address that asks; raises `TooManyAtOnce` where too many wait there already.

    Each lane has turns of its own: whether the service lives must be told while it looks whether it is ready.
    """
    limits = core_service(request).limits
    async with limits.running(f"address {peer_of(request)} {lane}".rstrip()) as crowded:
        # What takes no time would never find its turn taken, and hundreds come between two steps of others.
        await asyncio.sleep(PAUSE_SECONDS if crowded else 0)
        yield


def waiting_for_its_reader(send: Send) -> Send:
    """Return what sends an answer's last part, and an end of its own, which waits for a slow reader.

    A short one need not be waited for: whoever leaves many of them untaken waits at the next.
    """

    async def patiently(message: Message) -> None:
        ends = message["type"] == "http.response.body" and not message.get("more_body")
        if ends and len(message.get("body", b"")) > SHORT_BYTES:
            await send({**message, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        else:
            await send(message)

    return patiently


class OpenRoute(APIRoute):
    """A route for everybody, that answers each address a few requests at once."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer once it is the address's turn, and keep the turn until the answer is taken."""
        async with turn_of_address(Request(scope), self.name):
            await super().handle(scope, receive, waiting_for_its_reader(send))


class InTurn(Response):
    """An answer that is given while its address has its turn."""

    def __init__(self, answer: Response, turn: AsyncExitStack) -> None:
        """Hold the turn, which was taken for it."""
        super().__init__(status_code=answer.status_code)
        self._answer, self._turn = answer, turn
        self.raw_headers = answer.raw_headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give the answer, and the turn to the next."""
        async with self._turn:
            await self._answer(scope, receive, waiting_for_its_reader(send))


async def in_turn(request: Request, answer: Callable[[], Response]) -> Response:
    """Make an answer once it is the address's turn, to be given before that ends."""
    async with AsyncExitStack() as turn:
        await turn.enter_async_context(turn_of_address(request))
        return InTurn(answer(), turn.pop_all())
