"""How much one client may ask for: a minute by what it costs, at once, and failed attempts to sign in.

Counts are a process's own: where several serve, each allows its share (`PROCESSES`).
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.kernel.errors import TooMany
from shared.web.limits.rate_windows import Clock, SlidingWindows

AT_ONCE_LIMIT = 256  # requests of one client, carried out or waiting
RUNNING_LIMIT = 2  # of those that are carried out: the others wait, in the order in which they came
FAILED_SIGN_INS_SHARE = 10  # from one address, as a share of the requests a client may make
WINDOW_SECONDS = 60


class TooManyRequests(TooMany):
    """You have asked for more than you may within a minute: wait as long as Retry-After says."""


class TooManyAtOnce(TooMany):
    """You have too many requests running at once: wait until some are answered."""


class TooManyFailedSignIns(TooMany):
    """Too many tokens from this address were no good: wait as long as Retry-After says."""


class Allowance(NamedTuple):
    """What a client may still ask for in this window."""

    limit: int
    left: int
    seconds: int

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return it as the fields of draft-ietf-httpapi-ratelimit-headers."""
        return [
            (b"ratelimit-policy", b'"minute";q=%d;w=%d' % (self.limit, WINDOW_SECONDS)),
            (b"ratelimit", b'"minute";r=%d;t=%d' % (max(0, self.left), self.seconds)),
        ]


@dataclass(slots=True)
class _Turns:
    """How many requests of a client are there, and who of them is carried out."""

    few: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(RUNNING_LIMIT))
    there: int = 0


class Running:
    """One request while it waits for its client's turn, and has it. No generator: each request has one."""

    __slots__ = ("_client", "_its", "_turns")

    def __init__(self, turns: dict[str, _Turns], client: str) -> None:
        """Take a turn of this client's."""
        self._turns, self._client = turns, client

    async def __aenter__(self) -> bool:
        """Wait for the turn."""
        its = self._turns.get(self._client)
        if its is None:
            its = self._turns[self._client] = _Turns()
        self._its = its
        if its.there >= AT_ONCE_LIMIT:
            raise TooManyAtOnce(at_once=AT_ONCE_LIMIT)
        its.there += 1
        try:
            await its.few.acquire()
        except BaseException:
            self._go()
            raise
        return its.there > RUNNING_LIMIT

    async def __aexit__(self, *_: object) -> None:
        """Give the turn to the next."""
        self._its.few.release()
        self._go()

    def _go(self) -> None:
        self._its.there -= 1
        if not self._its.there:
            del self._turns[self._client]


class RateLimits:
    """Counts what clients ask for."""

    def __init__(
        self, requests_a_minute: int, clock: Clock = time.monotonic, costs: Mapping[str, int] | None = None
    ) -> None:
        """Allow each client so many requests a minute, by a clock that gives seconds and never goes back.

        What an operation `costs` where it is more than a list, by its name: one such is like so many.
        """
        self._limit = requests_a_minute
        self.costs = costs or {}
        self._failures_limit = max(1, requests_a_minute // FAILED_SIGN_INS_SHARE)
        self._requests = SlidingWindows(WINDOW_SECONDS, clock)
        self._failures = SlidingWindows(WINDOW_SECONDS, clock)
        self._turns: dict[str, _Turns] = {}

    def allowance(self, client: str, cost: int = 1) -> Allowance:
        """Count one request by what it costs; return what is left after it, negative where it is too many."""
        taken = self._requests.take(client, self._limit, cost)
        left = self._requests.left(client, self._limit) if taken else -1
        return Allowance(self._limit, left, self._requests.seconds_to_more(client, self._limit, cost))

    def running(self, client: str) -> "Running":
        """Let a client's requests run a few at once, and the others wait; refuse one too many.

        Whoever sends hundreds waits for themselves: to everybody else they are as these few. Says whether
        others of the same client wait.
        """
        return Running(self._turns, client)

    async def failed(self, address: str) -> None:
        """Count a token that was no good, and say so where too many were; good ones are never kept out."""
        if not self._failures.take(address, self._failures_limit):
            raise TooManyFailedSignIns(a_minute=self._failures_limit)
