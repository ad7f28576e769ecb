"""Whoever takes their answer slowly waits for themselves: everybody else is answered meanwhile."""

import asyncio
from typing import Any

from starlette.types import Message, Scope

from shared.web.limits.rate_limits import RUNNING_LIMIT
from tests.support.api import Api
from tests.support.people import LEO, RITA, Who


class Reader:
    """A client that takes no more of its answer than its head, until it is let go."""

    def __init__(self, api: Api, who: Who, path: str) -> None:
        self.api, self.who, self.path = api, who, path
        self.begun, self.go, self.done = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.body = b""

    def scope(self) -> Scope:
        authorization = self.api.headers(self.who)["Authorization"]
        return {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"authorization", authorization.encode()), (b"host", b"test")],
            "client": ("127.0.0.1", 1),
            "server": ("test", 80),
        }

    async def receive(self) -> Message:
        await self.done.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.begun.set()
        if message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            await self.go.wait()

    def start(self) -> asyncio.Task[Any]:
        return asyncio.create_task(self.api.app(self.scope(), self.receive, self.send))


async def test_slow_readers_hold_their_own_turns_and_nobody_else_s(api: Api) -> None:
    await api.meets(RITA, LEO)
    slow = [Reader(api, RITA, "/v1/rfps") for _ in range(RUNNING_LIMIT)]
    running = [reader.start() for reader in slow]
    await asyncio.wait_for(asyncio.gather(*(reader.begun.wait() for reader in slow)), 90)
    another = asyncio.create_task(api.get("/v1/rfps", RITA))
    for _ in range(3):
        await api.get("/v1/rfps", LEO)  # as many as he likes
    assert not another.done()  # Rita's own next one waits for what she has not taken
    for reader in slow:
        reader.go.set()
    await asyncio.wait_for(asyncio.gather(another, *running), 90)
    assert all(reader.body.startswith(b'{"items"') for reader in slow)
