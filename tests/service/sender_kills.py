"""Killed with its database, turn by turn, the sender loses nothing and repeats nothing without a reason.

Only `make prove` runs this: each kill costs a start.
"""

import asyncio
import os
from collections import Counter
from random import Random
from typing import Any

import httpx

from shared.kernel.roles import Role
from shared.web.access.issuer import demonstration_token
from tests.service.test_crash import crash
from tests.shared.governance.notifications.receiver import Receiver, receiving
from tests.support.postgres import throwaway_folder
from tests.support.running import running

KILLS = int(os.environ.get("TELLING_KILLS", "4"))
EACH = 8  # pings between one kill and the next
SECONDS_LIMIT = 600
SENDING = {"WEBHOOK_LOOPBACK": "true", "WEBHOOK_SECONDS": "2", "WEBHOOK_LEASE_SECONDS": "13"}


class Pinging:
    """An administrator who pings an endpoint, and asks again with the same key until that is answered."""

    def __init__(self, url: str, token: str) -> None:
        self.client = httpx.AsyncClient(base_url=url, timeout=10, trust_env=False)
        self.headers = {"Authorization": f"Bearer {token}"}
        self.endpoint = ""
        self.pinged = 0
        self.enough = False

    async def register(self, url: str) -> None:
        """Register the endpoint, and wait until it has answered its challenge."""
        body = {"name": "Desk", "owner": "ada", "url": url}
        made = await self._answered("POST", "/v1/webhook-endpoints", "register", json=body)
        self.endpoint = made["id"]
        async with asyncio.timeout(SECONDS_LIMIT):
            while True:
                if (await self.seen())["status"] == "active":
                    break
                await asyncio.sleep(0.1)

    async def seen(self) -> Any:
        return await self._answered("GET", f"/v1/webhook-endpoints/{self.endpoint}", "")

    async def ping(self) -> None:
        """Ping until it is enough, each time at the version that the one before it made."""
        version = (await self.seen())["version"]
        path = f"/v1/webhook-endpoints/{self.endpoint}/decisions"
        while not self.enough:
            said = {"json": {"decision": "ping"}, "version": f'"{version}"'}
            version = (await self._answered("POST", path, f"ping-{version}", **said))["version"]
            self.pinged += 1

    async def deliveries(self) -> list[Any]:
        """Return every ping's delivery."""
        path: str | None = f"/v1/deliveries?type=endpoint.ping&limit=200&target={self.endpoint}"
        items: list[Any] = []
        while path:
            page = await self.client.get(path, headers=self.headers)
            if page.status_code != 200:
                await asyncio.sleep(0.1)
                continue
            items += page.json()["items"]
            path = page.links.get("next", {}).get("url")
        return items

    async def unknown(self, delivery: Any) -> int:
        """Return how many attempts at a delivery have an unknown outcome."""
        seen = await self._answered("GET", f"/v1/deliveries/{delivery['id']}/attempts", "")
        return sum(attempt["outcome"] == "unknown" for attempt in seen["attempts"])

    async def _answered(self, method: str, path: str, key: str, version: str = "", **more: Any) -> Any:
        own = {"Idempotency-Key": key, "If-Match": version}
        headers = self.headers | {name: value for name, value in own.items() if value}
        while True:
            try:
                answer = await self.client.request(method, path, headers=headers, **more)
            except httpx.HTTPError:
                await asyncio.sleep(0.05)
                continue
            if answer.is_success:
                return answer.json()
            assert answer.status_code in (409, 503), answer.text
            await asyncio.sleep(0.02)


async def all_delivered(pinging: Pinging) -> list[Any]:
    """Wait until nothing is on its way any more."""
    async with asyncio.timeout(SECONDS_LIMIT):
        while True:
            found = await pinging.deliveries()
            if len(found) == pinging.pinged and {each["status"] for each in found} == {"delivered"}:
                return found
            await asyncio.sleep(0.5)


def times_taken(receiver: Receiver) -> Counter[int]:
    """Return how often each ping came in, by its place in the record."""
    return Counter(got.event["data"]["position"] for got in receiver.of("endpoint.ping"))


async def test_nothing_is_lost_and_nothing_repeated_without_a_reason() -> None:
    chance = Random(11)
    async with receiving() as receiver:
        with throwaway_folder() as folder, running(folder, **SENDING) as service:
            pinging = Pinging(service.url, demonstration_token(folder, "ada", [Role.ADMINISTRATOR]))
            await pinging.register(receiver.url)
            task = asyncio.create_task(pinging.ping())
            for which in range(KILLS):
                before = pinging.pinged
                await crash(service, which, chance)
                async with asyncio.timeout(SECONDS_LIMIT):
                    while pinging.pinged < before + EACH:  # noqa: ASYNC110  # nobody tells when
                        await asyncio.sleep(0.02)
            pinging.enough = True
            await task
            found = await all_delivered(pinging)
            taken = times_taken(receiver)
            assert len(taken) == len(found) == pinging.pinged, "something was lost"
            for delivery in found:
                extra = taken[delivery["position"]] - 1
                assert extra == 0 or extra <= await pinging.unknown(delivery), "repeated without a reason"
            await pinging.client.aclose()
