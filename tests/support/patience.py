"""Clients that ask again, as the answer says, when the views, or the log, have not come so far yet.

The service makes nobody wait for more than two seconds; how far it comes in them depends on the machine.
"""

import asyncio
from collections.abc import Awaitable, Callable

import httpx

from tests.support.declared import must_be_declared

PATIENCE = 100
LOOKS, SECONDS_BETWEEN = 12_000, 0.05
PATIENCE_SECONDS = LOOKS * SECONDS_BETWEEN  # nothing waits for so long but a fault
LEASE_SECONDS = 3_600.0  # further than a clock jumps: what is being sent is begun by nobody else


async def until_true(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something has come true, as patiently as a disturbed machine needs."""
    for _ in range(LOOKS):
        if await condition():
            return
        await asyncio.sleep(SECONDS_BETWEEN)
    raise AssertionError("it has not come true")


BEHIND = (
    (503, b"/problems/views-behind"),
    (503, b"/problems/import-beginning"),
    (409, b"/problems/not-under-checkpoint-yet"),
)


def _is_behind(response: httpx.Response) -> bool:
    return any(response.status_code == status and kind in response.content for status, kind in BEHIND)


class PatientInside(httpx.ASGITransport):
    """Asks an app in this process."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        for _ in range(PATIENCE):
            response = await super().handle_async_request(request)
            await response.aread()
            if not _is_behind(response):
                break
        must_be_declared(request, response)
        return response


class Patient(httpx.HTTPTransport):
    """Asks another process."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        for _ in range(PATIENCE):
            response = super().handle_request(request)
            response.read()
            if not _is_behind(response):
                break
        must_be_declared(request, response)
        return response
