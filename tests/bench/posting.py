"""Decisions over HTTP, one worker, by 32 callers who each wait for their answer."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import uvloop

from shared.kernel.roles import Role
from shared.web.access.issuer import demonstration_token
from tests.bench.ground import figure
from tests.support.postgres import Base, Server
from tests.support.running import free_port

SECONDS, TURNS = 4, 4
CALLERS = 32
AMENDMENTS = 9
RAISE = {"title": "Laptops", "description": "Forty of them.", "service_area": "Registrars"}
AMEND = {"decision": "amend", "title": "Tablets"}
ROOT = Path(__file__).parents[2]


def posting(server: Server) -> list[str]:
    """Compare the service with itself on the library's recorder in a thread pool, turn by turn."""
    with (
        server.fresh() as base,
        server.fresh() as stock_base,
        TemporaryDirectory() as folder,
        serving(base, "ours", folder) as port,
        serving(stock_base, "stock", folder) as stock_port,
    ):
        token = demonstration_token(Path(folder), "rita", [Role.REQUESTER])
        ours, theirs = [], []
        for _ in range(TURNS):
            ours.append(uvloop.run(_load(port, token)))
            theirs.append(uvloop.run(_load(stock_port, token)))
    return [
        figure(
            "POST of a decision, 32 callers",
            f"{max(ours):,.0f}/s",
            "stock",
            f"{max(theirs):,.0f}/s",
            max(ours) / max(theirs),
            "at least 4",
        )
    ]


PROGRAMS = {
    "bare": (sys.executable, "-m", "tests.bench.bare"),
    "whole": (str(Path(sys.executable).with_name("rfp-service")), "serve"),
}


@contextmanager
def serving(base: Base, which: str, folder: str, **more: str) -> Iterator[int]:
    """Serve one of the kinds of service in a process of its own; say at which port."""
    port = free_port()
    process = subprocess.Popen(
        PROGRAMS.get(which, (sys.executable, "-m", "tests.bench.served", which)),
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": base.service,
            "DATABASE_OWNER_URL": base.owner,
            "DATA_DIR": folder,
            "PORT": str(port),
            **more,
        },
    )
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz")
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError


async def _load(port: int, token: str) -> float:
    ends = time.perf_counter() + SECONDS
    began = time.perf_counter()
    done = await asyncio.gather(*(_caller(port, token, ends) for _ in range(CALLERS)))
    return sum(done) / (time.perf_counter() - began)


async def _caller(port: int, token: str, ends: float) -> int:
    """Raise an RFP and amend it some times, again and again, on one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    done = 0
    while time.perf_counter() < ends:
        made = await post(reader, writer, token, "/v1/rfps", RAISE, 0)
        path = f"/v1/rfps/{made['id']}/decisions"
        for version in range(1, AMENDMENTS + 1):
            await post(reader, writer, token, path, AMEND, version)
        done += 1 + AMENDMENTS
    writer.close()
    return done


async def post(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    token: str,
    path: str,
    body: dict[str, str],
    version: int,
) -> dict[str, str]:
    """Ask for one change on a connection of one's own; return the receipt."""
    content = json.dumps(body).encode()
    writer.write(
        f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        f'If-Match: "{version}"\r\nContent-Type: application/json\r\n'
        f"Content-Length: {len(content)}\r\n\r\n".encode()
        + content
    )
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.partition("content-length:")[2].split("\r\n", 1)[0])
    answer: dict[str, str] = json.loads(await reader.readexactly(length))
    assert head.startswith(("http/1.1 200", "http/1.1 201")), answer
    return answer
