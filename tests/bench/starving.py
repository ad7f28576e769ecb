"""What one client who sends all it can costs another: the other's p95 beside it, against alone."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

import uvloop

from rfp_service.migrating import rebuild_views
from shared.kernel.roles import Role
from shared.web.access.issuer import demonstration_token
from tests.bench.ground import figure, fill, histories
from tests.bench.posting import ROOT, serving
from tests.support.postgres import Base, Server

RFPS = 2_000
PARALLEL = 250  # connections of the greedy one, each asking again as soon as it is answered
TURNS, SECONDS = 4, 2.0
PAUSE = 0.02  # of the other between answers, as of somebody who reads them
LIST = "/v1/rfps?limit=100"
USUAL, NO_LIMIT = "1200", "1000000"
FLOODS = (
    ("lists, no limit", NO_LIMIT, LIST),
    ("lists, as limited", USUAL, LIST),
    ("reports, no limit", NO_LIMIT, "/v1/rfps/bottlenecks"),
    ("bad tokens", USUAL, ""),
    ("of nothing there", USUAL, "/v1/nothing"),
    ("health checks", USUAL, "/healthz"),
)


def starving(server: Server) -> Iterator[str]:
    """Let one client send all it can, of several kinds, and another ask for a list now and then."""
    with server.fresh() as base, TemporaryDirectory() as folder:
        asyncio.run(fill(base, histories(RFPS, 2)))
        uvloop.run(rebuild_views(base.owner, base.service))
        for flood in FLOODS:
            yield _beside(base, folder, *flood)


def _beside(base: Base, folder: str, what: str, limit: str, path: str) -> str:
    """Compare the p95 of one who asks now and then beside the greedy one and without it, turn by turn."""
    alone: list[float] = []
    beside: list[float] = []
    with serving(base, "whole", folder, RATE_LIMIT=limit, LOG_LEVEL="critical") as port:
        _ask(port, _other(folder, 0), alone)  # the first answers are nobody's measure
        alone.clear()
        for turn in range(TURNS):
            _ask(port, _other(folder, 2 * turn), alone)
            with _greedy(port, folder, path):
                _ask(port, _other(folder, 2 * turn + 1), beside)
    mine, theirs = (quantiles(took, n=20)[-1] for took in (beside, alone))
    return figure(
        f"p95 beside {PARALLEL} {what}",
        f"{mine * 1e3:.1f} ms",
        "alone",
        f"{theirs * 1e3:.1f} ms",
        mine / theirs,
        "at most 3",
    )


def _other(folder: str, number: int) -> str:
    """Return the token of somebody who asked for little this minute."""
    return demonstration_token(Path(folder), f"leo-{number}", [Role.REQUESTER])


@contextmanager
def _greedy(port: int, folder: str, path: str) -> Iterator[None]:
    """Let one client send all it can from a process of its own."""
    token = demonstration_token(Path(folder), "greta", list(Role)) if path else "x.y.z"
    with ExitStack() as stack:
        process = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", "tests.bench.starving", str(port), path or LIST, token],
                cwd=ROOT,
                stdout=subprocess.PIPE,
            )
        )
        stack.callback(process.terminate)
        assert process.stdout is not None
        process.stdout.readline()  # it has been answered
        yield


def _ask(port: int, token: str, took: list[float]) -> None:
    uvloop.run(_asking(port, token, took))


async def _asking(port: int, token: str, took: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    ends = time.perf_counter() + SECONDS
    while (began := time.perf_counter()) < ends:
        status = await _answer(reader, writer, LIST, token)
        assert status == 200, status
        took.append(time.perf_counter() - began)
        await asyncio.sleep(PAUSE)
    writer.close()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, token: str) -> int:
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    await reader.readexactly(int(head.partition("content-length:")[2].split("\r\n", 1)[0]))
    return int(head.split(" ", 2)[1])


async def _send_all(port: int, path: str, token: str) -> None:
    async def again_and_again() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await _answer(reader, writer, path, token)
        sys.stdout.write(".\n")
        sys.stdout.flush()
        while True:
            await _answer(reader, writer, path, token)

    await asyncio.gather(*(again_and_again() for _ in range(PARALLEL)))


if __name__ == "__main__":
    uvloop.run(_send_all(int(sys.argv[1]), *sys.argv[2:]))
