"""Killed in the middle of writes, the service loses nothing that it acknowledged, and doubles nothing."""

import asyncio
import os
from pathlib import Path
from random import Random

import httpx

from shared.kernel.roles import Role
from shared.web.access.issuer import demonstration_token
from tests.support.patience import PATIENCE_SECONDS
from tests.support.running import Running, running

CRASHES = int(os.environ.get("CRASHES", "1"))
WRITERS = 8
BODY = {"title": "Laptops", "description": "Forty of them.", "service_area": "Registrars"}
SECONDS_LIMIT = 600  # nothing waits for so long but a fault


class Writers:
    """Requesters who raise RFPs, and ask again with the same key until they are answered."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.headers = {"Authorization": f"Bearer {token}"}
        self.receipts: dict[str, tuple[str, int]] = {}
        self.enough = False
        self._number = 0
        self._written = asyncio.Condition()

    async def write(self) -> None:
        async with httpx.AsyncClient(base_url=self.url, timeout=10) as client:
            while not self.enough:
                self._number += 1
                key = f"need-{self._number}"
                self.receipts[key] = await self._until_answered(client, key)
                async with self._written:
                    self._written.notify_all()

    async def have_written(self, number: int) -> None:
        """Wait until so many requests have been answered."""
        async with asyncio.timeout(SECONDS_LIMIT), self._written:
            await self._written.wait_for(lambda: len(self.receipts) >= number)

    async def _until_answered(self, client: httpx.AsyncClient, key: str) -> tuple[str, int]:
        headers = {**self.headers, "Idempotency-Key": key}
        while True:
            try:
                answer = await client.post("/v1/rfps", json=BODY, headers=headers)
            except httpx.HTTPError:
                await asyncio.sleep(0.05)
                continue
            if answer.status_code == 201:
                return answer.json()["id"], answer.json()["position"]
            assert answer.status_code in (409, 503), answer.text
            await asyncio.sleep(0.02)


async def crash(service: Running, which: int, chance: Random) -> None:
    """Kill the service or the database, a moment into the writing; bring the service back."""
    await asyncio.sleep(chance.uniform(0.05, 0.5))
    if which % 2:
        await asyncio.to_thread(service.kill_postgres)
    else:
        await asyncio.to_thread(service.kill)
        await asyncio.to_thread(service.start)


async def test_nothing_acknowledged_is_lost_or_doubled(data_folder: Path) -> None:
    chance = Random(7)
    with running(data_folder) as service:
        token = demonstration_token(data_folder, "rita", [Role.REQUESTER, Role.AUDITOR])
        writers = Writers(service.url, token)
        tasks = [asyncio.create_task(writers.write()) for _ in range(WRITERS)]
        for which in range(CRASHES):
            before = len(writers.receipts)
            await crash(service, which, chance)
            await writers.have_written(before + 3 * WRITERS)
        writers.enough = True
        await asyncio.gather(*tasks)
        await everything_is_there(service, writers)
        checked = await asyncio.to_thread(service.run, "audit", "fsck")
        assert f"{len(writers.receipts)} entries, " in checked.stdout  # each has its leaf, all are signed
        assert " 0 findings" in checked.stdout
        status, said = service.stop()
    assert status == 0, said


async def everything_is_there(service: Running, writers: Writers) -> None:
    """Expect one event for each key, at the place that was acknowledged, and views that know them all."""
    head = max(position for _, position in writers.receipts.values())
    assert len(set(writers.receipts.values())) == len(writers.receipts)
    assert head == len(writers.receipts)  # each key was answered, so nothing else may be there
    seen: dict[int, str] = {}
    async with httpx.AsyncClient(base_url=service.url, timeout=PATIENCE_SECONDS) as client:
        path: str | None = f"/v1/rfps?limit=200&after={head}"
        while path:
            page = await client.get(path, headers=writers.headers)
            if page.status_code == 503:
                await asyncio.sleep(0.1)
                continue
            assert page.status_code == 200, page.text
            seen |= {item["first_position"]: item["id"] for item in page.json()["items"]}
            path = page.links.get("next", {}).get("url")
    assert seen == {position: rfp for rfp, position in writers.receipts.values()}
