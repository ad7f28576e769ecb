"""What it costs to know who asks: GET of one RFP with a token, against the same behind a fixed identity."""

import asyncio
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import uvloop

from shared.kernel.roles import Role
from shared.web.access.issuer import demonstration_token
from tests.bench.ground import figure
from tests.bench.posting import RAISE, post, serving
from tests.support.postgres import Server

ROUNDS = 200  # short ones, so that neither connection is idle for long
READS_A_ROUND = 20


def signing_in(server: Server) -> list[str]:
    """Take turns between two processes on one database, one request at a time, and compare the p50."""
    with server.fresh() as base, TemporaryDirectory() as folder, ExitStack() as running:
        token = demonstration_token(Path(folder), "rita", [Role.REQUESTER])
        ports = [running.enter_context(serving(base, which, folder)) for which in ("ours", "fixed")]
        ours, fixed = uvloop.run(_both(ports, token))
    return [
        figure(
            "GET of one RFP with a token, p50",
            f"{ours * 1e3:.3f} ms",
            "fixed",
            f"{fixed * 1e3:.3f} ms",
            ours / fixed,
            "at most 1.10",
        )
    ]


async def _both(ports: list[int], token: str) -> tuple[float, float]:
    lines = [await asyncio.open_connection("127.0.0.1", port) for port in ports]
    made = await post(*lines[0], token, "/v1/rfps", RAISE, 0)
    request = (
        f"GET /v1/rfps/{made['id']} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
    ).encode()
    took: list[list[float]] = [[], []]
    for turn in range(ROUNDS):
        for which in (0, 1) if turn % 2 else (1, 0):
            took[which] += [await _get(*lines[which], request) for _ in range(READS_A_ROUND)]
    for _, writer in lines:
        writer.close()
    return median(took[0]), median(took[1])


async def _get(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> float:
    began = time.perf_counter()
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    assert head.startswith("http/1.1 200"), head
    await reader.readexactly(int(head.partition("content-length:")[2].split("\r\n", 1)[0]))
    return time.perf_counter() - began
