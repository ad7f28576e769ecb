"""One line of the log for each request, and its time in the metrics: a caller's answer is found by `trace`.

The `instance` of a problem, without its hyphens, is the `trace` of the request's line.
"""

from typing import Any

import structlog
from starlette.types import Scope

from shared.web.metrics import REQUESTS

UNWATCHED = frozenset({"/healthz", "/readyz", "/metrics"})  # asked every few seconds, of no interest

log = structlog.get_logger(__name__)


def note_request(scope: Scope, method: str, status: int, seconds: float) -> None:
    """Count an answer, and log it: by whom (an id, blank before sign-in), where, how long it took."""
    route: str = getattr(scope.get("route"), "path_format", "")
    REQUESTS.labels(method, route, status).observe(seconds)
    if route in UNWATCHED and status < 500:
        return
    state: dict[str, Any] = scope["state"]
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
