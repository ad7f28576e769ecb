"""How many requests are answered at once, and how soon one who is refused may be refused again.

A refusal costs little, but whoever is refused and asks again at once, by hundreds of connections, would keep
the process busy with nothing else. So refusals for too much come one by one for each client, and whoever
waits for theirs holds no place among those who are answered.
"""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.middleware import HEADERS, TLS_ONLY
from shared.web.monitoring.metrics import REQUESTS

REQUESTS_LIMIT = 1_000
TOO_MANY = 429
SECONDS_A_REFUSAL = 0.05  # of one client
HOLDING_SECONDS = 10.0  # nobody waits longer for theirs
HELD_LIMIT = 2_000  # refusals that wait; others are sent as they come
CLIENTS_LIMIT = 1_000  # remembered before those are forgotten who may be refused again

BUSY_STATUS = 503
BUSY = json.dumps({"type": "about:blank", "title": "Service Unavailable", "status": BUSY_STATUS}).encode()
BUSY_HEADERS = {"Content-Type": "application/problem+json", "Retry-After": "2", **HEADERS}


class Refusals:
    """Says how long each client's next refusal waits: the first not at all."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Go by a clock that gives seconds and never goes back."""
        self._clock = clock
        self._next: dict[str, float] = {}

    def wait(self, client: str) -> float:
        """Take a client's next place; return in how many seconds it comes."""
        now = self._clock()
        if len(self._next) > CLIENTS_LIMIT:
            self._next = {each: at for each, at in self._next.items() if at > now}
        at = min(max(now, self._next.get(client, now)), now + HOLDING_SECONDS)
        self._next[client] = at + SECONDS_A_REFUSAL
        return at - now


class ConcurrentRequests:
    """Answers so many requests at once, and tells the others to ask again."""

    def __init__(self, app: ASGIApp, limit: int = REQUESTS_LIMIT, *, tls: bool = False) -> None:
        """Stand before an app, which is reached by TLS only or not."""
        self._app, self._limit = app, limit
        said = BUSY_HEADERS | (TLS_ONLY if tls else {})
        self._busy = [(name.lower().encode(), value.encode()) for name, value in said.items()]
        self._running = self._held = 0
        self._refusals = Refusals()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or send away with a time to come back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._running >= self._limit:
            # It is counted, and has no line in the log: it must cost little.
            REQUESTS.labels(scope["method"], "", BUSY_STATUS).observe(0)
            await send({"type": "http.response.start", "status": BUSY_STATUS, "headers": self._busy})
            await send({"type": "http.response.body", "body": BUSY})
            return

        async def in_turn(message: Message) -> None:
            if message.get("status") == TOO_MANY:
                await self._hold(_client(scope))
            await send(message)

        self._running += 1
        try:
            await self._app(scope, receive, in_turn)
        finally:
            self._running -= 1

    async def _hold(self, client: str) -> None:
        """Let a refusal wait for its turn, while others are answered in its place."""
        seconds = self._refusals.wait(client)
        if not seconds or self._held >= HELD_LIMIT:
            return
        self._held += 1
        self._running -= 1
        try:
            await asyncio.sleep(seconds)
        finally:
            self._held -= 1
            self._running += 1


def _client(scope: Mapping[str, Any]) -> str:
    """Return who is refused: whoever signed in, or else the address that asks."""
    person = scope.get("state", {}).get("person")
    return f"person {person.id}" if person else f"address {(scope.get('client') or [''])[0]}"
