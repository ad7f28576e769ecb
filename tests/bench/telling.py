"""How soon and how fast somebody is told: a quiet receiver, a healthy one beside sick ones, a full load."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import asyncpg
import httpx
import uvloop

from rfp_service.serving import collect_seldom
from shared.governance.notifications.courier_channel import way_out
from shared.record.database import connected
from shared.settings import Settings
from tests.bench.ground import ANN, figure
from tests.rfps.examples import IN_APPROVAL
from tests.shared.governance.notifications.ground import Ground, ground
from tests.shared.governance.notifications.receiver import Got, Receiver, polite, receiving
from tests.support.api import running_api
from tests.support.people import ADA
from tests.support.postgres import Base, Server, by_owner

QUIET = 150
QUEUED = 20_000
BESIDE = 300
FULL = 3_000
AT_ONCE = 16  # as many as one endpoint is sent at once
PAUSE_SECONDS = 0.02
QUEUE = """
WITH told AS (
    INSERT INTO notifications (message_id, position, type, case_kind, case_id, sequence, tier, happened_at,
                               body, spread_at)
    SELECT gen_random_uuid(), 0, 'approval.requested', 'rfp', gen_random_uuid(), n, 'head', now(),
           '{"data": {"challenge": ""}}', now()
    FROM generate_series(1, $1::int) AS n RETURNING id
)
INSERT INTO deliveries (notification_id, target, target_kind, status)
SELECT id, t, 'webhook', 'pending' FROM told CROSS JOIN unnest($2::text[]) AS t
"""


def p99(seconds: list[float]) -> float:
    """Return the 99th percentile, by nearest rank."""
    return sorted(seconds)[max(0, -(-len(seconds) * 99 // 100) - 1)]


def telling(server: Server) -> Iterator[str]:
    """Yield the three figures."""
    for measured in (_soon, _beside, _fast):
        with server.fresh() as base:
            yield uvloop.run(measured(base))


async def _soon(base: Base) -> str:
    """Measure from a commit until the first byte at a receiver that has nothing else to do."""
    with TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), database_url=base.service, webhook_loopback=True)
        async with receiving() as receiver, running_api(base, settings=settings) as api:
            came: list[float] = []

            def noted(got: Got) -> tuple[int, dict[str, str], bytes]:
                came.append(time.perf_counter())
                status, headers, content = polite(got)  # type: ignore[misc]  # it awaits nothing
                return status, dict(headers), content

            receiver.answer = noted
            body = {"name": "Desk", "owner": "ada", "url": receiver.url, "types": ["approval.requested"]}
            made = (await api.post("/v1/webhook-endpoints", body, ADA)).json()["id"]
            path = f"/v1/webhook-endpoints/{made}"
            while (await api.get(path, ADA)).json()["status"] != "active":  # noqa: ASYNC110  # nor does this
                await asyncio.sleep(PAUSE_SECONDS)
            store, waits = api.service.store, []
            for _ in range(QUIET):
                case, before = uuid4(), len(came)
                stored = [
                    store.mapper.stored(case, n, event, ANN) for n, event in enumerate(IN_APPROVAL, start=1)
                ]
                await store.append(stored)
                committed = time.perf_counter()
                while len(came) == before:  # noqa: ASYNC110  # the receiver knows of no event
                    await asyncio.sleep(0.001)
                waits.append(came[before] - committed)
                await asyncio.sleep(PAUSE_SECONDS)
    worst = p99(waits) * 1_000
    median = sorted(waits)[len(waits) // 2] * 1_000
    return figure(
        "commit to a quiet receiver, p99",
        f"{worst:.0f} ms",
        "median",
        f"{median:.0f} ms",
        worst / 250,
        "≤ 1 (250 ms)",
    )


def _sending(seconds: float) -> Settings:
    """Return settings to send by as a worker does: through a courier."""
    return Settings(webhook_loopback=True, webhook_seconds=seconds)


async def _hang(_: Got) -> tuple[int, dict[str, str], bytes]:
    await asyncio.sleep(3_600)
    return 200, {}, b""


async def _beside(base: Base) -> str:
    """Compare what a healthy endpoint waits alone, and beside one dead and one that hangs."""
    async with (
        connected(base.service) as pool,
        way_out(_sending(2)) as outside,
        ground(pool, outside=outside) as here,
        receiving() as receiver,
        receiving(_hang) as hanging,
    ):
        healthy, _ = await here.endpoint(receiver.url)
        alone = await _waits(here, healthy, receiver)
        sick = [(await here.endpoint(url))[0] for url in ("http://127.0.0.1:9/", hanging.url)]
        await by_owner(pool, QUEUE, QUEUED, sick)
        owner = await asyncpg.connect(base.owner)
        await owner.execute("ANALYZE deliveries, notifications")
        await owner.close()
        beside = await _waits(here, healthy, receiver)
    ours, theirs = p99(beside) * 1_000, p99(alone) * 1_000
    return figure(
        f"p99 beside a dead and a hanging one, {QUEUED}",
        f"{ours:.1f} ms",
        "alone",
        f"{theirs:.1f} ms",
        ours / theirs,
        "≤ 1.1",
    )


async def _waits(here: Ground, endpoint: str, receiver: Receiver) -> list[float]:
    """Return how long each of some deliveries waited from being there until it came in."""
    awake = asyncio.Event()

    async def wait(seconds: float | None) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(awake.wait(), seconds)
        awake.clear()

    task = asyncio.create_task(here.sender.run(wait, awake.set))
    waits = []
    for _ in range(BESIDE):
        before = len(receiver.got)
        begun = time.perf_counter()
        await by_owner(here.pool, QUEUE, 1, [endpoint])
        awake.set()
        while len(receiver.got) == before:  # noqa: ASYNC110  # the receiver knows of no event
            await asyncio.sleep(0.0005)
        waits.append(time.perf_counter() - begun)
        await asyncio.sleep(PAUSE_SECONDS)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return waits


async def _fast(base: Base) -> str:
    """Compare deliveries a second with a bare loop that posts the same bodies."""
    collect_seldom()
    async with (
        connected(base.service) as pool,
        way_out(_sending(45)) as outside,
        ground(pool, outside=outside) as here,
        receiving() as receiver,
    ):
        await here.endpoint(receiver.url)
        await here.tell(FULL)
        while await here.spreading.spread():
            pass
        ours = await _rate(here.send)
        assert len(receiver.got) == FULL
        bodies = [got.body for got in receiver.got]
        theirs = await _rate(lambda: _bare(receiver.url, bodies))
    return figure("deliveries a second", f"{ours:.0f}", "httpx", f"{theirs:.0f}", ours / theirs, "≥ 0.5")


async def _bare(url: str, bodies: list[bytes]) -> None:
    left = iter(bodies)

    async def post(client: httpx.AsyncClient) -> None:
        for body in left:
            await client.post(url, content=body, headers={"Content-Type": "application/cloudevents+json"})

    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=AT_ONCE), timeout=60) as client:
        await asyncio.gather(*(post(client) for _ in range(AT_ONCE)))


async def _rate(work: Callable[[], Awaitable[None]]) -> float:
    begun = time.perf_counter()
    await work()
    return FULL / (time.perf_counter() - begun)
