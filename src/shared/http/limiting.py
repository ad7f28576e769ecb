"""How much one client may ask for: requests a minute, at once, and attempts to sign in that fail.

Counts are a process's own: where several serve, each allows its share (`PROCESSES`).
"""

import math
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from shared.errors import TooMany

AT_ONCE_LIMIT = 256
FAILED_SIGN_INS_SHARE = 10  # from one address, as a share of the requests a client may make
WINDOW_SECONDS = 60


class TooManyRequests(TooMany):
    """You have asked more often than you may within a minute: wait as long as Retry-After says."""


class TooManyAtOnce(TooMany):
    """You have too many requests running at once: wait until some are answered."""


class TooManyFailedSignIns(TooMany):
    """Too many tokens from this address were no good: wait as long as Retry-After says."""


class Allowance(NamedTuple):
    """What a client may still ask for in this window."""

    limit: int
    left: int
    seconds: int

    def headers(self) -> dict[str, str]:
        """Return it as the fields of draft-ietf-httpapi-ratelimit-headers."""
        return {
            "RateLimit-Policy": f'"minute";q={self.limit};w={WINDOW_SECONDS}',
            "RateLimit": f'"minute";r={self.left};t={self.seconds}',
        }


class Limits:
    """Counts what clients ask for.

    By the library's asynchronous store: the other one starts a thread a hundred times a second, and the
    loop waits for each.
    """

    def __init__(self, requests_a_minute: int) -> None:
        """Allow each client so many requests a minute."""
        self._requests = RateLimitItemPerMinute(requests_a_minute)
        self._failures = RateLimitItemPerMinute(max(1, requests_a_minute // FAILED_SIGN_INS_SHARE))
        self._window = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._running: Counter[str] = Counter()

    async def allowance(self, client: str) -> Allowance:
        """Count one request; return what is left after it, negative where it is too many."""
        taken = await self._window.hit(self._requests, "request", client)
        stats = await self._window.get_window_stats(self._requests, "request", client)
        left = stats.remaining if taken else -1
        return Allowance(
            self._requests.amount, left, max(1, math.ceil(stats.reset_time - time.time()))
        )

    @contextmanager
    def running(self, client: str) -> Iterator[None]:
        """Count a request for as long as it runs; refuse one too many."""
        if self._running[client] >= AT_ONCE_LIMIT:
            raise TooManyAtOnce(at_once=AT_ONCE_LIMIT)
        self._running[client] += 1
        try:
            yield
        finally:
            self._running[client] -= 1
            if not self._running[client]:
                del self._running[client]

    async def failed(self, address: str) -> None:
        """Count a token that was no good, and say so where too many were; good ones are never kept out."""
        if not await self._window.hit(self._failures, "failure", address):
            raise TooManyFailedSignIns(a_minute=self._failures.amount)
