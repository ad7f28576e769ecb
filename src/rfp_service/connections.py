"""Connections that nobody can hold for ever: bounded heads, deadlines both ways.

uvicorn keeps a connection as long as it likes to send a head, and pays for a long one with the square of
its length. A thousand connections that ask nothing cost nothing here but their sockets, and not for long.
"""

import asyncio
import json
import resource
from typing import Any

from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

HEAD_BYTES_LIMIT = 64 * 1024
HEAD_SECONDS = 10.0
BODY_SECONDS = 300.0
TAKING_SECONDS = 30.0  # in which so much of an answer is taken, or a tenth of what there is of it
TAKING_BYTES = 16 * 1024
TAKING_PARTS = 10
PIECE_BYTES = 16 * 1024
PIPELINED_LIMIT = 32  # requests that wait for the answers before theirs
FILES_WANTED = 65_536

PHRASES = {408: "Request Timeout", 431: "Request Header Fields Too Large"}


class JoinedWrites:
    """A transport that writes what is short together with what follows at once, such as an answer's head.

    Each write is a call of the system, which costs more than all else that is done to send an answer.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """Write through this transport."""
        self._transport, self._loop = transport, loop
        self._held = b""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # whatever else a transport does
        """Return what the transport itself does."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write behind what is held; hold what is short until something follows, or nothing does just now."""
        if self._held or len(data) > PIECE_BYTES:
            data, self._held = self._held + data, b""
            self._transport.write(data)
        elif data:
            self._held = data
            self._loop.call_soon(self._let_go)

    def close(self) -> None:
        """Close it once all is written."""
        self._let_go()
        self._transport.close()

    def get_write_buffer_size(self) -> int:
        """Return how much is still to be taken."""
        return len(self._held) + self._transport.get_write_buffer_size()

    def _let_go(self) -> None:
        if self._held and not self._transport.is_closing():
            self._transport.write(self._held)
        self._held = b""


class BoundedConnection(HttpToolsProtocol):
    """A connection whose requests arrive in time and whose answers are taken in time, or not at all."""

    head_seconds = HEAD_SECONDS
    body_seconds = BODY_SECONDS
    taking_seconds = TAKING_SECONDS

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """Wait for a first request."""
        super().__init__(config, server_state, app_state, _loop)
        self._in_head, self._head_bytes = True, 0
        self._brought_content = False
        self._deadline: asyncio.TimerHandle | None = None
        self._taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Give it so long to say what it wants."""
        super().connection_made(JoinedWrites(transport, self.loop))  # type: ignore[arg-type]  # all that it uses
        self._expect_within(self.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing more."""
        self._expect_no_more()
        self._let_it_take_its_time()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Give whoever reads so long to take a part of what they asked for."""
        super().pause_writing()
        self._expect_taking()

    def resume_writing(self) -> None:
        """Go on: enough of it was taken."""
        self._let_it_take_its_time()
        super().resume_writing()

    def on_response_complete(self) -> None:
        """Expect the rest of an answer to be taken, too: nothing more is written behind it."""
        super().on_response_complete()
        self._expect_taking()

    def data_received(self, data: bytes) -> None:
        """Take what came, in pieces, until a head is too long."""
        if self._deadline is None and not self._is_answering:
            self._expect_within(self.head_seconds)
        for start in range(0, len(data), PIECE_BYTES):
            if self.transport.is_closing():
                return
            piece = data[start : start + PIECE_BYTES]
            self._brought_content = False
            super().data_received(piece)
            self._head_bytes = 0 if self._brought_content else self._head_bytes + len(piece)
            if self._head_bytes > HEAD_BYTES_LIMIT:
                self._end_with(431)

    def on_message_begin(self) -> None:
        """Count the bytes of another head, which has its own time."""
        super().on_message_begin()
        self._let_it_take_its_time()
        self._expect_within(self.head_seconds)
        self._in_head, self._head_bytes = True, 0

    def on_headers_complete(self) -> None:
        """Give its body so long to arrive."""
        self._in_head = False
        if self.transport.is_closing():
            return
        self._expect_within(self.body_seconds)
        super().on_headers_complete()
        if len(self.pipeline) > PIPELINED_LIMIT:
            self._expect_no_more()
            self.transport.abort()

    def on_body(self, body: bytes) -> None:
        """Note that what came was content; between a chunk and the next, and behind the last, it may be none.

        What stands there, such as a trailer, is paid for like a head: it is counted as one.
        """
        self._brought_content = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Expect nothing more: from here on it is the service's turn."""
        self._expect_no_more()
        super().on_message_complete()

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _expect_taking(self) -> None:
        """Look again in a while at what is still to be taken, where anything is."""
        if self._taking is None and (left := self.transport.get_write_buffer_size()):
            less = max(TAKING_BYTES, left // TAKING_PARTS)
            self._taking = self.loop.call_later(self.taking_seconds, self._must_be_taken, left - less)

    def _must_be_taken(self, most: int) -> None:
        """Give an answer up of which more is left than may be: nobody is reading it."""
        self._taking = None
        if self.transport.get_write_buffer_size() > max(0, most):
            self.transport.abort()
        else:
            self._expect_taking()

    def _let_it_take_its_time(self) -> None:
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None

    def _expect_within(self, seconds: float) -> None:
        self._expect_no_more()
        self._deadline = self.loop.call_later(seconds, self._end_with, 408)

    def _expect_no_more(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _end_with(self, status: int) -> None:
        """Close it; where no answer has begun and something was asked, say why."""
        self._expect_no_more()
        if self._in_head and self._is_answering and status == 408:
            self._expect_within(self.head_seconds)  # what was asked before is answered first
            return
        if self._in_head and self._head_bytes and not self._is_answering and not self.transport.is_closing():
            said = {"type": "about:blank", "title": PHRASES[status], "status": status}
            content = json.dumps(said).encode()
            head = (
                f"HTTP/1.1 {status} {PHRASES[status]}\r\ncontent-type: application/problem+json\r\n"
                f"content-length: {len(content)}\r\nconnection: close\r\n\r\n"
            )
            self.transport.write(head.encode() + content)
        self.transport.close()


def allow_many_files() -> None:
    """Let this process hold as many sockets as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_WANTED if hard == resource.RLIM_INFINITY else min(hard, FILES_WANTED)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
