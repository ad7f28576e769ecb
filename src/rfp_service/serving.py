"""Running the service in one process: the database it stands on, the HTTP door, the worker beside it."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from socket import socket

import structlog
import uvicorn

from rfp_service.app import create_app
from rfp_service.connections import BoundedConnection, Crowd, allow_many_files
from rfp_service.databases import Database
from rfp_service.service import Service, opened
from rfp_service.worker import work
from shared.kernel.calendar import WorkingDays
from shared.ledger.log_keys import log_keys
from shared.record.database import stop
from shared.settings import Profile, Settings

BACKLOG = 2_048
KEEP_ALIVE_SECONDS = 30
GRACE_SECONDS = 10

COLLECT_AFTER = (50_000, 20, 50)

log = structlog.get_logger(__name__)


def collect_seldom() -> None:
    """Let the garbage collector look less often, and never again at what the program itself consists of.

    What requests leave behind is freed by counting; circles are few, and looking for them every 700
    objects took a tenth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


@asynccontextmanager
async def with_worker(
    settings: Settings, base: Database, *, worker: bool, held: bool = False
) -> AsyncIterator[Service]:
    """Open the service, and work in the background beside it where that is wanted."""
    if worker:
        log_keys(settings)  # without them there is no point in beginning
    async with opened(settings, base.service, held=held) as service:
        working = None
        if worker:
            working = asyncio.create_task(work(service, *([base.heal] if base.heal else [])))
            working.add_done_callback(_loudly)
        try:
            yield service
        finally:
            if working is not None:
                await stop(working)


def _loudly(working: "asyncio.Task[None]") -> None:
    """A worker that gave up is a fault: say so, and end with it, so that whoever supervises begins anew."""
    if not working.cancelled() and (error := working.exception()):
        log.critical("worker ended", exc_info=error)
        signal.raise_signal(signal.SIGTERM)


class _Server(uvicorn.Server):
    """A server that says when it can be talked to."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()


def serve(
    settings: Settings, base: Database, *, worker: bool, announce: Callable[[], None] = lambda: None
) -> None:
    """Serve until asked to stop."""
    app = create_app(
        lambda: with_worker(settings, base, worker=worker, held=True),
        origins=settings.origins,
        tls=settings.profile is Profile.PRODUCTION,
    )
    config = uvicorn.Config(
        Crowd(app),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=BoundedConnection,
        ws="none",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # whose word counts is for TRUSTED_PROXIES to say
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    WorkingDays()  # reads the bank holidays, so that no request waits for them
    collect_seldom()
    allow_many_files()
    _Server(config, announce).run()
