"""Where a worker shows its metrics: it answers nothing else, so a thread of Prometheus' own library does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from threading import Thread
from time import monotonic
from wsgiref.simple_server import WSGIServer

from prometheus_client import Gauge, start_http_server

from shared.record.backoff import Backoff, keep_at
from shared.record.database import stop
from shared.settings import NotConfigured
from shared.web.core_service import CoreService
from shared.web.monitoring.health import NOT_READY, readiness
from shared.web.monitoring.metrics import READY, measure

MEASURED_EVERY_SECONDS = 2.0
MEASURED = Gauge(
    "rfp_measured_seconds",
    "How long ago the process itself last took the measures shown here: a thread shows them, and goes on"
    " where the process hangs.",
)


@asynccontextmanager
async def metrics_shown(service: CoreService) -> AsyncIterator[None]:
    """Show metrics at `WORKER_PORT` of `HOST`, to whoever reaches that; nowhere where it is not set."""
    if service.settings.worker_port is None:
        yield
        return
    server, thread = _listening(service.settings.worker_port, service.settings.host)
    measuring = asyncio.create_task(_keep_measuring(service))
    try:
        yield
    finally:
        await stop(measuring)
        server.shutdown()
        server.server_close()
        thread.join()


def _listening(port: int, host: str) -> tuple[WSGIServer, Thread]:
    try:
        return start_http_server(port, host)
    except OSError:
        where = f"port {port} of {host}"
        raise NotConfigured(
            f"Nothing can listen at {where}: is it taken? Set WORKER_PORT, or HOST."
        ) from None


async def _keep_measuring(service: CoreService) -> None:
    """Measure until cancelled: whoever asks is answered by a thread, which can't."""
    backoff = Backoff("metrics", gives_up=False)

    async def once() -> None:
        began = monotonic()
        await measure(service)
        ready = (await readiness(service, lets_in=False)).status != NOT_READY
        READY.labels("worker").set(ready)
        MEASURED.set_function(partial(_seconds_since, began))
        backoff.went_well()
        await asyncio.sleep(MEASURED_EVERY_SECONDS)

    await keep_at(once, backoff)


def _seconds_since(instant: float) -> float:
    return monotonic() - instant
