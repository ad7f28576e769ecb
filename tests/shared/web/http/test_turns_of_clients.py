"""One client's requests run a few at once, in their order, and keep nobody else waiting."""

import asyncio

import pytest

from shared.web.limits import rate_limits
from shared.web.limits.rate_limits import RateLimits, TooManyAtOnce


class Requests:
    """Requests that run until they are let go."""

    def __init__(self) -> None:
        self.limits = RateLimits(1_000)
        self.begun: list[str] = []
        self.go = asyncio.Event()

    async def ask(self, client: str, name: str) -> None:
        async with self.limits.running(client):
            self.begun.append(name)
            await self.go.wait()

    async def start(self, client: str, number: int) -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(self.ask(client, f"{client}-{n}")) for n in range(number)]
        for _ in range(5):
            await asyncio.sleep(0)
        return tasks


async def test_the_others_wait_and_somebody_else_does_not() -> None:
    requests = Requests()
    many = await requests.start("rita", 50)
    assert requests.begun == ["rita-0", "rita-1"]
    one = await requests.start("leo", 1)
    assert requests.begun[-1] == "leo-0"
    requests.go.set()
    await asyncio.gather(*many, *one)
    assert [name for name in requests.begun if name.startswith("rita")] == [f"rita-{n}" for n in range(50)]


async def test_whoever_leaves_while_waiting_leaves_no_gap() -> None:
    requests = Requests()
    first, second, third, fourth = await requests.start("rita", 4)
    third.cancel()
    first.cancel()
    await asyncio.gather(first, third, return_exceptions=True)
    for _ in range(5):
        await asyncio.sleep(0)
    assert requests.begun == ["rita-0", "rita-1", "rita-3"]
    requests.go.set()
    await asyncio.gather(second, fourth)


async def test_more_than_may_wait_are_refused_until_some_are_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rate_limits, "AT_ONCE_LIMIT", 4)
    requests = Requests()
    four = await requests.start("rita", 4)
    with pytest.raises(TooManyAtOnce):
        await requests.ask("rita", "one too many")
    requests.go.set()
    await asyncio.gather(*four)
    await requests.ask("rita", "later")
    assert requests.begun[-1] == "later"
