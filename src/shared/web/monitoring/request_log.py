"""One line of the log for each request, its time in the metrics, and the first step of its trace.

A caller's answer is found by `trace`: the `instance` of a problem, without its hyphens.
"""

from functools import lru_cache
from typing import Any

import structlog
from prometheus_client import Histogram
from starlette.types import Scope

from shared.record.tracing import StepFacts, TracedStep
from shared.web.monitoring.metrics import REQUESTS

KINDS_AT_HAND = 2_000  # of requests, of which it is known where they are counted
UNWATCHED = frozenset({"/healthz", "/readyz", "/metrics"})  # asked every few seconds, of no interest

log = structlog.get_logger(__name__)


def note_request(scope: Scope, method: str, status: int, seconds: float) -> None:
    """Count an answer, and log it: by whom (an id, blank before sign-in), where, how long it took."""
    route: str = getattr(scope.get("route"), "path_format", "")
    _taken(method, route, status).observe(seconds)
    if route in UNWATCHED and status < 500:
        return
    state: dict[str, Any] = scope["state"]
    _end(state.get("step"), method, route, status)
    person = state.get("person")
    log.info(
        "request",
        method=method,
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
        by="" if person is None else person.id,
        trace=state.get("trace_id", ""),
    )


@lru_cache(KINDS_AT_HAND)
def _taken(method: str, route: str, status: int) -> Histogram:
    return REQUESTS.labels(method, route, status)


def _end(step: TracedStep | None, method: str, route: str, status: int) -> None:
    """End a request's step: by its route, for its address may say whom it is about."""
    if step is None:
        return
    facts: StepFacts = {
        "http.request.method": method,
        "http.route": route,
        "http.response.status_code": status,
    }
    step.end(f"{method} {route}".rstrip(), facts, failed=status >= 500)
