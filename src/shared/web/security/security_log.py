"""The security log: what was refused, to whom, and what administrators did; without a value that was sent.

Each is one line of the log, with `event` as `security`, and counts in `/metrics`. A client that goes on and
on has a few lines a minute of each kind; the next one says how many were left out.
"""

import time
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

import prometheus_client
import structlog
from fastapi import Request

from shared.kernel.errors import KeyUsedOtherwise, NotAllowed, NotAuthenticated, OutOfSight, Refused, TooMany
from shared.web.core_service import CoreService
from shared.web.limits.rate_windows import Clock, SlidingWindows
from shared.web.security.peers import peer_of

LINES_A_MINUTE = 10  # of one kind, by one client
ALL_LINES_A_MINUTE = 600  # of one kind, by all of them: many addresses fill no disk
WINDOW_SECONDS = 60

log = structlog.get_logger("security")


class SecurityEvent(StrEnum):
    """What is noted."""

    NOT_AUTHENTICATED = "not-authenticated"
    NOT_ALLOWED = "not-allowed"
    OUT_OF_SIGHT = "out-of-sight"
    TOO_MANY = "too-many"
    KEY_REUSED = "key-reused"
    ADMINISTRATION = "administration"


NOTED: tuple[tuple[type[Refused], SecurityEvent], ...] = (
    (NotAuthenticated, SecurityEvent.NOT_AUTHENTICATED),
    (NotAllowed, SecurityEvent.NOT_ALLOWED),
    (OutOfSight, SecurityEvent.OUT_OF_SIGHT),
    (TooMany, SecurityEvent.TOO_MANY),
    (KeyUsedOtherwise, SecurityEvent.KEY_REUSED),
)
SECURITY_EVENTS = prometheus_client.Counter(
    "rfp_security_events", "Refused access, reused keys, and administrators' acts.", ["kind"]
)
for _kind in SecurityEvent:
    SECURITY_EVENTS.labels(_kind.value)  # there from the beginning, so that the first one is a rise


class SecurityLog:
    """Writes the log, and counts what it leaves out."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        """Count lines by a clock that gives seconds and never goes back."""
        self._of_one = SlidingWindows(WINDOW_SECONDS, clock)
        self._of_all = SlidingWindows(WINDOW_SECONDS, clock)
        self._left_out: Counter[SecurityEvent] = Counter()

    def note(self, request: Request, kind: SecurityEvent, **facts: str | int) -> None:
        """Count one thing, and write its line: by whom, from where, at which operation."""
        SECURITY_EVENTS.labels(kind.value).inc()
        peer = peer_of(request)
        person = getattr(request.state, "person", None)
        by = person.id if person is not None else ""
        if not self._may_write(kind, by or str(peer)):
            self._left_out[kind] += 1
            return
        log.warning(
            "security",
            kind=kind.value,
            by=by,
            address="" if peer.address is None else str(peer.address),
            hearsay=peer.hearsay,
            method=request.method,
            operation=getattr(request.scope.get("route"), "path_format", ""),
            trace=getattr(request.state, "trace_id", ""),
            left_out=self._left_out.pop(kind, 0),
            **facts,
        )

    def note_items(self, by: str, operation: str, batch: str, refused: Mapping[SecurityEvent, int]) -> None:
        """Count the items of a batch that were refused; one line says how many of each kind."""
        for kind, items in refused.items():
            SECURITY_EVENTS.labels(kind.value).inc(items)
            if not self._may_write(kind, by):
                self._left_out[kind] += 1
                continue
            left_out = self._left_out.pop(kind, 0)
            said = {"kind": kind.value, "by": by, "operation": operation, "batch": batch, "items": items}
            log.warning("security", **said, left_out=left_out)

    def _may_write(self, kind: SecurityEvent, client: str) -> bool:
        one = f"{kind.value} {client}"
        if not self._of_all.left(kind.value, ALL_LINES_A_MINUTE):
            return False
        return self._of_one.take(one, LINES_A_MINUTE) and self._of_all.take(kind.value, ALL_LINES_A_MINUTE)


class WatchedService(CoreService, Protocol):
    """The service that answers a request, as one that notes what was refused."""

    @property
    def security(self) -> SecurityLog: ...


def kind_of(refusal: Refused) -> SecurityEvent | None:
    """Return as what a refusal is noted; None if it is not."""
    return next((kind for refused, kind in NOTED if isinstance(refusal, refused)), None)


def _security_log(request: Request) -> SecurityLog:
    service: WatchedService = request.app.state.service
    return service.security


def note_refusal(request: Request, refusal: Refused, status: int) -> None:
    """Note a refusal, if it is of a kind that is noted."""
    if (kind := kind_of(refusal)) is not None:
        _security_log(request).note(request, kind, rule=type(refusal).__name__, status=status)


def note_acts(request: Request, status: int) -> None:
    """Note what an administrator has done as such, once it is done."""
    for act in request.state.acts if status < 400 else ():
        _security_log(request).note(request, SecurityEvent.ADMINISTRATION, act=act, status=status)
