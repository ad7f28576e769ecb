"""Where a worker shows its metrics: it answers nothing else, so a thread of Prometheus' own library does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prometheus_client import start_http_server

from shared.record.database import stop
from shared.web.core_service import CoreService
from shared.web.monitoring.metrics import keep_measuring


@asynccontextmanager
async def metrics_shown(service: CoreService) -> AsyncIterator[None]:
    """Show metrics at `WORKER_PORT` of `HOST`, to whoever reaches that; nowhere where it is not set."""
    if service.settings.worker_port is None:
        yield
        return
    server, thread = start_http_server(service.settings.worker_port, service.settings.host)
    measuring = asyncio.create_task(keep_measuring(service))
    try:
        yield
    finally:
        await stop(measuring)
        server.shutdown()
        server.server_close()
        thread.join()
