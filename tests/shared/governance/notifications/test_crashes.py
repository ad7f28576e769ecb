"""Killed in the middle of sending, the sender loses nothing, and repeats only what it can't know."""

import asyncio
import os
from random import Random

import asyncpg
import pytest

from tests.shared.governance.notifications.ground import Ground, ground, sending
from tests.shared.governance.notifications.receiver import Receiver, receiving
from tests.support.forked import process_of
from tests.support.postgres import Base

KILLS = int(os.environ.get("SENDER_KILLS", "4"))
EACH = 30
SECONDS_LIMIT = 300


async def killed_while_sending(base: Base, receiver: Receiver, chance: Random) -> None:
    """Run a sender until it has sent something more, and kill it in the middle of that."""
    before = len(receiver.got)
    process = process_of(sending, base.service)
    async with asyncio.timeout(SECONDS_LIMIT):
        while True:
            if len(receiver.got) > before + chance.randrange(EACH // 2):
                break
            await asyncio.sleep(0.001)
    process.kill()
    await asyncio.to_thread(process.join)


async def to_the_end(here: Ground, endpoint: str, number: int) -> None:
    async with asyncio.timeout(SECONDS_LIMIT):
        while True:
            await here.leases_run_out()
            await here.send()
            if await here.statuses(endpoint) == ["delivered"] * number:
                break


@pytest.mark.slow
async def test_nothing_is_lost_and_nothing_repeated_without_a_reason(base: Base, pool: asyncpg.Pool) -> None:
    chance = Random(7)
    async with receiving() as receiver, ground(pool) as here:
        endpoint, _ = await here.endpoint(receiver.url)
        for _ in range(KILLS):
            await here.tell(EACH)
            await here.leases_run_out()
            await killed_while_sending(base, receiver, chance)
        await to_the_end(here, endpoint, KILLS * EACH)
        attempts = await here.attempts()
    sent: dict[str, int] = {}
    for got in receiver.got:
        sent[got.id] = sent.get(got.id, 0) + 1
    unknown: dict[str, int] = {}
    for attempt in attempts:
        name = f"msg_{attempt['message_id'].hex}"
        unknown[name] = unknown.get(name, 0) + (attempt["outcome"] == "unknown")
    assert len(sent) == KILLS * EACH, "something was lost"
    unexplained = {name for name, times in sent.items() if times > 1 + unknown[name]}
    assert not unexplained
    assert {attempt["outcome"] for attempt in attempts} <= {"delivered", "unknown"}
