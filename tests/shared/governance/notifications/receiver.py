"""A receiver of webhooks on loopback: keeps what it got, and answers as a test wants."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

BACKLOG = 1_000  # more than ever come at once: one that finds no room waits for seconds to be connected
Answering = Callable[
    ["Got"], "tuple[int, Mapping[str, str], bytes] | Awaitable[tuple[int, Mapping[str, str], bytes]]"
]


@dataclass(frozen=True)
class Got:
    """One request as it came in."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def event(self) -> Any:
        return orjson.loads(self.body)

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


def polite(got: Got) -> tuple[int, Mapping[str, str], bytes]:
    """Take everything, and answer a challenge with itself."""
    challenge = got.event["data"].get("challenge", "")
    return 200, {}, orjson.dumps({"challenge": challenge}) if challenge else b""


@dataclass
class Receiver:
    """What it got, in order; `answer` may be changed at any time."""

    port: int = 0
    got: list[Got] = field(default_factory=list)
    answer: Answering = polite

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    def of(self, kind: str) -> list[Got]:
        return [got for got in self.got if got.event["type"] == kind]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().split("\r\n")[1:]
                headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines) if n}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                got = Got(headers, body)
                self.got.append(got)
                answered = self.answer(got)
                status, more, content = answered if isinstance(answered, tuple) else await answered
                said = "".join(f"{n}: {v}\r\n" for n, v in more.items())
                writer.write(f"HTTP/1.1 {status} X\r\n{said}content-length: {len(content)}\r\n\r\n".encode())
                writer.write(content)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def receiving(answer: Answering = polite) -> AsyncIterator[Receiver]:
    """Lend a receiver."""
    receiver = Receiver(answer=answer)
    tasks: set[asyncio.Task[None]] = set()

    def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(receiver.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(served, "127.0.0.1", 0, backlog=BACKLOG)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()
