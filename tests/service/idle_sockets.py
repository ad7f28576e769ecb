"""Beside a thousand sockets that say nothing, or half of something, and a hundred headers without end,
everybody else is served.

Only `make prove` runs this: it keeps a core busy for as long as it looks.
"""

import asyncio
import json
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from statistics import quantiles

import httpx

from rfp_service.connections import allow_many_files
from shared.kernel.roles import Role
from shared.web.access.issuer import demonstration_token
from tests.support.forked import process_of
from tests.support.patience import PATIENCE_SECONDS, until_true
from tests.support.postgres import throwaway_folder
from tests.support.running import Running, running

IDLE = int(os.environ.get("IDLE_SOCKETS", "200"))
ENDLESS = int(os.environ.get("ENDLESS_HEADERS", "20"))
ASKED = 100
HALVES = (b"", b"GET /healthz HT", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: ")
PIECE = b"a" * 16_384
PATHS = ("/healthz", "/v1/rfps?limit=20")


class Crowding:
    """Sockets that are held open, and opened again as soon as they are closed."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.held = 0
        self.cut_off = 0

    async def idle(self, said: bytes) -> None:
        """Say this much, and wait for ever."""
        while True:
            with suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.write(said)
                self.held += 1
                with suppress(OSError):
                    await reader.read()
                self.held -= 1
                writer.close()

    async def endless(self) -> None:
        """Send a header that has no end."""
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.write(HALVES[-1])
                while True:
                    writer.write(PIECE)
                    try:
                        await writer.drain()
                    except OSError:
                        break
                self.cut_off += 1
                writer.close()

    async def tell(self, file: Path) -> None:
        """Write down how many are held, and how many headers were cut off."""
        while True:
            new = file.with_suffix(".new")
            new.write_text(json.dumps([self.held, self.cut_off]))  # a few bytes
            new.replace(file)
            await asyncio.sleep(0.2)


def crowd_in(given: str) -> None:
    """Crowd in on a port, and say so in a file."""
    port, file = json.loads(given)
    allow_many_files()
    asyncio.run(_crowd(Crowding(port), Path(file)))


async def _crowd(crowding: Crowding, file: Path) -> None:
    idle = (crowding.idle(HALVES[number % len(HALVES)]) for number in range(IDLE))
    await asyncio.gather(*idle, *(crowding.endless() for _ in range(ENDLESS)), crowding.tell(file))


async def asked(service: Running, token: str) -> Sequence[float]:
    """Ask as somebody does who has nothing to do with it, on a new connection each time."""
    took = []
    for number in range(ASKED):
        began = time.perf_counter()
        async with httpx.AsyncClient(
            base_url=service.url, trust_env=False, timeout=PATIENCE_SECONDS
        ) as client:
            path = PATHS[number % len(PATHS)]
            answer = await client.get(path, headers={"Authorization": f"Bearer {token}"})
        took.append(time.perf_counter() - began)
        assert answer.status_code == 200, answer.text
        await asyncio.sleep(0.02)
    return took


async def test_everybody_else_is_served_beside_idle_sockets_and_endless_headers() -> None:
    with throwaway_folder() as folder, running(folder) as service:
        token = demonstration_token(folder, "rita", [Role.REQUESTER])
        alone = await asked(service, token)
        file = folder / "held"
        process = process_of(crowd_in, json.dumps([service.port, str(file)]))
        try:

            async def is_crowded() -> bool:
                held, cut_off = json.loads(file.read_text()) if file.exists() else (0, 0)
                return held >= IDLE and cut_off >= ENDLESS

            await until_true(is_crowded)
            beside = await asked(service, token)
            held, cut_off = json.loads(file.read_text())
        finally:
            process.kill()
            await asyncio.to_thread(process.join)
    mine, theirs = (quantiles(each, n=20)[-1] for each in (beside, alone))
    print(f"{held} idle sockets held, {cut_off} endless headers cut off, others' p95 {mine / theirs:.1f} ×")  # noqa: RUF001  # as one says it
