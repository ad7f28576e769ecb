"""Nobody keeps a connection by saying little, or by never ending what they say."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn import Config
from uvicorn.server import ServerState

from rfp_service.connections import (
    HEAD_BYTES_LIMIT,
    PIECE_BYTES,
    PIPELINED_LIMIT,
    BoundedConnection,
    JoinedWrites,
)

WHOLE = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
Connect = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(f"read {len(body)}")(scope, receive, send)


@asynccontextmanager
async def serving(app: ASGIApp = echo, **deadlines: float) -> AsyncIterator[Connect]:
    """Serve an app that says how much it read, or another one, with deadlines of its own."""
    patient = {"head_seconds": 60.0, "body_seconds": 60.0, "taking_seconds": 60.0}
    kind = type("Quick", (BoundedConnection,), patient | deadlines)
    config, state = Config(app, log_config=None, ws="none", proxy_headers=False), ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: kind(config, state, {}, loop), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield lambda: asyncio.open_connection("127.0.0.1", port)


async def answered(connect: Connect, *said: bytes) -> bytes:
    """Return all that comes until the connection is closed."""
    reader, writer = await connect()
    try:
        for piece in said:
            writer.write(piece)
            await writer.drain()
        return await asyncio.wait_for(reader.read(), 90)
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize("said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost:", b"\r\n\r\n"])
async def test_whoever_does_not_say_what_they_want_in_time_is_let_go(said: bytes) -> None:
    async with serving(head_seconds=0.2) as connect:
        answer = await answered(connect, said)
    assert answer.startswith(b"HTTP/1.1 408 " if said else b"")
    assert bool(answer) == bool(said)


async def test_another_request_on_the_connection_has_its_own_deadline() -> None:
    async with serving(head_seconds=0.2) as connect:
        answer = await answered(connect, WHOLE, b"GET / HTTP")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 408 " in answer


async def test_a_body_that_never_comes_is_not_waited_for() -> None:
    async with serving(body_seconds=0.2) as connect:
        post = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf"
        assert await answered(connect, post) == b""


@pytest.mark.parametrize("end", [b"", b"\r\n\r\n"])
async def test_a_head_without_end_is_cut_off(end: bytes) -> None:
    async with serving() as connect:
        begun = b"GET / HTTP/1.1\r\nHost: x\r\nX: "
        long = b"a" * (HEAD_BYTES_LIMIT + 2 * PIECE_BYTES)
        many = (b"X-%d: a\r\n" % number for number in range(9_000))
        for said in ((begun, long, end), (begun, b"\r\n", *many, end)):
            answer = await answered(connect, *said)
            assert answer.startswith(b"HTTP/1.1 431 ") or not answer  # it may come while one still speaks


@pytest.mark.parametrize("begun", [b"0\r\nX: ", b"0\r\n", b"5;x=", b"1\r\nb\r\n5;x="])
async def test_what_stands_beside_the_content_without_end_is_cut_off(begun: bytes) -> None:
    line = b"X: a\r\n" if begun == b"0\r\n" else b"aaaaaa"
    async with serving() as connect:
        post = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        assert await answered(connect, post + begun, line * (2 * HEAD_BYTES_LIMIT // len(line))) == b""


async def test_a_body_in_many_small_chunks_with_a_trailer_is_read_as_ever() -> None:
    async with serving() as connect:
        head = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunks = b"1;note=x\r\nb\r\n" * 20_000
        answer = await answered(connect, head, chunks, b"0\r\nX-Checksum: a\r\n\r\n")
        assert answer.endswith(b"read 20000")


async def test_a_long_head_and_a_large_body_are_read_as_ever() -> None:
    async with serving() as connect:
        close = b"Connection: close\r\n"
        head = b"POST / HTTP/1.1\r\nHost: x\r\n" + close + b"X: " + b"a" * 40_000
        answer = await answered(connect, head, b"\r\nContent-Length: 500000\r\n\r\n", b"b" * 500_000)
        assert answer.endswith(b"read 500000")
        piped = await answered(connect, WHOLE * 3 + WHOLE[:-2] + close + b"\r\n")
        assert piped.count(b"HTTP/1.1 200 ") == 4


async def test_whoever_asks_without_end_before_an_answer_is_let_go() -> None:
    asked = 0

    async def count(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal asked
        asked += 1
        await echo(scope, receive, send)

    async with serving(count) as connect:
        assert await answered(connect, WHOLE * 100_000) == b""
        piped = WHOLE * PIPELINED_LIMIT + WHOLE[:-2] + b"Connection: close\r\n\r\n"
        assert asked <= 1
        assert (await answered(connect, piped)).count(b"HTTP/1.1 200 ") == PIPELINED_LIMIT + 1


BIG = 8 * 1024 * 1024


async def big(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("x" * BIG)(scope, receive, send)


async def test_an_answer_that_nobody_takes_is_given_up() -> None:
    async with serving(big, taking_seconds=0.2) as connect:
        reader, writer = await connect()
        writer.write(WHOLE)
        await writer.drain()
        await asyncio.sleep(1)  # it is not read meanwhile, however long the service takes to give it up
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await asyncio.wait_for(reader.readexactly(BIG), 90)
        writer.close()


async def test_an_answer_that_is_taken_steadily_comes_whole() -> None:
    async with serving(big, taking_seconds=90) as connect:
        reader, writer = await connect()
        writer.write(WHOLE)
        await reader.readuntil(b"\r\n\r\n")
        taken = 0
        while taken < BIG:
            piece = await asyncio.wait_for(reader.read(256 * 1024), 90)
            assert piece, f"given up after {taken}"
            taken += len(piece)
            await asyncio.sleep(0.01)
        assert taken == BIG
        writer.close()


async def test_many_idle_connections_keep_nobody_out() -> None:
    async with serving() as connect:
        idle = [await connect() for _ in range(200)]
        answer = await answered(connect, WHOLE[:-2] + b"Connection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200 ")
        for _, writer in idle:
            writer.close()


class Written(asyncio.Transport):
    """A transport that keeps what is written, write by write."""

    def __init__(self) -> None:
        super().__init__()
        self.each: list[bytes] = []
        self.closed = False

    def write(self, data: object) -> None:
        assert not self.closed
        self.each.append(bytes(data))  # type: ignore[call-overload]

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = True

    def get_write_buffer_size(self) -> int:
        return 0


def joined() -> tuple[Written, JoinedWrites]:
    written = Written()
    return written, JoinedWrites(written, asyncio.get_running_loop())


async def test_a_head_is_written_with_its_content() -> None:
    written, transport = joined()
    transport.write(b"head ")
    assert transport.get_write_buffer_size() == 5
    transport.write(b"content")
    await asyncio.sleep(0)
    assert written.each == [b"head content"]
    transport.write(b"head alone")
    transport.write(b"")
    assert written.each[1:] == [b"head alone"]


async def test_what_nothing_follows_is_written_at_once_all_the_same() -> None:
    written, transport = joined()
    transport.write(b"a part")
    await asyncio.sleep(0)
    long = b"x" * (PIECE_BYTES + 1)
    transport.write(long)
    assert written.each == [b"a part", long]


async def test_what_is_held_is_written_before_the_end_and_not_after() -> None:
    written, transport = joined()
    transport.write(b"last words")
    transport.close()
    assert written.closed
    assert written.each == [b"last words"]
    written, transport = joined()
    transport.write(b"too late")
    transport.abort()
    await asyncio.sleep(0)
    assert written.each == []
