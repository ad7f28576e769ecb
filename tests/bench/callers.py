"""Callers in a process of their own, so that they cost the service nothing: each waits for its answer."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from statistics import quantiles

import uvloop

CALLERS = 32
AMENDMENTS = 9
ROOT = Path(__file__).parents[2]
RAISE = {"title": "Laptops", "description": "Forty of them.", "service_area": "Registrars"}
AMEND = {"decision": "amend", "title": "Tablets"}


@dataclass(frozen=True)
class Asked:
    """What the callers ask for: the same paths again and again, or decisions where there are none.

    Each caller is a person with a token: one alone has two requests at once carried out.
    """

    port: int
    tokens: tuple[str, ...]
    seconds: float
    paths: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answered:
    """Answers a second, and how long one took, in seconds."""

    rate: float
    p50: float
    p99: float


def ask(asked: Asked) -> Answered:
    """Let the callers ask from a process of their own."""
    said = subprocess.run(
        [sys.executable, "-m", "tests.bench.callers"],
        cwd=ROOT,
        check=True,
        input=json.dumps(asdict(asked)),
        capture_output=True,
        text=True,
    ).stdout
    return Answered(**json.loads(said))


def _request(token: str, method: str, path: str, version: int, body: bytes = b"") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
    if body:
        head += f'If-Match: "{version}"\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n'
    return f"{head}\r\n".encode() + body


class _Caller(asyncio.Protocol):
    """Asks, waits, and asks again on one connection."""

    def __init__(self, asked: Asked, number: int, took: list[float]) -> None:
        self._asked, self._took = asked, took
        self._token = asked.tokens[number % len(asked.tokens)]
        self._requests = self._decisions() if not asked.paths else self._reads(number)
        self._received = b""
        self._ends = time.perf_counter() + asked.seconds
        self.done = asyncio.get_running_loop().create_future()

    def _reads(self, number: int) -> Iterator[bytes]:
        requests = [_request(self._token, "GET", path, 0) for path in self._asked.paths]
        for turn in count(number):
            yield requests[turn % len(requests)]

    def _decisions(self) -> Iterator[bytes]:
        """Raise an RFP and amend it some times, again and again."""
        raised, amended = json.dumps(RAISE).encode(), json.dumps(AMEND).encode()
        while True:
            yield _request(self._token, "POST", "/v1/rfps", 0, raised)
            path = f"/v1/rfps/{json.loads(self._body)['id']}/decisions"
            for version in range(1, AMENDMENTS + 1):
                yield _request(self._token, "POST", path, version, amended)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._began = time.perf_counter()
        self._transport.write(next(self._requests))

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError(str(self._received[:500])))

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, ended, body = self._received.partition(b"\r\n\r\n")
        if not ended:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(body) < length:
            return
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
            self._transport.abort()
            return
        self._body, self._received = body, b""
        now = time.perf_counter()
        self._took.append(now - self._began)
        if now < self._ends:
            self._ask()
        else:
            self._transport.close()
            self.done.set_result(None)


async def _all(asked: Asked) -> Answered:
    took: list[float] = []
    loop = asyncio.get_running_loop()
    callers = [_Caller(asked, number, took) for number in range(CALLERS)]
    began = time.perf_counter()
    for caller in callers:
        await loop.create_connection(lambda made=caller: made, "127.0.0.1", asked.port)  # type: ignore[misc]
    await asyncio.gather(*(caller.done for caller in callers))
    spread = quantiles(took, n=100)
    return Answered(len(took) / (time.perf_counter() - began), spread[49], spread[98])


if __name__ == "__main__":
    given = json.loads(sys.stdin.read())
    answered = uvloop.run(
        _all(Asked(**{**given, **{name: tuple(given[name]) for name in ("paths", "tokens")}}))
    )
    sys.stdout.write(json.dumps(asdict(answered)))
